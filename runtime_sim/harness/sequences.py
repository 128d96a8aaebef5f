"""Programs for primitives of which no OCaml side tells how they are used.

Around the calls that their types suggest a program has the stand-ins of libraries begin anew,
registers what is looked up by name, calls other primitives that may leave something behind, and
has the runtime do with results what any program may: compare them, hash them, marshal them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from hypothesis import strategies as st

from runtime_sim.harness.generate import Generator, NoValue
from runtime_sim.harness.signatures import Signature, Surroundings
from runtime_sim.harness.terms import Call, Integer, Program, Statement, Term, Text, Variable
from runtime_sim.model.types import Constr

_SEEDS = 64
_MOST_EFFECTS = 3
_REGISTER = "caml_register_named_value"
OF_RESULTS = frozenset({"caml_compare", "caml_hash", "caml_output_value_to_bytes"})
"""What the runtime does with results: what goes wrong there is due to who made them."""

Statements: TypeAlias = Sequence[Statement]
Strategy: TypeAlias = st.SearchStrategy[Program]


class Sequences:
    """Makes programs of a generator's calls; `callers` are primitives that may come before."""

    def __init__(self, generator: Generator, around: Surroundings) -> None:
        self._generator = generator
        self._around = around

    def programs(
        self, signature: Signature, callers: Iterable[Signature] = (), *, registered: bool = True
    ) -> Strategy:
        """Programs that end with a call of a primitive; `NoValue` if there are none."""
        programs = self._generator.plain_programs(signature)
        if self._is_custom(signature):
            halves = {False: programs, True: self._exercised(signature)}
            programs = st.booleans().flatmap(halves.__getitem__)
        before = [self._seeds(), *(self._registrations() if registered else ())]
        before.append(self._effects(signature, callers))
        return st.tuples(*before, programs).map(_joined)

    def _is_custom(self, signature: Signature) -> bool:
        type = signature.result.type
        return isinstance(type, Constr) and type.name in self._around.custom

    def _exercised(self, signature: Signature) -> Strategy:
        """What becomes the data of a custom block is also chosen by what its functions ask."""
        numbers = (*(signature.numbers or ()), *self._around.numbers)
        calls = self._generator.calls(replace(signature, numbers=numbers))
        return st.tuples(calls, calls).map(_exercise)

    def _seeds(self) -> st.SearchStrategy[Statements]:
        if not self._around.seed:
            return st.just(())
        return st.integers(0, _SEEDS - 1).map(_calling(self._around.seed))

    def _registrations(self) -> list[st.SearchStrategy[Statements]]:
        found: list[st.SearchStrategy[Statements]] = []
        for name, shape in self._around.named.items():
            try:
                values = self._generator.values(shape)
            except NoValue:
                continue
            found.append(values.map(partial(_registration, name)))
        return found

    def _effects(
        self, signature: Signature, callers: Iterable[Signature]
    ) -> st.SearchStrategy[Statements]:
        found = []
        for caller in callers:
            if caller.name != signature.name:
                try:
                    found.append(self._generator.calls(caller))
                except NoValue:
                    continue
        if not found:
            return st.just(())
        several = st.lists(st.one_of(found), max_size=_MOST_EFFECTS)
        return several.map(lambda calls: [Statement(call) for call in calls])


def _registration(name: str, value: Term) -> Statements:
    return _one(Call(_REGISTER, (Text(name.encode()), value)))


def _calling(name: str) -> Callable[[int], Statements]:
    return lambda number: _one(Call(name, (Integer(number),)))


def _one(call: Call) -> Statements:
    return (Statement(call),)


def _joined(drawn: tuple[Statements | Program, ...]) -> Program:
    *before, program = drawn
    assert isinstance(program, Program)
    statements = [one for some in before if not isinstance(some, Program) for one in some]
    return Program((*statements, *program.statements))


def _exercise(drawn: tuple[Call, Call]) -> Program:
    """Two results compared, one hashed and marshalled, and all left to the collector."""
    first, second = drawn
    y, z = Variable("y"), Variable("z")
    return Program(
        (
            Statement(first, y.name),
            Statement(second, z.name),
            Statement(Call("caml_compare", (y, z))),
            Statement(Call("caml_hash", (Integer(10), Integer(100), Integer(0), y))),
            Statement(Call("caml_output_value_to_bytes", (y, Integer(0)))),
            Statement(first),
        )
    )
