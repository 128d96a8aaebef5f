"""Operators on numbers and pointers, comparisons, and the choice between two expressions."""

from __future__ import annotations

from analyzer.flow.conversions import is_odd
from analyzer.flow.evaluate import evaluate
from analyzer.flow.refine import refine
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.types.numbers import check_mixed, check_tested
from analyzer.flow.values import (
    CONSTANT,
    DATA,
    IMMEDIATE,
    TRUTH,
    UNKNOWN,
    AbsVal,
    Memory,
    Shape,
    base_of,
    exactly,
    join,
)
from analyzer.ir.nodes import Binary, Select, Symbol, Unary


def unary(run: Run, state: State, expr: Unary) -> AbsVal:
    val = evaluate(run, state, expr.operand)
    if expr.op == "!":
        check_tested(run, expr.operand, val)
        if val.is_null and val.shape is Shape.DATA:
            return exactly(1)
        if val.shape in (Shape.DATA, Shape.ADDRESS) and not val.may_be_null:
            return exactly(0)
        return TRUTH
    if expr.op == "-" and val.shape is Shape.DATA:
        low = None if val.high is None else -val.high
        return AbsVal(Shape.DATA, low, None if val.low is None else -val.low)
    return DATA


_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def binary(run: Run, state: State, expr: Binary) -> AbsVal:
    left = evaluate(run, state, expr.left)
    right = evaluate(run, state, expr.right)
    op = expr.op
    if expr.left.type.is_value is not expr.right.type.is_value:
        check_mixed(run, expr, left, right)
    if op in _FLIPPED:
        return _compare(op, left, right)
    if op in ("+", "-"):
        for pointer, other, side in ((left, right, expr.left), (right, left, expr.right)):
            if pointer.shape is Shape.DERIVED and other.shape is not Shape.DERIVED:
                if op == "-" and not other.is_null:
                    # Back to the block's start, as far as we know.
                    return pointer._replace(whole=True)
                return pointer if other.is_null else pointer._replace(whole=False)
            if pointer.shape is Shape.ADDRESS and side.type.is_pointer:
                return pointer
        if left.shape is Shape.DATA and right.shape is Shape.DATA:
            if left.source or right.source:
                return CONSTANT if _is_compiled(left) and _is_compiled(right) else DATA
            return _arithmetic(op, left, right)
        return DATA
    if op == "|" and (is_odd(left) or is_odd(right)):
        if Shape.NAKED in (left.shape, right.shape) or expr.type.is_value:
            return IMMEDIATE
        return AbsVal(Shape.DATA, parameter=None)
    if op == "*" and left.shape is Shape.DATA and right.shape is Shape.DATA:
        if (
            left.low is not None
            and right.low is not None
            and left.is_constant
            and right.is_constant
        ):
            return exactly(left.low * right.low)
        if left.low is not None and right.low is not None and left.low >= 0 and right.low >= 0:
            return AbsVal(Shape.DATA, left.low * right.low, None)
    if op == "&" and right.low is not None and right.is_constant and right.low >= 0:
        return AbsVal(Shape.DATA, 0, right.low)
    return CONSTANT if _is_compiled(left) and _is_compiled(right) else DATA


def _is_compiled(val: AbsVal) -> bool:
    return val.source == CONSTANT.source or (val.shape is Shape.DATA and val.is_constant)


def _arithmetic(op: str, left: AbsVal, right: AbsVal) -> AbsVal:
    low_r, high_r = right.low, right.high
    if op == "-":
        low_r, high_r = (None if high_r is None else -high_r), (None if low_r is None else -low_r)
    low = None if left.low is None or low_r is None else left.low + low_r
    high = None if left.high is None or high_r is None else left.high + high_r
    return AbsVal(Shape.DATA, low, high)


def _compare_addresses(op: str, left: AbsVal, right: AbsVal) -> AbsVal:
    a, b = left.target, right.target
    if left.may_be_null or right.may_be_null or a is None or b is None:
        return TRUTH
    if a == b:
        return exactly(int(op == "==")) if isinstance(a, Symbol) else TRUTH
    known = all(not (isinstance(m, Memory) and m.is_parameter) for m in (base_of(a), base_of(b)))
    return exactly(int(op == "!=")) if known and base_of(a) != base_of(b) else TRUTH


def _compare(op: str, left: AbsVal, right: AbsVal) -> AbsVal:
    if left.shape is Shape.ADDRESS is right.shape and op in ("==", "!="):
        return _compare_addresses(op, left, right)
    if left.shape is not right.shape or left.shape not in (Shape.DATA, Shape.IMMEDIATE):
        if {left.shape, right.shape} <= {Shape.DATA, Shape.ADDRESS, Shape.CODE, Shape.DERIVED}:
            for one, other in ((left, right), (right, left)):
                if one.is_null and not other.may_be_null and op in ("==", "!="):
                    return exactly(int(op == "!="))
        return TRUTH
    if op in (">", ">="):
        left, right, op = right, left, _FLIPPED[op]
    below = left.high is not None and right.low is not None and left.high < right.low
    above = left.low is not None and right.high is not None and left.low > right.high
    same = left.is_constant and right.is_constant and left.low == right.low
    if op == "<":
        if below:
            return exactly(1)
        if above or (left.low is not None and right.high is not None and left.low >= right.high):
            return exactly(0)
    elif op == "<=":
        if above:
            return exactly(0)
        if below or (left.high is not None and right.low is not None and left.high <= right.low):
            return exactly(1)
    elif below or above:
        return exactly(int(op == "!="))
    elif same:
        return exactly(int(op == "=="))
    return TRUTH


def select(run: Run, state: State, expr: Select) -> AbsVal:
    condition = evaluate(run, state, expr.condition)
    check_tested(run, expr.condition, condition)
    results = []
    for branch, truth in ((expr.then, True), (expr.otherwise, False)):
        if truth is False and condition.shape is Shape.DATA and not condition.may_be_null:
            continue
        if truth is True and condition.shape is Shape.DATA and condition.is_null:
            continue
        taken = state.copy()
        if refine(taken, expr.condition, truth):
            results.append(evaluate(run, taken, branch))
    if not results:
        return UNKNOWN
    return results[0] if len(results) == 1 else join(results[0], results[1])
