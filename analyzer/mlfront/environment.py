"""The types of a project: every name in an external or definition becomes a definition's key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analyzer.mlfront.closing import close_definition, close_external
from analyzer.mlfront.definitions import read_definition
from analyzer.mlfront.nodes import DeclaredExternal, MlFile, Scope, TypeItem
from analyzer.mlfront.paths import Units
from analyzer.mlfront.reading import read_outline
from analyzer.mlfront.resolution import FoundType, Place, Predefined, Resolver
from analyzer.mlfront.scopes import Scopes
from runtime_sim.model.stdlib import PREDEFINED
from runtime_sim.model.types import (
    THROUGH_SIGNATURES,
    Constr,
    External,
    TypeDefinition,
    through_signatures,
)

_NOTHING: Mapping[str, MlFile] = {}


class Environment:
    """All `.ml` and `.mli` files of one project; they are read when something in them is asked."""

    def __init__(
        self,
        paths: Sequence[str],
        read: Callable[[str], bytes],
        parsed: Mapping[str, MlFile] = _NOTHING,
        predefined: Mapping[str, TypeDefinition] = PREDEFINED,
    ) -> None:
        self._read = read
        self._parsed = parsed
        self._predefined = predefined
        self._files: dict[str, Scopes] = {}
        self._raw: dict[tuple[str, int, int], TypeDefinition] = {}
        self._definitions: dict[str, TypeDefinition | None] = {}
        units, names = Units(paths), Predefined(predefined)
        self._defined = Resolver(units, self._scopes, names)
        self._seen = Resolver(units, self._scopes, names, through_signatures=True)

    def closed(self, declared: DeclaredExternal) -> External:
        """An external with each type's name made a key."""
        place = Place(declared.position.path, declared.scope, declared.at)
        return close_external(declared.external, place, self._defined_key)

    def definition(self, key: str) -> TypeDefinition | None:
        """The definition that has a key, its own types closed.

        Behind a key that is `through_signatures` is what OCaml knows of it.
        """
        if key not in self._definitions:
            self._definitions[key] = self._predefined.get(key) or self._of_project(key)
        return self._definitions[key]

    # --- files ---------------------------------------------------------------------------------

    def _scopes(self, path: str) -> Scopes:
        if path not in self._files:
            self._files[path] = Scopes(path, self._outline(path))
        return self._files[path]

    def _outline(self, path: str) -> tuple[Scope, ...]:
        file = self._parsed.get(path)
        if file is not None and file.scopes:
            return file.scopes
        try:
            content = self._read(path)
        except OSError:
            content = b""
        return read_outline(path, content)

    # --- definitions ---------------------------------------------------------------------------

    def _of_project(self, key: str) -> TypeDefinition | None:
        plain = key.removeprefix(THROUGH_SIGNATURES)
        find_key = self._defined_key if plain == key else self._seen_key
        path, separator, _ = plain.rpartition("#")
        found = self._scopes(path).place(plain) if separator else None
        if found is None:
            return None
        scope, index = found
        item = self._scopes(path).item(scope, index)
        raw = self._written(path, scope, index)
        at = item.at
        if isinstance(raw.body, Constr) and find_key(raw.body.name, Place(path, scope, at)) == key:
            at = item.since - 1  # `type t = t` can only mean an earlier t
        return close_definition(raw, Place(path, scope, at), find_key)

    def _written(self, path: str, scope: int, index: int) -> TypeDefinition:
        """A definition as written."""
        place = (path, scope, index)
        if place not in self._raw:
            item = self._scopes(path).item(scope, index)
            assert isinstance(item, TypeItem)
            self._raw[place] = read_definition(item.name, item.text)
        return self._raw[place]

    # --- keys ----------------------------------------------------------------------------------

    def _defined_key(self, name: str, place: Place) -> str | None:
        """The key of the definition that a name means, whether OCaml sees it or not."""
        found = self._defined.type_named(place, name)
        if not isinstance(found, FoundType):
            return found
        if found.parameter:
            written = self._written(found.path, found.scope, found.index)
            if written.body is None and written.kind is None:
                return None
        return self._scopes(found.path).key(found.scope, found.index)

    def _seen_key(self, name: str, place: Place) -> str | None:
        """The key of what OCaml knows of a type, unless that depends on a functor's argument."""
        found = self._seen.type_named(place, name)
        if not isinstance(found, FoundType):
            return found
        if found.specialised:
            return None
        return through_signatures(self._scopes(found.path).key(found.scope, found.index))
