"""What a primitive returned is held against the type of its external."""

from __future__ import annotations

from typing import Any

import pytest

from runtime_sim.harness.conformance import fits
from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Constructor,
    Field,
    Record,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
)

INT, FLOAT, STRING = Constr("int"), Constr("float"), Constr("string")
DEFINITIONS = {
    "shape": TypeDefinition(
        "shape",
        (),
        Variant(
            (
                Constructor("Point"),
                Constructor("Line"),
                Constructor("Circle", (Field("", INT),)),
                Constructor("Box", (Field("", INT), Field("", STRING))),
            )
        ),
    ),
    "position": TypeDefinition("position", (), Record((Field("x", FLOAT), Field("y", FLOAT)))),
    "hidden": TypeDefinition("hidden"),
}
SHAPES = Shapes(DEFINITIONS.get, Profile.OCAML_5)
ONE = {"float": (1.0).hex()}


def text(content: str) -> dict[str, Any]:
    return {"text": content, "length": len(content)}


def block(tag: int, *fields: Any) -> dict[str, Any]:
    return {"tag": tag, "fields": list(fields)}


CUSTOM = {"tag": 255, "size": 2, "name": "counter"}


@pytest.mark.parametrize(
    ("type", "described"),
    [
        (INT, -5),
        (Constr("unit"), 1),
        (Constr("unit"), CUSTOM),
        (Constr("bool"), 1),
        (Constr("char"), 255),
        (STRING, text("a")),
        (FLOAT, ONE),
        (Constr("int32"), {"int32": 1}),
        (Constr("option", (STRING,)), 0),
        (Constr("option", (STRING,)), block(0, text("a"))),
        (Constr("list", (INT,)), block(0, 1, block(0, 2, 0))),
        (Constr("array", (STRING,)), block(0, text("a"), text("b"))),
        (Constr("array", (STRING,)), block(0)),
        (Constr("array", (FLOAT,)), block(254, ONE)),
        (Tuple((INT, STRING)), block(0, 1, text(""))),
        (Constr("shape"), 1),
        (Constr("shape"), block(1, 3, text("a"))),
        (Constr("position"), block(254, ONE, ONE)),
        (Constr("hidden"), 3),
        (Constr("hidden"), CUSTOM),
        (TypeVar("a"), text("a")),
        (TypeVar("a"), {"null": True}),
        (Arrow(INT, INT), {"tag": 247, "size": 3, "name": ""}),
        (STRING, None),
        (Tuple((INT, STRING)), block(0, 1, None)),
    ],
)
def test_values_of_the_type_fit(type: Type, described: Any) -> None:
    assert fits(SHAPES.of(type), described)


@pytest.mark.parametrize(
    ("type", "described"),
    [
        (INT, text("a")),
        (INT, ONE),
        (INT, CUSTOM),
        (Constr("bool"), 2),
        (STRING, 0),
        (STRING, block(0, 1)),
        (STRING, CUSTOM),
        (FLOAT, 1),
        (Constr("int32"), {"int64": 1}),
        (Constr("option", (STRING,)), 1),
        (Constr("option", (STRING,)), block(0, 3)),
        (Constr("option", (STRING,)), block(0, text("a"), 1)),
        (Constr("list", (INT,)), block(0, 1, block(0, 2, 1))),
        (Constr("array", (STRING,)), block(0, text("a"), 3)),
        (Constr("array", (FLOAT,)), block(0, ONE)),
        (Tuple((INT, STRING)), block(0, 1)),
        (Tuple((INT, STRING)), block(1, 1, text("a"))),
        (Constr("shape"), 2),
        (Constr("shape"), block(2, 1)),
        (Constr("shape"), block(1, 3)),
        (Constr("position"), block(0, ONE, ONE)),
        (STRING, {"null": True}),
    ],
)
def test_values_of_other_types_do_not(type: Type, described: Any) -> None:
    assert not fits(SHAPES.of(type), described)
