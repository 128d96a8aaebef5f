"""Tells what became of the functions of all cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from tools.cases.scoring import BLAMED, CLEAN, MISSED, NOT_COMPILED, SHOWN, Scored, join


def render(scored: Sequence[Scored]) -> str:
    """A table by group: of the functions that were run, what became of the bad and the good."""
    lines = [
        "| group | functions | run | bad run | shown | good run | clean |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    groups: dict[str, list[Scored]] = defaultdict(list)
    for one in join(scored):
        groups[one.case.group].append(one)
    lines += [_row(group, groups[group]) for group in sorted(groups)]
    return "\n".join([*lines, _row("all", join(scored))])


def _row(group: str, scored: Sequence[Scored]) -> str:
    counts = Counter(one.came_to for one in scored)
    there = len(scored) - counts[NOT_COMPILED]
    bad, good = counts[SHOWN] + counts[MISSED], counts[CLEAN] + counts[BLAMED]
    cells = [str(there), _share(bad + good, there)]
    cells += [str(bad), _share(counts[SHOWN], bad), str(good), _share(counts[CLEAN], good)]
    return f"| {group} | {' | '.join(cells)} |"


def _share(part: int, whole: int) -> str:
    return f"{part} ({100 * part / whole:.0f} %)" if whole else str(part)


def listed(scored: Sequence[Scored]) -> Iterator[str]:
    """What was missed, or not run, and each way in which a good function is blamed."""
    for kept in join(scored):
        if kept.came_to in (SHOWN, CLEAN):
            continue
        for one in [kept] if kept.came_to != BLAMED else _blames(scored, kept):
            kind = "bad" if one.label.is_bad else "good"
            place = f"{one.case.group}/{one.case.path.name}: {one.label.function}"
            yield f"{one.came_to} | {kind} | {place} | {one.way} | {one.told}"


def _blames(scored: Sequence[Scored], of: Scored) -> Iterator[Scored]:
    for one in scored:
        if one.came_to == BLAMED and (one.case, one.label) == (of.case, of.label):
            yield one
