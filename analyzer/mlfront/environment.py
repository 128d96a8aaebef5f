"""The types of a project: every name in an external or definition becomes a definition's key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from analyzer.mlfront.definitions import read_definition
from analyzer.mlfront.nodes import DeclaredExternal, MlFile, Scope, TypeItem
from analyzer.mlfront.paths import Units
from analyzer.mlfront.reading import read_outline
from analyzer.mlfront.resolution import FoundType, Place, Predefined, Resolver
from analyzer.mlfront.scopes import Scopes
from analyzer.mlfront.spelling import spell_type
from runtime_sim.model.stdlib import PREDEFINED
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Constructor,
    Extensible,
    External,
    Field,
    Opaque,
    PolyVariant,
    Record,
    Slot,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
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
        self._raw: dict[FoundType, TypeDefinition] = {}
        self._definitions: dict[str, TypeDefinition | None] = {}
        self._resolver = Resolver(Units(paths), self._scopes, Predefined(predefined))

    def closed(self, declared: DeclaredExternal) -> External:
        """An external with each type's name made a key."""
        place = Place(declared.position.path, declared.scope, declared.at)
        external = declared.external
        return replace(
            external,
            params=tuple(self._closed_slot(slot, place) for slot in external.params),
            result=self._closed_slot(external.result, place),
        )

    def definition(self, key: str) -> TypeDefinition | None:
        """The definition that has a key, its own types closed."""
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
        path, separator, _ = key.rpartition("#")
        found = self._scopes(path).place(key) if separator else None
        if found is None:
            return None
        scope, index = found
        item = self._scopes(path).item(scope, index)
        raw = self._written(FoundType(path, scope, index))
        at = item.at
        if (
            isinstance(raw.body, Constr)
            and self._key(raw.body.name, Place(path, scope, at)) == key
        ):
            at = item.since - 1  # `type t = t` can only mean an earlier t
        return self._closed_definition(raw, Place(path, scope, at))

    def _written(self, found: FoundType) -> TypeDefinition:
        """A definition as written."""
        if found not in self._raw:
            item = self._scopes(found.path).item(found.scope, found.index)
            assert isinstance(item, TypeItem)
            self._raw[found] = read_definition(item.name, item.text)
        return self._raw[found]

    def _key(self, name: str, place: Place) -> str | None:
        """The key of the definition that a name means; None if nothing is known of it."""
        found = self._resolver.type_named(place, name)
        if not isinstance(found, FoundType):
            return found
        if found.parameter:
            written = self._written(replace(found, parameter=False))
            if written.body is None and written.kind is None:
                return None
        return self._scopes(found.path).key(found.scope, found.index)

    # --- closing -------------------------------------------------------------------------------

    def _closed_slot(self, slot: Slot, place: Place) -> Slot:
        return replace(slot, type=self._closed(slot.type, place))

    def _closed_definition(self, raw: TypeDefinition, place: Place) -> TypeDefinition:
        match raw.body:
            case None | Extensible():
                return raw
            case Record(fields, unboxed):
                return replace(raw, body=Record(self._closed_fields(fields, place), unboxed))
            case Variant(constructors):
                closed = tuple(
                    Constructor(one.name, self._closed_fields(one.fields, place), one.record)
                    for one in constructors
                )
                return replace(raw, body=Variant(closed))
            case body:
                return replace(raw, body=self._closed(body, place))

    def _closed_fields(self, fields: tuple[Field, ...], place: Place) -> tuple[Field, ...]:
        return tuple(replace(field, type=self._closed(field.type, place)) for field in fields)

    def _closed(self, type_: Type, place: Place) -> Type:
        def closed(types: tuple[Type, ...]) -> tuple[Type, ...]:
            return tuple(self._closed(one, place) for one in types)

        match type_:
            case Constr(name, args):
                key = self._key(name, place)
                return Opaque(spell_type(type_)) if key is None else Constr(key, closed(args))
            case Arrow(param, result, label):
                return Arrow(self._closed(param, place), self._closed(result, place), label)
            case Tuple(items, unboxed):
                return Tuple(closed(items), unboxed)
            case PolyVariant(tags, inherits, is_open):
                told = tuple((tag, closed(types)) for tag, types in tags)
                return PolyVariant(told, closed(inherits), is_open)
            case TypeVar() | Opaque():
                return type_
