"""What `stubcheck run` has seen and a comment in the C file suppresses, as it does in the lint."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from runtime_sim.harness.trials import Wrong
from runtime_sim.lines import Lines
from runtime_sim.outcome import Place
from stubcheck.suppress import read_suppressions


def why_ignored(wrong: Wrong, place: Place, lines: Lines) -> str | None:
    """The reason that a comment gives; `place` is where the primitive is defined.

    What is only seen when a function is left has the place where that begins: a comment anywhere
    in it may be about it.
    """
    site = wrong.fault["site"] if wrong.fault else None
    at = Place(*site) if site else place
    try:
        with open(at.path, encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return None
    extents = list(_extents(at.path, text.split("\n"), lines))
    begun = {name for name, first, _ in extents if first == at.line}
    for one in read_suppressions(at.path, text, extents):
        if one.fault or wrong.rule not in one.rules:
            continue
        if one.first <= at.line <= one.last or one.function in begun:
            return one.reason
    return None


def _extents(path: str, text: Sequence[str], lines: Lines) -> Iterator[tuple[str, int, int]]:
    """The functions of a file; each ends with the last brace at a margin before the next one."""
    found = sorted(
        (one.place.line, name) for name, one in lines.definitions.items() if one.place.path == path
    )
    for (first, name), following in itertools.zip_longest(found, found[1:]):
        last = following[0] - 1 if following else len(text)
        while last > first and not text[last - 1].startswith("}"):
            last -= 1
        yield name, first, last
