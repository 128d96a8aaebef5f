"""Kinds: what the collector and C may take for granted of every value of a type.

A kind has a layout (how a value is passed and stored) and, for layout `value`, bounds on three
axes, each a chain.  A smaller bound promises more: a type may be used wherever a kind with
larger bounds is asked for.

Source: OxCaml, jane/doc/extensions/_06-kinds/03-non-modal.md and
_03-unboxed-types/01-intro.md.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace


class Externality(enum.IntEnum):
    """Whether the collector may ignore every value of the type."""

    EXTERNAL = 0  # always: immediate, unboxed, or allocated elsewhere
    EXTERNAL64 = 1  # on 64-bit machines
    INTERNAL = 2


class Nullability(enum.IntEnum):
    """Whether the word 0 is a value of the type."""

    NON_NULL = 0
    MAYBE_NULL = 1


class Separability(enum.IntEnum):
    """Whether boxed floats are among the values of the type."""

    NON_POINTER = 0  # no pointers at all
    NON_POINTER64 = 1  # none on 64-bit machines
    NON_FLOAT = 2  # pointers, but none to a boxed float
    SEPARABLE = 3  # only boxed floats, or none
    MAYBE_SEPARABLE = 4  # both


class Layout(enum.Enum):
    """How a value of the type is passed and stored."""

    VALUE = "value"
    FLOAT64 = "float64"
    FLOAT32 = "float32"
    BITS8 = "bits8"
    BITS16 = "bits16"
    BITS32 = "bits32"
    BITS64 = "bits64"
    WORD = "word"
    UNTAGGED_IMMEDIATE = "untagged_immediate"  # int#
    VOID = "void"
    VEC128 = "vec128"
    VEC256 = "vec256"
    VEC512 = "vec512"
    PRODUCT = "product"
    ANY = "any"  # not representable as such: an annotation that promises nothing


@dataclass(frozen=True, slots=True)
class Kind:
    """A layout with bounds; the bounds mean nothing for layouts other than `VALUE`."""

    layout: Layout = Layout.VALUE
    externality: Externality = Externality.INTERNAL
    nullability: Nullability = Nullability.NON_NULL
    separability: Separability = Separability.SEPARABLE

    def __le__(self, other: Kind) -> bool:
        """Whether a type of this kind may stand where `other` is asked for."""
        return (
            other.layout in (self.layout, Layout.ANY)
            and self.externality <= other.externality
            and self.nullability <= other.nullability
            and self.separability <= other.separability
        )

    def join(self, other: Kind) -> Kind:
        """The least kind that has the values of both."""
        return Kind(
            self.layout if self.layout is other.layout else Layout.ANY,
            max(self.externality, other.externality),
            max(self.nullability, other.nullability),
            max(self.separability, other.separability),
        )

    def meet(self, other: Kind) -> Kind:
        """What is known when both bounds are promised.

        No type has two layouts; of a promise of two the first is taken.
        """
        return Kind(
            other.layout if self.layout is Layout.ANY else self.layout,
            min(self.externality, other.externality),
            min(self.nullability, other.nullability),
            min(self.separability, other.separability),
        )


def flat(layout: Layout) -> Kind:
    """The kind of an unboxed type: the collector never sees its values."""
    return Kind(layout, Externality.EXTERNAL, Nullability.NON_NULL, Separability.NON_POINTER)


VALUE = Kind()
VALUE_OR_NULL = Kind(nullability=Nullability.MAYBE_NULL, separability=Separability.MAYBE_SEPARABLE)
IMMEDIATE = Kind(externality=Externality.EXTERNAL, separability=Separability.NON_POINTER)
IMMEDIATE64 = Kind(externality=Externality.EXTERNAL64, separability=Separability.NON_POINTER64)
IMMEDIATE_OR_NULL = replace(IMMEDIATE, nullability=Nullability.MAYBE_NULL)
IMMEDIATE64_OR_NULL = replace(IMMEDIATE64, nullability=Nullability.MAYBE_NULL)
ANY = Kind(Layout.ANY, Externality.INTERNAL, Nullability.MAYBE_NULL, Separability.MAYBE_SEPARABLE)

_NOT_FLAT = (Layout.VALUE, Layout.ANY, Layout.PRODUCT)

ABBREVIATIONS: Mapping[str, Kind] = {
    "any": ANY,
    "any_non_null": ANY,
    "value": VALUE,
    "value_or_null": VALUE_OR_NULL,
    "value_maybe_null": VALUE_OR_NULL,
    "non_null_value": VALUE,
    "immediate": IMMEDIATE,
    "immediate64": IMMEDIATE64,
    "immediate_or_null": IMMEDIATE_OR_NULL,
    "immediate64_or_null": IMMEDIATE64_OR_NULL,
    "scannable": VALUE_OR_NULL,
    "immutable_data": Kind(separability=Separability.NON_FLOAT),
    "sync_data": Kind(separability=Separability.NON_FLOAT),
    "mutable_data": Kind(separability=Separability.NON_FLOAT),
    **{layout.value: flat(layout) for layout in Layout if layout not in _NOT_FLAT},
    **{
        # Unboxed, without the promise that the collector may ignore it.
        f"{layout.value}_internal": replace(flat(layout), externality=Externality.INTERNAL)
        for layout in Layout
        if layout not in _NOT_FLAT
    },
}
"""The kinds that can be written as one word."""

_BOUNDS: Mapping[str, tuple[str, enum.IntEnum]] = {
    "external_": ("externality", Externality.EXTERNAL),
    "external64": ("externality", Externality.EXTERNAL64),
    "internal": ("externality", Externality.INTERNAL),
    "non_null": ("nullability", Nullability.NON_NULL),
    "maybe_null": ("nullability", Nullability.MAYBE_NULL),
    "non_pointer": ("separability", Separability.NON_POINTER),
    "non_pointer64": ("separability", Separability.NON_POINTER64),
    "non_float": ("separability", Separability.NON_FLOAT),
    "separable": ("separability", Separability.SEPARABLE),
    "maybe_separable": ("separability", Separability.MAYBE_SEPARABLE),
}


def bounded(kind: Kind, modes: tuple[str, ...]) -> Kind:
    """`kind mod MODE...`: the kind with its bounds lowered; words of other axes say nothing."""
    lowest: dict[str, enum.IntEnum] = {}
    for mode in modes:
        axis, bound = _BOUNDS.get(mode, ("", None))
        if bound is not None:
            lowest[axis] = min(bound, getattr(kind, axis))
    return Kind(
        kind.layout,
        Externality(lowest.get("externality", kind.externality)),
        Nullability(lowest.get("nullability", kind.nullability)),
        Separability(lowest.get("separability", kind.separability)),
    )
