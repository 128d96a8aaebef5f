"""Makes one report of what came of the projects, with suppressions and settings applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from analyzer.diagnostics import Diagnostic
from analyzer.report.findings import Finding, Report, fingerprints, merge, sort_key
from analyzer.report.source_text import SourceText
from runtime_sim.model.profile import Profile
from stubcheck.patterns import matcher
from stubcheck.run_check import Outcome
from stubcheck.settings import Settings
from stubcheck.suppress import MARK, Suppression, read_suppressions, suppress, unused


def make_report(
    outcomes: Sequence[Outcome],
    settings: Settings,
    skipped: Iterable[tuple[str, str]],
    sources: SourceText,
) -> Report:
    """The report of a run: what was found, without what the settings keep from being shown.

    Its files are all that the paths came to, also those of projects without C files; those have
    no part in anything else.
    """
    files = len({path for outcome in outcomes for path in outcome.job.paths})
    everything, outcomes = outcomes, [outcome for outcome in outcomes if outcome.job.files]
    profiles = sorted(
        {outcome.job.options.profile.value for outcome in outcomes or everything}
        or {profile.value for profile in settings.profile or (Profile.OCAML_5,)}
    )
    found = [
        (outcome.job.options.profile.value, diagnostic)
        for outcome in outcomes
        for diagnostic in outcome.result.diagnostics
    ]
    findings = _findings(found, outcomes, settings, sources, several=len(profiles) > 1)
    hidden = _hidden(settings)
    return Report(
        profile=",".join(profiles),
        files=files,
        functions=_functions(outcomes),
        findings=tuple(finding for finding in findings if not hidden(finding.diagnostic)),
        skipped=tuple(sorted({*skipped, *(s for o in outcomes for s in o.result.skipped)})),
        failures=tuple(failure for outcome in outcomes for failure in outcome.result.errors),
    )


def _functions(outcomes: Sequence[Outcome]) -> int:
    """How many functions were read, those of a project checked under several profiles once."""
    counts: dict[str, int] = {}
    for outcome in outcomes:
        root = outcome.job.options.root
        counts[root] = max(counts.get(root, 0), outcome.result.functions)
    return sum(counts.values())


def _findings(
    found: list[tuple[str, Diagnostic]],
    outcomes: Sequence[Outcome],
    settings: Settings,
    sources: SourceText,
    *,
    several: bool,
) -> list[Finding]:
    """Every finding in order, pedantic and deselected ones too, so that what is suppressed and how
    findings are numbered does not depend on which of them are shown."""
    merged = merge(found)
    suppressions = _suppressions(outcomes, sources)
    reasons = suppress([diagnostic for diagnostic, _ in merged], suppressions)
    complaints = merge(("", complaint) for complaint in _complaints(suppressions, outcomes))
    told = [*zip(merged, reasons, strict=True), *((complaint, None) for complaint in complaints)]
    told.sort(key=lambda item: sort_key(item[0][0]))
    names = fingerprints([diagnostic for (diagnostic, _), _ in told], sources)
    return [
        Finding(
            diagnostic,
            sources.end_column(*diagnostic.position),
            name,
            tuple(filter(None, profiles)) if several else (),
            reason,
        )
        for ((diagnostic, profiles), reason), name in zip(told, names, strict=True)
    ]


def _suppressions(
    outcomes: Sequence[Outcome], sources: SourceText
) -> dict[str, list[Suppression]]:
    """Those in the files checked and in the headers they include, by path."""
    read: dict[str, list[Suppression]] = {}
    mark = MARK.encode()
    for outcome in outcomes:
        # An OCaml file whose content was not kept carries no mark: it is not read again for that.
        ocaml = [file.path for file in outcome.job.ocaml if file.content is not None]
        for path in (*(file.path for file in outcome.job.files), *ocaml, *outcome.result.headers):
            if path not in read and mark in sources.content(path):
                extents = outcome.result.extents.get(path, ())
                read[path] = read_suppressions(path, sources.text(path), extents)
    return read


def _complaints(
    suppressions: dict[str, list[Suppression]], outcomes: Sequence[Outcome]
) -> list[Diagnostic]:
    if not any(suppressions.values()):
        return []
    from analyzer.rules import RULES

    checked = {outcome.job.options.profile for outcome in outcomes}
    known = {module.RULE.name for module in RULES}
    active = {module.RULE.name for module in RULES if module.RULE.profiles & checked}
    return [
        complaint
        for comments in suppressions.values()
        for comment in comments
        for complaint in unused(comment, known, active)
    ]


def _hidden(settings: Settings) -> Callable[[Diagnostic], bool]:
    """Whether the settings keep a finding from being shown."""
    by_pattern = [
        (matcher([pattern], settings.base), frozenset(rules))
        for pattern, rules in settings.per_file_ignores
    ]

    def is_hidden(diagnostic: Diagnostic) -> bool:
        rule = diagnostic.rule
        return (
            (diagnostic.pedantic and not settings.pedantic)
            or (bool(settings.select) and rule not in settings.select)
            or rule in settings.ignore
            or any(
                rule in rules and matches(diagnostic.position.path)
                for matches, rules in by_pattern
            )
        )

    return is_hidden
