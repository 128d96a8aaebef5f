"""What the outcome of a test tells of the cells it looks at, and whether it is possible."""

from __future__ import annotations

from functools import lru_cache

from analyzer.flow.conversions import as_parameter
from analyzer.flow.inlining import symbols_of
from analyzer.flow.state import State
from analyzer.flow.types.typed_values import header_bounds
from analyzer.flow.values import (
    DATA,
    EXCEPTION,
    NULL,
    UNKNOWN,
    AbsVal,
    Memory,
    Place,
    Shape,
    exactly,
)
from analyzer.flow.walk import subexpressions, uncast
from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Binary,
    Call,
    Cast,
    Const,
    Deref,
    Expr,
    Index,
    Member,
    Opaque,
    Select,
    Symbol,
    Temp,
    Unary,
    Var,
)
from analyzer.ir.text import render
from analyzer.ir.types import TypeKind

STATUS = "status"
"""The source of a number that is not zero where a resource could not be had."""

MAX_TEST = 12
"""The parts of a test whose outcome is worth remembering."""

_NEGATED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "==": "!=", "!=": "=="}
_COMPLEMENTS = frozenset({"!=", "<=", ">="})

_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def refine(state: State, condition: Expr, truth: bool) -> bool:
    """Narrow `state` to where `condition` has this outcome; False when it cannot have."""
    kind = type(condition)
    if kind is Unary and condition.op == "!":  # type: ignore[union-attr]
        return refine(state, condition.operand, not truth)  # type: ignore[union-attr]
    if kind is Cast:
        return refine(state, condition.operand, truth)  # type: ignore[union-attr]
    if kind is Select:
        return _refine_select(state, condition, truth)  # type: ignore[arg-type]
    if kind is Binary and condition.op in ("==", "!="):  # type: ignore[union-attr]
        subject, other = condition.left, condition.right  # type: ignore[union-attr]
        if type(other) is Const and other.number == 0 and not subject.type.is_value:
            return refine(state, subject, truth is (condition.op == "!="))  # type: ignore[union-attr]
    if kind is Binary and condition.op in _NEGATED:  # type: ignore[union-attr]
        if not _refine_comparison(state, condition, truth):  # type: ignore[arg-type]
            return False
        return _remember(state, condition, truth)
    if kind is Access:
        if not _refine_access(state, condition, truth):  # type: ignore[arg-type]
            return False
        return _remember(state, condition, truth)
    if kind is Const:
        number = condition.number  # type: ignore[union-attr]
        return number is None or bool(number) == truth
    place = cell_of(state, condition)
    if place is not None:
        test = state.tests.get(place)
        if test is not None and not refine(state, test[0], truth):
            return False
        if not narrow(state, place, "!=" if truth else "==", 0):
            return False
        return _remember(state, condition, truth)
    return _remember(state, condition, truth)


def _refine_select(state: State, condition: Select, truth: bool) -> bool:
    """`a && b` is Select(a, b, 0); `a || b` is Select(a, 1, b)."""
    then, otherwise = condition.then, condition.otherwise
    if isinstance(otherwise, Const) and otherwise.number == 0 and truth:
        return refine(state, condition.condition, True) and refine(state, then, True)
    if isinstance(then, Const) and then.number == 1 and not truth:
        return refine(state, condition.condition, False) and refine(state, otherwise, False)
    return _remember(state, condition, truth)


def cell_of(state: State, expr: Expr) -> Place | None:
    """The cell whose content an expression is, if it is one that can be narrowed."""
    expr = uncast(expr)
    if type(expr) is Var:
        return expr.symbol
    if type(expr) is Temp:
        return expr.number
    if type(expr) is Member:
        outer = cell_of(state, expr.base)
        if outer is None and type(expr.base) is Deref:
            pointer = cell_of(state, expr.base.pointer)
            val = state.cells.get(pointer) if pointer is not None else None
            outer = val.target if val is not None and val.shape is Shape.ADDRESS else None
        if outer is None:
            return None
        place = (*outer, expr.name) if type(outer) is tuple else (outer, expr.name)
        return place if place in state.cells else None
    return None


def narrow(state: State, place: Place, op: str, bound: int) -> bool:
    """Narrow the number or pointer in a cell by comparing it with a constant."""
    val = state.cells.get(place)
    if val is None:
        val = AbsVal(Shape.UNKNOWN)
    if val.shape is Shape.DERIVED or val.shape is Shape.CODE:
        return True
    if val.source == STATUS and bound == 0 and op in ("!=", "<", ">"):
        state.resources.pop(val.target, None)  # type: ignore[arg-type]
    if val.shape is Shape.BLOCK:
        return not (op == "==" and bound == 0)
    if val.shape in (Shape.VALUE, Shape.ENCODED, Shape.NAKED, Shape.INTERIOR):
        return True
    low, high = val.low, val.high
    if low is None and isinstance(place, Symbol) and _is_unsigned(place):
        low = 0
    if op == "==":
        if (low is not None and low > bound) or (high is not None and high < bound):
            return False
        low = high = bound
    elif op == "!=":
        if low == bound == high:
            return False
        if low == bound:
            low = bound + 1
        elif high == bound:
            high = bound - 1
        elif bound == 0 and low is None and high is None:
            return _narrow_nonzero(state, place, val)
    elif op in ("<", "<="):
        top = bound - 1 if op == "<" else bound
        if low is not None and low > top:
            return False
        high = top if high is None else min(high, top)
    else:
        bottom = bound + 1 if op == ">" else bound
        if high is not None and high < bottom:
            return False
        low = bottom if low is None else max(low, bottom)
    if low != val.low or high != val.high:
        state.cells[place] = val._replace(low=low, high=high)
        _release_failed(state, val, low, high)
    return True


def _is_unsigned(symbol: Symbol) -> bool:
    return symbol.type.kind is TypeKind.INTEGER and not symbol.type.signed


def _narrow_nonzero(state: State, place: Place, val: AbsVal) -> bool:
    pointer = val.shape in (Shape.ADDRESS, Shape.ROOT_POINTER)
    symbol = place if isinstance(place, Symbol) else None
    if pointer or (symbol is not None and symbol.type.is_pointer):
        state.cells[place] = val._replace(low=1)
    return True


def _release_failed(state: State, val: AbsVal, low: int | None, high: int | None) -> None:
    """A handle that turned out to be NULL or -1 was never acquired."""
    target = val.target
    if isinstance(target, Memory) and target in state.resources and isinstance(target.site, Call):
        failed_pointer = val.shape is Shape.ADDRESS and low == 0 == high
        failed_number = val.shape is Shape.DATA and high is not None and high < 0
        if failed_pointer or failed_number:
            del state.resources[target]


def _refine_comparison(state: State, test: Binary, truth: bool) -> bool:
    op = test.op if truth else _NEGATED[test.op]
    for subject, other, operator in (
        (test.left, test.right, op),
        (test.right, test.left, _FLIPPED[op]),
    ):
        bound = plain_value(state, other)
        if type(subject) is Access and subject.name == "Tag_val" and operator in ("==", "!="):
            _refine_tag(state, subject, operator, bound)
        subject, bound = _without_offset(subject, bound)
        place = cell_of(state, subject)
        if place is None or _is_converted(subject):
            continue
        bound = as_parameter(bound, subject.type)
        if operator == "==" and bound.low is None and bound.target is None:
            _release_marked(state, place)
        if bound.shape is Shape.IMMEDIATE and bound.null:
            if not _refine_null(state, place, operator == "=="):
                return False
            continue
        if subject.type.is_value or bound.shape is Shape.IMMEDIATE:
            if not _refine_immediate(state, place, operator, bound):
                return False
            continue
        if not _narrow_by(state, place, operator, bound):
            return False
    return True


def _is_converted(subject: Expr) -> bool:
    """Whether a cast makes another number of what is below it."""
    inner, outer = uncast(subject).type, subject.type
    if not inner.kind is outer.kind is TypeKind.INTEGER:
        return False
    return outer.bits < inner.bits or outer.signed is not inner.signed


def _refine_tag(state: State, test: Access, op: str, bound: AbsVal) -> None:
    """A test of a tag tells which of its type's blocks a value is."""
    place = cell_of(state, test.args[0])
    val = state.cells.get(place) if place is not None else None
    if val is None or val.type is None or place is None:
        return
    if bound.low is None or not bound.is_constant or bound.shape is not Shape.DATA:
        return
    part = val.type.tagged(bound.low) if op == "==" else val.type.untagged_by(bound.low)
    if part.blocks:
        state.cells[place] = val._replace(type=part)


def _refine_null(state: State, place: Place, is_null: bool) -> bool:
    """Narrow a value by whether it is OxCaml's null; False if it cannot be so."""
    val = state.cells.get(place)
    if val is None:
        return True
    if is_null:
        if not val.null and (val.type is not None or val.shape is Shape.BLOCK):
            return False
        state.cells[place] = NULL._replace(origin=val.origin)
        return True
    if val == NULL:
        return False
    part = None if val.type is None else val.type.not_null()
    immediate = part is not None and part.is_immediate
    shape = Shape.IMMEDIATE if immediate else val.shape
    state.cells[place] = val._replace(shape=shape, null=False, type=part)
    return True


def _without_offset(subject: Expr, bound: AbsVal) -> tuple[Expr, AbsVal]:
    """`i + 1 < n` says of `i` that it is below `n - 1`."""
    subject = uncast(subject)
    if type(subject) is Binary and subject.op in "+-" and type(subject.right) is Const:
        step = subject.right.number
        if step is not None and subject.type.kind is TypeKind.INTEGER:
            step = step if subject.op == "+" else -step
            low = None if bound.low is None else bound.low - step
            high = None if bound.high is None else bound.high - step
            return subject.left, bound._replace(low=low, high=high)
    return subject, bound


def _release_marked(state: State, place: Place) -> None:
    """A handle equals a constant of a header that was not read: its mark of failure."""
    val = state.cells.get(place)
    if val is not None and isinstance(val.target, Memory):
        state.resources.pop(val.target, None)


def _narrow_by(state: State, place: Place, op: str, bound: AbsVal) -> bool:
    if bound.shape not in (Shape.DATA, Shape.IMMEDIATE):
        return True
    low, high = bound.low, bound.high
    if low is not None and low == high:
        return narrow(state, place, op, low)
    if op in ("<", "<=") and high is not None:
        return narrow(state, place, op, high)
    if op in (">", ">=") and low is not None:
        return narrow(state, place, op, low)
    return True


def _refine_immediate(state: State, place: Place, op: str, bound: AbsVal) -> bool:
    val = state.cells.get(place)
    if val is None:
        return True
    if bound.shape is not Shape.IMMEDIATE:
        return not (op == "==" and bound.is_null and val.shape is Shape.BLOCK)
    if op == "==":
        if val.shape is Shape.BLOCK:
            return False
        if val.shape in (Shape.VALUE, Shape.ENCODED):
            part = None if val.type is None else val.type.immediates_only()
            state.cells[place] = AbsVal(
                Shape.IMMEDIATE, bound.low, bound.high, val.origin, type=part
            )
            return True
    elif op == "!=" and val.type is not None and val.shape is Shape.VALUE:
        _exclude_constant(state, place, val, bound)
    if val.shape is Shape.IMMEDIATE and bound.low is not None and bound.is_constant:
        return narrow(state, place, op, bound.low) if op in ("==", "!=") else True
    return True


def _exclude_constant(state: State, place: Place, val: AbsVal, bound: AbsVal) -> None:
    """A value that is not the only constant of its type is one of the type's blocks."""
    assert val.type is not None
    constants = val.type.immediates
    if constants is not None and bound.is_constant and not val.null:
        if constants.low == constants.high == bound.low and val.type.blocks:
            part = val.type.blocks_only()
            state.cells[place] = val._replace(shape=Shape.BLOCK, type=part)


def _refine_access(state: State, test: Access, truth: bool) -> bool:
    if not test.args:
        return True
    place = cell_of(state, test.args[0])
    val = state.cells.get(place) if place is not None else None
    name = test.name
    if name == "Tag_val":
        _refine_tag(state, test, "!=" if truth else "==", exactly(0))
        return True
    if place is None or val is None:
        return True
    if name in ("Is_long", "Is_block", "Is_none", "Is_some"):
        immediate = truth if name in ("Is_long", "Is_none") else not truth
        if immediate:
            if val.shape is Shape.BLOCK:
                return False
            if val.shape is Shape.VALUE:
                part = None if val.type is None else val.type.immediates_only()
                state.cells[place] = AbsVal(
                    Shape.IMMEDIATE, origin=val.origin, type=part, null=val.null
                )
        elif val.shape is Shape.IMMEDIATE:
            return False
        elif val.shape is Shape.VALUE:
            part = None if val.type is None else val.type.blocks_only()
            state.cells[place] = val._replace(shape=Shape.BLOCK, type=part, null=False)
    elif name in ("Is_null", "Is_this"):
        return _refine_null(state, place, truth is (name == "Is_null"))
    elif name == "Is_exception_result":
        return refine_exception(state, place, truth)
    elif name in ("Bool_val", "Int_val", "Long_val") and val.shape is Shape.IMMEDIATE:
        return narrow(state, place, "!=" if truth else "==", 0)
    return True


def refine_exception(state: State, place: Place, truth: bool) -> bool:
    """What Is_exception_result tells of the value in a place."""
    val = state.cells.get(place)
    if val is None:
        return True
    if truth:
        if val.shape is Shape.ENCODED:
            state.cells[place] = val._replace(source=EXCEPTION)
        return val.shape not in (Shape.IMMEDIATE, Shape.BLOCK)
    if val.parameter is not None:
        state.checked |= {val.parameter}
    if val.shape is Shape.ENCODED:
        state.cells[place] = val._replace(shape=Shape.VALUE)
    return True


def _remember(state: State, condition: Expr, truth: bool) -> bool:
    """Fix the outcome of a test that no cell alone decides; False if it was fixed otherwise."""
    text, symbols, as_written = _remembered(condition)
    if not symbols:
        return True
    truth = truth is as_written
    known = state.conditions.get(text)
    if known is not None and known[0] is not truth:
        return False
    state.conditions[text] = (truth, symbols)
    return True


@lru_cache(maxsize=4096)
def _remembered(condition: Expr) -> tuple[str, frozenset[Symbol | str], bool]:
    """A test as it is remembered, what it rests on (nothing if it is not worth it), and whether
    its outcome is that of the test as it is written.

    A branch is passed many times until the states settle.
    """
    symbols: set[Symbol | str] = set()
    for size, part in enumerate(subexpressions(condition)):
        kind = type(part)
        if kind is Var:
            symbols.add(part.symbol)  # type: ignore[union-attr]
        elif kind is Member:
            symbols.add(part.name)  # type: ignore[union-attr]
        elif kind in (Temp, Opaque, AddressOf, Index) or size >= MAX_TEST:
            return "", frozenset(), True
    if not symbols:
        return "", frozenset(), True
    if type(condition) is Binary and condition.op in _COMPLEMENTS:
        # `a != b` and `a == b` are one test, with the outcomes exchanged.
        op = _NEGATED[condition.op]
        condition = Binary(op, condition.left, condition.right, condition.type, condition.position)
        return render(condition), frozenset(symbols), False
    return render(condition), frozenset(symbols), True


def keep_test(state: State, place: Place, source: Expr) -> None:
    """`int bad = Is_exception_result(res)`: who tests the variable tests what it stands for."""
    source = uncast(source)
    is_test = (
        (isinstance(source, Access) and source.name.startswith("Is_"))
        or (isinstance(source, Binary) and source.op in _NEGATED)
        or (isinstance(source, Unary) and source.op == "!")
        or isinstance(source, Select)
    )
    if not is_test:
        return
    symbols = symbols_of(source)
    if symbols is not None and place not in symbols:
        state.tests = {**state.tests, place: (source, symbols)}


def plain_value(state: State, expr: Expr) -> AbsVal:
    """The value of a test's operand, when it is simple enough to be told without reports."""
    kind = type(expr)
    if kind is Const:
        number = expr.number  # type: ignore[union-attr]
        return DATA if number is None else exactly(number)
    if kind is Var:
        return state.cells.get(expr.symbol, UNKNOWN)  # type: ignore[union-attr]
    if kind is Temp:
        return state.cells.get(expr.number, UNKNOWN)  # type: ignore[union-attr,arg-type]
    if kind is Cast:
        return as_parameter(plain_value(state, expr.operand), expr.type)  # type: ignore[union-attr]
    if kind is Unary and expr.op == "-":  # type: ignore[union-attr]
        inner = plain_value(state, expr.operand)  # type: ignore[union-attr]
        if inner.low is not None and inner.is_constant:
            return exactly(-inner.low)
        return DATA
    if kind is Access:
        name = expr.name  # type: ignore[union-attr]
        args = expr.args  # type: ignore[union-attr]
        if name == "Val_null":
            return NULL
        if name in ("Val_unit", "Val_false", "Val_none", "Val_emptylist"):
            return AbsVal(Shape.IMMEDIATE, 0, 0)
        if name == "Val_true":
            return AbsVal(Shape.IMMEDIATE, 1, 1)
        if args:
            low, high = header_bounds(name, plain_value(state, args[0]))
            if low is not None:
                return AbsVal(Shape.DATA, low, high)
        if name in ("Val_int", "Val_long", "Val_bool") and args:
            inner = plain_value(state, args[0])
            return AbsVal(Shape.IMMEDIATE, inner.low, inner.high)
    return UNKNOWN
