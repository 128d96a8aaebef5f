"""Facts that need no interpretation, only a look over the IR and the call graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

from analyzer.flow.facts import Fact
from analyzer.flow.passes import (
    custom_ownership,
    finalisers,
    foreign_threads,
    missing_primitives,
    removed_names,
    signatures,
    static_writes,
    useless_frames,
)
from analyzer.ir.nodes import Function

if TYPE_CHECKING:
    from analyzer.flow.analysis import Analysis


class Pass(Protocol):
    """A module with one look over the project."""

    def find(self, analysis: Analysis, /) -> Iterator[tuple[Function, Fact]]:
        """The facts, each with the function that it is about."""
        ...


PASSES: tuple[Pass, ...] = (
    custom_ownership,
    finalisers,
    foreign_threads,
    missing_primitives,
    removed_names,
    signatures,
    static_writes,
    useless_frames,
)
"""All passes, sorted by name; their order does not matter."""

__all__ = ["PASSES", "Pass"]
