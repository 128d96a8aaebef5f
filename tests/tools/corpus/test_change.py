"""Comparing two runs, and several outputs of one."""

from __future__ import annotations

from typing import Any

from tools.corpus.change import Change, compare
from tools.corpus.sameness import differences


def finding(rule: str, line: int, fingerprint: str) -> dict[str, Any]:
    return {
        "rule": rule,
        "severity": "error",
        "path": "a.c",
        "line": line,
        "message": "wrong",
        "fingerprint": fingerprint,
    }


def test_a_finding_whose_line_moved_has_not_changed() -> None:
    assert compare([finding("bad-tag", 3, "1")], [finding("bad-tag", 8, "1")]) == Change((), ())


def test_findings_of_one_run_only_are_gone_or_new() -> None:
    old, new = finding("bad-tag", 3, "1"), finding("stale-pointer", 3, "2")
    change = compare([old], [new])
    assert change == Change((old,), (new,))
    assert change.report().splitlines()[:3] == [
        "1 gone, 1 new",
        "bad-tag: -1",
        "stale-pointer: +1",
    ]


def test_equal_outputs_have_no_differences() -> None:
    assert differences({"cold": b"a\n", "warm": b"a\n"}) == []


def test_a_differing_output_is_named_with_its_first_line() -> None:
    assert differences({"cold": b"a\nb\n", "warm": b"a\nc\n"}) == [
        "warm differs from cold in line 2: b'c\\n'"
    ]


def test_an_output_that_goes_on_differs_where_the_other_ends() -> None:
    assert differences({"cold": b"a\n", "warm": b"a\nb\n"}) == [
        "warm differs from cold in line 2: b'b\\n'"
    ]
