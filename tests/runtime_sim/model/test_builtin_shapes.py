"""What the values of the types look like that no definition describes."""

from __future__ import annotations

import pytest

from runtime_sim.model.kinds import IMMEDIATE, VALUE, Layout, flat
from runtime_sim.model.memory import MAX_IMMEDIATE, MIN_IMMEDIATE
from runtime_sim.model.shapes import Immediates
from runtime_sim.model.types import Arrow, Constr, Opaque, Tuple, Type
from tests.runtime_sim.model.definitions import FLOAT, INT, STRING, A, B, outlines, oxcaml, shape


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("int", MIN_IMMEDIATE, MAX_IMMEDIATE),
        ("char", 0, 255),
        ("bool", 0, 1),
        ("unit", 0, 0),
        ("Uchar.t", 0, 0x10FFFF),
    ],
)
def test_an_immediate_type_has_its_integers_and_no_block(name: str, low: int, high: int) -> None:
    found = shape(Constr(name))
    assert found.immediates is not None
    assert (found.immediates.low, found.immediates.high) == (low, high)
    assert (found.blocks, found.is_immediate, found.kind) == ((), True, IMMEDIATE)


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        (STRING, [("string", 252, None)]),
        (Constr("bytes"), [("bytes", 252, None)]),
        (FLOAT, [("double", 253, 1)]),
        (Constr("int32"), [("int32", 255, 2)]),
        (Constr("int64"), [("int64", 255, 2)]),
        (Constr("nativeint"), [("nativeint", 255, 2)]),
        (Constr("Stdlib.in_channel"), [("custom", 255, 2)]),
        (Constr("Bigarray.Array2.t", (A, B, A)), [("bigarray", 255, 7)]),
        (Tuple((INT, FLOAT)), [("fields", 0, 2)]),
        (Arrow(INT, INT), [("closure", None, None)]),
        (Opaque("< m : int >", "object"), [("object", 248, None)]),
        (Opaque("(module S)", "package"), [("module", 0, None)]),
        (Constr("exn"), [("exception", 248, 2), ("exception", 0, None)]),
    ],
)
def test_a_type_of_blocks_has_no_immediate(
    type: Type, expected: list[tuple[str, int | None, int | None]]
) -> None:
    found = shape(type)
    assert outlines(found) == expected
    assert (found.block_only, found.immediates, found.open) == (True, None, False)


def test_a_lazy_value_may_be_the_value_it_was_forced_to() -> None:
    assert shape(Constr("lazy_t", (INT,))).open


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("float#", Layout.FLOAT64),
        ("float32#", Layout.FLOAT32),
        ("int64#", Layout.BITS64),
        ("nativeint#", Layout.WORD),
        ("char#", Layout.BITS8),
        ("unit#", Layout.VOID),
        ("int8x16#", Layout.VEC128),
    ],
)
def test_an_unboxed_type_is_no_value(name: str, layout: Layout) -> None:
    found = oxcaml().of(Constr(name))
    assert (found.kind, found.is_value, found.open) == (flat(layout), False, False)
    assert (found.is_immediate, found.block_only) == (False, False)


@pytest.mark.parametrize("name", ["float#", "int8", "float32", "int8x16"])
def test_upstream_knows_nothing_of_oxcaml_s_types(name: str) -> None:
    found = shape(Constr(name))
    assert (found.open, found.kind) == (True, VALUE)


def test_small_integers_are_immediate() -> None:
    found = oxcaml().of(Constr("int8"))
    assert found.immediates == Immediates(-128, 127)
    assert found.is_immediate
