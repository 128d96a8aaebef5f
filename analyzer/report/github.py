"""The report as workflow commands, which GitHub shows beside the lines of a change."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.diagnostics import Severity
from analyzer.report.findings import Finding, Report

_COMMANDS = {Severity.NOTE: "notice", Severity.WARNING: "warning", Severity.ERROR: "error"}


def render_github(report: Report) -> str:
    """A line for each finding that counts; the steps of its trace are lines of its message."""
    counting = [finding for finding in report.findings if finding.suppressed is None]
    return "".join(f"{_command(finding)}\n" for finding in counting)


def _command(finding: Finding) -> str:
    diagnostic = finding.diagnostic
    place = diagnostic.position
    properties: dict[str, str | int] = {
        "file": place.path.replace("\\", "/"),
        "line": place.line,
        "endLine": place.line,
        "col": place.column,
        "endColumn": finding.end_column,
        "title": f"stubcheck: {diagnostic.rule}",
    }
    told = ",".join(f"{name}={_escape_property(str(v))}" for name, v in properties.items())
    message = _escape("\n".join(_message(finding)))
    return f"::{_COMMANDS[diagnostic.severity]} {told}::{message}"


def _message(finding: Finding) -> Iterator[str]:
    diagnostic = finding.diagnostic
    under = f" [{', '.join(finding.profiles)}]" if finding.profiles else ""
    yield diagnostic.message + under
    for step in diagnostic.trace:
        yield f"{step.position.path}:{step.position.line}: {step.message}"
    if diagnostic.help:
        yield f"help: {diagnostic.help}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
