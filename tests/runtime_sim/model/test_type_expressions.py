"""Types as terms."""

from __future__ import annotations

import pytest

from runtime_sim.model.types import Arrow, Constr, Opaque, PolyVariant, Tuple, Type, TypeVar
from tests.runtime_sim.model.definitions import INT, STRING, A, project, unboxed


@pytest.mark.parametrize(
    ("type", "text"),
    [
        (Constr("src/a.ml#M.t"), "M.t"),
        (Constr("src/a.ml#M.t#"), "M.t#"),
        (Constr("float#"), "float#"),
        (Constr("Stdlib.ref", (INT,)), "int ref"),
        (Constr("list", (Tuple((STRING, INT)),)), "(string * int) list"),
        (Constr("Stdlib.result", (INT, A)), "(int, 'a) result"),
        (TypeVar(""), "_"),
        (Arrow(Arrow(INT, INT), Arrow(INT, INT)), "(int -> int) -> int -> int"),
        (Arrow(Constr("option", (INT,)), INT, "?x"), "?x:int -> int"),
        (Arrow(INT, INT, "x"), "x:int -> int"),
        (Tuple((Tuple((INT, INT)), Arrow(INT, INT))), "(int * int) * (int -> int)"),
        (unboxed(INT, unboxed(INT, INT)), "#(int * #(int * int))"),
        (PolyVariant((("A", ()), ("B", (INT,)))), "[ `A | `B of int ]"),
        (PolyVariant((("A", ()),), open=True), "[> `A ]"),
        (Opaque("< .. >", "object"), "< .. >"),
    ],
)
def test_a_type_is_shown_as_it_is_written(type: Type, text: str) -> None:
    assert project().of(type).text == text
