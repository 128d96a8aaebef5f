"""The report as one page of HTML, with nothing to load from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from analyzer.diagnostics import Severity, Step
from analyzer.report.findings import Finding, Report
from analyzer.report.rule_text import RuleText, read_rule_text
from analyzer.report.source_text import SourceText

TEMPLATE = "page.html.jinja"


class HtmlUnavailable(Exception):
    """The template engine is not installed."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A source line of a trace, cut where what the step is about begins and ends."""

    path: str
    line: int
    before: str
    marked: str
    after: str
    message: str


def render_html(
    report: Report, rules: Sequence[ModuleType], sources: SourceText, version: str
) -> str:
    """The whole page: a table of counts, each finding, and the pages of the rules it names."""
    try:
        import jinja2
    except ImportError:
        raise HtmlUnavailable(
            "--format html needs jinja2: pip install 'stubcheck[html]'"
        ) from None
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    counting = [finding for finding in report.findings if finding.suppressed is None]
    named = {finding.diagnostic.rule for finding in counting}
    return environment.get_template(TEMPLATE).render(
        report=report,
        version=version,
        counts=[(severity.label, report.count(severity)) for severity in reversed(Severity)],
        findings=[(finding, list(_excerpts(finding, sources))) for finding in counting],
        suppressed=[finding for finding in report.findings if finding.suppressed is not None],
        rules=[_rule(module) for module in rules if module.RULE.name in named],
    )


def _excerpts(finding: Finding, sources: SourceText) -> Iterator[Excerpt]:
    steps = list(finding.diagnostic.trace)
    place = finding.diagnostic.position
    if place not in [step.position for step in steps]:
        steps.append(Step(place, finding.diagnostic.message))
    for step in steps:
        path, line, column = step.position
        text = sources.line(path, line)
        end = sources.end_column(path, line, column)
        yield Excerpt(
            path,
            line,
            text[: column - 1],
            text[column - 1 : end - 1],
            text[end - 1 :],
            step.message,
        )


def _rule(module: ModuleType) -> tuple[str, RuleText]:
    return module.RULE.name, read_rule_text(module.__doc__ or "")
