"""`stubcheck check`: from the paths given to a report."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyzer.options import Flags, Options, SourceFile
from analyzer.report import Report, SourceText
from stubcheck.cache import Cache
from stubcheck.errors import UserError
from stubcheck.executor import LocalPool
from stubcheck.files import Listing, list_files
from stubcheck.flags import parse_flags
from stubcheck.make_report import make_report
from stubcheck.patterns import matcher
from stubcheck.project import Project, group_projects
from stubcheck.run_check import Job, run_jobs
from stubcheck.settings import Settings

STDIN = "-"


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
    listing = list_files([path for path in request.paths if path != STDIN], _excluded(settings))
    files, contents = _read(listing)
    given = list(request.paths)
    if STDIN in given:
        given[given.index(STDIN)] = request.stdin_path
        content = sys.stdin.buffer.read()
        files.append(SourceFile(request.stdin_path, content=content))
        contents[request.stdin_path] = content
    user = parse_flags([f"-D{define}" for define in settings.define], os.curdir)
    user = Flags(user.defines, user.undefines, settings.include)
    projects = group_projects(files, given, user)
    jobs = _jobs(projects, settings)
    with LocalPool(request.jobs) as pool:
        outcomes = run_jobs(jobs, contents, request.cache, pool)
    sources = SourceText(contents)
    report = make_report(outcomes, settings, listing.skipped, sources)
    warnings = dict.fromkeys(text for project in projects for text in project.warnings)
    return Checked(report, sources, tuple(warnings), tuple(listing.unopened))


def _read(listing: Listing) -> tuple[list[SourceFile], dict[str, bytes]]:
    files = []
    contents = {}
    for path in listing.sources:
        try:
            with open(path, "rb") as file:
                contents[path] = file.read()
            files.append(SourceFile(path))
        except OSError as error:
            listing.skipped.append((path, f"cannot be opened: {error.strerror}"))
    return files, contents


def _jobs(projects: Sequence[Project], settings: Settings) -> list[Job]:
    return [
        Job(project.files, Options(profile, project.root, settings.function))
        for project in projects
        for profile in settings.profile or (project.profile,)
    ]


def _excluded(settings: Settings) -> Callable[[str], bool]:
    if not settings.exclude:
        return lambda path: False
    return matcher(settings.exclude, settings.base)


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
