"""From an OCaml type to what its values look like: immediates, blocks, their fields.

The shapes are those of native code on a 64-bit machine.  Bytecode differs in one thing only: it
boxes what native code leaves unboxed, so that an unboxed product is a block there.

Of an unknown type nothing is claimed: its shape is `open`.  So is that of a definition that OCaml
would refuse (a cyclic abbreviation, a variant with more constructors than tags), for a program in
the making has those too.

Sources: The OCaml Manual, "Interfacing C with OCaml", for the representations;
typing/typedecl.ml for flat records; OxCaml, jane/doc/extensions/_03-unboxed-types/01-intro.md for
mixed blocks and arrays of unboxed elements, _06-kinds/04-types.md for the kinds.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from runtime_sim.model.kinds import (
    IMMEDIATE,
    VALUE,
    Externality,
    Kind,
    Layout,
    Nullability,
    Separability,
    flat,
)
from runtime_sim.model.memory import MAX_IMMEDIATE, MIN_IMMEDIATE
from runtime_sim.model.profile import Profile
from runtime_sim.model.stdlib import PREDEFINED, VECTORS
from runtime_sim.model.tags import (
    ABSTRACT_TAG,
    CLOSURE_TAG,
    CUSTOM_TAG,
    DOUBLE_ARRAY_TAG,
    DOUBLE_TAG,
    FORCING_TAG,
    FORWARD_TAG,
    INFIX_TAG,
    LAZY_TAG,
    OBJECT_TAG,
    STRING_TAG,
    constructor_tags,
)
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Extensible,
    Field,
    Opaque,
    PolyVariant,
    Record,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
)

__all__ = [
    "BlockShape",
    "Content",
    "FieldShape",
    "Immediates",
    "Shapes",
    "ValueShape",
    "hash_variant",
    "type_text",
]


# --- shapes ------------------------------------------------------------------------------------


class Content(enum.Enum):
    """What a block holds."""

    FIELDS = "fields"  # values, each with its own type
    ELEMENTS = "elements"  # an array of values
    MIXED = "mixed"  # values, then flat fields
    STRING = "string"
    BYTES = "bytes"
    DOUBLE = "double"
    DOUBLES = "doubles"  # flat floats: float array, floatarray, all-float record
    INT32 = "int32"
    INT64 = "int64"
    NATIVEINT = "nativeint"
    BIGARRAY = "bigarray"
    CUSTOM = "custom"  # another custom block: a channel, a mutex
    CLOSURE = "closure"
    OBJECT = "object"
    LAZY = "lazy"
    ABSTRACT = "abstract"
    EXCEPTION = "exception"  # or a value of another extensible type
    MODULE = "module"
    UNBOXED_ARRAY = "unboxed-array"


@dataclass(frozen=True, slots=True, eq=False)
class FieldShape:
    """A field of a block, or a component of an unboxed product.

    `layout` is how the field is stored: in a record of floats `FLOAT64`, although `type` is
    float.  A field that an unboxed product was flattened into is named by its way: `pair.0`.
    """

    name: str
    type: Type
    mutable: bool
    global_: bool
    layout: Layout
    shapes: Shapes = field(repr=False)

    @property
    def shape(self) -> ValueShape:
        """The shape of the field's values; found when asked for, since types are recursive."""
        return self.shapes.of(self.type)


_TAGS_OF_CONTENT: Mapping[Content, frozenset[int]] = {
    Content.CLOSURE: frozenset({CLOSURE_TAG, INFIX_TAG}),
    Content.LAZY: frozenset({LAZY_TAG, FORWARD_TAG, FORCING_TAG}),
    Content.DOUBLES: frozenset({0, DOUBLE_ARRAY_TAG}),
}


@dataclass(frozen=True, slots=True, eq=False)
class BlockShape:
    """One of the blocks that a type has among its values.

    `tag` and `size` are None where they vary.  `fields` are in the order of the layout, which for
    a mixed block is not that of the declaration.  `scannable` is how many fields, counted from
    the first, are values.
    """

    content: Content
    tag: int | None
    size: int | None
    fields: tuple[FieldShape, ...] = ()
    scannable: int | None = None
    name: str = ""
    elements: FieldShape | None = None

    @property
    def element(self) -> ValueShape | None:
        """The shape of the elements of an array of values."""
        return None if self.elements is None else self.elements.shape

    def may_have_tag(self, tag: int) -> bool:
        """Whether a block of this shape may have the tag."""
        if self.tag is not None:
            return self.tag == tag
        tags = _TAGS_OF_CONTENT.get(self.content)
        return tags is None or tag in tags

    def may_have_field(self, index: int) -> bool:
        """Whether a block of this shape may be large enough to have the field."""
        return index >= 0 and (self.size is None or index < self.size)

    def field(self, index: int) -> FieldShape | None:
        """What is known of a field; None also where there is none."""
        if not self.may_have_field(index):
            return None
        if self.elements is not None:
            return self.elements
        return self.fields[index] if index < len(self.fields) else None


@dataclass(frozen=True, slots=True)
class Immediates:
    """The integers among the values of a type: those from `low` to `high`.

    Of a polymorphic variant the hashes in `only` and no others.  `names` are the constant
    constructors: in order of their numbers.
    """

    low: int
    high: int
    only: frozenset[int] | None = None
    names: tuple[str, ...] = ()

    def __contains__(self, number: int) -> bool:
        if self.only is not None:
            return number in self.only
        return self.low <= number <= self.high

    def name(self, number: int) -> str:
        """The constant constructor that an integer stands for; "" if none."""
        if number not in self or not self.names:
            return ""
        if self.only is not None:
            return self.names[sorted(self.only).index(number)]
        return self.names[number - self.low]


@dataclass(frozen=True, slots=True, eq=False)
class ValueShape:
    """What the values of a closed type look like.

    One `Shapes` makes one object for one type, so shapes are compared by identity.  While `open`
    holds, `immediates` and `blocks` are what is known to be among the values and no bound.
    `promised` is whether it is an annotation, and no definition, that bounds the kind.

    A part of a type (`blocks_only`, ...) is one object as well; `whole` is what it is a part of.
    """

    text: str
    type: Type
    immediates: Immediates | None
    blocks: tuple[BlockShape, ...]
    open: bool
    nullable: bool
    kind: Kind
    promised: bool = False
    part_of: ValueShape | None = field(default=None, repr=False)
    _parts: dict[str, ValueShape] = field(default_factory=dict, init=False, repr=False)

    @property
    def whole(self) -> ValueShape:
        """The type that this is a part of, or is."""
        return self.part_of or self

    def immediates_only(self) -> ValueShape:
        """The part of the type that is integers."""
        return self._part("immediates", self.immediates, (), False)

    def blocks_only(self) -> ValueShape:
        """The part of the type that is blocks."""
        return self._part("blocks", None, self.blocks, False)

    def tagged(self, tag: int) -> ValueShape:
        """The part of the type that is blocks with a tag."""
        blocks = tuple([block for block in self.blocks if block.may_have_tag(tag)])
        return self._part(f"tag {tag}", None, blocks, False)

    def untagged_by(self, tag: int) -> ValueShape:
        """The part of the type that is blocks with another tag."""
        blocks = tuple([block for block in self.blocks if block.tag != tag])
        return self._part(f"not tag {tag}", None, blocks, False)

    def not_null(self) -> ValueShape:
        """The part of the type without the word 0."""
        return self._part("not null", self.immediates, self.blocks, False)

    def _part(
        self,
        name: str,
        immediates: Immediates | None,
        blocks: tuple[BlockShape, ...],
        nullable: bool,
    ) -> ValueShape:
        if self.open or (immediates, blocks, nullable) == (
            self.immediates,
            self.blocks,
            self.nullable,
        ):
            return self
        known = self._parts.get(name)
        if known is None:
            known = self._parts[name] = replace(
                self,
                immediates=immediates,
                blocks=blocks,
                nullable=nullable,
                part_of=self.whole,
            )
        return known

    @property
    def is_value(self) -> bool:
        """Whether its values are words that the collector understands."""
        return self.kind.layout is Layout.VALUE

    @property
    def is_immediate(self) -> bool:
        """Whether every value certainly is an integer."""
        return self.is_value and not (self.blocks or self.open or self.nullable)

    @property
    def block_only(self) -> bool:
        """Whether every value certainly is a block."""
        return bool(self.blocks) and not (self.immediates or self.open or self.nullable)

    def block(self, tag: int) -> BlockShape | None:
        """The shape of its blocks with a tag; None where there are none or several."""
        found = [block for block in self.blocks if block.may_have_tag(tag)]
        return found[0] if len(found) == 1 else None

    def field(self, index: int) -> FieldShape | None:
        """What is known of a field of every block that has it, whichever block it is."""
        if self.open:
            return None
        found = [block.field(index) for block in self.blocks if block.may_have_field(index)]
        first = found[0] if found else None
        if first is None or not all(_agree(first, other) for other in found[1:]):
            return None
        return first


def _agree(a: FieldShape, b: FieldShape | None) -> bool:
    return (
        b is not None
        and a.layout is b.layout
        and a.mutable == b.mutable
        and a.global_ == b.global_
        and a.shape is b.shape
    )


def hash_variant(name: str) -> int:
    """The integer that stands for the tag of a polymorphic variant.

    Source: OCaml, typing/btype.ml, hash_variant; runtime/hash.c, caml_hash_variant.
    """
    number = 0
    for byte in name.encode():
        number = number * 223 + byte
    number &= (1 << 31) - 1
    return number - (1 << 31) if number >= 1 << 30 else number


# --- the types without a definition ------------------------------------------------------------


class _Builtin(NamedTuple):
    """The shape of a type that no definition describes."""

    kind: Kind
    immediates: Immediates | None = None
    blocks: tuple[BlockShape, ...] = ()
    open: bool = False


_NON_FLOAT = Kind(separability=Separability.NON_FLOAT)
_ANY_INTEGER = Immediates(MIN_IMMEDIATE, MAX_IMMEDIATE)
_EMPTY_ARRAY = BlockShape(Content.FIELDS, 0, 0, scannable=0)
_EXTENSION = (
    # A constant constructor is the block that names it, any other begins with that block.
    BlockShape(Content.EXCEPTION, OBJECT_TAG, 2),
    BlockShape(Content.EXCEPTION, 0, None),
)


def _integers(low: int, high: int) -> _Builtin:
    return _Builtin(IMMEDIATE, Immediates(low, high))


def _block(content: Content, tag: int | None, size: int | None = None) -> _Builtin:
    return _Builtin(_NON_FLOAT, None, (BlockShape(content, tag, size),))


def _custom(content: Content, size: int | None = 2) -> _Builtin:
    return _block(content, CUSTOM_TAG, size)


_BIGARRAY_WORDS = 5
"""The words of a bigarray's block before its dimensions: operations, data, number of dimensions,
flags and proxy."""

_BUILTIN: Mapping[str, _Builtin] = {
    "int": _Builtin(IMMEDIATE, _ANY_INTEGER),
    "char": _integers(0, 255),
    "Uchar.t": _integers(0, 0x10FFFF),
    "string": _block(Content.STRING, STRING_TAG),
    "bytes": _block(Content.BYTES, STRING_TAG),
    "float": _Builtin(VALUE, None, (BlockShape(Content.DOUBLE, DOUBLE_TAG, 1),)),
    "floatarray": _Builtin(
        _NON_FLOAT,
        None,
        (BlockShape(Content.DOUBLES, DOUBLE_ARRAY_TAG, None), _EMPTY_ARRAY),
    ),
    "int32": _custom(Content.INT32),
    "int64": _custom(Content.INT64),
    "nativeint": _custom(Content.NATIVEINT),
    "extension_constructor": _block(Content.EXCEPTION, OBJECT_TAG, 2),
    # A lazy value may be the very value it was forced to, which never is a boxed float
    # (runtime/major_gc.c and bytecomp/translcore.ml leave the Forward block of those).
    "lazy_t": _Builtin(_NON_FLOAT, None, (BlockShape(Content.LAZY, None, 1),), open=True),
    "Stdlib.in_channel": _custom(Content.CUSTOM),
    "Stdlib.out_channel": _custom(Content.CUSTOM),
    "Mutex.t": _custom(Content.CUSTOM),
    "Condition.t": _custom(Content.CUSTOM),
    "Weak.t": _block(Content.ABSTRACT, ABSTRACT_TAG),
    "Bigarray.Genarray.t": _custom(Content.BIGARRAY, None),
    **{
        f"Bigarray.Array{dimensions}.t": _custom(Content.BIGARRAY, _BIGARRAY_WORDS + dimensions)
        for dimensions in range(4)
    },
}

_VECTORS: Mapping[str, Layout] = {
    vector: layout
    for vectors, layout in zip(VECTORS, (Layout.VEC128, Layout.VEC256, Layout.VEC512), strict=True)
    for vector in vectors
}

_VECTOR_WORDS: Mapping[Layout, int] = {Layout.VEC128: 2, Layout.VEC256: 4, Layout.VEC512: 8}

_UNBOXED: Mapping[str, Layout] = {
    "float": Layout.FLOAT64,
    "float32": Layout.FLOAT32,
    "int8": Layout.BITS8,
    "int16": Layout.BITS16,
    "int32": Layout.BITS32,
    "int64": Layout.BITS64,
    "nativeint": Layout.WORD,
    **_VECTORS,
}
"""The types of numbers that `[@unboxed]` applies to."""

_OXCAML_ONLY: Mapping[str, _Builtin] = {
    "int8": _integers(-(1 << 7), (1 << 7) - 1),
    "int16": _integers(-(1 << 15), (1 << 15) - 1),
    "float32": _custom(Content.CUSTOM),
    **{
        vector: _block(Content.ABSTRACT, ABSTRACT_TAG, _VECTOR_WORDS[layout])
        for vector, layout in _VECTORS.items()
    },
    **{
        name: _Builtin(flat(layout))
        for name, layout in {
            **{f"{number}#": layout for number, layout in _UNBOXED.items()},
            "char#": Layout.BITS8,
            "bool#": Layout.BITS8,
            "int#": Layout.UNTAGGED_IMMEDIATE,
            "unit#": Layout.VOID,
            "idx_imm": Layout.BITS64,
            "idx_mut": Layout.BITS64,
        }.items()
    },
}
"""The types that only OxCaml knows."""

_ARRAYS = frozenset({"array", "iarray"})


# --- from types to shapes ----------------------------------------------------------------------

_MAX_STEPS = 200
"""How many abbreviations and unboxed wrappers in a row are followed."""
_MAX_NODES = 1000
"""How large a type may be; the arguments of a non-regular type grow without end."""
_MAX_DEPTH = 60
_MAX_COMPONENTS = 1000
_MAX_SCANNABLE = 254
"""The values of a mixed block: the reserved byte of the header counts them plus one."""


class _Head(NamedTuple):
    """A type with abbreviations and unboxed wrappers followed.

    `definition` is None where none was found, or the type is no `Constr`.  `builtin` holds for
    a type that has no definition but a shape, `promised` is what annotations on the way say.
    `product` are the components, where it is an unboxed product.
    """

    type: Type
    definition: TypeDefinition | None = None
    builtin: bool = False
    promised: Kind | None = None
    product: tuple[Field, ...] | None = None


_UNKNOWN = Opaque("...")


class _Floats(enum.Enum):
    """How far a record consists of floats.

    OxCaml has stored records of `float#` as flat arrays and later as mixed blocks: the fields
    lie alike, the tags differ.  Records of both kinds it stored flat without reordering, and
    later does so only if an attribute asks for it: of these nothing is certain.
    Source: OxCaml, typing/typedecl.ml, compute_record_repr.
    """

    NEITHER = enum.auto()
    BOXED = enum.auto()  # float
    UNBOXED = enum.auto()  # float#
    BOTH = enum.auto()


class Shapes:
    """The shapes of the types of one program under one profile."""

    def __init__(
        self, definition: Callable[[str], TypeDefinition | None], profile: Profile
    ) -> None:
        self._definition = definition
        self._profile = profile
        self._oxcaml = profile is Profile.OXCAML
        self._known: dict[Type, ValueShape] = {}
        self._opening: set[str] = set()
        self._too_large = self._unknown(_UNKNOWN, None)

    @property
    def profile(self) -> Profile:
        return self._profile

    def of(self, type: Type) -> ValueShape:
        """The shape of a type's values; total, and one object for one type.

        One more object stands for all the types that are too large to be looked into.
        """
        if not _is_reasonable(type):
            return self._too_large
        known = self._known.get(type)
        if known is None:
            known = self._known[type] = self._shape(type, self._head(type))
        return known

    def layout(self, type: Type) -> Layout:
        """How values of the type are passed and stored."""
        return self._head_layout(self._head(type))

    def unboxed_layout(self, type: Type) -> Layout | None:
        """How a boxed number is passed where it is unboxed by attribute; None for other types."""
        head = self._head(type)
        if self._builtin(head) is None or not isinstance(head.type, Constr):
            return None
        return _UNBOXED.get(head.type.name)

    def components(self, type: Type) -> tuple[FieldShape, ...] | None:
        """The components of an unboxed product, flattened and without those of layout void.

        None if the type is none, or not all of its components are known.
        """
        head = self._head(type)
        if head.product is None:
            return None
        return self._flatten(head.product)

    # The head of a type.

    def _lookup(self, name: str) -> TypeDefinition | None:
        return self._definition(name) or PREDEFINED.get(name)

    def _head(self, type: Type) -> _Head:
        """Follow abbreviations and unboxed wrappers to a type that has a shape of its own."""
        promised: Kind | None = None
        for _ in range(_MAX_STEPS):
            if isinstance(type, Tuple) and type.unboxed and self._oxcaml:
                components = tuple(Field(str(i), item) for i, item in enumerate(type.items))
                return _Head(type, promised=promised, product=components)
            if not isinstance(type, Constr):
                return _Head(type, promised=promised)
            definition = self._lookup(type.name)
            if definition is None:
                return _Head(type, promised=promised, product=self._implicit_product(type))
            if definition.kind is not None:
                promised = definition.kind if promised is None else promised.meet(definition.kind)
            if definition.body is None:
                builtin = PREDEFINED.get(type.name) is definition
                return _Head(type, definition, builtin, promised)
            bindings = _bindings(definition, type)
            if bindings is None:
                return _Head(_UNKNOWN, promised=promised)
            match definition.body:
                case Record(fields=(only,)) as body if definition.unboxed or (
                    body.unboxed and self._oxcaml
                ):
                    type = _substitute(only.type, bindings)
                case Record(unboxed=True) as body if self._oxcaml:
                    product = _substitute_fields(body.fields, bindings)
                    return _Head(type, definition, promised=promised, product=product)
                case Variant(constructors=(constructor,)) if (
                    definition.unboxed and len(constructor.fields) == 1
                ):
                    type = _substitute(constructor.fields[0].type, bindings)
                case Record(unboxed=unboxed):
                    # An unboxed record that is none: of several fields, or not OxCaml's.
                    ill_formed = unboxed or definition.unboxed
                    return _Head(_UNKNOWN if ill_formed else type, definition, False, promised)
                case Variant() | Extensible():
                    return _Head(
                        _UNKNOWN if definition.unboxed else type, definition, False, promised
                    )
                case abbreviated:
                    type = _substitute(abbreviated, bindings)
        return _Head(_UNKNOWN)

    def _implicit_product(self, type: Constr) -> tuple[Field, ...] | None:
        """The components of `t#`, which OxCaml declares along with a boxed record `t`.

        A record that stores boxed floats flat has no such companion.  To know that its fields
        are looked at, among which `t#` may be again.
        """
        name = type.name.removesuffix("#")
        if not self._oxcaml or name == type.name or name in self._opening:
            return None
        definition = self._lookup(name)
        if definition is None or definition.unboxed or not isinstance(definition.body, Record):
            return None
        bindings = _bindings(definition, type)
        if bindings is None or definition.body.unboxed or len(self._opening) > _MAX_DEPTH:
            return None
        self._opening.add(name)
        floats = self._floats(definition.body)
        self._opening.remove(name)
        if floats in (_Floats.BOXED, _Floats.BOTH):
            return None
        return _substitute_fields(definition.body.fields, bindings)

    def _builtin(self, head: _Head) -> _Builtin | None:
        if not (head.builtin and isinstance(head.type, Constr)):
            return None
        known = _BUILTIN.get(head.type.name)
        if known is None and self._oxcaml:
            known = _OXCAML_ONLY.get(head.type.name)
        return known

    def _head_layout(self, head: _Head) -> Layout:
        if head.product is not None:
            return Layout.PRODUCT
        builtin = self._builtin(head)
        return builtin.kind.layout if builtin else self._open_kind(head).layout

    def _open_kind(self, head: _Head) -> Kind:
        """What is certain of a type without a known shape: its annotation, and no more.

        Upstream has no layouts, so an annotation of one says nothing there.
        """
        kind = head.promised
        if isinstance(head.type, TypeVar) and head.type.kind is not None:
            kind = head.type.kind if kind is None else kind.meet(head.type.kind)
        if kind is None or (kind.layout is not Layout.VALUE and not self._oxcaml):
            return VALUE
        return kind

    def _separability(self, type: Type) -> Separability:
        """Whether boxed floats are among the values of the type, judged by its head alone."""
        head = self._head(type)
        builtin = self._builtin(head)
        if builtin is not None:
            return builtin.kind.separability
        match head.type:
            case Arrow() | Tuple() | PolyVariant() | Opaque(what="object" | "package"):
                return Separability.NON_FLOAT
            case Constr(name=name) if head.builtin and name in _ARRAYS:
                return Separability.NON_FLOAT
            case Constr(name="or_null") if head.builtin and self._oxcaml:
                return Separability.MAYBE_SEPARABLE
            case Constr() if head.definition is not None and head.definition.body is not None:
                return Separability.NON_FLOAT
        kind = self._open_kind(head)
        if kind.externality is not Externality.INTERNAL:
            return min(kind.separability, Separability.NON_FLOAT)
        return kind.separability

    # The shape of a type.

    def _shape(self, type: Type, head: _Head) -> ValueShape:
        builtin = self._builtin(head)
        if builtin is not None:
            return self._make(type, builtin)
        if head.product is not None:
            return self._product(type, head.product)
        match head.type:
            case Constr(name=name, args=args) if head.builtin and name in _ARRAYS:
                return self._array(type, args[0] if args else TypeVar(""), name == "array")
            case Constr(name="or_null", args=(inner,)) if head.builtin and self._oxcaml:
                return self._or_null(type, inner)
            case Constr() as constr if head.definition is not None:
                bindings = _bindings(head.definition, constr) or {}
                match head.definition.body:
                    case Record() as record:
                        return self._record(type, head, record, bindings)
                    case Variant() as variant:
                        return self._variant(type, head, variant, bindings)
                    case Extensible():
                        return self._make(type, _Builtin(_NON_FLOAT, None, _EXTENSION))
            case Tuple(items=items, unboxed=False):
                fields = self._flatten([Field("", item) for item in items])
                block = self._fields_block(fields, 0)
                return self._blocks(type, head, (block,))
            case Arrow():
                return self._make(type, _block(Content.CLOSURE, None))
            case PolyVariant() as variant:
                return self._poly_variant(type, variant)
            case Opaque(what="object"):
                return self._make(type, _block(Content.OBJECT, OBJECT_TAG))
            case Opaque(what="package"):
                return self._make(type, _block(Content.MODULE, 0))
        return self._unknown(type, head)

    def _make(self, type: Type, builtin: _Builtin, nullable: bool = False) -> ValueShape:
        return ValueShape(
            type_text(type),
            type,
            builtin.immediates,
            builtin.blocks,
            builtin.open,
            nullable,
            builtin.kind,
        )

    def _unknown(self, type: Type, head: _Head | None) -> ValueShape:
        """A type of which an annotation may tell, and nothing else."""
        kind = VALUE if head is None else self._open_kind(head)
        nullable = self._oxcaml and kind.nullability is Nullability.MAYBE_NULL
        if kind.layout not in (Layout.VALUE, Layout.ANY, Layout.PRODUCT):
            return self._make(type, _Builtin(kind))
        # The profiles are 64-bit machines, so what holds there is certain.
        immediate = kind.layout is Layout.VALUE and kind.separability <= Separability.NON_POINTER64
        known = _Builtin(kind, _ANY_INTEGER) if immediate else _Builtin(kind, open=True)
        return replace(self._make(type, known, nullable), promised=kind is not VALUE)

    def _blocks(
        self,
        type: Type,
        head: _Head,
        blocks: Sequence[BlockShape | None],
        immediates: Immediates | None = None,
    ) -> ValueShape:
        """A type with these blocks, or an unknown one if one of them is impossible."""
        certain = tuple(block for block in blocks if block is not None)
        if len(certain) != len(blocks):
            return self._unknown(type, head)
        return self._make(type, _Builtin(_NON_FLOAT if blocks else IMMEDIATE, immediates, certain))

    def _product(self, type: Type, components: tuple[Field, ...]) -> ValueShape:
        flattened = self._flatten(components)
        externality = Externality.INTERNAL
        if flattened is not None:
            externality = max(
                (component.shape.kind.externality for component in flattened),
                default=Externality.EXTERNAL,
            )
        kind = replace(flat(Layout.PRODUCT), externality=externality)
        return self._make(type, _Builtin(kind, open=flattened is None))

    def _array(self, type: Type, element: Type, mutable: bool) -> ValueShape:
        layout = self.layout(element)
        doubles = BlockShape(Content.DOUBLES, DOUBLE_ARRAY_TAG, None)
        elements = BlockShape(
            Content.ELEMENTS,
            0,
            None,
            elements=FieldShape("", element, mutable, False, layout, self),
        )
        if layout is Layout.FLOAT64:
            blocks: tuple[BlockShape, ...] = (doubles, _EMPTY_ARRAY)
        elif layout is Layout.ANY:
            return self._make(type, _Builtin(_NON_FLOAT, open=True))
        elif layout is not Layout.VALUE:
            blocks = (BlockShape(Content.UNBOXED_ARRAY, None, None),)
        elif self._is_float(element):
            blocks = (doubles, _EMPTY_ARRAY)
        elif self._separability(element) is Separability.SEPARABLE:
            blocks = (elements, doubles)
        else:
            blocks = (elements,)
        return self._make(type, _Builtin(_NON_FLOAT, None, blocks))

    def _or_null(self, type: Type, inner: Type) -> ValueShape:
        head = self._head(inner)
        doubly = head.builtin and isinstance(head.type, Constr) and head.type.name == "or_null"
        shape = self._unknown(type, None) if doubly else self._shape(type, head)
        if doubly or not shape.is_value:
            return shape
        separability = shape.kind.separability
        if separability > Separability.NON_FLOAT:
            separability = Separability.MAYBE_SEPARABLE
        kind = replace(shape.kind, nullability=Nullability.MAYBE_NULL, separability=separability)
        return replace(shape, kind=kind, nullable=True)

    def _record(
        self, type: Type, head: _Head, record: Record, bindings: Mapping[str, Type]
    ) -> ValueShape:
        fields = self._flatten(_substitute_fields(record.fields, bindings))
        floats = self._floats(record)
        if floats is _Floats.BOTH:
            return self._make(type, _Builtin(_NON_FLOAT, open=True))
        if fields is not None and floats is not _Floats.NEITHER:
            doubles = tuple(replace(each, layout=Layout.FLOAT64) for each in fields)
            tag = DOUBLE_ARRAY_TAG if floats is _Floats.BOXED else None
            block = BlockShape(Content.DOUBLES, tag, len(doubles), doubles, scannable=0)
            return self._blocks(type, head, (block,))
        return self._blocks(type, head, (self._fields_block(fields, 0) if fields else None,))

    def _variant(
        self, type: Type, head: _Head, variant: Variant, bindings: Mapping[str, Type]
    ) -> ValueShape:
        names: list[str] = []
        blocks: list[BlockShape | None] = []
        for constructor in variant.constructors:
            fields = self._flatten(_substitute_fields(constructor.fields, bindings))
            if fields == ():  # also when all it holds is void
                names.append(constructor.name)
            else:
                blocks.append(self._fields_block(fields, len(blocks), constructor.name))
        if len(blocks) > constructor_tags(self._profile):
            return self._unknown(type, None)
        immediates = Immediates(0, len(names) - 1, names=tuple(names)) if names else None
        return self._blocks(type, head, blocks, immediates)

    def _poly_variant(self, type: Type, variant: PolyVariant) -> ValueShape:
        constants: dict[int, str] = {}
        blocks: dict[str, BlockShape] = {}
        complete = True
        for name, types in self._tags(variant):
            if name is None:
                complete = False
            elif not types:
                constants[hash_variant(name)] = name
            else:
                argument = types[0] if len(types) == 1 and name not in blocks else TypeVar("")
                blocks[name] = self._tagged_block(name, argument)
        immediates = None
        if constants:
            numbers = sorted(constants)
            immediates = Immediates(
                numbers[0],
                numbers[-1],
                frozenset(numbers),
                tuple(constants[number] for number in numbers),
            )
        kind = IMMEDIATE if complete and not blocks else _NON_FLOAT
        return self._make(
            type, _Builtin(kind, immediates, tuple(blocks.values()), open=not complete)
        )

    def _tags(self, variant: PolyVariant) -> Iterator[tuple[str | None, tuple[Type, ...]]]:
        """The tags of a polymorphic variant; None for the unknown ones of an open one."""
        pending: list[Type] = [variant]
        for _ in range(_MAX_STEPS):
            if not pending:
                return
            head = self._head(pending.pop()).type
            if not isinstance(head, PolyVariant):
                yield None, ()
                continue
            yield from head.tags
            if head.open:
                yield None, ()
            pending += head.inherits
        yield None, ()

    def _tagged_block(self, name: str, argument: Type) -> BlockShape:
        fields = (
            FieldShape("", Constr("int"), False, False, Layout.VALUE, self),
            FieldShape("", argument, False, False, Layout.VALUE, self),
        )
        return BlockShape(Content.FIELDS, 0, 2, fields, scannable=2, name=name)

    # Fields.

    def _is_float(self, type: Type) -> bool:
        head = self._head(type)
        return head.builtin and isinstance(head.type, Constr) and head.type.name == "float"

    def _floats(self, record: Record) -> _Floats:
        """Whether a record consists of floats.

        The declaration decides: a field of type `'a` is no float in `float t` either.
        """
        boxed = [self._is_float(each.type) for each in record.fields]
        if boxed and all(boxed):
            return _Floats.BOXED
        if boxed and all(
            is_float or self.layout(each.type) is Layout.FLOAT64
            for is_float, each in zip(boxed, record.fields, strict=True)
        ):
            return _Floats.BOTH if any(boxed) else _Floats.UNBOXED
        return _Floats.NEITHER

    def _flatten(self, fields: Iterable[Field]) -> tuple[FieldShape, ...] | None:
        """The fields in order with unboxed products opened and void left out.

        None if there is one whose layout is not known.
        """
        flattened: list[FieldShape] = []
        pending = list(fields)[::-1]
        for _ in range(_MAX_COMPONENTS):
            if not pending:
                return tuple(flattened)
            each = pending.pop()
            head = self._head(each.type)
            layout = self._head_layout(head)
            if head.product is not None:
                pending += [
                    replace(
                        inner,
                        name=f"{each.name}.{inner.name}" if each.name else inner.name,
                        mutable=each.mutable or inner.mutable,
                        global_=each.global_ or inner.global_,
                    )
                    for inner in reversed(head.product)
                ]
            elif layout in (Layout.PRODUCT, Layout.ANY):
                return None
            elif layout is not Layout.VOID:
                flattened.append(
                    FieldShape(each.name, each.type, each.mutable, each.global_, layout, self)
                )
        return None

    def _fields_block(
        self, fields: tuple[FieldShape, ...] | None, tag: int, name: str = ""
    ) -> BlockShape | None:
        """A block with the fields, values first; None if there is no such block."""
        if fields is None:
            return None
        values = tuple(each for each in fields if each.layout is Layout.VALUE)
        flat_ones = tuple(each for each in fields if each.layout is not Layout.VALUE)
        if not flat_ones:
            return BlockShape(Content.FIELDS, tag, len(values), values, len(values), name)
        if len(values) > _MAX_SCANNABLE:
            return None
        size = len(values) + sum(map(_words, flat_ones))
        return BlockShape(Content.MIXED, tag, size, values + flat_ones, len(values), name)


def _words(component: FieldShape) -> int:
    """The words that a flat field takes: numbers are not packed."""
    return _VECTOR_WORDS.get(component.layout, 1)


# --- types -------------------------------------------------------------------------------------


def _children(type: Type) -> tuple[Type, ...]:
    match type:
        case Constr(args=args):
            return args
        case Arrow(param=param, result=result):
            return param, result
        case Tuple(items=items):
            return items
        case PolyVariant(tags=tags, inherits=inherits):
            return (*inherits, *(each for _, types in tags for each in types))
    return ()


def _is_reasonable(type: Type) -> bool:
    """Whether a type is small enough to be hashed and shown.

    The types met in a non-regular definition double at every step while they share their parts,
    so that they take little memory and much time.
    """
    pending = [(type, 0)]
    nodes = 0
    while pending:
        each, depth = pending.pop()
        nodes += 1
        if nodes > _MAX_NODES or depth > _MAX_DEPTH:
            return False
        pending += [(child, depth + 1) for child in _children(each)]
    return True


def _bindings(definition: TypeDefinition, type: Constr) -> dict[str, Type] | None:
    """What the parameters of a definition stand for; None if their number is wrong."""
    if len(definition.params) != len(type.args):
        return None
    return {
        name: argument
        for name, argument in zip(definition.params, type.args, strict=True)
        if name not in ("", "_")
    }


def _substitute_fields(
    fields: tuple[Field, ...], bindings: Mapping[str, Type]
) -> tuple[Field, ...]:
    return tuple(replace(each, type=_substitute(each.type, bindings)) for each in fields)


def _substitute(type: Type, bindings: Mapping[str, Type]) -> Type:
    """The type with its variables replaced; time in the size of `type`, not of the bindings."""
    if not bindings:
        return type

    def all_of(types: tuple[Type, ...]) -> tuple[Type, ...]:
        return tuple(_substitute(each, bindings) for each in types)

    match type:
        case TypeVar(name=name):
            return bindings.get(name, type)
        case Constr(name=name, args=args):
            return Constr(name, all_of(args)) if args else type
        case Arrow(param=param, result=result, label=label):
            return Arrow(_substitute(param, bindings), _substitute(result, bindings), label)
        case Tuple(items=items, unboxed=unboxed):
            return Tuple(all_of(items), unboxed)
        case PolyVariant(tags=tags, inherits=inherits, open=open_):
            return PolyVariant(
                tuple((name, all_of(types)) for name, types in tags), all_of(inherits), open_
            )
        case Opaque():
            return type


def _shown_name(key: str) -> str:
    """The name of a definition without the path of its file: `M.t` of `path#M.t`."""
    unboxed = "#" if key.endswith("#") else ""
    name = key.removesuffix("#").rpartition("#")[2]
    return name.removeprefix("Stdlib.") + unboxed


def type_text(type: Type) -> str:
    """The type as OCaml writes it."""
    match type:
        case Constr(name=name, args=()):
            return _shown_name(name)
        case Constr(name=name, args=(only,)):
            return f"{_atom(only)} {_shown_name(name)}"
        case Constr(name=name, args=args):
            return f"({', '.join(map(type_text, args))}) {_shown_name(name)}"
        case TypeVar(name=name):
            return "_" if name in ("", "_") else f"'{name}"
        case Arrow(param=param, result=result, label=label):
            return f"{_labelled(label, param)} -> {type_text(result)}"
        case Tuple(items=items, unboxed=unboxed):
            text = " * ".join(map(_atom, items))
            return f"#({text})" if unboxed else text
        case PolyVariant(tags=tags, inherits=inherits, open=open_):
            parts = [
                *map(type_text, inherits),
                *(
                    f"`{name} of {' & '.join(map(_atom, types))}" if types else f"`{name}"
                    for name, types in tags
                ),
            ]
            return f"[{'>' if open_ else ''} {' | '.join(parts)} ]"
        case Opaque(text=text):
            return text


def _labelled(label: str, param: Type) -> str:
    optional = isinstance(param, Constr) and param.name == "option" and len(param.args) == 1
    if label.startswith("?") and optional:
        assert isinstance(param, Constr)
        param = param.args[0]
    text = type_text(param)
    if isinstance(param, Arrow):
        text = f"({text})"
    return f"{label}:{text}" if label else text


def _atom(type: Type) -> str:
    text = type_text(type)
    return f"({text})" if isinstance(type, Arrow) or _is_bare_tuple(type) else text


def _is_bare_tuple(type: Type) -> bool:
    return isinstance(type, Tuple) and not type.unboxed
