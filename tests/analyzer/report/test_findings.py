from __future__ import annotations

from dataclasses import replace

from analyzer.diagnostics import Diagnostic, Severity
from analyzer.ir.nodes import Position
from analyzer.report import SourceText
from analyzer.report.findings import Report, fingerprints, merge


def test_findings_are_ordered_by_place_then_rule(stale: Diagnostic) -> None:
    above = replace(stale, position=Position("src/a b.c", 2, 1))
    elsewhere = replace(stale, position=Position("src/a.c", 1, 1))
    other_rule = replace(stale, rule="bad-tag")
    found = [("p", finding) for finding in (stale, elsewhere, above, other_rule)]
    assert [finding for finding, _ in merge(found)] == [above, other_rule, stale, elsewhere]


def test_what_is_found_twice_is_reported_once(stale: Diagnostic) -> None:
    assert merge([("p", stale), ("p", replace(stale, trace=()))]) == [
        (replace(stale, trace=()), ("p",))
    ]


def test_the_gravest_of_the_same_finding_is_kept(stale: Diagnostic) -> None:
    milder = replace(stale, severity=Severity.WARNING, trace=())
    doubtful = replace(stale, pedantic=True, trace=())
    assert merge([("a", milder), ("b", stale), ("c", doubtful)]) == [(stale, ("a", "b", "c"))]


def test_a_fingerprint_survives_lines_added_above_and_blanks(stale: Diagnostic) -> None:
    moved = replace(stale, position=Position("src/a b.c", 2, 1))
    before = SourceText({"src/a b.c": b"\n\n\nf(x, v);"})
    after = SourceText({"src/a b.c": b"\n  f( x,\tv ) ;"})
    assert fingerprints([stale], before) == fingerprints([moved], after)


def test_fingerprints_of_the_same_on_two_lines_differ(stale: Diagnostic) -> None:
    again = replace(stale, position=Position("src/a b.c", 5, 1))
    sources = SourceText({"src/a b.c": b"\n\n\nf(v);\nf(v);"})
    assert len(set(fingerprints([stale, again], sources))) == 2


def test_a_suppressed_finding_does_not_count(report: Report) -> None:
    assert [report.count(severity) for severity in Severity] == [0, 1, 1]
    assert report.worst is Severity.ERROR
