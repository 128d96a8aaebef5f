"""How each kind of expression is evaluated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analyzer.flow.accessors import accessor
from analyzer.flow.conversions import cast
from analyzer.flow.operators import binary, select, unary
from analyzer.flow.places import address, dereferenced, indexed, initial, member
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.values import CONSTANT, NONNULL, UNKNOWN, AbsVal, Shape, exactly
from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Binary,
    Cast,
    Const,
    Deref,
    Index,
    Member,
    Opaque,
    Select,
    Storage,
    Str,
    Temp,
    Unary,
    Var,
)
from analyzer.ir.types import TypeKind


def _const(run: Run, state: State, expr: Const) -> AbsVal:
    return CONSTANT if expr.number is None else exactly(expr.number)


def _string(run: Run, state: State, expr: Str) -> AbsVal:
    return NONNULL


def _variable(run: Run, state: State, expr: Var) -> AbsVal:
    symbol = expr.symbol
    if symbol.type.kind is TypeKind.ARRAY:
        if symbol.storage is Storage.PARAMETER:
            found = state.cells.get(symbol)
            if found is not None:
                return found
        return AbsVal(Shape.ADDRESS, 1, None, target=symbol)
    found = state.cells.get(symbol)
    if found is not None:
        return found
    if symbol.storage is Storage.FUNCTION:
        functions = run.program.resolve(symbol.name, run.unit)
        return AbsVal(Shape.CODE, 1, None, functions=functions or (symbol.name,))
    return initial(run, symbol.type, expr.position, symbol.name)


def _temporary(run: Run, state: State, expr: Temp) -> AbsVal:
    return state.cells.get(expr.number, UNKNOWN)


def _opaque(run: Run, state: State, expr: Opaque) -> AbsVal:
    return UNKNOWN


EXPRESSIONS: dict[type, Callable[[Run, State, Any], AbsVal]] = {
    Const: _const,
    Str: _string,
    Var: _variable,
    Temp: _temporary,
    Member: member,
    Index: indexed,
    Deref: dereferenced,
    AddressOf: address,
    Unary: unary,
    Binary: binary,
    Select: select,
    Cast: cast,
    Access: accessor,
    Opaque: _opaque,
}
