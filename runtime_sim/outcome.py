"""How a run is asked for, and what comes of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from runtime_sim.values import Data, Held


class Policy(NamedTuple):
    """At which of the points that may collect the runtime does."""

    kind: int
    nth: int = 0
    seed: int = 0
    minor_heap: int = 0
    traced: bool = True


NEVER = Policy(0)
EVERY_POINT = Policy(1)


def at_point(number: int) -> Policy:
    """Collect at one point, counted from 1, and whenever a primitive is left."""
    return Policy(2, nth=number)


def at_random(seed: int) -> Policy:
    """Collect at a quarter of the points, and whenever a primitive is left."""
    return Policy(3, seed=seed)


def generational(minor_heap: int = 0, *, traced: bool = True) -> Policy:
    """Collect as OCaml does, with a minor heap of that many words; 0 is its usual size.

    Without tracing it is about as fast, and as blind.
    """
    return Policy(4, minor_heap=minor_heap, traced=traced)


GENERATIONAL = generational()


class Action(enum.IntEnum):
    """What happens where the runtime polls for signals and the like."""

    NONE = 0
    RUN = 1
    """A handler of OCaml's runs, if there is one."""
    RAISE = 2
    """The exception Sys.Break is raised."""


class Hazards(NamedTuple):
    """What else may befall a program, in a way that can be repeated.

    Allocations and polls are counted from 1, and in each call of a primitive so are its calls of
    C's library. None fails of which the number is 0; the action happens at every poll if that is.
    """

    failing_allocation: int = 0
    action: Action = Action.NONE
    at_poll: int = 0
    failing_call: int = 0


NO_HAZARDS = Hazards()


class Place(NamedTuple):
    """A line of a stub."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True)
class Returned:
    """The primitive returned a value."""

    value: Held


@dataclass(frozen=True)
class Raised:
    """The primitive raised an exception."""

    name: str
    arguments: tuple[Data, ...]
    value: Held


@dataclass(frozen=True)
class Fault:
    """A rule was broken.

    `site` is where that was seen; of a fault that is seen when the primitive is left, where the
    primitive begins. `calls` leads there through the stubs, innermost first. Who made and who
    moved a block is a function of the runtime, and the line it was called from in a stub.
    `failed` is the function of C's library that was made to fail, empty if none was.
    """

    rule: str
    message: str
    site: Place | None
    calls: tuple[Place, ...]
    made_by: str
    made_at: Place | None
    moved_by: str
    moved_at: Place | None
    collection: int
    """The number of the collection that moved the block, from 1; 0 where none did."""
    held_by: str
    """The static variable that kept the old address, if it was one."""
    failed: str
    failed_at: Place | None


Outcome: TypeAlias = Returned | Raised | Fault
