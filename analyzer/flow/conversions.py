"""Conversions between values, pointers and numbers."""

from __future__ import annotations

from analyzer.flow.evaluate import evaluate
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.values import (
    DATA,
    IMMEDIATE,
    TRUTH,
    VALUE_SHAPES,
    AbsVal,
    Shape,
    exactly,
)
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import Cast, Expr, Position, Symbol
from analyzer.ir.text import render
from analyzer.ir.types import CType, TypeKind

_BOOLEANS = frozenset({"bool", "_Bool"})

CAST = "(void *)"
"""How a pointer came from a value: by a cast, and no accessor."""


_CARRIED = AbsVal(Shape.DATA, functions=(CAST,))
"""A C pointer that was carried as a value."""


def cast(run: Run, state: State, expr: Cast) -> AbsVal:
    val = evaluate(run, state, expr.operand)
    target = expr.type
    if target.is_value:
        return as_value(run, val, expr.operand, expr.position)
    if val.shape in VALUE_SHAPES and expr.operand.type.is_value:
        if target.is_pointer:
            return _value_as_pointer(run, val, expr)
        return DATA
    if val.shape is Shape.NAKED:
        return DATA
    if target.kind is TypeKind.INTEGER and val.shape is Shape.DATA:
        return _narrowed(val, target)
    return val


def as_parameter(val: AbsVal, type_: CType) -> AbsVal:
    """A number or pointer as a parameter of the type has it."""
    if type_.kind is TypeKind.INTEGER and val.shape is Shape.DATA:
        return _narrowed(val, type_)
    return val


def _narrowed(val: AbsVal, target: CType) -> AbsVal:
    """A number as an integer type keeps it; of one that may not fit the bounds are forgotten."""
    if val.low is None and val.high is None:
        return val
    if target.name in _BOOLEANS:
        if val.is_constant:
            return exactly(int(val.low != 0))
        return TRUTH
    low, high = (-(1 << target.bits - 1), (1 << target.bits - 1) - 1)
    if not target.signed:
        low, high = 0, (1 << target.bits) - 1
    if val.low is not None and val.low >= low and val.high is not None and val.high <= high:
        return val
    if val.is_constant and val.low is not None:
        return exactly((val.low - low) % (1 << target.bits) + low)
    # A bound on one side says that there was a test: the other side is what the type allows.
    if val.low is not None and val.low >= low and val.high is None:
        return val
    if val.high is not None and val.high <= high and val.low is None and target.signed:
        return val
    return val._replace(low=None, high=None)


def _value_as_pointer(run: Run, val: AbsVal, expr: Cast) -> AbsVal:
    """`(char *) v` points into the heap; `(struct t *) v` unpacks a pointer stored as it is."""
    pointee = expr.type.target
    if val.shape is Shape.IMMEDIATE:
        return val
    if pointee is None:
        return _CARRIED
    if pointee.kind in (TypeKind.STRUCT, TypeKind.UNKNOWN, TypeKind.FUNCTION, TypeKind.POINTER):
        return _CARRIED
    source = render(expr.operand)
    return AbsVal(
        Shape.DERIVED,
        1,
        None,
        run.origin(expr.position, f"pointer into '{source}'"),
        val.stale,
        None,
        val.site,
        True,
        source,
        parameter=val.parameter,
        functions=(CAST,) if pointee.kind is TypeKind.VOID else (),
        type=val.type,
        local=val.local,
    )


def as_value(run: Run, val: AbsVal, expr: Expr, position: Position) -> AbsVal:
    """A C datum that becomes a `value` by a cast or by the place it is put into."""
    shape = val.shape
    if shape in VALUE_SHAPES or shape in (Shape.NAKED, Shape.INTERIOR):
        return val
    if shape is Shape.DERIVED:
        if val.whole:
            return AbsVal(
                Shape.VALUE,
                origin=val.origin,
                stale=val.stale,
                site=val.site,
                type=val.type,
                local=val.local,
            )
        return AbsVal(Shape.INTERIOR, origin=val.origin, stale=val.stale, source=val.source)
    if val.garbage:
        return val
    if val.functions == (CAST,):
        return AbsVal(Shape.VALUE, origin=val.origin)
    inner = uncast(expr)
    if not inner.type.is_pointer:
        return IMMEDIATE if is_odd(val) else val
    if val.is_null:
        return IMMEDIATE
    target = val.target
    if shape is Shape.ADDRESS and type(target) is tuple and isinstance(target[0], Symbol):
        # A member behind a header of our own: a well-formed static block, as far as we can see.
        return IMMEDIATE
    if inner.type.is_value_array:
        # The fields of a block of our own making, perhaps.
        return IMMEDIATE
    return naked(run, inner, position)


def naked(run: Run, inner: Expr, position: Position) -> AbsVal:
    text = render(inner)
    return AbsVal(
        Shape.NAKED,
        origin=run.origin(
            position, f"pointer '{text}' made a value" if text else "pointer made a value"
        ),
    )


def is_odd(val: AbsVal) -> bool:
    return val.shape is Shape.DATA and val.low is not None and val.is_constant and val.low % 2 == 1
