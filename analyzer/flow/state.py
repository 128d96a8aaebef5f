"""The state of a path: what every cell holds, and what is open, held and registered."""

from __future__ import annotations

import enum
from typing import NamedTuple

from analyzer.flow.blocks import Block, join_blocks
from analyzer.flow.facts import Collection, Origin
from analyzer.flow.values import AbsVal, Base, Memory, Place, Shape, base_of, join, widen
from analyzer.ir.nodes import Call, Expr, Frame, Position, Symbol


class LockState(enum.IntEnum):
    """Where the runtime lock is, as far as this path tells."""

    ENTRY = 0  # as it was when the function was called
    HELD = 1
    RELEASED = 2


class Resource(NamedTuple):
    """Something that must be given back: `release` is the function that does it."""

    origin: Origin
    release: str
    name: str


class Registration(NamedTuple):
    """A global root: where it was registered and whether it is a generational one."""

    position: Position
    generational: bool


class OpenFrame(NamedTuple):
    """A local-roots frame of this activation, with the one it was opened in."""

    position: Position
    macro: str
    entered: int  # how many Begin_roots blocks were open
    held: tuple[Place, ...] = ()  # the roots that were there already
    outer: OpenFrame | None = None  # what it is opened in


class Record(NamedTuple):
    """A root record: the macro that pushed it, and where its storage ended, if it has."""

    frame: Frame
    ended: Position | None


class Kept(NamedTuple):
    """What points, or may for all its function knows, into the heap from unscanned memory."""

    position: Position
    text: str
    kind: str
    value: Origin
    pointer: str = ""  # what a raw pointer points into
    parameter: int | None = None  # the parameter that it is, or points into


class State:
    """The state of a path. Mutable while a block is run; copied where paths part.

    `roots` maps each registered place to its record.  `lent` is memory that a bigarray lies in.
    `collected` is the first collection on the path.  `conditions` are the tests whose outcome this
    path has fixed: text to (outcome, the variables and member names it depends on).  `checked` are
    the parameters known not to be encoded exceptions; `tests` the cells that hold the outcome of
    a test, with its variables.
    """

    __slots__ = (
        "blocks",
        "cells",
        "checked",
        "collected",
        "conditions",
        "dropped",
        "frame",
        "kept",
        "lent",
        "lock",
        "lock_at",
        "nested",
        "registered",
        "removed",
        "resources",
        "roots",
        "tests",
    )

    def __init__(self) -> None:
        self.cells: dict[Place, AbsVal] = {}
        self.blocks: dict[Call, Block] = {}
        self.frame: OpenFrame | None = None
        self.dropped: Position | None = None
        self.roots: dict[Place, Record] = {}
        self.nested: tuple[Frame, ...] = ()
        self.lock = LockState.ENTRY
        self.lock_at: Position | None = None
        self.registered: dict[Place, Registration] = {}
        self.removed: frozenset[Place] = frozenset()
        self.kept: dict[Place, Kept] = {}
        self.resources: dict[Memory, Resource] = {}
        self.collected: Collection | None = None
        self.conditions: dict[str, tuple[bool, frozenset[Symbol | str]]] = {}
        self.checked: frozenset[int] = frozenset()
        self.lent: dict[Memory, tuple[Position, str, str]] = {}
        self.tests: dict[Place, tuple[Expr, frozenset[Symbol]]] = {}

    def copy(self) -> State:
        new = State.__new__(State)
        new.cells = self.cells.copy()
        new.blocks = self.blocks.copy()
        new.frame = self.frame
        new.dropped = self.dropped
        new.roots = self.roots.copy()
        new.nested = self.nested
        new.lock = self.lock
        new.lock_at = self.lock_at
        new.registered = self.registered.copy()
        new.removed = self.removed
        new.kept = self.kept.copy()
        new.resources = self.resources.copy()
        new.collected = self.collected
        new.conditions = self.conditions.copy()
        new.checked = self.checked
        new.tests = self.tests
        new.lent = self.lent
        return new

    def key(self, coarse: bool) -> tuple[object, ...]:
        """What keeps paths apart: frame and lock; when few, also what else decides later tests."""
        if coarse:
            return (self.frame is None, self.lock)
        return (
            self.frame,
            self.lock,
            self.collected is None,
            tuple([p for p, v in self.cells.items() if v.shape is Shape.DERIVED]),
            tuple([(s, b.written) for s, b in self.blocks.items() if not b.filled]),
            tuple(self.resources),
            tuple(self.registered),
        )


def join_states(a: State, b: State, thresholds: tuple[int, ...] | None) -> bool:
    """Make `a` cover `b` as well; with thresholds, widening. Returns whether `a` changed."""
    changed = False
    cells, others = a.cells, b.cells
    if a.blocks or b.blocks:
        changed = _join_blocks(a, b)
    for place, theirs in others.items():
        mine = cells.get(place)
        if mine is None:
            # Absent means "as it was on entry, never looked at", which a later read supplies.
            if place in a.roots or type(place) is int:
                cells[place] = theirs
                changed = True
            continue
        if mine is theirs:
            continue
        joined = join(mine, theirs) if thresholds is None else widen(mine, theirs, thresholds)
        if joined is not mine:
            cells[place] = joined
            changed = True
    if cells.keys() != others.keys():
        for place in [p for p in cells if p not in others]:
            if type(place) is not int:
                del cells[place]
                changed = True
    changed |= _join_maps(a, b)
    return changed


def _join_blocks(a: State, b: State) -> bool:
    changed = False
    for site, theirs in b.blocks.items():
        mine = a.blocks.get(site)
        if mine is None:
            a.blocks[site] = theirs
            changed = True
        elif mine is not theirs:
            bound_a = a.cells.get(theirs.prefix[0]) if theirs.prefix else None
            bound_b = b.cells.get(mine.prefix[0]) if mine.prefix else None
            joined = join_blocks(mine, theirs, bound_a, bound_b)
            if joined is not mine:
                a.blocks[site] = joined
                changed = True
    return changed


def _join_maps(a: State, b: State) -> bool:
    changed = False
    if b.frame is not None and a.frame is None:
        a.frame = b.frame
        changed = True
    if a.collected is None and b.collected is not None:
        a.collected = b.collected
        changed = True
    if a.dropped is None and b.dropped is not None:
        a.dropped = b.dropped
        changed = True
    for place, kept in b.kept.items():
        if place not in a.kept:
            a.kept[place] = kept
            changed = True
    for memory, resource in b.resources.items():
        if memory not in a.resources:
            a.resources[memory] = resource
            changed = True
    for place in [p for p in a.roots if p not in b.roots] if a.roots != b.roots else ():
        # A record that only one path has pushed protects nothing on the other.
        if a.roots[place].ended is None:
            del a.roots[place]
            changed = True
    for place, record in b.roots.items():
        if record.ended is not None and place not in a.roots:
            a.roots[place] = record
            changed = True
    for place in [p for p in a.registered if p not in b.registered]:
        del a.registered[place]
        changed = True
    for text in [t for t, c in a.conditions.items() if b.conditions.get(t) != c]:
        del a.conditions[text]
        changed = True
    if not a.checked <= b.checked:
        a.checked &= b.checked
        changed = True
    if a.tests != b.tests:
        shared = {p: t for p, t in a.tests.items() if b.tests.get(p) == t}
        if len(shared) != len(a.tests):
            a.tests = shared
            changed = True
    if len(b.nested) < len(a.nested):
        a.nested = b.nested
        changed = True
    return changed


def forget_tests(state: State, symbol: Symbol) -> None:
    """A variable is assigned: drop the outcomes of tests that it keeps, or that look at it."""
    state.tests = {
        place: test
        for place, test in state.tests.items()
        if place is not symbol and symbol not in test[1]
    }


def forget_conditions(state: State, symbol: Symbol | str) -> None:
    """Drop the tests that depend on a variable, or on a member of this name, which is assigned."""
    conditions = state.conditions
    if conditions:
        for text in [t for t, (_, symbols) in conditions.items() if symbol in symbols]:
            del conditions[text]


def inside_of(
    state: State, place: Place
) -> list[tuple[Place, tuple[Base | str | int, ...], AbsVal]]:
    """The cells that are parts of a place: each with the rest of its path, and what it holds."""
    prefix = place if type(place) is tuple else (place,)
    depth = len(prefix)
    return [
        (part, part[depth:], val)  # type: ignore[misc]
        for part, val in state.cells.items()
        if type(part) is tuple and len(part) > depth and part[:depth] == prefix
    ]


def roots_cover(state: State, place: Place) -> bool:
    """Whether the collector scans this place."""
    roots = state.roots
    return place in roots or (type(place) is tuple and base_of(place) in roots)
