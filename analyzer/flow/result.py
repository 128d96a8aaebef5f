"""What the analysis of a project hands to the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from analyzer.diagnostics import Step
from analyzer.flow.facts import Fact
from analyzer.ir.nodes import Function, Position
from runtime_sim.model.profile import Profile

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class FunctionFacts:
    """The facts about one function definition, in the order of their positions.

    `inlined` tells of calls what the callee computes, where a fact is about that.
    """

    function: Function
    facts: tuple[Fact, ...]
    inlined: Mapping[Position, Step] = field(default_factory=dict)

    def of(self, kind: type[F]) -> Iterable[F]:
        """The facts of one kind."""
        return (fact for fact in self.facts if isinstance(fact, kind))


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What a rule may ask besides the facts."""

    profile: Profile
