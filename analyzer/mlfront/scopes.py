"""A file's scopes, indexed: what a name means at a place, and which key a definition has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzer.mlfront.nodes import Item, ModuleItem, OpenItem, Scope, ScopeKind, TypeItem

EVERYTHING = 1 << 62
"""An offset behind everything: where somebody looks who is outside."""

TYPE, MODULE, MODULE_TYPE = "type", "module", "module type"  # the name spaces


class Scopes:
    """The scopes of one file."""

    def __init__(self, path: str, scopes: Sequence[Scope]) -> None:
        self.path = path
        self._scopes = scopes
        self._named: dict[tuple[int, str, str], list[int]] = {}
        self._opens: dict[int, list[int]] = {}
        for number, scope in enumerate(scopes):
            for index, item in enumerate(scope.items):
                if isinstance(item, OpenItem):
                    self._opens.setdefault(number, []).append(index)
                else:
                    key = (number, _space(item), item.name)
                    self._named.setdefault(key, []).append(index)
        self._keys = _keys(path, scopes)
        self._places = {key: place for place, key in self._keys.items()}

    def scope(self, number: int) -> Scope:
        return self._scopes[number]

    def item(self, scope: int, index: int) -> Item:
        return self._scopes[scope].items[index]

    def candidates(
        self, scope: int, space: str, name: str, before: int
    ) -> Iterator[tuple[int, Item]]:
        """The items that may define a name for somebody at an offset, the last one first."""
        indices = self._named.get((scope, space, name), [])
        if opens := self._opens.get(scope):
            indices = sorted((*indices, *opens))
        for index in reversed(indices):
            item = self._scopes[scope].items[index]
            if item.since <= before:
                yield index, item

    def outwards(self, scope: int, at: int) -> Iterator[tuple[int, int]]:
        """The scopes around a place, the innermost first, each with the offset seen from.

        There are none if the file is not what it was when the place was told.
        """
        number = scope if scope < len(self._scopes) else None
        while number is not None:
            yield number, at
            around = self._scopes[number]
            number, at = around.parent, around.at

    def is_declared(self, scope: int) -> bool:
        """Whether the scope is a module's, and not only describes or makes some."""
        return self._scopes[scope].kind is ScopeKind.MODULE

    def key(self, scope: int, index: int) -> str:
        """The key of a type definition."""
        return self._keys[scope, index]

    def place(self, key: str) -> tuple[int, int] | None:
        """The scope and index of the definition that has a key."""
        return self._places.get(key)


def _space(item: TypeItem | ModuleItem) -> str:
    if isinstance(item, TypeItem):
        return TYPE
    return MODULE_TYPE if item.is_type else MODULE


def _keys(path: str, scopes: Sequence[Scope]) -> dict[tuple[int, int], str]:
    """A key for each type: `PATH#M.t`.

    Of several types with one name the last one of a module has that key, as it is the one that is
    seen from outside; the others are numbered.
    """
    places: dict[str, list[tuple[bool, int, int]]] = {}
    for number, scope in enumerate(scopes):
        for index, item in enumerate(scope.items):
            if isinstance(item, TypeItem):
                name = ".".join((*scope.names, item.name))
                is_module = scope.kind is ScopeKind.MODULE
                places.setdefault(name, []).append((is_module, number, index))
    keys = {}
    for name, found in places.items():
        *shadowed, (_, scope_number, index) = sorted(found)
        keys[scope_number, index] = f"{path}#{name}"
        for count, (_, scope_number, index) in enumerate(shadowed, 1):
            keys[scope_number, index] = f"{path}#{name}/{count}"
    return keys
