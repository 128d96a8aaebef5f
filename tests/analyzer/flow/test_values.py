"""The domain's laws: joining is a least upper bound, and climbing ends."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.flow.facts import Collection, Origin
from analyzer.flow.values import (
    DATA,
    FRESH,
    GARBAGE,
    IMMEDIATE,
    UNKNOWN,
    VALUE,
    AbsVal,
    Shape,
    exactly,
    join,
    widen,
)
from analyzer.ir.nodes import Call, Position, Storage, Symbol, Var
from analyzer.ir.types import INT
from analyzer.ir.types import VALUE as OCAML_VALUE

AT = Position("a.c", 1, 1)
_ALLOC = Var(Symbol("caml_alloc", OCAML_VALUE, Storage.FUNCTION, AT), OCAML_VALUE, AT)
SITES = [Call(None, _ALLOC, (), OCAML_VALUE, AT) for _ in range(2)]
CERTAIN = Collection(AT, "caml_alloc")
DOUBTED = Collection(AT, "helper", doubt=True)

RANKS = [
    {Shape.ADDRESS, Shape.CODE},
    {Shape.DATA},
    {Shape.UNKNOWN},
    {Shape.ROOT_POINTER},
    {Shape.IMMEDIATE, Shape.BLOCK},
    {Shape.VALUE},
    {Shape.ENCODED},
    {Shape.INTERIOR},
    {Shape.NAKED},
    {Shape.DERIVED},
]
"""The shapes from what says least of the heap to what asks for most care."""

_bounds = st.one_of(st.none(), st.integers(-3, 3))
_stale = st.sampled_from([None, CERTAIN, DOUBTED])
_origins = st.sampled_from([None, Origin(AT, "parameter 'v'"), Origin(AT, "parameter 'w'")])
_numbers = st.sampled_from([None, 0, 1])
_sites = st.sampled_from([None, *SITES])


def _ordered(val: AbsVal) -> bool:
    return val.low is None or val.high is None or val.low <= val.high


def _number(
    shape: Shape, low: int | None, high: int | None, origin: Origin | None, garbage: bool
) -> AbsVal:
    return AbsVal(shape, low, high, origin, garbage=garbage)


def _in_heap(
    shape: Shape,
    origin: Origin | None,
    stale: Collection | None,
    site: Call | None,
    of: int | None,
) -> AbsVal:
    return AbsVal(shape, None, None, origin, stale, site=site, parameter=of)


_data = st.builds(
    _number,
    st.sampled_from([Shape.DATA, Shape.IMMEDIATE]),
    _bounds,
    _bounds,
    _origins,
    st.booleans(),
).filter(_ordered)
_addresses = st.sampled_from(
    [
        AbsVal(Shape.ADDRESS, low, target=Symbol(name, INT, Storage.LOCAL, AT))
        for name in "xy"
        for low in (None, 0, 1)
    ]
)
_heap = st.builds(
    _in_heap,
    st.sampled_from(
        [Shape.BLOCK, Shape.VALUE, Shape.ENCODED, Shape.INTERIOR, Shape.NAKED, Shape.DERIVED]
    ),
    _origins,
    _stale,
    _sites,
    _numbers,
)
_other = st.sampled_from(
    [UNKNOWN, GARBAGE, AbsVal(Shape.ROOT_POINTER, 0), AbsVal(Shape.CODE, functions=("f",))]
)
VALUES = st.one_of(_data, _addresses, _heap, _other)


def rank(shape: Shape) -> int:
    return next(n for n, shapes in enumerate(RANKS) if shape in shapes)


def has_content(val: AbsVal) -> bool:
    """Whether more is known than that nothing was put there."""
    return not (val.garbage and val.shape is Shape.UNKNOWN)


def known(val: AbsVal) -> tuple[object, ...]:
    """All of a value but where it came from."""
    doubt = None if val.stale is None else val.stale.doubt
    rest = (val.target, val.site, val.whole, val.garbage, val.parameter, frozenset(val.functions))
    return (val.shape, val.low, val.high, doubt, *rest)


@given(VALUES)
def test_a_value_joined_with_itself_is_itself(val: AbsVal) -> None:
    assert join(val, val._replace()) is val


@given(VALUES, VALUES)
def test_a_join_has_the_shape_that_asks_for_most_care(a: AbsVal, b: AbsVal) -> None:
    shapes = [rank(val.shape) for val in (a, b) if has_content(val) and not val.is_null]
    assert rank(join(a, b).shape) >= max(shapes, default=0)


@given(VALUES, VALUES)
def test_a_join_bounds_both_sides(a: AbsVal, b: AbsVal) -> None:
    joined = join(a, b)
    for side in filter(has_content, (a, b)):
        assert joined.low is None or (side.low is not None and joined.low <= side.low)
        assert joined.high is None or (side.high is not None and joined.high >= side.high)


@given(VALUES, VALUES)
def test_what_may_be_wrong_on_one_side_may_be_after_a_join(a: AbsVal, b: AbsVal) -> None:
    joined = join(a, b)
    assert joined.garbage == (a.garbage or b.garbage)
    assert (joined.stale is not None) == (a.stale is not None or b.stale is not None)
    assert (joined.stale is CERTAIN) == (CERTAIN in (a.stale, b.stale))


@given(VALUES, VALUES)
def test_what_must_hold_after_a_join_holds_on_both_sides(a: AbsVal, b: AbsVal) -> None:
    joined = join(a, b)
    for side in filter(has_content, (a, b)):
        assert joined.parameter in (None, side.parameter)
        assert joined.whole <= side.whole


@given(VALUES, VALUES)
@example(GARBAGE, UNKNOWN)
def test_a_join_covers_both_sides_for_good(a: AbsVal, b: AbsVal) -> None:
    joined = join(a, b)
    assert [join(joined, a), join(joined, b)] == [joined, joined]
    assert join(joined, a) is joined
    assert join(joined, b) is joined


@given(VALUES, VALUES)
@example(GARBAGE, DATA._replace(garbage=True))
def test_sides_can_be_exchanged(a: AbsVal, b: AbsVal) -> None:
    assert known(join(a, b)) == known(join(b, a))


@given(st.lists(VALUES, min_size=1, max_size=6))
@example([GARBAGE, UNKNOWN])
def test_joining_the_same_values_over_and_over_ends(values: list[AbsVal]) -> None:
    val = values[0]
    for other in values * 4:
        val = join(val, other)
    assert [join(val, other) is val for other in values] == [True] * len(values)


@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=6),
    st.lists(st.integers(-20, 20), max_size=4).map(lambda ns: tuple(sorted(ns))),
)
def test_a_number_that_keeps_moving_stops_at_each_threshold_once(
    steps: list[int], thresholds: tuple[int, ...]
) -> None:
    val = exactly(0)
    changes = 0
    for step in steps * (2 * len(thresholds) + 4):
        low = None if val.low is None else val.low + step
        high = None if val.high is None else val.high + step
        new = widen(val, val._replace(low=low, high=high), thresholds)
        changes += new is not val
        val = new
    assert changes <= 2 * len(thresholds) + 2


@given(st.lists(st.one_of(_data, _heap), min_size=1, max_size=6))
def test_joining_what_has_content_over_and_over_ends(values: list[AbsVal]) -> None:
    val = values[0]
    for other in values * 4:
        val = join(val, other)
    assert [join(val, other) is val for other in values] == [True] * len(values)


def test_a_bound_is_widened_to_the_next_threshold_and_then_to_none() -> None:
    once = widen(AbsVal(Shape.DATA, 0, 1), exactly(2), (0, 4))
    assert (once.low, once.high) == (0, 4)
    twice = widen(once, exactly(5), (0, 4))
    assert (twice.low, twice.high) == (0, None)


@pytest.mark.parametrize(
    ("a", "b", "shape"),
    [
        (AbsVal(Shape.BLOCK), IMMEDIATE, Shape.VALUE),
        (AbsVal(Shape.BLOCK), AbsVal(Shape.BLOCK), Shape.BLOCK),
        (VALUE, AbsVal(Shape.ENCODED), Shape.ENCODED),
        (DATA, IMMEDIATE, Shape.IMMEDIATE),
        (AbsVal(Shape.DERIVED), exactly(0), Shape.DERIVED),
        (AbsVal(Shape.CODE), exactly(0), Shape.CODE),
        (AbsVal(Shape.CODE), exactly(1), Shape.DATA),
    ],
)
def test_shapes_join(a: AbsVal, b: AbsVal, shape: Shape) -> None:
    assert [join(a, b).shape, join(b, a).shape] == [shape, shape]


def test_an_address_that_may_be_null_keeps_its_target() -> None:
    x = Symbol("x", INT, Storage.LOCAL, AT)
    joined = join(AbsVal(Shape.ADDRESS, 1, None, target=x), exactly(0))
    assert (joined.target, joined.may_be_null) == (x, True)


def test_two_targets_are_no_address() -> None:
    x, y = (AbsVal(Shape.ADDRESS, target=Symbol(n, INT, Storage.LOCAL, AT)) for n in "xy")
    assert (join(x, y).shape, join(x, y).target) == (Shape.DATA, None)


def test_two_young_blocks_are_a_young_block() -> None:
    a, b = (AbsVal(Shape.BLOCK, site=site) for site in SITES)
    assert (join(a, b).site, join(a, b).source) == (None, FRESH)


def test_a_young_block_and_a_block_of_unknown_age_are_of_unknown_age() -> None:
    assert join(AbsVal(Shape.BLOCK, site=SITES[0]), AbsVal(Shape.BLOCK)).source == ""


def test_the_origin_is_that_of_the_side_that_is_stale() -> None:
    fresh = VALUE._replace(origin=Origin(AT, "fresh"))
    stale = VALUE._replace(origin=Origin(AT, "stale"), stale=CERTAIN)
    assert [join(fresh, stale).origin, join(stale, fresh).origin] == [stale.origin, stale.origin]
