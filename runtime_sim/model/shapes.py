"""What the values of a type look like, as data: immediates, blocks, their fields.

`representation.Shapes` finds that of a type.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from runtime_sim.model.kinds import Kind, Layout
from runtime_sim.model.tags import (
    CLOSURE_TAG,
    DOUBLE_ARRAY_TAG,
    FORCING_TAG,
    FORWARD_TAG,
    INFIX_TAG,
    LAZY_TAG,
)
from runtime_sim.model.types import Type

__all__ = [
    "BlockShape",
    "Content",
    "FieldShape",
    "Immediates",
    "ValueShape",
    "hash_variant",
]


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
    shape_of: Callable[[Type], ValueShape] = field(repr=False)

    @property
    def shape(self) -> ValueShape:
        """The shape of the field's values; found when asked for, since types are recursive."""
        return self.shape_of(self.type)


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
