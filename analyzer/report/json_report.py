"""The report as JSON, for other programs; a line for each finding."""

from __future__ import annotations

import json
from typing import Any

from analyzer.diagnostics import Fix, Step
from analyzer.report.findings import Finding, Report


def render_json(report: Report) -> str:
    """One document, the same for the same findings byte by byte."""
    head = {
        "version": 1,
        "profile": report.profile,
        "files": report.files,
        "functions": report.functions,
        "skipped": [{"path": path, "reason": reason} for path, reason in report.skipped],
    }
    findings = ",\n".join(json.dumps(_finding(finding)) for finding in report.findings)
    return f'{json.dumps(head)[:-1]}, "findings": [\n{findings}\n]}}\n'


def _finding(finding: Finding) -> dict[str, Any]:
    diagnostic = finding.diagnostic
    place = diagnostic.position
    told: dict[str, Any] = {
        "rule": diagnostic.rule,
        "severity": diagnostic.severity.label,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.line,
        "end_column": finding.end_column,
        "function": diagnostic.function,
        "message": diagnostic.message,
        "trace": [_step(step) for step in diagnostic.trace],
        "fix": None if diagnostic.fix is None else _fix(diagnostic.fix),
        "proof": None,
        "suppressed": finding.suppressed,
        "fingerprint": finding.fingerprint,
    }
    if finding.profiles:
        told["profile"] = ",".join(finding.profiles)
    return told


def _step(step: Step) -> dict[str, Any]:
    place = step.position
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "message": step.message,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "description": fix.description,
        "edits": [
            {"path": edit.path, "start": edit.start, "end": edit.end, "text": edit.text}
            for edit in fix.edits
        ],
    }
