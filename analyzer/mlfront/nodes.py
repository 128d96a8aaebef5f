"""What is read of an OCaml file: its externals, and the outline by which types are looked up.

Positions in an outline are byte offsets.  OCaml's scopes are sequential: an item is visible
`since` an offset, and what it says itself is looked up `at` one, so that a later definition of the
same name does not disturb an earlier use.  All nodes can be pickled.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from analyzer.ir.nodes import Position, Problem
from runtime_sim.model.types import External

# --- module expressions and module types -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Named:
    """A module or (`is_type`) module type by its path: `M.N`, `F(X).N`."""

    path: str
    is_type: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """`struct ... end` or `sig ... end`, by the index of its scope.

    `S with type t = int` is one as well: a scope that includes `S` and defines `t`.
    """

    scope: int


@dataclass(frozen=True, slots=True)
class Functor:
    """A functor or its type; `scope` holds its parameters as modules."""

    scope: int
    result: ModuleTerm


@dataclass(frozen=True, slots=True)
class Application:
    functor: ModuleTerm


@dataclass(frozen=True, slots=True)
class Sealed:
    """`(module : signature)`: OCaml knows of the module what the signature tells."""

    module: ModuleTerm
    signature: ModuleTerm


@dataclass(frozen=True, slots=True)
class Constrained:
    """The signature in `signature with type ...`, whose abstract types may stand for more."""

    signature: ModuleTerm


@dataclass(frozen=True, slots=True)
class UnknownModule:
    """An extension, or something that could not be read."""


ModuleTerm: TypeAlias = Named | Body | Functor | Application | Sealed | Constrained | UnknownModule


# --- scopes ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeItem:
    """A type definition; `text` is what follows `type` or `and`, read when it is asked for."""

    name: str
    since: int
    at: int
    text: bytes


@dataclass(frozen=True, slots=True)
class ModuleItem:
    """A module, or (`is_type`) a module type.

    Nothing but its type is known of a functor's `parameter`.
    """

    name: str
    since: int
    at: int
    term: ModuleTerm
    is_type: bool = False
    parameter: bool = False


@dataclass(frozen=True, slots=True)
class OpenItem:
    """`open`, or (`include`) an inclusion, which others see as well."""

    since: int
    at: int
    term: ModuleTerm
    include: bool = False


Item: TypeAlias = TypeItem | ModuleItem | OpenItem


class ScopeKind(enum.Enum):
    MODULE = "module"  # a file, a structure, or the signature that declares a module
    SIGNATURE = "signature"  # it describes modules, but declares none
    PARAMETERS = "parameters"  # of a functor
    LOCAL = "local"  # inside an expression


@dataclass(frozen=True, slots=True)
class Scope:
    """Items in the order of the text; names not found here are looked up in `parent`, `at`.

    `names` is the path of the enclosing modules, `extent` where it stands in the file.
    """

    kind: ScopeKind
    names: tuple[str, ...]
    parent: int | None
    at: int
    extent: tuple[int, int]
    items: tuple[Item, ...] = ()


# --- files -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeclaredExternal:
    """An external where it stands: the names of its types are as written.

    `name_positions` are those of the C names.  `scope` and `at` are where the types' names are
    looked up.  `in_signature`: in a module type, so that the primitive is one of any module of
    that type, and perhaps of none.
    """

    external: External
    module: tuple[str, ...]
    position: Position
    name_positions: tuple[Position, ...]
    end_line: int
    in_signature: bool
    scope: int
    at: int

    @property
    def ml_name(self) -> str:
        return ".".join((*self.module, self.external.name))

    def position_of(self, c_name: str) -> Position:
        """Where the external names a C function."""
        return self.name_positions[self.external.names.index(c_name)]


@dataclass(frozen=True, slots=True)
class MlFile:
    """An `.ml` or `.mli` file; the first scope is the file's own.

    `scopes` are empty for a file without externals: its outline is read when it is needed.
    """

    path: str
    externals: tuple[DeclaredExternal, ...]
    problems: tuple[Problem, ...]
    scopes: tuple[Scope, ...]
