"""The abstract domain: what one cell of a function's memory may hold.

A cell is a variable, an array element, a field of a local structure or of memory made in the
function, or a temporary.  One `AbsVal` describes it; `join` is the least upper bound in the sense
of *may*: a property that holds on one of two joined paths (stale, garbage, encoded) holds after.
"""

from __future__ import annotations

import enum
from typing import NamedTuple

from analyzer.flow.facts import Collection, Origin
from analyzer.ir.nodes import Call, Function, Symbol
from runtime_sim.model.shapes import ValueShape


class Shape(enum.IntEnum):
    """What kind of thing a cell holds."""

    UNKNOWN = 0
    DATA = 1  # a C number, or a pointer to C memory
    ADDRESS = 2  # the address `target`
    CODE = 3  # one of `functions`
    IMMEDIATE = 4
    BLOCK = 5  # a heap block
    VALUE = 6  # a block or an immediate
    ENCODED = 7  # a value, or an encoded exception that nobody has asked for
    NAKED = 8  # a pointer outside the heap, made a value
    INTERIOR = 9  # a pointer into the middle of a block, made a value
    DERIVED = 10  # a raw pointer into the heap
    ROOT_POINTER = 11  # what caml_named_value returns


VALUE_SHAPES = frozenset({Shape.IMMEDIATE, Shape.BLOCK, Shape.VALUE, Shape.ENCODED})
"""What a variable of type `value` properly holds."""

HEAP_VALUES = frozenset({Shape.BLOCK, Shape.VALUE, Shape.ENCODED})
"""A `value` that may be a pointer into the heap."""

HEAP_SHAPES = frozenset({Shape.BLOCK, Shape.VALUE, Shape.ENCODED, Shape.DERIVED, Shape.INTERIOR})
"""What a collection makes stale."""


class Memory(NamedTuple):
    """C memory outside the function's variables: made by a call, or behind a pointer parameter."""

    site: Call | Symbol
    what: str  # "memory from 'malloc'", or "" for a parameter's

    @property
    def is_parameter(self) -> bool:
        return not self.what


Base = Symbol | Memory | int
"""A variable, C memory, or the number of a temporary."""

Place = Base | tuple[Base | str | int, ...]
"""A base, or (base, member or constant index...) with "*" for an index that is not constant."""


def inside(place: Place, part: str | int) -> Place:
    """The member or element of a place."""
    return (*place, part) if type(place) is tuple else (place, part)  # type: ignore[return-value]


def base_of(place: Place) -> Base:
    """What a place is a part of."""
    return place[0] if type(place) is tuple else place  # type: ignore[return-value]


FRESH = "fresh"
"""The source of a BLOCK that is one of several young blocks, no telling which."""


EXCEPTION = "exception"
"""The source of an ENCODED that a test has told to be an exception."""


class AbsVal(NamedTuple):
    """What a cell may hold.

    `low` and `high` bound a DATA number, the number in an IMMEDIATE, and tell whether a pointer
    may be null (0).  `target` is where an ADDRESS points; a DATA with a target is the handle of a
    resource (a file descriptor).  `site` is the call that allocated the block that a BLOCK is, or
    that a DERIVED points into.  `whole` is whether a DERIVED pointer is still the address of its
    block.  `source` names the value that a DERIVED came from.  `stale` is the collection that may
    have moved it.  `garbage` is whether it may have no defined value at all.  `parameter` is the
    number of the parameter whose entry value this is (or is derived from).  `type` is the OCaml
    type of a value, or of the block that a DERIVED points into, where it is known; `local` is
    whether it may be on OxCaml's local stack, `null` whether it may be OxCaml's null.
    """

    shape: Shape
    low: int | None = None
    high: int | None = None
    origin: Origin | None = None
    stale: Collection | None = None
    target: Place | None = None
    site: Call | None = None
    whole: bool = False
    source: str = ""
    garbage: bool = False
    parameter: int | None = None
    functions: tuple[Function | str, ...] = ()
    type: ValueShape | None = None
    local: bool = False
    null: bool = False

    @property
    def is_constant(self) -> bool:
        return self.low is not None and self.low == self.high

    @property
    def may_be_null(self) -> bool:
        return (self.low is None or self.low <= 0) and (self.high is None or self.high >= 0)

    @property
    def is_null(self) -> bool:
        return self.low == 0 and self.high == 0


UNKNOWN = AbsVal(Shape.UNKNOWN)
DATA = AbsVal(Shape.DATA)
CONSTANT = AbsVal(Shape.DATA, source="constant")
"""A number that the compiler knows and we do not."""

NONNULL = AbsVal(Shape.DATA, 1, None)
TRUTH = AbsVal(Shape.DATA, 0, 1)
IMMEDIATE = AbsVal(Shape.IMMEDIATE)
VALUE = AbsVal(Shape.VALUE)
NULL = AbsVal(Shape.IMMEDIATE, null=True)
"""OxCaml's null: the only IMMEDIATE that is no integer."""

GARBAGE = AbsVal(Shape.UNKNOWN, source="nothing", garbage=True)
"""What a variable holds that was given no value: joined with a value it leaves a doubt."""


def exactly(n: int) -> AbsVal:
    return AbsVal(Shape.DATA, n, n)


_VALUE_ORDER = {
    Shape.IMMEDIATE: 0,
    Shape.BLOCK: 1,
    Shape.VALUE: 2,
    Shape.ENCODED: 3,
    Shape.INTERIOR: 4,
    Shape.NAKED: 5,
}


def _joined_shape(a: AbsVal, b: AbsVal) -> Shape:
    x, y = a.shape, b.shape
    if x == y:
        return x
    if x in _VALUE_ORDER and y in _VALUE_ORDER:
        top = x if _VALUE_ORDER[x] > _VALUE_ORDER[y] else y
        return Shape.VALUE if top is Shape.BLOCK else top
    if Shape.DERIVED in (x, y):
        return Shape.DERIVED
    for one, other in ((a, b), (b, a)):
        if one.shape in (Shape.ADDRESS, Shape.ROOT_POINTER, Shape.CODE) and other.is_null:
            return one.shape
    if Shape.ROOT_POINTER in (x, y) and not (x in _VALUE_ORDER or y in _VALUE_ORDER):
        return Shape.ROOT_POINTER
    if x in _VALUE_ORDER or y in _VALUE_ORDER:
        return x if x in _VALUE_ORDER else y
    return Shape.DATA if Shape.UNKNOWN not in (x, y) else Shape.UNKNOWN


def join(a: AbsVal, b: AbsVal) -> AbsVal:
    """The least value that covers both. Returns `a` itself when it covers `b` already."""
    if a is b or a == b:
        return a
    if a.source == GARBAGE.source:
        both = b._replace(garbage=True)
        return a if both == a else both
    if b.source == GARBAGE.source:
        return a if a.garbage else a._replace(garbage=True)
    shape = _joined_shape(a, b)
    low = None if a.low is None or b.low is None else min(a.low, b.low)
    high = None if a.high is None or b.high is None else max(a.high, b.high)
    stale = a.stale
    if b.stale is not None and (stale is None or (stale.doubt and not b.stale.doubt)):
        stale = b.stale
    source = ""
    if shape is Shape.BLOCK and a.site is not b.site:
        if (a.site or a.source == FRESH) and (b.site or b.source == FRESH):
            source = FRESH
    lead = b if b.stale is stale and stale is not a.stale else a
    if lead.shape is not shape and b.shape is shape and (stale is None or b.stale is not None):
        lead = b
    site = a.site if a.site is b.site else None
    if site is None:
        if a.shape is Shape.IMMEDIATE:
            site = b.site
        elif b.shape is Shape.IMMEDIATE:
            site = a.site
    target = a.target if a.target == b.target else None
    if target is None and shape is Shape.ADDRESS:
        if a.is_null:
            target = b.target
        elif b.is_null:
            target = a.target
        else:
            shape = Shape.DATA
    elif target is None and shape is Shape.DATA:
        target = a.target if b.high is not None and b.high <= 0 else target
        target = b.target if target is None and a.high is not None and a.high <= 0 else target
    functions = a.functions
    if b.functions and b.functions != functions:
        functions = functions + tuple(f for f in b.functions if f not in functions)
    result = AbsVal(
        shape,
        low,
        high,
        lead.origin,
        stale,
        target,
        site,
        a.whole and b.whole,
        source or lead.source,
        a.garbage or b.garbage,
        a.parameter if a.parameter == b.parameter else None,
        functions,
        a.type if a.type is b.type else _joined_type(a, b),
        a.local or b.local,
        a.null or b.null,
    )
    return a if result == a else result


def _joined_type(a: AbsVal, b: AbsVal) -> ValueShape | None:
    """What two parts of one type have in common: the whole."""
    if a.type is None or b.type is None or a.type.whole is not b.type.whole:
        return None
    return a.type.whole


def widen(old: AbsVal, new: AbsVal, thresholds: tuple[int, ...]) -> AbsVal:
    """`join`, with bounds that still move pushed out to the next threshold."""
    joined = join(old, new)
    if joined is old:
        return old
    low, high = joined.low, joined.high
    if low is not None and (old.low is None or low < old.low):
        low = max((t for t in thresholds if t <= low), default=None)
    if high is not None and (old.high is None or high > old.high):
        high = min((t for t in thresholds if t >= high), default=None)
    return joined._replace(low=low, high=high)
