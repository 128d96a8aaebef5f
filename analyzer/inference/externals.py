"""The externals that the functions of a program answer to, with types that fit their use."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from analyzer.flow.program import Program
from analyzer.flow.walk import (
    calls_of,
    expressions_of,
    instructions_of,
    subexpressions,
    uncast,
)
from analyzer.inference.reading import COMPARISONS, Activation, Reader
from analyzer.inference.regions import opened_at_once
from analyzer.inference.terms import Held
from analyzer.inference.typing import Typing
from analyzer.ir.nodes import Binary, Const, Expr, Function, Position, Switch, Unit
from analyzer.ir.types import TypeKind
from runtime_sim.model.types import Constr, External, Slot, Type, TypeDefinition

_UNIT = Constr("unit")
_OPERATIONS = ("compare", "compare_ext", "hash", "serialize")
"""The members of a custom block's operations that look at its data."""
_MOST_ARGUMENTS = 5
"""Of more, bytecode makes an array."""


@dataclass(frozen=True, slots=True)
class InferredExternal:
    """An external as it could be declared, and where its function stands.

    `numbers` are those that the function compares integers with: around them it decides.
    """

    external: External
    position: Position
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Inferred:
    """Externals with the definitions that their types name.

    `named` are the values that C looks up by name, `held` the C data that an abstract type
    stands for, by its key. `numbers` are those that functions of custom blocks compare with.
    """

    externals: tuple[InferredExternal, ...]
    definitions: Mapping[str, TypeDefinition]
    named: Mapping[str, Type]
    held: Mapping[str, Held]
    numbers: tuple[int, ...]


def infer_externals(units: Sequence[Unit]) -> Inferred:
    """What OCaml may call in the units of one program, as far as its use of values tells.

    That is each function, not static, of values that returns one.  A type that is not known is a
    variable.
    """
    program = Program(units)
    reader = Reader(program)
    functions = _callable_functions(program)
    readings = [*_readings(reader, functions)]
    typing = Typing()
    for reading in readings:
        for number in range(len(reading.function.params)):
            typing.settle(reading.param(number))
        typing.settle(reading.result)
    for term in reader.named.values():
        typing.settle(term)
    forms = dict(_bytecode_forms(program))
    externals = tuple(
        _external(reading, typing, forms.get(reading.function.name)) for reading in readings
    )
    typing.prefix = "named"
    named = {name: typing.of(term) for name, term in sorted(reader.named.items())}
    operations = [one for member in _OPERATIONS for one in program.stored_in(member)]
    numbers = tuple(sorted({number for one in operations for number in _numbers(one)}))
    return Inferred(externals, typing.definitions, named, typing.held, numbers)


def _readings(reader: Reader, functions: Sequence[Function]) -> Iterator[Activation]:
    """The functions, without those that are nested too deeply to be read."""
    for function in functions:
        with contextlib.suppress(RecursionError):
            yield reader.read(function)
    with contextlib.suppress(RecursionError):
        reader.read_rest()


def _callable_functions(program: Program) -> list[Function]:
    found: dict[str, Function] = {}
    for function in program.functions():
        result = function.symbol.type.target
        if (
            function.external
            and result is not None
            and result.is_value
            and all(param.type.is_value for param in function.params)
        ):
            # A function that a configuration lacks stands there without what it is for.
            other = found.get(function.name)
            if other is None or _extent(other) < _extent(function):
                found[function.name] = function
    return [*found.values()]


def _extent(function: Function) -> tuple[int, int]:
    return len(function.params), sum(len(block.instructions) for block in function.blocks)


def _bytecode_forms(program: Program) -> Iterator[tuple[str, str]]:
    """Functions of many values, each with the one that calls it with those of an array."""
    for function in program.functions():
        params = function.params
        if function.external and len(params) == 2 and params[0].type.is_value_array:
            for call in calls_of(function):
                if len(call.args) > _MOST_ARGUMENTS and call.name:
                    yield call.name, function.name


def _external(reading: Activation, typing: Typing, bytecode: str | None) -> InferredExternal:
    """`bytecode` is the function that bytecode calls, if it is another."""
    function = reading.function
    typing.prefix = function.name
    opened = opened_at_once(function)
    types = [
        (typing.of_block if symbol in opened else typing.of)(reading.param(number))
        for number, symbol in enumerate(function.params)
    ]
    typing.of_results = True
    result = _UNIT if reading.returns_only_unit else typing.of(reading.result)
    typing.of_results = False
    params = tuple(Slot(type) for type in types or [_UNIT])
    names = (function.name,) if bytecode is None else (bytecode, function.name)
    external = External(function.name, params, Slot(result), names)
    return InferredExternal(external, function.symbol.position, _numbers(function))


def _numbers(function: Function) -> tuple[int, ...]:
    sides: list[Expr] = []
    for step in instructions_of(function):
        if isinstance(step, Switch):
            sides += [label for labels, _ in step.cases for label in labels]
        for whole in expressions_of(step):
            for expr in subexpressions(whole):
                if isinstance(expr, Binary) and expr.op in COMPARISONS:
                    sides.append(uncast(expr.right))
    numbers = {
        side.number
        for side in sides
        if isinstance(side, Const) and side.type.kind is TypeKind.INTEGER
    }
    return tuple(sorted(number for number in numbers if number is not None))
