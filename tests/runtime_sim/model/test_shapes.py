"""What a shape tells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime_sim.model.shapes import hash_variant
from runtime_sim.model.tags import CLOSURE_TAG, INFIX_TAG
from runtime_sim.model.types import Arrow, Constr, Field, Tuple
from tests.runtime_sim.model.definitions import INT, STRING, T, project, record, shape, variant


def test_a_closure_may_be_pointed_to_in_its_middle() -> None:
    found = shape(Arrow(INT, INT))
    assert found.block(CLOSURE_TAG) is found.block(INFIX_TAG) is found.blocks[0]
    assert found.block(0) is None


def test_one_type_has_one_shape() -> None:
    shapes = project(t=record(("x", INT)))
    assert shapes.of(T) is shapes.of(Constr("t"))


@pytest.mark.parametrize(
    ("name", "number"), [("A", 65), ("Foo", 3505894), ("", 0), ("AB", 65 * 223 + 66)]
)
def test_a_tag_is_known_by_its_hash(name: str, number: int) -> None:
    assert hash_variant(name) == number


@given(st.text(st.characters(codec="ascii"), max_size=20))
def test_a_hash_is_a_signed_number_of_31_bits(name: str) -> None:
    assert -(1 << 30) <= hash_variant(name) < 1 << 30


def test_a_field_that_every_block_has_alike_is_known() -> None:
    shapes = project(t=variant(("A",), ("B", STRING, INT), ("C", STRING, STRING), ("D", STRING)))
    first, second = shapes.of(T).field(0), shapes.of(T).field(1)
    assert first is not None
    assert first.shape is shapes.of(STRING)
    assert second is None


def test_a_field_that_no_block_has_is_not_known() -> None:
    assert shape(Tuple((INT, INT))).field(2) is None
    assert shape(Tuple((INT, INT))).field(-1) is None
    assert shape(INT).field(0) is None


def test_a_field_says_whether_it_is_mutable_and_global() -> None:
    body = record(Field("m", INT, mutable=True), Field("g", INT, global_=True))
    fields = shape(T, t=body).blocks[0].fields
    assert [(each.name, each.mutable, each.global_) for each in fields] == [
        ("m", True, False),
        ("g", False, True),
    ]
