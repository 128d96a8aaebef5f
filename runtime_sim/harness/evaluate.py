"""Terms made into values of a runtime, and calls of primitives with them."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from runtime_sim.harness import terms
from runtime_sim.harness.signatures import BIGARRAY_KINDS, Convention
from runtime_sim.harness.terms import Call, Program, Project, Statement, Term
from runtime_sim.outcome import NO_HAZARDS, Fault, Hazards, Outcome, Raised, Returned
from runtime_sim.runtime import Function, Promises, Runtime
from runtime_sim.values import Data, Held, UnreadableValue


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What a call came to.

    `primitive` is the one whose outcome it is: one inside, if that did not return what the rest
    needs. `vacuous` says why the call itself was not made, and is empty where it was. `result` is
    what it returned, None also where that cannot be read, and `changed` the arguments that it
    may have changed, by their numbers.
    """

    primitive: str
    outcome: Outcome | None
    vacuous: str = ""
    result: Data | None = None
    changed: Mapping[int, Data] = field(default_factory=dict)


class _NotMade(Exception):
    """A value that a call needs was not made."""

    def __init__(self, primitive: str, outcome: Outcome | None, why: str) -> None:
        self.evaluated = Evaluated(primitive, outcome, why)


def evaluate(
    runtime: Runtime,
    program: Program,
    conventions: Mapping[str, Convention],
    hazards: Hazards = NO_HAZARDS,
    told: Callable[[str], None] = lambda primitive: None,
) -> Evaluated:
    """Make the calls of a program, and let go of everything afterwards.

    The hazards are the last call's, and so is a call of C's library that fails. The name of each
    primitive is `told` before it is called, if there are several.
    """
    evaluator = _Evaluator(runtime, conventions, told if _has_several(program) else None)
    result = None
    changed: dict[int, Data] = {}
    try:
        with runtime.scope():
            for statement in program.statements[:-1]:
                match statement:
                    case Statement(Call(terms.FAIL_LIBRARY_CALL, (terms.Integer(number),))):
                        hazards = hazards._replace(failing_call=number)
                    case _:
                        evaluator.prepare(statement)
            outcome = evaluator.call(program.statements[-1].call, hazards)
            if isinstance(outcome, Returned):
                with contextlib.suppress(UnreadableValue):
                    result = runtime.read(outcome.value)
                    changed = dict(evaluator.changed(program.primitive))
        if not isinstance(outcome, Fault):
            outcome = runtime.settle(program.primitive) or outcome
        return Evaluated(program.primitive, outcome, result=result, changed=changed)
    except _NotMade as stopped:
        return stopped.evaluated


class _Evaluator:
    def __init__(
        self,
        runtime: Runtime,
        conventions: Mapping[str, Convention],
        told: Callable[[str], None] | None,
    ) -> None:
        self._runtime = runtime
        self._told = told
        self._conventions = conventions
        self._named: dict[str, Held] = {}
        self._arguments: list[Held] = []

    def changed(self, primitive: str) -> Iterator[tuple[int, Data]]:
        """What the last call may have changed of its arguments."""
        for number in self._conventions.get(primitive, Convention()).mutable:
            yield number, self._runtime.read(self._arguments[number])

    def prepare(self, statement: Statement) -> None:
        """Make a call that others depend on: only what has a name must return something."""
        if statement.name:
            self._named[statement.name] = self._returned(statement.call)
            return
        outcome = self.call(statement.call)
        if isinstance(outcome, Fault):
            raise _NotMade(statement.call.primitive, outcome, "")

    def call(self, call: Call, hazards: Hazards = NO_HAZARDS) -> Outcome:
        convention = self._conventions.get(call.primitive, Convention())
        arguments = []
        for number, argument in enumerate(call.arguments):
            with self._runtime.local(number in convention.local):
                arguments.append(self.make(argument))
        self._arguments = arguments
        if self._told is not None:
            self._told(call.primitive)
        if hazards == NO_HAZARDS:
            return self._apply(call.primitive, arguments, convention)
        self._runtime.expect(hazards)
        outcome = self._apply(call.primitive, arguments, convention)
        if not isinstance(outcome, Fault):
            self._runtime.expect(NO_HAZARDS)
        return outcome

    def _apply(self, primitive: str, arguments: list[Held], convention: Convention) -> Outcome:
        promises = Promises(
            noalloc=convention.noalloc,
            local_result=convention.local_result,
            nullable_result=convention.nullable_result,
            external_result=convention.external_result,
        )
        if not convention.kinds:
            return self._runtime.call(primitive, *arguments, **promises)
        *kinds, result = convention.kinds
        return self._runtime.call_native(
            primitive, *arguments, kinds=kinds, result=result, **promises
        )

    def make(self, term: Term) -> Held:
        """A value that the runtime holds."""
        runtime = self._runtime
        match term:
            case terms.Integer(number):
                return runtime.integer(number)
            case terms.Double(number):
                return runtime.floating(number)
            case terms.Boxed(kind, number):
                return runtime.boxed(kind, number)
            case terms.Text(content):
                return runtime.string(content)
            case terms.List(elements):
                return runtime.list_of(self._all(elements))
            case terms.Block(tag, fields, ()):
                return runtime.block(tag, self._all(fields))
            case terms.Block(tag, fields, flat):
                return runtime.mixed_block(tag, self._all(fields), b"".join(map(_word, flat)))
            case terms.Global(of):
                with runtime.local(False):
                    return self.make(of)
            case terms.Null():
                return runtime.null()
            case terms.Floats(numbers):
                return runtime.floats(numbers)
            case terms.Array(elements):
                return runtime.array(self._all(elements))
            case terms.Bigarray(kind, dimensions):
                return runtime.bigarray(BIGARRAY_KINDS.index(kind), dimensions)
            case terms.Function(arity, result):
                if result is None:
                    return runtime.closure(Function.RAISE_NOT_FOUND, arity)
                return runtime.closure(Function.CONSTANT, arity, self.make(result))
            case Call():
                return self._returned(term)
            case terms.Variable(name):
                if name not in self._named:
                    raise _NotMade("", None, f"nothing has the name {name}")
                return self._named[name]
            case Project(of, index):
                return self._field(of, index)

    def _all(self, many: tuple[Term, ...]) -> Iterator[Held]:
        return (self.make(term) for term in many)

    def _returned(self, call: Call) -> Held:
        outcome = self.call(call)
        match outcome:
            case Returned(value):
                return value
            case Raised(name=name):
                raise _NotMade(call.primitive, outcome, f"{call.primitive} raised {name}")
        raise _NotMade(call.primitive, outcome, f"{call.primitive} is at fault")

    def _field(self, of: Call | Project | terms.Variable, index: int) -> Held:
        try:
            return self._runtime.field(self.make(of), index)
        except ValueError:
            raise _NotMade("", None, f"{of} has no field {index}") from None


def _has_several(program: Program) -> bool:
    """Whether a program makes more than one call, those within the last one included."""
    return len(program.statements) > 1 or str(program).count("(") > 1


def _word(flat: terms.Integer | terms.Double) -> bytes:
    if isinstance(flat, terms.Double):
        return struct.pack("=d", flat.number)
    return struct.pack("=q", flat.number)
