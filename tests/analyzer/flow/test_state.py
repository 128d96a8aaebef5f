"""States that meet, and loops until nothing new is found."""

from __future__ import annotations

import pytest

from analyzer.flow.state import LockState, State, join_states
from analyzer.flow.values import UNKNOWN, VALUE, exactly
from analyzer.ir.nodes import Position, Storage, Symbol
from analyzer.ir.types import INT
from tests.analyzer.flow.projects import told

AT = Position("a.c", 1, 1)
X, Y = (Symbol(name, INT, Storage.LOCAL, AT) for name in "xy")


def state(**cells: int) -> State:
    made = State()
    made.cells = {symbol: exactly(cells[symbol.name]) for symbol in (X, Y) if symbol.name in cells}
    return made


def test_a_state_that_covers_another_is_not_changed() -> None:
    a = state(x=1)
    assert join_states(a, state(x=2), None) is True
    assert join_states(a, state(x=2), None) is False
    assert (a.cells[X].low, a.cells[X].high) == (1, 2)


def test_a_cell_that_only_one_path_has_is_as_on_entry() -> None:
    a = state(x=1, y=2)
    assert join_states(a, state(x=1), None) is True
    assert a.cells == {X: exactly(1)}
    assert join_states(a, state(x=1, y=2), None) is False


def test_a_temporary_is_kept_from_either_path() -> None:
    a, b = State(), State()
    b.cells[3] = VALUE
    assert join_states(a, b, None) is True
    assert a.cells == {3: VALUE}


def test_outcomes_of_tests_hold_where_both_paths_have_them() -> None:
    a, b = State(), State()
    a.conditions = {"x": (True, frozenset({X})), "y": (True, frozenset({Y}))}
    b.conditions = {"x": (True, frozenset({X})), "y": (False, frozenset({Y}))}
    assert join_states(a, b, None) is True
    assert list(a.conditions) == ["x"]


def test_a_copy_is_apart_from_its_original() -> None:
    a = state(x=1)
    b = a.copy()
    b.cells[X] = UNKNOWN
    b.checked |= {0}
    assert (a.cells, a.checked) == ({X: exactly(1)}, frozenset())


def test_lock_and_collection_keep_paths_apart() -> None:
    a, b = State(), State()
    b.lock = LockState.RELEASED
    assert a.key(True) != b.key(True)
    assert a.key(False) != b.key(False)


@pytest.mark.parametrize(
    "declaration",
    [
        "long x = 0;",
        "long x;",
    ],
)
def test_what_follows_a_loop_is_looked_at(declaration: str) -> None:
    text = f"""value f(value v) {{ {declaration}
do {{ set(&x); if (more()) break; }} while (1);
caml_alloc(1, 0); return v; }}"""
    assert told(text) == [("unrooted-value", "f")]
