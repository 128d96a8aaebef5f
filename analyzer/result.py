"""What the analysis of one project comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analyzer.diagnostics import Diagnostic, Step
from analyzer.ir.nodes import Position

if TYPE_CHECKING:
    # What a run that finds everything in its cache need not load.
    from runtime_sim.model.types import External


@dataclass(frozen=True, slots=True)
class InternalFailure:
    """A fault of ours in one file, or one function of it; `message` is the traceback."""

    path: str
    function: str
    message: str


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """Everything that was found, pedantic findings and parse errors included, in any order.

    `functions` counts the definitions that were read, `skipped` are files left out and why.
    `headers` are the files that were read besides those asked for: the result holds as long as
    none of them changes and no other can be found in their place.  `extents` gives, by path, the
    functions defined there with their first and last line.
    """

    diagnostics: tuple[Diagnostic, ...] = ()
    functions: int = 0
    skipped: tuple[tuple[str, str], ...] = ()
    headers: tuple[str, ...] = ()
    errors: tuple[InternalFailure, ...] = ()
    extents: Mapping[str, tuple[tuple[str, int, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Primitive:
    """One external and the C function that answers it.

    `ml_name` is the external's name, within modules of its file with their names before it;
    `position` is where it is declared, `definition` where the C function is, None if none of the
    files has it.  That it may collect is said of paths that return.  What it may do is None where
    that is not known, because it runs code that is not among the files.  `why` are the calls
    through which it may do what it may do.  What the compiler answers itself (`%identity`) is no
    primitive.
    """

    external: External
    ml_name: str
    position: Position
    definition: Position | None
    may_collect: bool | None
    may_raise: bool | None
    releases_lock: bool
    why: tuple[Step, ...] = ()


def any_of(*effects: bool | None) -> bool | None:
    """Whether one of several may do something, None if that is not known."""
    return True if True in effects else None if None in effects else False


@dataclass(frozen=True, slots=True)
class PrimitivesResult:
    """The primitives of one project, in any order, and what failed in listing them."""

    primitives: tuple[Primitive, ...] = ()
    errors: tuple[InternalFailure, ...] = ()
