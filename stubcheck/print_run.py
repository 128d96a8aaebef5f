"""How `stubcheck run` prints what it has seen: for people, and for programs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analyzer.report.style import Style, printable
from runtime_sim.harness.report import RETURNED
from runtime_sim.harness.trials import Wrong
from runtime_sim.outcome import Place
from stubcheck.run import RunResult, Tried

_COLOURS = {
    "clean": "green",
    "violation": "red",
    "crash": "red",
    "timeout": "yellow",
    "not-runnable": "dim",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """How the run was asked for, as far as a report repeats it.

    `words` are those of the command line that hold for every call.
    """

    policy: str
    seed: int
    words: tuple[str, ...]


def run_json(result: RunResult, asked: Asked) -> str:
    """One document, as other programs read it."""
    printer = _Printer(result, asked)
    document = {
        "version": 1,
        "profile": result.profile.value,
        "policy": asked.policy,
        "seed": asked.seed,
        "primitives": [printer.row(tried) for tried in result.tried],
    }
    return json.dumps(document, indent=1) + "\n"


def run_text(result: RunResult, asked: Asked, style: Style) -> str:
    """What was wrong, each with its way there; then how many primitives came to what."""
    printer = _Printer(result, asked)
    blocks = ["\n".join(printer.told(tried, style)) for tried in result.tried]
    return "\n\n".join([*filter(None, blocks), _summary(result.tried, style)]) + "\n"


@dataclass
class _Printer:
    result: RunResult
    asked: Asked

    def row(self, tried: Tried) -> dict[str, Any]:
        trial = tried.trial
        place = self._given(tried.place)
        return {
            "name": trial.primitive,
            "path": place.path,
            "line": place.line,
            "types": tried.types,
            "calls": trial.calls,
            "collections": trial.collections,
            "status": tried.status,
            "reason": trial.unrunnable if tried.status == "not-runnable" else "",
            "violations": [
                {**self._violation(wrong, tried), "suppressed": reason}
                for wrong, reason in (*((one, None) for one in trial.wrongs), *tried.ignored)
            ],
        }

    def told(self, tried: Tried, style: Style) -> Iterator[str]:
        for wrong in tried.trial.wrongs:
            violation = self._violation(wrong, tried)
            where = f"{violation['path']}:{violation['line']}:"
            rule = style.paint(wrong.rule, _COLOURS.get(wrong.rule, "red"))
            yield f"{style.paint(where, 'bold')} {rule}: {printable(wrong.message)}"
            for step in violation["trace"]:
                place = style.paint(f"{step['path']}:{step['line']}:", "dim")
                yield f"  {place} {printable(step['message'])}"
                if text := self._source(step["path"], step["line"]):
                    yield f"      {printable(text)}"
            yield f"  to repeat: {printable(violation['command'])}"
        if self.result.asked and not tried.trial.wrongs:
            for program, came_to in tried.trial.results.items():
                yield f"{printable(program)} {_told(came_to)}"
        if tried.status == "not-runnable":
            at = self._given(tried.place)
            where = style.paint(f"{at.path}:{at.line}: {tried.trial.primitive}", "dim")
            yield f"{where} was not run: {printable(tried.trial.unrunnable)}"

    # --- one violation -------------------------------------------------------------------------

    def _violation(self, wrong: Wrong, tried: Tried) -> dict[str, Any]:
        fault = wrong.fault or {}
        site = self._place(fault.get("site")) or self._given(tried.place)
        return {
            "rule": wrong.rule,
            "message": wrong.message,
            "path": site.path,
            "line": site.line,
            "function": self._function(fault.get("site"), tried),
            "trace": list(self._trace(wrong, tried)),
            "command": self._command(wrong),
        }

    def _trace(self, wrong: Wrong, tried: Tried) -> Iterator[dict[str, Any]]:
        """What happened, in the order in which it did."""
        fault = wrong.fault or {}
        called = "called with guessed types" if tried.types == "guessed" else "called"
        yield from self._step(list(tried.place), f"{called}: {wrong.program}")
        made_by, moved_by = fault.get("made_by", ""), fault.get("moved_by", "")
        if made_by and made_by != "nobody":
            yield from self._step(fault["made_at"], f"{made_by} makes the block")
        if failed := fault.get("failed", ""):
            yield from self._step(fault["failed_at"], f"{failed} fails")
        if moved_by:
            number = fault["collection"]
            told = f"{moved_by} collects, and the block is moved (collection {number})"
            yield from self._step(fault["moved_at"], told)
        if fault.get("held_by"):
            yield from self._step(
                fault["site"], f"'{fault['held_by']}' still holds its old address"
            )
        for place in reversed(fault.get("calls", ())[1:]):
            yield from self._step(place, f"in {self._function(place, tried)}")
        if fault.get("site"):
            yield from self._step(fault["site"], wrong.message)

    def _step(self, place: Sequence[Any] | None, told: str) -> Iterator[dict[str, Any]]:
        at = self._place(place)
        if at is not None:
            yield {"path": at.path, "line": at.line, "column": 1, "message": told}

    def _command(self, wrong: Wrong) -> str:
        words = [*self.asked.words, "--call", str(wrong.program)]
        return shlex.join(["stubcheck", "run", *words])

    # --- places --------------------------------------------------------------------------------

    def _place(self, place: Sequence[Any] | None) -> Place | None:
        return self._given(Place(*place)) if place else None

    def _given(self, place: Place) -> Place:
        return place._replace(path=self.result.given.get(place.path, place.path))

    def _function(self, place: Sequence[Any] | None, tried: Tried) -> str:
        if not place or tried.lines is None:
            return tried.trial.primitive
        return tried.lines.function_at(Place(*place)) or tried.trial.primitive

    def _source(self, path: str, line: int) -> str:
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                return file.read().split("\n")[line - 1].strip()
        except (OSError, IndexError):
            return ""


def _told(came_to: Mapping[str, Any]) -> str:
    """What a call returned or raised."""
    if came_to["outcome"] == RETURNED:
        return f"returned {json.dumps(came_to['result'])}"
    arguments = ", ".join(map(json.dumps, came_to["arguments"]))
    return f"raised {came_to['exception']}" + (f" of {arguments}" if arguments else "")


def _summary(tried: Sequence[Tried], style: Style) -> str:
    counts: Mapping[str, int] = {
        status: sum(one.status == status for one in tried) for status in _COLOURS
    }
    told = ", ".join(
        style.paint(f"{count} {status}", _COLOURS[status])
        for status, count in counts.items()
        if count
    )
    calls = sum(one.trial.calls for one in tried)
    collections = sum(one.trial.collections for one in tried)
    noun = "primitive" if len(tried) == 1 else "primitives"
    made = f"{calls} calls, {collections} collections"
    return f"{len(tried)} {noun}: {told or 'nothing to run'} ({made})"
