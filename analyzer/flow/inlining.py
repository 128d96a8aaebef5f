"""Functions that only compute something of their parameters: a call of one is that computation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer.flow.walk import subexpressions
from analyzer.ir.nodes import (
    Access,
    Binary,
    Cast,
    Const,
    EndScope,
    Expr,
    Function,
    Position,
    Return,
    Select,
    Symbol,
    Temp,
    Unary,
    Var,
)
from analyzer.ir.types import CType, TypeKind

MAX_SIZE = 24
"""The parts of an expression that is worth repeating at each call."""

_COMPUTING = (Access, Binary, Cast, Const, Select, Unary, Var)


def returned_expression(function: Function) -> Expr | None:
    """The only thing that a function does, if it is a computation on its parameters.

    Its result is a value or a number: a pointer is better told by the name of who made it.
    """
    if len(function.blocks) != 1:
        return None
    (block,) = function.blocks
    terminator = block.terminator
    if not isinstance(terminator, Return) or terminator.expr is None:
        return None
    if not all(isinstance(instruction, EndScope) for instruction in block.instructions):
        return None
    expr = terminator.expr
    if expr.type.kind not in (TypeKind.VALUE, TypeKind.INTEGER) or isinstance(expr, Var | Const):
        return None
    for size, part in enumerate(subexpressions(expr)):
        if size >= MAX_SIZE or not isinstance(part, _COMPUTING):
            return None
        if isinstance(part, Var) and part.symbol not in function.params:
            return None
    return expr


def at_call(
    expr: Expr, params: Sequence[Symbol], arguments: Sequence[Expr], position: Position
) -> Expr:
    """The expression with arguments for parameters, as if it were written at the call."""
    given = {
        symbol: _converted(argument, symbol.type)
        for symbol, argument in zip(params, arguments, strict=True)
    }
    return _substituted(expr, given, position)


def fits(params: Sequence[Symbol], arguments: Sequence[Expr]) -> bool:
    """Whether the arguments are what the parameters are for: values, pointers or numbers."""
    return len(params) == len(arguments) and all(
        symbol.type.is_value is argument.type.is_value
        and (argument.type.is_pointer or not symbol.type.is_pointer)
        for symbol, argument in zip(params, arguments, strict=True)
    )


def _converted(argument: Expr, type_: CType) -> Expr:
    """The argument as the parameter has it."""
    same = (argument.type.kind, argument.type.bits) == (type_.kind, type_.bits)
    if type_.kind is not TypeKind.INTEGER or (same and argument.type.signed is type_.signed):
        return argument
    return Cast(argument, type_, argument.position)


def _substituted(expr: Expr, given: Mapping[Symbol, Expr], position: Position) -> Expr:
    match expr:
        case Var(symbol=symbol):
            return given[symbol]
        case Access(args=args):
            inner = tuple([_substituted(arg, given, position) for arg in args])
            return replace(expr, args=inner, position=position)
        case Binary(left=left, right=right):
            return replace(
                expr,
                left=_substituted(left, given, position),
                right=_substituted(right, given, position),
                position=position,
            )
        case Cast(operand=operand) | Unary(operand=operand):
            return replace(expr, operand=_substituted(operand, given, position), position=position)
        case Select(condition=condition, then=then, otherwise=otherwise):
            return replace(
                expr,
                condition=_substituted(condition, given, position),
                then=_substituted(then, given, position),
                otherwise=_substituted(otherwise, given, position),
                position=position,
            )
    return expr


def symbols_of(expr: Expr) -> frozenset[Symbol] | None:
    """The variables that an expression rests on; None if it rests on something else as well."""
    symbols = set()
    for part in subexpressions(expr):
        if isinstance(part, Var):
            symbols.add(part.symbol)
        elif isinstance(part, Temp):
            return None
    return frozenset(symbols)
