"""The analysis of a project: summaries on demand, callees first, and every fact."""

from __future__ import annotations

import traceback
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from analyzer.diagnostics import Step
from analyzer.flow.conversions import as_parameter
from analyzer.flow.facts import Collection, Fact, RootAgain, RootOutOfScope
from analyzer.flow.interpreter import interpret
from analyzer.flow.passes import PASSES
from analyzer.flow.passes.missing_primitives import NO_FUNCTION
from analyzer.flow.program import Program
from analyzer.flow.result import FunctionFacts
from analyzer.flow.run import Run
from analyzer.flow.summarise import summarise
from analyzer.flow.summary import NOTHING, Summary
from analyzer.flow.survey import Survey, is_plain, survey
from analyzer.flow.types.contracts import Contract, Contracts
from analyzer.flow.values import AbsVal, Memory, Shape
from analyzer.flow.walk import calls_of
from analyzer.ir.nodes import Call, Cast, Deref, Function, Position, Symbol, Var
from analyzer.neighbours import Neighbours
from analyzer.result import InternalFailure
from runtime_sim.model.api import Api
from runtime_sim.model.api.row import Collects, Raises

MAX_ROUNDS = 3
MAX_DEPTH = 60
"""How many calls within calls are followed."""

MAX_GIVEN = 64
"""For how many sets of arguments a function is interpreted on its own."""

_Given = tuple[tuple[int, AbsVal], ...]


class Analysis:
    """Interprets each function a few times at most, a recursive one until its summary stands."""

    def __init__(
        self,
        program: Program,
        api: Api,
        contracts: Contracts | None = None,
        neighbours: Neighbours | None = None,
    ) -> None:
        self.program = program
        self.api = api
        self.profile = api.profile
        self.contracts = contracts
        self.neighbours = neighbours or Neighbours()
        self._summaries: dict[Function, Summary] = {}
        self._facts: dict[Function, list[Fact]] = defaultdict(list)
        self._inlined: dict[Function, Mapping[Position, Step]] = {}
        self._active: list[Function] = []
        self._recursive: set[Function] = set()
        self._given: dict[Function, dict[_Given, Summary]] = defaultdict(dict)
        self._surveys: dict[Function, Survey] = {}
        self._decisive: dict[Function, frozenset[int]] = {}
        self._assumed: dict[Function, Summary] = {}
        self.errors: list[InternalFailure] = []
        self._reaches = _Reachability(program, api)

    def run(self) -> list[FunctionFacts]:
        """The facts of every function of the project that has to do with OCaml."""
        results = []
        for function in self.program.functions():
            if self.contract(function) is not None or not self._is_plain(function):
                self.summary(function)
        for one in PASSES:
            for function, fact in one.find(self):
                self._facts[function].append(fact)
        for function in (NO_FUNCTION, *self.program.functions()):
            facts = self._facts.get(function)
            if facts:
                ordered = tuple(sorted(facts, key=lambda f: (f.position, type(f).__name__)))
                results.append(
                    FunctionFacts(
                        function, _without_echoes(ordered), self._inlined.get(function, {})
                    )
                )
        return results

    def survey(self, function: Function) -> Survey:
        """What matters in a function before it is interpreted."""
        found = self._surveys.get(function)
        if found is None:
            found = self._surveys[function] = survey(function)
        return found

    def contract(self, function: Function) -> Contract | None:
        """What the OCaml side says of a function."""
        return None if self.contracts is None else self.contracts.of(function)

    def summary(self, function: Function) -> Summary:
        """What a call of `function` does."""
        found = self._summaries.get(function)
        if found is not None:
            return found
        if function in self._active:
            self._recursive.add(function)
            if function is self._active[-1]:
                # The least effects that fit: nothing at first, then what the last round found.
                return self._assumed.get(function, NOTHING)
            return self._reaches.guess(function)
        if len(self._active) > MAX_DEPTH:
            return self._reaches.guess(function)
        return self._compute(function)

    def summary_given(self, function: Function, arguments: Mapping[int, AbsVal]) -> Summary:
        """What a call of `function` does that gives it these functions and constants."""
        if not arguments or function in self._active or len(self._active) > MAX_DEPTH:
            return self.summary(function)
        decisive = self._decisive_parameters(function)
        given = tuple(
            [
                (number, as_parameter(val, function.params[number].type))
                for number, val in arguments.items()
                if number in decisive
            ]
        )
        if not given:
            return self.summary(function)
        known = self._given[function]
        if given not in known:
            general = self.summary(function)
            # Constants rule effects out, and functions bring some in.
            constants = all(val.shape is not Shape.CODE for _, val in given)
            idle = constants and general.is_idle and not _returns_address(function)
            if idle or len(known) >= MAX_GIVEN:
                return general
            self._active.append(function)
            try:
                run = Run(self, function, dict(given))
                interpret(run)
                known[given] = summarise(run)
            finally:
                self._active.pop()
        return known[given]

    def _decisive_parameters(self, function: Function) -> frozenset[int]:
        """The parameters that a function calls, or that decide which way it goes."""
        found = self._decisive.get(function)
        if found is None:
            symbols = {_called_symbol(call) for call in calls_of(function)}
            symbols |= self.survey(function).tested
            found = self._decisive[function] = frozenset(
                number for number, symbol in enumerate(function.params) if symbol in symbols
            )
        return found

    def _compute(self, function: Function) -> Summary:
        self._active.append(function)
        try:
            summary = NOTHING
            for _ in range(MAX_ROUNDS):
                self._recursive.discard(function)
                run = Run(self, function)
                interpret(run)
                summary = summarise(run)
                if function not in self._recursive or summary == self._assumed.get(function):
                    break
                self._assumed[function] = summary
            self._facts[function].extend(run.facts.values())
            self._inlined[function] = run.inlined
        except Exception:
            self.errors.append(
                InternalFailure(
                    function.symbol.position.path, function.name, traceback.format_exc()
                )
            )
            summary = _unseen(function, "could not be analysed")
        finally:
            self._active.pop()
        self._summaries[function] = summary
        return summary

    def report_in(self, function: Function, fact: Fact) -> None:
        """A fact about a callee that shows only at one of its calls."""
        facts = self._facts[function]
        if not any(f.position == fact.position and type(f) is type(fact) for f in facts):
            facts.append(fact)

    def parameter_number(self, function: Function, memory: Memory) -> int | None:
        """Which pointer parameter's memory this is."""
        for number, symbol in enumerate(function.params):
            if symbol is memory.site:
                return number
        return None

    def _is_plain(self, function: Function) -> bool:
        return is_plain(function, self._concerns)

    def _concerns(self, name: str) -> bool:
        return bool(name) and (name.startswith("caml_") or self.api.get(name) is not None)


def _returns_address(function: Function) -> bool:
    """Whether the result may be one thing or another to the caller: a value, or a pointer."""
    returned = function.symbol.type.target
    return returned is not None and (returned.is_value or returned.is_pointer)


def _called_symbol(call: Call) -> Symbol | None:
    """The variable that a call goes through."""
    callee = call.callee
    while isinstance(callee, Cast | Deref):
        callee = callee.operand if isinstance(callee, Cast) else callee.pointer
    return callee.symbol if isinstance(callee, Var) else None


def _without_echoes(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """A root that is pushed again in a loop is out of scope as well: one fault, told once."""
    again = {f.position for f in facts if isinstance(f, RootAgain)}
    if not again:
        return facts
    return tuple(f for f in facts if not (isinstance(f, RootOutOfScope) and f.position in again))


def _unseen(function: Function, told: str) -> Summary:
    """The summary of a function of which not all is known."""
    return replace(NOTHING, unseen=(Step(function.symbol.position, f"'{function.name}' {told}"),))


class _Reachability:
    """Which functions reach a collection or an exception: the guess for a recursive call."""

    def __init__(self, program: Program, api: Api) -> None:
        self._program = program
        self._api = api
        self._collects: dict[Function, bool] = {}

    def guess(self, function: Function) -> Summary:
        guess = _unseen(function, "is called again, of which not all is known")
        if not self._reach(function, set()):
            return guess
        return replace(guess, collects=Collection(function.symbol.position, function.name, ()))

    def _reach(self, function: Function, seen: set[Function]) -> bool:
        known = self._collects.get(function)
        if known is not None:
            return known
        seen.add(function)
        unit = self._program.unit_of[function]
        found = False
        for call in calls_of(function):
            name = call.name
            if not name:
                continue
            targets = self._program.resolve(name, unit)
            if targets:
                found = any(t not in seen and self._reach(t, seen) for t in targets)
            else:
                row = self._api.get(name)
                found = (
                    row is not None
                    and row.collects is Collects.YES
                    and row.raises is not Raises.ALWAYS
                )
            if found:
                break
        if found or len(seen) == 1:
            self._collects[function] = found
        return found
