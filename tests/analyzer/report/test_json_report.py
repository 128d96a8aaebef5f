from __future__ import annotations

import json

from analyzer.report import Finding, Report
from analyzer.report.json_report import render_json


def test_json_has_the_documented_keys_in_order(report: Report) -> None:
    document = json.loads(render_json(report))
    assert list(document) == ["version", "profile", "files", "functions", "skipped", "findings"]
    assert document["skipped"] == [{"path": "src/x.cpp", "reason": "C++"}]
    assert document["findings"][0] == {
        "rule": "unrooted-value",
        "severity": "error",
        "path": "src/a b.c",
        "line": 4,
        "column": 21,
        "end_line": 4,
        "end_column": 22,
        "function": "pair",
        "message": "'v' is used after 'caml_alloc', which may have moved it",
        "trace": [
            {"path": "src/a b.c", "line": 3, "column": 12, "message": "may collect here"},
            {"path": "src/a.h", "line": 1, "column": 17, "message": "made here"},
            {"path": "src/a b.c", "line": 4, "column": 21, "message": "used here"},
        ],
        "fix": {
            "description": "register 'v'",
            "edits": [
                {
                    "path": "src/a b.c",
                    "start": [2, 2],
                    "end": [2, 2],
                    "text": "\n  CAMLparam1(v);",
                }
            ],
        },
        "proof": None,
        "suppressed": None,
        "fingerprint": "aa",
    }


def test_json_keeps_suppressed_findings(report: Report) -> None:
    findings = json.loads(render_json(report))["findings"]
    assert [finding["suppressed"] for finding in findings] == [None, None, "known to be fine"]


def test_a_run_without_findings_is_a_document_too() -> None:
    assert json.loads(render_json(Report("ocaml-5", 0, 0, ())))["findings"] == []


def test_json_names_profiles_only_in_a_run_over_several(report: Report) -> None:
    single = report.findings[0]
    both = Finding(single.diagnostic, 22, "aa", profiles=("ocaml-4.14", "ocaml-5"))
    several = Report("ocaml-4.14,ocaml-5", 1, 1, (single, both))
    findings = json.loads(render_json(several))["findings"]
    assert [finding.get("profile") for finding in findings] == [None, "ocaml-4.14,ocaml-5"]
