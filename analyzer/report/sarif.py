"""The report as SARIF 2.1.0, for code hosts and editors."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

from analyzer.diagnostics import Fix, Step
from analyzer.ir.nodes import Position
from analyzer.report.findings import Finding, Report
from analyzer.report.rule_text import read_rule_text
from analyzer.report.source_text import SourceText
from analyzer.result import InternalFailure
from analyzer.rules.rule import Rule

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
FINGERPRINT = "stubcheck/v1"

Json = dict[str, Any]


def render_sarif(
    report: Report, rules: Sequence[ModuleType], sources: SourceText, version: str
) -> str:
    """One log with one run; a result for each finding, suppressed ones marked."""
    index = {module.RULE.name: number for number, module in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "stubcheck",
                "version": version,
                "semanticVersion": version,
                "rules": [_rule(module) for module in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": [_result(finding, index, sources) for finding in report.findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=1) + "\n"


def _rule(module: ModuleType) -> Json:
    rule: Rule = module.RULE
    text = read_rule_text(module.__doc__ or "")
    return {
        "id": rule.name,
        "shortDescription": {"text": text.summary},
        "fullDescription": {"text": text.why},
        "help": {
            "text": "\n\n".join(f"{name}:\n{content}" for name, content in text.sections),
            "markdown": "\n\n".join(
                f"**{name}**\n\n```c\n{content}\n```"
                if name in ("Bad", "Good")
                else f"**{name}**\n\n{content}"
                for name, content in text.sections
            ),
        },
        "defaultConfiguration": {
            "enabled": not rule.pedantic,
            "level": rule.severity.label,
        },
        "properties": {
            "profiles": sorted(profile.value for profile in rule.profiles),
            "since": rule.since,
        },
    }


def _invocation(report: Report) -> Json:
    notes = [
        {"level": "note", "message": {"text": f"skipped: {reason}"}, "locations": [_file(path)]}
        for path, reason in report.skipped
    ]
    failures = [_failure(failure) for failure in report.failures]
    return {
        "executionSuccessful": not report.failures,
        "toolExecutionNotifications": notes + failures,
    }


def _failure(failure: InternalFailure) -> Json:
    where = f" in function '{failure.function}'" if failure.function else ""
    return {
        "level": "error",
        "message": {"text": f"internal error{where}: {failure.message}"},
        "locations": [_file(failure.path)],
    }


def _result(finding: Finding, index: Mapping[str, int], sources: SourceText) -> Json:
    diagnostic = finding.diagnostic
    place = _location(diagnostic.position, finding.end_column)
    if diagnostic.function:
        place["logicalLocations"] = [{"name": diagnostic.function, "kind": "function"}]
    result: Json = {
        "ruleId": diagnostic.rule,
        "level": diagnostic.severity.label,
        "message": {"text": diagnostic.message},
        "locations": [place],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
    }
    if diagnostic.rule in index:
        result["ruleIndex"] = index[diagnostic.rule]
    if diagnostic.trace:
        steps = [{"location": _step(step, sources)} for step in diagnostic.trace]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    if diagnostic.fix is not None and diagnostic.fix.edits:
        result["fixes"] = [_fix(diagnostic.fix)]
    if finding.suppressed is not None:
        suppression = {"kind": "inSource", "justification": finding.suppressed}
        result["suppressions"] = [suppression]
    if finding.profiles or diagnostic.help:
        result["properties"] = {"help": diagnostic.help, "profiles": list(finding.profiles)}
    return result


def _step(step: Step, sources: SourceText) -> Json:
    location = _location(step.position, sources.end_column(*step.position))
    location["message"] = {"text": step.message}
    return location


def _location(place: Position, end_column: int) -> Json:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.line,
        "endColumn": end_column,
    }
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(place.path)}, "region": region}}


def _file(path: str) -> Json:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(path)}}}


def _fix(fix: Fix) -> Json:
    paths = dict.fromkeys(edit.path for edit in fix.edits)
    return {
        "description": {"text": fix.description},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": _uri(path)},
                "replacements": [
                    {
                        "deletedRegion": {
                            "startLine": edit.start[0],
                            "startColumn": edit.start[1],
                            "endLine": edit.end[0],
                            "endColumn": edit.end[1],
                        },
                        "insertedContent": {"text": edit.text},
                    }
                    for edit in fix.edits
                    if edit.path == path
                ],
            }
            for path in paths
        ],
    }


def _uri(path: str) -> str:
    """A path as a URI reference; relative ones are left relative, to the folder we ran in."""
    if os.path.isabs(path):
        return Path(path).as_uri()
    return quote(os.fsencode(Path(os.path.normpath(path)).as_posix()))
