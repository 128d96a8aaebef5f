"""`python -m tools.cases FOLDER...`: labelled cases, scored by running them.

A case is a C file whose functions carry labels, beside it perhaps an .ml file of the same name
with their externals; without one their types are guessed.

    /* case: profile=ocaml-5 */                     in the first line
    /* bad: stale-pointer; also unrooted-value */   above a function that breaks one of these rules
    /* good: read again after the call */           above a function that nothing is wrong with

A bad function is shown when a fault under one of its rules lies in it, or in what it calls, or is
due to a call of it. A good one is clean when no fault is its own. What no program calls by itself
counts as run when a function of the file that calls it was run.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from runtime_sim.harness.trials import Wrong
from runtime_sim.model.profile import Profile
from runtime_sim.outcome import Policy
from stubcheck.errors import UserError
from stubcheck.executor import default_jobs
from stubcheck.run import Request, Tried, read_policy, run
from stubcheck.settings import Settings

SHOWN, MISSED, CLEAN, BLAMED, NOT_RUN, NOT_COMPILED = (
    "shown",
    "missed",
    "clean",
    "blamed",
    "not run",
    "not compiled",
)
_LABEL = re.compile(r"/\*\s*(bad|good):(.*?)\*/", re.DOTALL)
_HEAD = re.compile(r"\b([A-Za-z_]\w*)\s*\((?:[^(){};#]|\([^(){};#]*\))*\)\s*\{")
_TABLE = re.compile(r"\b(\w+)(?:\[\w*\])*\s*=\s*\{(.*?)\};", re.DOTALL)
_NAME = re.compile(r"\b[A-Za-z_]\w*\b")
_KEYWORDS = frozenset({"if", "for", "while", "switch"})
_PROFILE = re.compile(r"\bprofile=([\w.-]+)")


@dataclass(frozen=True, slots=True)
class Label:
    """What is written above a function, and the rules that it may break if it is bad."""

    function: str
    is_bad: bool
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a function, its head included, and everything that they name.

    A table of functions has no lines; whoever names it may call what it names.
    """

    lines: range
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Case:
    """A C file, its functions and the labels of some."""

    path: Path
    profile: Profile
    labels: tuple[Label, ...]
    bodies: Mapping[str, Body]

    @property
    def group(self) -> str:
        """The rule that the case is about."""
        return self.path.parent.name

    def callers(self, function: str) -> set[str]:
        """A function with those that lead to it."""
        found = {function}
        while more := {
            name
            for name, body in self.bodies.items()
            if name not in found and not found.isdisjoint(body.names)
        }:
            found |= more
        return found


@dataclass(frozen=True, slots=True)
class Scored:
    """What became of a labelled function, and what there is to say of that."""

    case: Case
    label: Label
    came_to: str
    told: str = ""


def read_case(path: Path) -> Case:
    """A C file's labels, each with the function that follows."""
    text = path.read_text(encoding="utf-8", errors="replace")
    profile = _PROFILE.search(text.partition("\n")[0])
    heads = [head for head in _HEAD.finditer(text) if head[1] not in _KEYWORDS]
    return Case(
        path,
        Profile(profile[1]) if profile else Profile.OCAML_5,
        tuple(_labels(text, heads)),
        dict(_bodies(text, heads)),
    )


def _labels(text: str, heads: Sequence[re.Match[str]]) -> Iterator[Label]:
    for label in _LABEL.finditer(text):
        head = next((one for one in heads if one.start() > label.end()), None)
        if head is not None:
            rules = re.findall(r"[\w-]+", re.sub(r";\s*also\b", ",", label[2]))
            yield Label(head[1], label[1] == "bad", frozenset(rules))


def _bodies(text: str, heads: Sequence[re.Match[str]]) -> Iterator[tuple[str, Body]]:
    for head in heads:
        closed = text.find("\n}", head.end())
        closed = len(text) if closed < 0 else closed
        # The type of what it returns may stand on a line of its own.
        first = text.count("\n", 0, head.start())
        lines = range(first, text.count("\n", 0, closed) + 3)
        yield head[1], Body(lines, frozenset(_NAME.findall(text, head.end(), closed)))
    for table in _TABLE.finditer(text):
        yield table[1], Body(range(0), frozenset(_NAME.findall(table[2])))


def score(case: Case, policy: Policy, calls: int) -> list[Scored]:
    """Run the primitives of a case, and tell what became of each labelled function."""
    ocaml = case.path.with_suffix(".ml")
    request = Request(
        paths=(str(case.path), *([str(ocaml)] if ocaml.exists() else ())),
        settings=Settings(profile=(case.profile,)),
        policy=policy,
        seed=1,
        calls=calls,
        timeout=3.0,
        jobs=1,
        guess_types=True,
    )
    try:
        tried = run(request).tried
    except UserError as error:
        return [Scored(case, label, NOT_COMPILED, str(error)) for label in case.labels]
    runs = {one.trial.primitive: one for one in tried}
    return [_scored(case, label, runs) for label in case.labels]


def _scored(case: Case, label: Label, runs: Mapping[str, Tried]) -> Scored:
    wrongs = [wrong for one in runs.values() for wrong in one.trial.wrongs]
    mine = [wrong for wrong in wrongs if label in _blamed(case, wrong)]
    if shown := [wrong for wrong in mine if label.is_bad and wrong.rule in label.rules]:
        return Scored(case, label, SHOWN, _told(shown[0]))
    if mine and not label.is_bad:
        return Scored(case, label, BLAMED, _told(mine[0]))
    if why := _why_not_run(case, label, runs):
        return Scored(case, label, *why)
    if label.is_bad:
        return Scored(case, label, MISSED, _told(mine[0]) if mine else "nothing is wrong")
    return Scored(case, label, CLEAN)


def _why_not_run(case: Case, label: Label, runs: Mapping[str, Tried]) -> tuple[str, str] | None:
    """Nothing for a function that was run, by itself or by one that calls it."""
    callers = [runs[name].trial for name in case.callers(label.function) if name in runs]
    if any(trial.calls or trial.wrongs for trial in callers):
        return None
    told = min((trial.unrunnable for trial in callers), default="nothing that was run calls it")
    return NOT_COMPILED if not runs or "cannot be compiled" in told else NOT_RUN, told


def _blamed(case: Case, wrong: Wrong) -> list[Label]:
    """Whose fault it is: of those it lies in, or whose calls led to it, the bad ones first."""
    within = [label for label in case.labels if _leads_to(case, label, wrong)]
    called = set(_NAME.findall(str(wrong.program)))
    before = [label for label in case.labels if called & case.callers(label.function)]
    for labels in (within, before):
        if guilty := [one for one in labels if one.is_bad and wrong.rule in one.rules]:
            return guilty
    last = [label for label in case.labels if label.function == wrong.program.primitive]
    return within or last


def _leads_to(case: Case, label: Label, wrong: Wrong) -> bool:
    """Whether a fault lies in a function, or in what that has called."""
    fault = wrong.fault or {}
    places = [place for place in (fault.get("site"), *fault.get("calls", ())) if place]
    body = case.bodies[label.function]
    return any(Path(path).name == case.path.name and line in body.lines for path, line in places)


def _told(wrong: Wrong) -> str:
    return f"{wrong.rule}: {wrong.message}: {wrong.program}"


def render(scored: Sequence[Scored]) -> str:
    """A table by group: of the functions that were run, what became of the bad and the good."""
    lines = [
        "| group | functions | run | bad run | shown | good run | clean |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    groups: dict[str, list[Scored]] = defaultdict(list)
    for one in scored:
        groups[one.case.group].append(one)
    lines += [_row(group, groups[group]) for group in sorted(groups)]
    return "\n".join([*lines, _row("all", scored)])


def _row(group: str, scored: Sequence[Scored]) -> str:
    counts = Counter(one.came_to for one in scored)
    there = len(scored) - counts[NOT_COMPILED]
    bad, good = counts[SHOWN] + counts[MISSED], counts[CLEAN] + counts[BLAMED]
    cells = [str(there), _share(bad + good, there)]
    cells += [str(bad), _share(counts[SHOWN], bad), str(good), _share(counts[CLEAN], good)]
    return f"| {group} | {' | '.join(cells)} |"


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)" if whole else str(part)


def main(words: Sequence[str] | None = None) -> int:
    """Exit with 0 if all that was run came out as it is labelled."""
    parser = argparse.ArgumentParser(
        "python -m tools.cases", description="Score labelled cases by running them."
    )
    add = parser.add_argument
    add("folders", nargs="+", type=Path, metavar="FOLDER", help="is searched for C files")
    add("--policy", default="every-point", help="when to collect (default: every-point)")
    add("--rule", action="append", metavar="RULE", help="this group alone (may be repeated)")
    add("--list", action="store_true", help="name what was missed, blamed or not run")
    add("--calls", type=int, default=100, metavar="N", help="calls of each (default: 100)")
    asked = parser.parse_args(words)
    policy = read_policy(asked.policy, 1)
    paths = sorted({path for folder in asked.folders for path in folder.rglob("*.c")})
    cases = [read_case(path) for path in paths]
    chosen = [case for case in cases if not asked.rule or case.group in asked.rule]
    with ProcessPoolExecutor(default_jobs()) as pool:
        done = pool.map(partial(score, policy=policy, calls=asked.calls), chosen)
        scored = [one for some in done for one in some]
    if asked.list:
        for one in scored:
            if one.came_to not in (SHOWN, CLEAN):
                kind = "bad" if one.label.is_bad else "good"
                place = f"{one.case.group}/{one.case.path.name}: {one.label.function}"
                print(f"{one.came_to} | {kind} | {place} | {one.told}")
        print()
    print(render(scored))
    return int(any(one.came_to in (MISSED, BLAMED) for one in scored))


if __name__ == "__main__":
    sys.exit(main())
