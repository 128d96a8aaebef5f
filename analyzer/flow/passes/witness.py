"""The first thing in a function, or in what it calls, that somebody objects to."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from analyzer.diagnostics import Step
from analyzer.flow.passes.reading import successors
from analyzer.flow.program import Program
from analyzer.flow.summary import Chain, extend
from analyzer.ir.nodes import Call, Function, Instruction, Lock, Position

MAX_DEPTH = 40


class Objection(NamedTuple):
    """What is wrong with an instruction: the runtime's name in it, and what it does in words."""

    name: str
    what: str


class Witness(NamedTuple):
    """Where it happens: in the function itself, with the way from there to the objectionable."""

    position: Position
    callee: str
    what: str
    chain: Chain


Judge = Callable[[Instruction], Objection | None]


class Search:
    """Looks for a first witness in each function that it is asked about.

    A call of one of `ends`, directly or through a callee, ends what can be objected to on the
    paths after it.  Where paths meet, one that has passed an end is enough: which of them was
    taken is usually known to the program (`if (!registered) register()`), and not here.
    """

    def __init__(self, program: Program, judge: Judge, ends: frozenset[str] = frozenset()) -> None:
        self._program = program
        self._judge = judge
        self._ends = ends
        self._known: dict[Function, tuple[Witness | None, bool]] = {}
        self._depth = 0

    def first(self, function: Function) -> Witness | None:
        """The first witness in the order of the blocks, which is nearly that of the text."""
        return self._look(function)[0]

    def _look(self, function: Function) -> tuple[Witness | None, bool]:
        """The witness, and whether some path through the function passes an end."""
        known = self._known.get(function)
        if known is None:
            # What a recursive call, or one that is too deep to follow, adds.
            known = self._known[function] = None, False
            if self._depth < MAX_DEPTH:
                self._depth += 1
                known = self._known[function] = self._walk(function)
                self._depth -= 1
        return known

    def _walk(self, function: Function) -> tuple[Witness | None, bool]:
        after_end: set[int] = set()
        for block in function.blocks:
            ended = block.number in after_end
            for instruction in block.instructions:
                if ended:
                    break
                witness, ended = self._step(function, instruction)
                if witness is not None:
                    return witness, False
            if ended:
                after_end.add(block.number)
                after_end.update(successors(block.terminator))
        return None, bool(after_end)

    def _step(self, function: Function, instruction: Instruction) -> tuple[Witness | None, bool]:
        if type(instruction) is Lock and instruction.name in self._ends:
            return None, True
        if type(instruction) is Call:
            name = instruction.name
            if name in self._ends:
                return None, True
            if name:
                targets = self._program.resolve(name, self._program.unit_of[function])
                if targets or self._program.is_defined(name):
                    return self._callees(instruction, name, targets)
        found = self._judge(instruction)
        if found is None:
            return None, False
        return Witness(instruction.position, found.name, found.what, ()), False

    def _callees(
        self, call: Call, name: str, targets: tuple[Function, ...]
    ) -> tuple[Witness | None, bool]:
        ended = False
        for target in targets:
            inner, ends = self._look(target)
            if inner is not None:
                step = Step(inner.position, f"'{name}' calls '{inner.callee}'")
                chain = extend(step, inner.chain)
                return Witness(call.position, name, inner.what, chain), False
            ended = ended or ends
        return None, ended
