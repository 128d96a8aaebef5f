"""Runs the primitives of a case, and tells what became of each labelled function."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from runtime_sim.harness.trials import Wrong
from stubcheck.errors import UserError
from stubcheck.run import Request, Tried, read_policy, run
from stubcheck.settings import Settings
from tools.cases.labels import Case, Label

SHOWN, BLAMED, MISSED, CLEAN, NOT_RUN, NOT_COMPILED = (
    "shown",
    "blamed",
    "missed",
    "clean",
    "not run",
    "not compiled",
)
_WEIGHTIEST_FIRST = (SHOWN, BLAMED, MISSED, CLEAN, NOT_RUN, NOT_COMPILED)
_SEED = 1
_NAME = re.compile(r"\b[A-Za-z_]\w*\b")


@dataclass(frozen=True, slots=True)
class Way:
    """How a case is run: when there are collections, and what compiles it."""

    policy: str
    compiler: str

    def __str__(self) -> str:
        return f"{self.policy}, {self.compiler}"


@dataclass(frozen=True, slots=True)
class Scored:
    """What became of a labelled function in one way, and what there is to say of that."""

    case: Case
    label: Label
    way: Way
    came_to: str
    told: str = ""


def score(case: Case, way: Way, calls: int) -> list[Scored]:
    """Run the primitives of a case, and tell what became of each labelled function."""
    os.environ["CC"] = way.compiler
    ocaml = case.path.with_suffix(".ml")
    request = Request(
        paths=(str(case.path), *([str(ocaml)] if ocaml.exists() else ())),
        settings=Settings(profile=(case.profile,)),
        policy=read_policy(way.policy, _SEED),
        seed=_SEED,
        calls=calls,
        timeout=3.0,
        jobs=1,
        guess_types=True,
    )
    try:
        tried = run(request).tried
    except UserError as error:
        return [Scored(case, label, way, NOT_COMPILED, str(error)) for label in case.labels]
    runs = {one.trial.primitive: one for one in tried}
    return [Scored(case, label, way, *_came_to(case, label, runs)) for label in case.labels]


def join(scored: Iterable[Scored]) -> list[Scored]:
    """For each function what one way has shown and the others do not take back."""
    found: dict[tuple[Path, str], Scored] = {}
    for one in scored:
        key = one.case.path, one.label.function
        found[key] = min(found.get(key, one), one, key=_weight)
    return list(found.values())


def _weight(scored: Scored) -> int:
    return _WEIGHTIEST_FIRST.index(scored.came_to)


def _came_to(case: Case, label: Label, runs: Mapping[str, Tried]) -> tuple[str, str]:
    wrongs = [wrong for one in runs.values() for wrong in one.trial.wrongs]
    mine = [wrong for wrong in wrongs if label in _blamed(case, wrong)]
    if shown := [wrong for wrong in mine if label.is_bad and wrong.rule in label.rules]:
        return SHOWN, _told(shown[0])
    if mine and not label.is_bad:
        return BLAMED, _told(mine[0])
    if why := _why_not_run(case, label, runs):
        return why
    if label.is_bad:
        return MISSED, _told(mine[0]) if mine else "nothing is wrong"
    return CLEAN, ""


def _why_not_run(case: Case, label: Label, runs: Mapping[str, Tried]) -> tuple[str, str] | None:
    """Nothing for a function that was run, by itself or by one that calls it."""
    callers = [runs[name].trial for name in case.callers(label.function) if name in runs]
    if any(trial.calls or trial.wrongs for trial in callers):
        return None
    told = min((trial.unrunnable for trial in callers), default="nothing that was run calls it")
    return NOT_COMPILED if not runs or "cannot be compiled" in told else NOT_RUN, told


def _blamed(case: Case, wrong: Wrong) -> list[Label]:
    """Whose fault it is: of those it lies in, or whose calls led to it, the bad ones first.

    What a fault of another rule lies in may have been handed it by a bad function that called it.
    """
    within = [label for label in case.labels if _leads_to(case, label, wrong)]
    called = set(_NAME.findall(str(wrong.program)))
    before = [label for label in case.labels if called & case.callers(label.function)]
    for labels in (within, before):
        if guilty := [one for one in labels if one.is_bad and wrong.rule in one.rules]:
            return guilty
    last = [label for label in case.labels if label.function == wrong.program.primitive]
    return [one for one in within if one.is_bad] or within or last


def _leads_to(case: Case, label: Label, wrong: Wrong) -> bool:
    """Whether a fault lies in a function, or in what that has called."""
    fault = wrong.fault or {}
    places = [place for place in (fault.get("site"), *fault.get("calls", ())) if place]
    body = case.bodies[label.function]
    return any(Path(path).name == case.path.name and line in body.lines for path, line in places)


def _told(wrong: Wrong) -> str:
    return f"{wrong.rule}: {wrong.message}: {wrong.program}"
