"""OCaml's types, type definitions and externals as plain data.

Only what decides how values are represented and how a primitive is called is kept.  A type is
*closed* when each of its constructors is named by the key of a definition (see
`analyzer.mlfront`): a predefined one (`int`, `Stdlib.ref`, `Unix.stats`) or one of the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from runtime_sim.model.kinds import Kind
from runtime_sim.model.modes import Locality

# --- types -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Constr:
    """`int`, `string list`, `(int, 'a) M.t`; in OxCaml also `float#`."""

    name: str
    args: tuple[Type, ...] = ()


@dataclass(frozen=True, slots=True)
class TypeVar:
    """`'a` (without the quote; "" for `_`), with the kind it is quantified at, if one is told."""

    name: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Arrow:
    """`label:param -> result`; an optional parameter's type is the option."""

    param: Type
    result: Type
    label: str = ""  # "x" for x:, "?x" for ?x:


@dataclass(frozen=True, slots=True)
class Tuple:
    """`a * b`, or `#(a * b)` when `unboxed`."""

    items: tuple[Type, ...]
    unboxed: bool = False


@dataclass(frozen=True, slots=True)
class PolyVariant:
    """A polymorphic variant.

    `tags` are (name, types of the argument: none, or one, or several with & between them);
    `inherits` the types it includes by name; `open` whether other tags are possible: `[> ... ]`.
    """

    tags: tuple[tuple[str, tuple[Type, ...]], ...]
    inherits: tuple[Type, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class Opaque:
    """A type of which no more is said than its text: an object, a first-class module, an odd one.

    `what` is "object", "package" or "unknown".
    """

    text: str
    what: str = "unknown"


Type: TypeAlias = Constr | TypeVar | Arrow | Tuple | PolyVariant | Opaque


# --- definitions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a record; `global_` by modality (`global_ x : t`, `x : t @@ global`)."""

    name: str
    type: Type
    mutable: bool = False
    global_: bool = False


@dataclass(frozen=True, slots=True)
class Constructor:
    """A constructor of a variant.

    The arguments are nameless fields unless it has an inline `record`; none: it is constant.
    """

    name: str
    fields: tuple[Field, ...] = ()
    record: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """`{ ... }`, or `#{ ... }` when `unboxed`."""

    fields: tuple[Field, ...]
    unboxed: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    constructors: tuple[Constructor, ...]


@dataclass(frozen=True, slots=True)
class Extensible:
    """`type t = ..`"""


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """A type definition.

    `body` is None for an abstract type, a Type for an abbreviation.  `unboxed` is `[@@unboxed]`.
    `kind` is what an annotation promises (`: value mod external_`, `[@@immediate]`).
    """

    name: str
    params: tuple[str, ...] = ()
    body: Record | Variant | Extensible | Type | None = None
    unboxed: bool = False
    kind: Kind | None = None


THROUGH_SIGNATURES = "through signatures: "


def through_signatures(key: str) -> str:
    """The key of the same definition with its types as OCaml saw them where it stands.

    A signature may hide there what they stand for.  That matters to flat records alone, and only
    who knows of signatures has definitions with such keys.
    """
    return f"{THROUGH_SIGNATURES}{key}"


# --- externals ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter or the result of an external.

    `unboxed`, `untagged`, `unpacked` and `unextended` are its attributes `[@unboxed]`,
    `[@untagged]`, `[@unpacked]` and `[@unsafe_unextended]`.
    """

    type: Type
    label: str = ""
    locality: Locality = Locality.GLOBAL
    unboxed: bool = False
    untagged: bool = False
    unpacked: bool = False
    unextended: bool = False

    @property
    def direct(self) -> bool:
        """Whether native code passes the number itself and no `value`."""
        return self.unboxed or self.untagged


@dataclass(frozen=True, slots=True)
class External:
    """`external name : type = "c_name"...`

    `params` are one a syntactic arrow, abbreviations not expanded.  `names` are the strings in
    order.  `attributes` are the names of the attributes `[@@...]` in order; `noalloc` also where
    the old form `"noalloc"` says so.  `text` is the type as written, blanks made single.
    """

    name: str
    params: tuple[Slot, ...]
    result: Slot
    names: tuple[str, ...]
    attributes: tuple[str, ...] = ()
    text: str = ""

    @property
    def arity(self) -> int:
        return len(self.params)

    @property
    def bytecode_name(self) -> str:
        """The C function that bytecode calls."""
        return self.names[0]

    @property
    def native_name(self) -> str:
        """The C function that native code calls."""
        second = self.names[1] if len(self.names) > 1 else ""
        return self.names[0] if second in ("", "noalloc", "float") else second

    @property
    def noalloc(self) -> bool:
        return (
            "noalloc" in self.attributes
            or "ocaml.noalloc" in self.attributes
            or ("noalloc" in self.names[1:])
        )

    @property
    def is_compiler_primitive(self) -> bool:
        """Whether the compiler itself answers it: its name begins with `%`."""
        return self.names[0].startswith("%")
