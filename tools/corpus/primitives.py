"""Runs the primitives of packages on the simulated runtime, and counts what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stubcheck.run import RunResult, Tried, run
from tools.corpus.recipes import Recipe, request_for

_NOT_STUBS = ("no file given defines", "no external declares")


@dataclass(frozen=True, slots=True)
class Measured:
    """The primitives of one package that it defines itself and declares."""

    name: str
    result: RunResult
    tried: tuple[Tried, ...]

    @property
    def called(self) -> int:
        """How many were called with arguments of their types."""
        return sum(one.status != "not-runnable" for one in self.tried)


def measure(recipe: Recipe, corpus: Path, calls: int, timeout: float) -> Measured:
    """Run everything that a package's stubs declare."""
    with request_for(recipe, corpus, calls, timeout) as request:
        result = run(request)
    own = tuple(one for one in result.tried if not one.trial.unrunnable.startswith(_NOT_STUBS))
    return Measured(recipe.name, result, own)


def render(measured: Sequence[Measured], corpus: Path) -> str:
    """A table of the packages, then what is wrong with them."""
    statuses = ("clean", "violation", "crash", "timeout", "not-runnable")
    lines = [
        "| package | primitives | called "
        "| clean | violation | crash | timeout | not run | calls |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    totals: Counter[str] = Counter()
    for one in measured:
        counts = Counter(tried.status for tried in one.tried)
        counts.update(
            primitives=len(one.tried),
            called=one.called,
            calls=sum(tried.trial.calls for tried in one.tried),
        )
        totals.update(counts)
        lines.append(_row(one.name, counts, statuses))
    lines.append(_row("all", totals, statuses))
    lines.append("")
    for one in measured:
        for tried in one.tried:
            lines += _wrongs(one, tried, corpus)
    return "\n".join(lines)


def _row(name: str, counts: Counter[str], statuses: Sequence[str]) -> str:
    share = 100 * counts["called"] / max(1, counts["primitives"])
    cells = [counts["primitives"], f"{counts['called']} ({share:.0f} %)"]
    cells += [counts[status] for status in statuses]
    return f"| {name} | " + " | ".join(map(str, [*cells, counts["calls"]])) + " |"


def _wrongs(one: Measured, tried: Tried, corpus: Path) -> list[str]:
    found = []
    for wrong in tried.trial.wrongs:
        site = wrong.fault["site"] if wrong.fault else None
        path, line = site or tried.place
        place = f"{Path(path).resolve().relative_to(corpus.resolve())}:{line}"
        found.append(f"{wrong.rule} | {place} | {wrong.message} | {wrong.program}")
    if tried.status == "not-runnable":
        found.append(f"not run | {tried.trial.primitive} | {tried.trial.unrunnable}")
    return [f"{one.name} | {text}" for text in found]
