"""What the analysis of one project comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analyzer.diagnostics import Diagnostic


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
