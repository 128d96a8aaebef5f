"""Names of the OCaml headers that the profile, or a later OCaml, no longer has.

An old unprefixed name (`alloc`, `flush`) counts where it is called as the function it was:
anything else may have that name as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from analyzer.flow.facts import RemovedName
from analyzer.flow.program import Program
from analyzer.flow.walk import expressions_of, instructions_of, parts_of
from analyzer.ir.nodes import (
    Access,
    Call,
    Const,
    Frame,
    Function,
    Instruction,
    Lock,
    Position,
    Storage,
    Symbol,
    Terminator,
    Unit,
    Var,
)
from runtime_sim.model.api import Api
from runtime_sim.model.api.row import ApiRow, Kind

if TYPE_CHECKING:
    from analyzer.flow.analysis import Analysis


class _Use(NamedTuple):
    """A use of a variable that only a declaration or a header can explain."""

    function: Function
    position: Position
    symbol: Symbol
    row: ApiRow


def find(analysis: Analysis) -> Iterator[tuple[Function, RemovedName]]:
    """The first use of each such name in each function, and each declaration by hand."""
    names = _Names(analysis.api)
    for unit in analysis.program.units:
        variables: list[_Use] = []
        for function in unit.functions:
            told: set[str] = set()
            for name, position, row in _used(names, analysis.program, function, variables):
                if name not in told:
                    told.add(name)
                    redeclared = row.kind is not Kind.LEGACY and name in unit.prototypes
                    yield function, RemovedName(position, name, row, redeclared)
        yield from _variables(names, variables)


class _Names:
    """The rows of names that are gone or will be, looked up once each."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._gone: dict[str, ApiRow | None] = {}

    def gone(self, name: str) -> ApiRow | None:
        """The row of a name that this profile has no more, or that has a new name since."""
        try:
            return self._gone[name]
        except KeyError:
            row = self._api.get(name)
            if row is not None and not self._is_gone(row):
                row = None
            self._gone[name] = row
            return row

    def not_for_stubs(self, name: str) -> ApiRow | None:
        """The row of a variable that no stub should declare: it is gone, or the runtime's own."""
        row = self.gone(name)
        if row is None:
            row = self._api.get(name)
            if row is None or not row.internal:
                return None
        is_variable = row.kind is Kind.VARIABLE or (row.kind is Kind.MACRO and not row.params)
        return row if is_variable else None

    def _is_gone(self, row: ApiRow) -> bool:
        if row.until is None or row.oxcaml:
            return False
        return row.kind is Kind.LEGACY or not self._api.exists(row.name)


def _used(
    names: _Names, program: Program, function: Function, variables: list[_Use]
) -> Iterator[tuple[str, Position, ApiRow]]:
    unit = program.unit_of[function]
    for instruction in instructions_of(function):
        name, position = _word_of(instruction)
        if name:
            row = names.gone(name)
            if row is not None and (
                type(instruction) is not Call or _is_meant(row, program, unit, instruction)
            ):
                yield name, position, row
        waiting = list(expressions_of(instruction))
        while waiting:
            expr = waiting.pop()
            waiting += parts_of(expr)
            if type(expr) is Access:
                name = expr.written or expr.name
            elif type(expr) is Const:
                name = expr.text
            elif type(expr) is Var:
                if expr.symbol.storage is Storage.EXTERN:
                    own = names.not_for_stubs(expr.symbol.name)
                    if own is not None:
                        variables.append(_Use(function, expr.position, expr.symbol, own))
                continue
            else:
                continue
            row = names.gone(name)
            if row is not None:
                yield name, expr.position, row


def _word_of(instruction: Instruction | Terminator) -> tuple[str, Position]:
    """The name that an instruction is called by, and where it stands."""
    if type(instruction) is Call:
        return instruction.name, instruction.callee.position
    if type(instruction) is Frame:
        return instruction.macro, instruction.position
    return instruction.name if type(instruction) is Lock else "", instruction.position


def _is_meant(row: ApiRow, program: Program, unit: Unit, call: Call) -> bool:
    """Whether a call is of the runtime's function, not of another with its name.

    An old unprefixed name must be undeclared here, and be given as many arguments.
    """
    if program.is_defined(call.name):
        return False
    if row.kind is not Kind.LEGACY:
        return True
    if call.name in unit.prototypes:
        return False
    return row.params is None or row.variadic_role is not None or len(row.params) == len(call.args)


def _variables(names: _Names, uses: list[_Use]) -> Iterator[tuple[Function, RemovedName]]:
    """Variables: those of the headers where they are gone, those declared by hand in any case."""
    # What nothing declares stands where it is first used.
    undeclared = {use.symbol for use in uses if use.position == use.symbol.position}
    told: set[tuple[Function, str] | Symbol] = set()
    for function, position, symbol, row in uses:
        if symbol in undeclared:
            key: tuple[Function, str] | Symbol = (function, symbol.name)
            if row.kind is Kind.LEGACY or names.gone(symbol.name) is None:
                continue
        else:
            key, position = symbol, symbol.position
        if key not in told:
            told.add(key)
            redeclared = symbol not in undeclared
            yield function, RemovedName(position, symbol.name, row, redeclared)
