"""What a rule has to say: a fact about a path, the path, and where there is one the fix."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from analyzer.ir.nodes import Position


class Severity(enum.IntEnum):
    """How bad it is; ordered, so that `--fail-on` can compare."""

    NOTE = 0
    WARNING = 1
    ERROR = 2

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """One step of the path that leads to a finding, in the order in which it happens."""

    position: Position
    message: str


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace what stands from `start` to `end` (line, column; exclusive) of a file."""

    path: str
    start: tuple[int, int]
    end: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Fix:
    """A mechanical repair."""

    description: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `position` is where the fault takes effect; `function` is "" outside one.

    `pedantic` findings are shown only when asked for. `help` is the smallest repair in words.
    """

    rule: str
    severity: Severity
    position: Position
    function: str
    message: str
    trace: tuple[Step, ...] = ()
    help: str = ""
    fix: Fix | None = None
    pedantic: bool = False
