"""The externals that the functions of a program answer to, with types that fit their use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyzer.flow.program import Program
from analyzer.inference.reading import Activation, Reader
from analyzer.inference.terms import Held
from analyzer.inference.typing import Typing
from analyzer.ir.nodes import Function, Position, Unit
from runtime_sim.model.types import Constr, External, Slot, Type, TypeDefinition

_UNIT = Constr("unit")


@dataclass(frozen=True, slots=True)
class InferredExternal:
    """An external as it could be declared, and where its function stands."""

    external: External
    position: Position


@dataclass(frozen=True, slots=True)
class Inferred:
    """Externals with the definitions that their types name.

    `named` are the values that C looks up by name, `held` the C data that an abstract type
    stands for, by its key.
    """

    externals: tuple[InferredExternal, ...]
    definitions: Mapping[str, TypeDefinition]
    named: Mapping[str, Type]
    held: Mapping[str, Held]


def infer_externals(units: Sequence[Unit]) -> Inferred:
    """What OCaml may call in the units of one program, as far as its use of values tells.

    That is each function, not static, of values that returns one.  A type that is not known is a
    variable.
    """
    program = Program(units)
    reader = Reader(program)
    functions = _callable_functions(program)
    readings = [reader.read(function) for function in functions]
    typing = Typing()
    for reading in readings:
        for number in range(len(reading.function.params)):
            typing.settle(reading.param(number))
        typing.settle(reading.result)
    for term in reader.named.values():
        typing.settle(term)
    externals = tuple(_external(reading, typing) for reading in readings)
    typing.prefix = "named"
    named = {name: typing.of(term) for name, term in sorted(reader.named.items())}
    return Inferred(externals, typing.definitions, named, typing.held)


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
            found.setdefault(function.name, function)
    return [*found.values()]


def _external(reading: Activation, typing: Typing) -> InferredExternal:
    function = reading.function
    typing.prefix = function.name
    types = [typing.of(reading.param(number)) for number in range(len(function.params))]
    result = _UNIT if reading.returns_only_unit else typing.of(reading.result)
    params = tuple(Slot(type) for type in types or [_UNIT])
    external = External(function.name, params, Slot(result), (function.name,))
    return InferredExternal(external, function.symbol.position)
