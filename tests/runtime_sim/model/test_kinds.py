"""The order of kinds, what two of them have in common, and how they are written."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime_sim.model.kinds import (
    ABBREVIATIONS,
    ANY,
    IMMEDIATE,
    IMMEDIATE64,
    VALUE,
    VALUE_OR_NULL,
    Externality,
    Kind,
    Layout,
    Nullability,
    Separability,
    bounded,
    flat,
)

LAYOUTS = st.sampled_from((Layout.VALUE, Layout.BITS64, Layout.ANY))
AXES = (
    st.sampled_from(Externality),
    st.sampled_from(Nullability),
    st.sampled_from(Separability),
)
KINDS = st.builds(Kind, LAYOUTS, *AXES)
VALUES = st.builds(Kind, st.just(Layout.VALUE), *AXES)


@given(KINDS)
def test_a_kind_stands_for_itself(kind: Kind) -> None:
    assert kind <= kind


@given(KINDS, KINDS)
def test_two_kinds_that_stand_for_each_other_are_one(a: Kind, b: Kind) -> None:
    assert (a <= b and b <= a) is (a == b)


@given(KINDS, KINDS, KINDS)
def test_what_stands_for_a_kind_stands_for_the_larger_ones(a: Kind, b: Kind, c: Kind) -> None:
    assert not (a <= b and b <= c) or a <= c


@given(KINDS)
def test_any_is_the_largest_kind(kind: Kind) -> None:
    assert kind <= ANY


@given(KINDS, KINDS, KINDS)
def test_the_join_is_the_least_kind_above_both(a: Kind, b: Kind, c: Kind) -> None:
    join = a.join(b)
    assert a <= join
    assert b <= join
    assert (join <= c) is (a <= c and b <= c)


@given(VALUES, VALUES, VALUES)
def test_the_meet_is_the_largest_kind_below_both(a: Kind, b: Kind, c: Kind) -> None:
    meet = a.meet(b)
    assert meet <= a
    assert meet <= b
    assert (c <= meet) is (c <= a and c <= b)


@given(KINDS, KINDS)
def test_the_order_of_two_kinds_does_not_change_their_join(a: Kind, b: Kind) -> None:
    assert a.join(b) == b.join(a)


@given(VALUES, VALUES)
def test_the_order_of_two_kinds_does_not_change_their_meet(a: Kind, b: Kind) -> None:
    assert a.meet(b) == b.meet(a)


@given(VALUES, VALUES)
def test_join_and_meet_absorb_each_other(a: Kind, b: Kind) -> None:
    assert a.join(a.meet(b)) == a
    assert a.meet(a.join(b)) == a


def test_the_meet_with_any_keeps_the_layout() -> None:
    assert ANY.meet(flat(Layout.FLOAT64)) == flat(Layout.FLOAT64)
    assert flat(Layout.FLOAT64).meet(ANY) == flat(Layout.FLOAT64)


def test_the_join_of_two_layouts_is_any_layout() -> None:
    assert VALUE.join(flat(Layout.FLOAT64)).layout is Layout.ANY


def test_immediates_stand_for_values() -> None:
    chain = [IMMEDIATE, IMMEDIATE64, VALUE, VALUE_OR_NULL, ANY]
    assert all(a <= b for a, b in pairwise(chain))


@given(KINDS, st.lists(st.sampled_from(("external_", "non_null", "non_float", "portable"))))
def test_modes_only_lower_the_bounds(kind: Kind, modes: list[str]) -> None:
    assert bounded(kind, tuple(modes)) <= kind


@pytest.mark.parametrize(
    ("kind", "modes", "expected"),
    [
        (VALUE, ("external_",), Kind(externality=Externality.EXTERNAL)),
        (VALUE_OR_NULL, ("non_null", "separable"), VALUE),
        (VALUE, ("maybe_separable",), VALUE),
        (VALUE, ("global", "portable", "many"), VALUE),
        (VALUE, ("external64", "external_"), Kind(externality=Externality.EXTERNAL)),
        (
            VALUE,
            ("external_", "non_pointer"),
            IMMEDIATE,
        ),
    ],
)
def test_a_mode_is_a_bound_on_its_own_axis(
    kind: Kind, modes: tuple[str, ...], expected: Kind
) -> None:
    assert bounded(kind, modes) == expected


def test_the_collector_may_ignore_unboxed_types_unless_they_are_internal() -> None:
    assert ABBREVIATIONS["bits32"].externality is Externality.EXTERNAL
    assert ABBREVIATIONS["bits32_internal"].externality is Externality.INTERNAL


def test_every_layout_that_is_a_word_of_its_own_is_a_kind_too() -> None:
    absent = {layout.value for layout in Layout} - set(ABBREVIATIONS)
    assert absent == {"product"}
