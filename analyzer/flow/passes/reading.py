"""Small readings of the IR that several passes share."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.flow.program import Program
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import (
    AddressOf,
    Assign,
    Branch,
    Deref,
    Expr,
    Function,
    Index,
    Jump,
    Member,
    Storage,
    Switch,
    Symbol,
    Temp,
    Terminator,
    Var,
)
from analyzer.ir.types import TypeKind


def successors(end: Terminator) -> tuple[int, ...]:
    """The blocks that control may go to from the end of a block."""
    kind = type(end)
    if kind is Jump:
        return (end.target,)  # type: ignore[union-attr]
    if kind is Branch:
        return (end.then, end.otherwise)  # type: ignore[union-attr]
    if kind is Switch:
        return (*(target for _, target in end.cases), end.default)  # type: ignore[union-attr]
    return ()


def variable_of(place: Expr) -> Symbol | None:
    """The variable whose own storage a place is in; what a pointer leads to is not its own."""
    while True:
        if type(place) is Var:
            return place.symbol
        if type(place) is Index and place.base.type.kind is not TypeKind.ARRAY:
            return None
        if type(place) is Member or type(place) is Index:
            place = place.base
        else:
            return None


def assignments_of(function: Function) -> Iterator[Assign]:
    for block in function.blocks:
        for instruction in block.instructions:
            if type(instruction) is Assign:
                yield instruction


def functions_in(expr: Expr, function: Function, program: Program) -> tuple[Function, ...]:
    """The project's functions that an expression may stand for, looking through variables.

    A variable stands for all that `function` assigns to it, a parameter for what calls hand over,
    a member for what the project stores in members of that name.
    """
    found = dict.fromkeys(_functions_in(expr, function, program, set()))
    return tuple(found)


def _functions_in(
    expr: Expr, function: Function, program: Program, seen: set[Symbol | int]
) -> Iterator[Function]:
    expr = uncast(expr)
    if type(expr) is AddressOf:
        expr = expr.place
    yield from program.named_functions(expr, program.unit_of[function])
    if type(expr) is Member:
        yield from program.stored_in(expr.name)
    elif type(expr) is Var and expr.symbol.storage is not Storage.FUNCTION:
        symbol = expr.symbol
        if symbol in function.params:
            yield from program.passed_as(function, function.params.index(symbol))
        if symbol not in seen:
            seen.add(symbol)
            for assign in assignments_of(function):
                if type(assign.place) is Var and assign.place.symbol is symbol:
                    yield from _functions_in(assign.source, function, program, seen)
    elif type(expr) is Temp and expr.number not in seen:
        seen.add(expr.number)
        for assign in assignments_of(function):
            if type(assign.place) is Temp and assign.place.number == expr.number:
                yield from _functions_in(assign.source, function, program, seen)


def is_foreign_value(expr: Expr) -> bool:
    """Whether this is a `value` kept in a C structure or a static, not one of the activation.

    What a plain pointer variable leads to may be the caller's own variable: it does not count.
    """
    expr = uncast(expr)
    if not expr.type.is_value:
        return False
    if type(expr) is Deref:
        return type(uncast(expr.pointer)) is not Var
    if type(expr) is Index and type(expr.base) is Var and expr.base.type.kind is TypeKind.POINTER:
        return False
    if type(expr) is Var or type(expr) is Member or type(expr) is Index:
        symbol = variable_of(expr)
        return symbol is None or not symbol.is_local
    return False
