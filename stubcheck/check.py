"""`stubcheck check`: from the paths given to a report."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.report import Report, SourceText
from stubcheck.cache import Cache
from stubcheck.errors import UserError
from stubcheck.executor import LocalPool
from stubcheck.inputs import read_inputs
from stubcheck.make_report import make_report
from stubcheck.run_check import run_jobs
from stubcheck.settings import Settings


@dataclass(frozen=True, slots=True)
class Request:
    """What to check, and how to go about it."""

    paths: tuple[str, ...]
    settings: Settings
    stdin_path: str
    jobs: int
    cache: Cache | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A report, the texts it points into, and what the user has to be told besides."""

    report: Report
    sources: SourceText
    warnings: tuple[str, ...]
    unopened: tuple[str, ...]


def check(request: Request) -> Checked:
    """Check everything asked for."""
    settings = request.settings
    _require_known_rules(settings)
    hashed = request.cache is not None
    inputs = read_inputs(request.paths, settings, stdin_path=request.stdin_path, hashed=hashed)
    with LocalPool(request.jobs) as pool:
        outcomes = run_jobs(inputs.jobs, inputs.contents, request.cache, pool)
    sources = SourceText(inputs.contents.kept)
    report = make_report(outcomes, settings, inputs.skipped, sources)
    return Checked(report, sources, inputs.warnings, inputs.unopened)


def _require_known_rules(settings: Settings) -> None:
    """A rule that is misspelled would otherwise never be selected, or never be ignored."""
    per_file = {rule for _, rules in settings.per_file_ignores for rule in rules}
    named = {*settings.select, *settings.ignore, *per_file}
    if not named:
        return
    from analyzer.rules import RULES
    from stubcheck.config import near

    known = [module.RULE.name for module in RULES]
    for rule in sorted(named):
        if rule not in known:
            raise UserError(f"'{rule}' is no rule{near(rule, known)}")
