"""A diagnostic with what only the whole run knows about it, and the run itself."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer.diagnostics import Diagnostic, Severity
from analyzer.report.source_text import SourceText
from analyzer.result import InternalFailure


@dataclass(frozen=True, slots=True)
class Finding:
    """A diagnostic to report. `suppressed` is the reason given, None if it counts.

    `profiles` are those it was found under, empty in a run that knows only one.
    """

    diagnostic: Diagnostic
    end_column: int
    fingerprint: str
    profiles: tuple[str, ...] = ()
    suppressed: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a run has to tell."""

    profile: str
    files: int
    functions: int
    findings: tuple[Finding, ...]
    skipped: tuple[tuple[str, str], ...] = ()
    failures: tuple[InternalFailure, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings of that severity count."""
        return sum(
            finding.suppressed is None and finding.diagnostic.severity is severity
            for finding in self.findings
        )

    @property
    def worst(self) -> Severity | None:
        """The severity of the worst finding that counts."""
        counting = [found for found in self.findings if found.suppressed is None]
        return max((found.diagnostic.severity for found in counting), default=None)


def sort_key(diagnostic: Diagnostic) -> tuple[object, ...]:
    """The order in which findings are printed, the same in every run."""
    place = diagnostic.position
    return place, diagnostic.rule, diagnostic.message, diagnostic.function


def merge(
    found: Iterable[tuple[str, Diagnostic]],
) -> list[tuple[Diagnostic, tuple[str, ...]]]:
    """Each finding once, in order, with the profiles it was found under.

    One and the same is found again in another configuration of the macros, through another file
    that includes the header it is in, and under another profile.  The gravest is kept.
    """
    groups: dict[tuple[object, ...], list[tuple[str, Diagnostic]]] = {}
    for profile, diagnostic in found:
        groups.setdefault(sort_key(diagnostic), []).append((profile, diagnostic))
    return [
        (
            min((diagnostic for _, diagnostic in group), key=_mildness),
            tuple(sorted({profile for profile, _ in group})),
        )
        for _, group in sorted(groups.items())
    ]


def _mildness(diagnostic: Diagnostic) -> tuple[object, ...]:
    return (
        diagnostic.pedantic,
        -diagnostic.severity,
        len(diagnostic.trace),
        diagnostic.trace,
        diagnostic.help,
    )


def fingerprints(diagnostics: Sequence[Diagnostic], sources: SourceText) -> list[str]:
    """A name for each that stays when lines above it come and go.

    It is made of the rule, the function and the text of the line without blanks; what is the same
    in all three is numbered within its file.
    """
    counts: Counter[tuple[str, str]] = Counter()
    names = []
    for diagnostic in diagnostics:
        place = diagnostic.position
        text = "".join(sources.line(place.path, place.line).split())
        told = "\0".join((diagnostic.rule, diagnostic.function, text))
        ordinal = counts[place.path, told]
        counts[place.path, told] += 1
        digest = hashlib.blake2b(f"{told}\0{ordinal}".encode("utf-8", "replace"), digest_size=10)
        names.append(digest.hexdigest())
    return names
