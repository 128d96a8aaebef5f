"""The table of the C library: every line can be read, and agrees with the others."""

from __future__ import annotations

import pytest

from analyzer.flow.clib import ClibRow, lookup, names
from analyzer.flow.clib_table import TABLE

ROWS = {name: row for name in sorted(names()) if (row := lookup(name)) is not None}


def test_no_function_has_two_lines() -> None:
    written = [line.split()[0] for line in TABLE.splitlines() if line and line[0] != "#"]
    assert sorted(names()) == sorted(written)


def test_a_function_without_a_line_is_not_known() -> None:
    assert lookup("no_such_function") is None


def test_what_is_acquired_can_be_released() -> None:
    releasing = {row.acquires for row in ROWS.values()} - {""}
    assert set() == {name for name in releasing if name not in ROWS or not ROWS[name].releases}


def test_failures_are_told_in_a_known_way() -> None:
    assert {"", "null", "negative", "nonzero"} == {row.failure for row in ROWS.values()}


def test_what_is_held_is_an_argument() -> None:
    assert [row.name for row in ROWS.values() if row.holds and row.acquired_argument is None] == []


def test_what_copies_writes_where_it_copies_to() -> None:
    assert [
        row.name for row in ROWS.values() if row.copies and row.copies[0] not in row.writes
    ] == []


@pytest.mark.parametrize(
    "row",
    [
        ClibRow(name="fopen", acquires="fclose", failure="null", stops_at_nul=(0, 1)),
        ClibRow(name="free", releases=(0,)),
        ClibRow(name="memcpy", copies=(0, 1), writes=(0,), derives=0, sizes=(2,)),
        ClibRow(
            name="pthread_mutex_lock",
            acquires="pthread_mutex_unlock",
            acquired_argument=0,
            holds=True,
        ),
        ClibRow(name="pthread_create", starts_thread=2, retains=(3,), takes=(3,)),
        ClibRow(name="qsort", writes=(0,), calls=(3,)),
        ClibRow(name="signal", handles_signal=1),
        ClibRow(name="atexit", at_exit=0),
        ClibRow(name="abort", never_returns=True),
    ],
    ids=lambda row: row.name,
)
def test_a_line_unfolds_to_its_row(row: ClibRow) -> None:
    assert row == lookup(row.name)
