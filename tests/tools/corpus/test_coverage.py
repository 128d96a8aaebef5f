"""What counts as read, as reported, and as dropped."""

from __future__ import annotations

from analyzer import ProjectResult
from analyzer.diagnostics import Diagnostic, Severity
from analyzer.ir.nodes import Position
from tools.corpus.coverage import Coverage, ReadFile, read_file


def test_a_function_that_is_neither_read_nor_reported_is_dropped() -> None:
    coverage = Coverage()
    own = ReadFile(frozenset({"read"}), frozenset({"reported"}), frozenset({30}))
    by_gcc = {"read": 1, "reported": 10, "at_a_reported_line": 30, "dropped": 40}
    coverage.add("a.c", own, ["read"], by_gcc)
    assert (coverage.read_of_gcc, coverage.found_by_gcc, coverage.dropped) == (
        1,
        4,
        [("a.c", 40, "dropped")],
    )


def test_a_file_that_gcc_refuses_counts_for_its_text_only() -> None:
    coverage = Coverage()
    coverage.add("a.c", ReadFile(frozenset({"f"})), ["f", "g"], None)
    assert (coverage.in_text, coverage.read_of_text, coverage.found_by_gcc) == (2, 1, 0)


def test_a_parse_error_reports_the_function_it_names_and_the_line_it_stands_on() -> None:
    result = ProjectResult(
        diagnostics=(
            Diagnostic("parse-error", Severity.ERROR, Position("a.c", 7, 1), "lost", "no sense"),
            Diagnostic("stale-pointer", Severity.ERROR, Position("a.c", 9, 1), "f", "stale"),
        ),
        extents={"a.c": (("f", 1, 5),), "a.h": (("helper", 1, 2),)},
    )
    assert read_file(result, "a.c") == ReadFile(
        frozenset({"f"}), frozenset({"lost"}), frozenset({7})
    )
