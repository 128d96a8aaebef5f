"""What a path means at a place: OCaml's scoping over the files of a project.

It follows opens, inclusions, aliases and functors from file to file.  What is not in the project
is *foreign*: known by its full name alone, under which the predefined types are looked up.  Where
it is opened it may hide any earlier name, which then is unknown.

Behind a signature there are two answers: what its module defines, and what the signature tells,
which is all that OCaml knows.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from analyzer.mlfront.answers import Answers, Asking
from analyzer.mlfront.nodes import (
    Application,
    Body,
    Constrained,
    Functor,
    Item,
    ModuleItem,
    ModuleTerm,
    Named,
    OpenItem,
    Sealed,
    TypeItem,
)
from analyzer.mlfront.paths import Unit, Units, split_path
from analyzer.mlfront.scopes import EVERYTHING, MODULE, MODULE_TYPE, TYPE, Scopes
from runtime_sim.model.types import TypeDefinition

_STANDARD = ("Stdlib", "Pervasives")
_TYPELESS = frozenset({"Callback", "Filename", "Fun", "Oo", "Parsing", "Printf"})
"""The modules of the standard library that define neither types nor modules."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is looked up."""

    path: str
    scope: int
    at: int


@dataclass(frozen=True, slots=True)
class FoundType:
    """A type definition of the project; `parameter`: all that is known is a functor's say.

    `specialised`: it was found by way of a functor's application or a constrained signature, so
    that an abstract type in its body may stand for something there.
    """

    path: str
    scope: int
    index: int
    parameter: bool = False
    specialised: bool = False


@dataclass(frozen=True, slots=True)
class _Inside:
    """A module or module type of the project; the rest as for a type."""

    path: str
    scope: int
    parameter: bool = False
    specialised: bool = False


@dataclass(frozen=True, slots=True)
class _Closure:
    """A functor of the project."""

    path: str
    functor: Functor


@dataclass(frozen=True, slots=True)
class _Foreign:
    """A module by its full name."""

    name: str


class _Doubt(enum.Enum):
    """An answer besides a definition and None, "there is none"."""

    POSSIBLE = "a module of which nothing is known may define it"
    UNKNOWN = "it is defined, but perhaps anew in such a module"


_Module: TypeAlias = _Inside | _Closure | _Foreign
_Modules: TypeAlias = tuple[_Module, ...]  # the first that has what is looked for tells it
_FoundType: TypeAlias = FoundType | str | _Doubt | None
_FoundModules: TypeAlias = _Modules | _Doubt | None  # () is a module of which nothing is known


class Predefined:
    """The names of the predefined types."""

    def __init__(self, definitions: Mapping[str, TypeDefinition]) -> None:
        self._names = definitions.keys()
        modules: set[str] = set()
        for name in definitions:
            pieces = name.split(".")
            modules.update(".".join(pieces[:count]) for count in range(1, len(pieces)))
        self._modules = frozenset(modules)

    def type(self, name: str) -> str | None:
        """The key of a type, which may be written with the standard library's name or without."""
        head, _, rest = name.partition(".")
        bare = rest if head in _STANDARD else name
        tried = (name, bare) if "." in bare else (name, bare, f"Stdlib.{bare}")
        return next((one for one in tried if one in self._names), None)

    def has_module(self, name: str) -> bool:
        head, _, rest = name.partition(".")
        return name in self._modules or (head in _STANDARD and rest in self._modules)

    def knows(self, name: str) -> bool:
        """Whether it is known which types and modules a module defines."""
        head, _, rest = name.partition(".")
        bare = rest if head in _STANDARD else name
        return not bare or bare in _TYPELESS or self.has_module(bare)


class Resolver:
    """What names mean; where `through_signatures` holds, to OCaml."""

    def __init__(
        self,
        units: Units,
        scopes: Callable[[str], Scopes],
        predefined: Predefined,
        through_signatures: bool = False,
    ) -> None:
        self._through_signatures = through_signatures
        self._units = units
        self._scopes = scopes
        self._predefined = predefined
        asking = Asking()
        self._types: Answers[_FoundType] = Answers(asking, _Doubt.POSSIBLE)
        self._members_found: Answers[_FoundModules] = Answers(asking, _Doubt.POSSIBLE)
        self._named: Answers[_Modules] = Answers(asking, ())

    # --- types ---------------------------------------------------------------------------------

    def type_named(self, place: Place, name: str) -> FoundType | str | None:
        """The definition that a type's path means: of the project, or a predefined one's key."""
        *modules, last = split_path(name)
        if last.startswith("("):  # M.(t)
            inner = last[1:-1]
            found = self.type_named(place, ".".join((*modules, inner)))
            if found is None:
                found = self.type_named(place, inner)
                if isinstance(found, FoundType) and self._is_unknown(place, modules):
                    return None
            return found
        found = self._path(place, modules, last) if modules else self._bare(place, last)
        if isinstance(found, FoundType) and not self._through_signatures:
            return self._implemented(found)
        return found

    def _bare(self, place: Place, name: str) -> FoundType | str | None:
        file = self._scopes(place.path)
        hidden = False
        for scope, at in file.outwards(place.scope, place.at):
            found = self._type_in(_Inside(place.path, scope), name, at, from_inside=True)
            if found is _Doubt.POSSIBLE:
                hidden = True
            elif found is not None:
                return None if hidden else _sure(found)
        return self._predefined.type(name)

    def _path(self, place: Place, modules: Sequence[str], name: str) -> FoundType | str | None:
        meant = self._modules(place, modules)
        told = self._first_type(meant, name)
        if told is _Doubt.UNKNOWN:
            return None
        found = _sure(told)
        if found is None:
            found = self._predefined.type(".".join((*modules, name)))
        if self._through_signatures and _Foreign(".".join(modules)) not in meant:
            return found  # or M would be taken for a file where a signature does not tell of it
        # A wrapped library's name is that of no file: `Lib.M.t` is in the file of M.
        for skipped in range(1, len(modules)):
            if found is None:
                first = self._file(place.path, modules[skipped])
                members = self._members(first, modules[skipped + 1 :])
                found = _sure(self._first_type(members, name))
        return found

    def _is_unknown(self, place: Place, modules: Sequence[str]) -> bool:
        """Whether nothing is known of what a module's path means."""
        meant = self._modules(place, modules)
        return all(isinstance(m, _Foreign) and not self._predefined.knows(m.name) for m in meant)

    def _first_type(self, modules: _Modules, name: str) -> _FoundType:
        """What the first module tells that has the type; a doubt if all that may leave one."""
        doubt, certain = _Doubt.POSSIBLE, False
        for module in modules:
            found = self._exported_type(module, name)
            if found is None:
                certain = True
            elif not isinstance(found, _Doubt):
                return found
            elif found is _Doubt.UNKNOWN:
                doubt = found
        return None if certain and doubt is _Doubt.POSSIBLE else doubt

    def _exported_type(self, module: _Module, name: str) -> _FoundType:
        if isinstance(module, _Foreign):
            found = self._predefined.type(f"{module.name}.{name}")
            return found or (None if self._predefined.knows(module.name) else _Doubt.POSSIBLE)
        return self._types.ask((module, name), lambda: self._type_in(module, name, EVERYTHING))

    def _type_in(
        self, module: _Module, name: str, before: int, from_inside: bool = False
    ) -> _FoundType:
        if not isinstance(module, _Inside):
            return None
        file = self._scopes(module.path)
        hidden = opened = False
        for index, item in file.candidates(module.scope, TYPE, name, before):
            if isinstance(item, TypeItem):
                # What is included cannot redefine what its own structure defines.
                if opened:
                    return _Doubt.UNKNOWN
                return FoundType(
                    module.path, module.scope, index, module.parameter, module.specialised
                )
            if isinstance(item, OpenItem) and (item.include or from_inside):
                found = self._first_type(self._term(module, item, item.term), name)
                if found is _Doubt.POSSIBLE:
                    hidden, opened = True, opened or not item.include
                elif found is not None:
                    return _Doubt.UNKNOWN if hidden else found
        return _Doubt.POSSIBLE if hidden else None

    def _implemented(self, found: FoundType) -> FoundType:
        """The definition in the `.ml` for one in the `.mli`: it has the representation."""
        implementation = self._units.implementation(found.path)
        file = self._scopes(found.path)
        item = file.item(found.scope, found.index)
        if implementation is None or not file.is_declared(found.scope):
            return found
        names = file.scope(found.scope).names
        modules = self._members((_Inside(implementation, 0),), names)
        told = self._first_type(modules, item.name) if isinstance(item, TypeItem) else None
        return told if isinstance(told, FoundType) else found

    # --- modules -------------------------------------------------------------------------------

    def _modules(self, place: Place, path: Sequence[str], space: str = MODULE) -> _Modules:
        """What a module's path may mean."""
        if len(path) == 1:
            return self._head(place, path[0], space)
        return self._members(self._head(place, path[0], MODULE), path[1:], space)

    def _head(self, place: Place, name: str, space: str) -> _Modules:
        bare, applied = _application(name)
        file = self._scopes(place.path)
        hidden = False
        for scope, at in file.outwards(place.scope, place.at):
            inside = _Inside(place.path, scope)
            found = self._module_in(inside, bare, space, at, from_inside=True)
            if isinstance(found, _Doubt):
                hidden = True
            elif found is not None:
                if hidden:
                    return ()
                return self._applied(found) if applied else found
        return self._file(place.path, bare) if space == MODULE and not applied else ()

    def _file(self, path: str, name: str) -> _Modules:
        """The file that a module's name means, unless a predefined one is nearer."""
        if unit := self._units.beside(path, name):
            return self._of_unit(unit)
        if not self._predefined.has_module(name) and (unit := self._units.nearest(path, name)):
            return self._of_unit(unit)
        return (_Foreign(name),)

    def _of_unit(self, unit: Unit) -> _Modules:
        files = unit.interfaces if self._through_signatures else unit.files
        return tuple(_Inside(path, 0) for path in files)

    def _members(self, modules: _Modules, path: Sequence[str], space: str = MODULE) -> _Modules:
        """What a path means inside a module."""
        for index, name in enumerate(path):
            bare, applied = _application(name)
            wanted = space if index == len(path) - 1 else MODULE
            found: list[_Module] = []
            for module in modules:
                if isinstance(module, _Foreign):
                    found.append(_Foreign(f"{module.name}.{bare}"))
                else:
                    found.extend(_known(self._exported_module(module, bare, wanted)))
            modules = self._applied(tuple(found)) if applied else tuple(found)
        return modules

    def _first_module(self, modules: _Modules, name: str, space: str) -> _FoundModules:
        """What the first module has of this name; a doubt if all of them leave one."""
        certain = False
        for module in modules:
            found = self._exported_module(module, name, space)
            if found is None:
                certain = True
            elif not isinstance(found, _Doubt):
                return found
        return None if certain else _Doubt.POSSIBLE

    def _exported_module(self, module: _Module, name: str, space: str) -> _FoundModules:
        return self._members_found.ask(
            (module, name, space), lambda: self._module_in(module, name, space, EVERYTHING)
        )

    def _module_in(
        self, module: _Module, name: str, space: str, before: int, from_inside: bool = False
    ) -> _FoundModules:
        """A module's member; None if it has none of that name, () if it is not known."""
        if isinstance(module, _Foreign):
            full = f"{module.name}.{name}"
            if self._predefined.has_module(full):
                return (_Foreign(full),)
            return None if self._predefined.knows(module.name) else _Doubt.POSSIBLE
        if isinstance(module, _Closure):
            return None
        file = self._scopes(module.path)
        hidden = opened = False
        for _, item in file.candidates(module.scope, space, name, before):
            if isinstance(item, ModuleItem):
                if opened:
                    return ()
                found = self._term(module, item, item.term)
                return _as_parameters(found) if item.parameter or module.parameter else found
            if isinstance(item, OpenItem) and (item.include or from_inside):
                inner = self._first_module(self._term(module, item, item.term), name, space)
                if isinstance(inner, _Doubt):
                    hidden, opened = True, opened or not item.include
                elif inner is not None:
                    return () if hidden else inner
        return _Doubt.POSSIBLE if hidden else None

    def _term(self, module: _Inside, item: Item, term: ModuleTerm) -> _Modules:
        meant = self._meaning(Place(module.path, module.scope, item.at), term)
        return _as_specialised(meant) if module.specialised else meant

    def _meaning(self, place: Place, term: ModuleTerm) -> _Modules:
        """What a module expression or module type may stand for."""
        match term:
            case Named(path, is_type):
                space = MODULE_TYPE if is_type else MODULE
                return self._named.ask(
                    (place, term), lambda: self._modules(place, split_path(path), space)
                )
            case Body(scope):
                return (_Inside(place.path, scope),)
            case Functor():
                return (_Closure(place.path, term),)
            case Application(functor):
                return self._applied(self._meaning(place, functor))
            case Constrained(signature):
                return _as_specialised(self._meaning(place, signature))
            case Sealed(_, signature) if self._through_signatures:
                return self._meaning(place, signature)
            case Sealed(module, signature):
                return (*self._meaning(place, module), *self._meaning(place, signature))
            case _:
                return ()

    def _applied(self, functors: _Modules) -> _Modules:
        """The results of functors, the types of their parameters unknown."""
        found: list[_Module] = []
        for functor in functors:
            if isinstance(functor, _Closure):
                inside = Place(functor.path, functor.functor.scope, EVERYTHING)
                found.extend(self._meaning(inside, functor.functor.result))
        return _as_specialised(tuple(found))


def _application(name: str) -> tuple[str, bool]:
    """The functor's name in `F(X)`, and whether it is applied."""
    bare, parenthesis, _ = name.partition("(")
    return bare, bool(parenthesis)


def _sure(found: _FoundType) -> FoundType | str | None:
    return None if isinstance(found, _Doubt) else found


def _known(found: _FoundModules) -> _Modules:
    return () if found is None or isinstance(found, _Doubt) else found


def _as_parameters(modules: _Modules) -> _Modules:
    return tuple(
        replace(module, parameter=True) if isinstance(module, _Inside) else module
        for module in modules
    )


def _as_specialised(modules: _Modules) -> _Modules:
    return tuple(
        replace(module, specialised=True) if isinstance(module, _Inside) else module
        for module in modules
    )
