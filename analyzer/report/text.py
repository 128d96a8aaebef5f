"""The report for people: each finding, the lines of the path that leads to it, what helps."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.diagnostics import Severity, Step
from analyzer.ir.nodes import Position
from analyzer.report.findings import Finding, Report
from analyzer.report.source_text import SourceText
from analyzer.report.style import Style, printable

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def render_text(report: Report, sources: SourceText, style: Style) -> str:
    """Findings that count, then a summary line."""
    counting = [finding for finding in report.findings if finding.suppressed is None]
    parts = ["\n".join(_finding(finding, sources, style)) for finding in counting]
    return "\n\n".join([*parts, _summary(report)]) + "\n"


def _finding(finding: Finding, sources: SourceText, style: Style) -> Iterator[str]:
    diagnostic = finding.diagnostic
    place = diagnostic.position
    where = style.paint(f"{place.path}:{place.line}:{place.column}:", "bold")
    severity = style.paint(f"{diagnostic.severity.label}:", _COLOURS[diagnostic.severity])
    under = f" [{', '.join(finding.profiles)}]" if finding.profiles else ""
    yield f"{where} {severity} {diagnostic.rule}: {printable(diagnostic.message)}{under}"
    steps = list(diagnostic.trace)
    if place not in [step.position for step in steps]:
        steps.append(Step(place, ""))
    width = len(str(max(step.position.line for step in steps)))
    path, line = place.path, 0
    for step in steps:
        if step.position.path != path:
            path, line = step.position.path, 0
            yield f"  {' ' * width}--> {style.paint(path, 'bold')}"
        yield from _excerpt(step, width, sources, style, again=step.position.line == line)
        line = step.position.line
    advice = diagnostic.help or (diagnostic.fix.description if diagnostic.fix else "")
    if advice:
        yield f"  {style.paint('help:', 'green')} {printable(advice)}"


def _excerpt(
    step: Step, width: int, sources: SourceText, style: Style, *, again: bool
) -> Iterator[str]:
    """The line of a step, unless it has just been shown, and carets under what it is about."""
    place = step.position
    message = printable(step.message)
    text = printable(sources.line(place.path, place.line))
    number = style.paint(f"{place.line:>{width}} |", "dim")
    if not text.strip():
        yield f"  {number} {message}".rstrip()
        return
    if not again:
        yield f"  {number} {text}"
    blank = "".join("\t" if character == "\t" else " " for character in text[: place.column - 1])
    carets = style.paint("^" * _length(place, sources), "magenta")
    yield f"  {style.paint(' ' * width + ' |', 'dim')} {blank}{carets} {message}".rstrip()


def _length(place: Position, sources: SourceText) -> int:
    return max(1, sources.end_column(*place) - place.column)


def _summary(report: Report) -> str:
    counts = [
        _plural(report.count(severity), severity.label)
        for severity in sorted(Severity, reverse=True)
        if report.count(severity)
    ]
    files = _plural(report.files, "file")
    told = f"{', '.join(counts) or 'nothing found'} in {files}"
    told += f" ({_plural(report.functions, 'function')}, {report.profile})"
    suppressed = sum(finding.suppressed is not None for finding in report.findings)
    rest = [
        told
        for number, told in (
            (suppressed, f"{suppressed} suppressed"),
            (len(report.skipped), f"{len(report.skipped)} skipped"),
            (len(report.failures), _plural(len(report.failures), "internal error")),
        )
        if number
    ]
    return "; ".join([told, *rest])


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
