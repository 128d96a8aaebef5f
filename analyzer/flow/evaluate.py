"""What an expression may evaluate to in a state, and which place it denotes.

Evaluation reports what is wrong with a read (a stale pointer dereferenced, the heap read without
the lock) through the run, and otherwise changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analyzer.flow.blocks import Index as FieldIndex
from analyzer.flow.facts import (
    NamedValueFault,
    OutOfBounds,
    TagFault,
    TagMismatch,
)
from analyzer.flow.refine import refine
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.values import (
    DATA,
    GARBAGE,
    IMMEDIATE,
    NONNULL,
    TRUTH,
    UNKNOWN,
    VALUE,
    VALUE_SHAPES,
    AbsVal,
    Memory,
    Place,
    Shape,
    base_of,
    exactly,
    inside,
    join,
)
from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Binary,
    Cast,
    Const,
    Deref,
    Expr,
    Index,
    Member,
    Opaque,
    Position,
    Select,
    Storage,
    Str,
    Symbol,
    Temp,
    Unary,
    Var,
)
from analyzer.ir.text import render
from analyzer.ir.types import CType, TypeKind
from runtime_sim.model.api.row import LockUse, Result
from runtime_sim.model.memory import CONSTANTS
from runtime_sim.model.tags import DOUBLE_ARRAY_TAG, DOUBLE_TAG


def evaluate(run: Run, state: State, expr: Expr) -> AbsVal:
    """What `expr` may be."""
    return _EVALUATE[type(expr)](run, state, expr)


# --- leaves ------------------------------------------------------------------------------------


def _const(run: Run, state: State, expr: Const) -> AbsVal:
    return DATA if expr.number is None else exactly(expr.number)


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
    return initial(run, symbol.type, expr.position, symbol.name, symbol.is_local)


def initial(
    run: Run, type_: CType, position: Position, name: str, is_local: bool = False
) -> AbsVal:
    """What is known of a place that the function has not written."""
    if type_.is_value:
        return AbsVal(Shape.VALUE, origin=run.origin(position, f"read from '{name}'"))
    if type_.kind in (TypeKind.INTEGER, TypeKind.FLOATING, TypeKind.POINTER):
        return DATA
    return UNKNOWN


def _temporary(run: Run, state: State, expr: Temp) -> AbsVal:
    return state.cells.get(expr.number, UNKNOWN)


# --- places ------------------------------------------------------------------------------------


def locate(run: Run, state: State, expr: Expr) -> Place | None:
    """The place that an lvalue denotes, None when it lies in the heap or where we do not look."""
    kind = type(expr)
    if kind is Var:
        return expr.symbol  # type: ignore[union-attr]
    if kind is Temp:
        return expr.number  # type: ignore[union-attr]
    if kind is Cast:
        return locate(run, state, expr.operand)  # type: ignore[union-attr]
    if kind is Member:
        base = expr.base  # type: ignore[union-attr]
        outer = locate(run, state, base)
        return None if outer is None else inside(outer, expr.name)  # type: ignore[union-attr]
    if kind is Deref:
        return _pointee(evaluate(run, state, expr.pointer), 0)  # type: ignore[union-attr]
    if kind is Index:
        return _element(run, state, expr)  # type: ignore[arg-type]
    return None


def _element(run: Run, state: State, expr: Index) -> Place | None:
    index = evaluate(run, state, expr.index)
    part: int | str = "*"
    if index.low is not None and index.is_constant:
        part = index.low
    base = expr.base
    if base.type.kind is TypeKind.ARRAY and not _is_array_parameter(base):
        outer = locate(run, state, base)
        return None if outer is None else inside(outer, part)
    return _pointee(evaluate(run, state, base), part)


def _is_array_parameter(expr: Expr) -> bool:
    return isinstance(expr, Var) and expr.symbol.storage is Storage.PARAMETER


def _pointee(pointer: AbsVal, part: int | str) -> Place | None:
    target = pointer.target
    if pointer.shape is not Shape.ADDRESS or target is None:
        return None
    base = target[0] if type(target) is tuple else target
    if isinstance(base, Symbol) and target is base and base.type.kind is not TypeKind.ARRAY:
        return target if part == 0 else None
    if type(target) is tuple and type(target[-1]) is int:
        return target if part == 0 else (*target[:-1], "*")
    if isinstance(base, Memory) and part == 0:
        return target
    return inside(target, part)


def load(run: Run, state: State, place: Place, expr: Expr) -> AbsVal:
    """What a place holds, of the type of `expr`."""
    cells = state.cells
    found = cells.get(place)
    base = base_of(place)
    if isinstance(base, Memory) and base.is_parameter:
        _note_late_read(run, state, base)
    if found is not None and not (type(place) is tuple and place[-1] == "*"):
        return found
    if type(place) is tuple:
        prefix = place[:-1]
        if place[-1] == "*":
            held = found
            for other, val in cells.items():
                if type(other) is tuple and other[:-1] == prefix and type(other[-1]) is int:
                    held = val if held is None else join(held, val)
            if held is not None:
                return held
        elif type(place[-1]) is int:
            found = cells.get((*prefix, "*"))
            if found is not None:
                return found
        whole = cells.get(base_of(place))
        if (
            whole is not None
            and whole.garbage
            and whole.shape is Shape.UNKNOWN
            and expr.type.is_value
        ):
            return GARBAGE
    return initial(run, expr.type, expr.position, render(expr))


def _note_late_read(run: Run, state: State, memory: Memory) -> None:
    if state.collected is not None and not state.collected.doubt:
        number_ = run.analysis.parameter_number(run.function, memory)
        if number_ is not None:
            run.late_reads.add(number_)


def _member(run: Run, state: State, expr: Member) -> AbsVal:
    place = locate(run, state, expr)
    if place is not None:
        if expr.type.kind is TypeKind.ARRAY:
            return AbsVal(Shape.ADDRESS, 1, None, target=place)
        return load(run, state, place, expr)
    base = expr.base
    if isinstance(base, Deref):
        pointer = evaluate(run, state, base.pointer)
        return dereference(run, state, pointer, base.pointer, expr)
    inner = evaluate(run, state, base)
    if expr.type.kind is TypeKind.ARRAY and inner.shape is Shape.DERIVED:
        return inner._replace(whole=False)
    return initial(run, expr.type, expr.position, render(expr))


def _indexed(run: Run, state: State, expr: Index) -> AbsVal:
    place = _element(run, state, expr)
    if place is not None:
        if expr.type.kind is TypeKind.ARRAY:
            return AbsVal(Shape.ADDRESS, 1, None, target=place)
        return load(run, state, place, expr)
    pointer = evaluate(run, state, expr.base)
    return dereference(run, state, pointer, expr.base, expr)


def _dereferenced(run: Run, state: State, expr: Deref) -> AbsVal:
    pointer = evaluate(run, state, expr.pointer)
    place = _pointee(pointer, 0)
    if place is not None:
        return load(run, state, place, expr)
    return dereference(run, state, pointer, expr.pointer, expr)


def dereference(run: Run, state: State, pointer: AbsVal, expr: Expr, whole: Expr) -> AbsVal:
    """What is read through a pointer that leads to no place of ours."""
    shape = pointer.shape
    type_ = whole.type
    if shape is Shape.DERIVED:
        use_pointer(run, state, pointer, expr, whole.position, "dereferenced")
        if type_.is_value:
            return AbsVal(
                Shape.VALUE, origin=run.origin(whole.position, f"read from '{pointer.source}'")
            )
        if type_.kind is TypeKind.ARRAY:
            return pointer._replace(whole=False, stale=None)
        if type_.kind is TypeKind.STRUCT:
            return UNKNOWN
        return initial(run, type_, whole.position, render(whole))
    if shape is Shape.ROOT_POINTER:
        if pointer.may_be_null:
            run.emit(
                NamedValueFault(
                    whole.position,
                    render(expr) or pointer.source,
                    False,
                    pointer.origin or run.origin(expr.position, render(expr)),
                )
            )
        return AbsVal(
            Shape.VALUE,
            origin=run.origin(whole.position, f"named value '{pointer.source}'"),
            source="caml_named_value",
        )
    if pointer.parameter is not None and state.collected is not None and not state.collected.doubt:
        run.late_reads.add(pointer.parameter)
    return initial(run, type_, whole.position, render(whole))


def use_pointer(
    run: Run, state: State, pointer: AbsVal, expr: Expr, position: Position, use: str
) -> None:
    """A raw pointer into the heap is used."""
    run.use(state, pointer, expr, position, use)
    run.use_heap(state, position, f"a pointer into '{pointer.source}' is {use}")


def _address(run: Run, state: State, expr: AddressOf) -> AbsVal:
    place_expr = expr.place
    if isinstance(place_expr, Access):
        return _address_of_access(run, state, place_expr)
    place = locate(run, state, place_expr)
    if place is not None:
        return AbsVal(Shape.ADDRESS, 1, None, target=place)
    pointer: Expr | None = None
    if isinstance(place_expr, Index):
        pointer = place_expr.base
    elif isinstance(place_expr, Deref):
        pointer = place_expr.pointer
    elif isinstance(place_expr, Member) and isinstance(place_expr.base, Deref):
        pointer = place_expr.base.pointer
    elif isinstance(place_expr, Var) and place_expr.symbol.storage is Storage.FUNCTION:
        return evaluate(run, state, place_expr)
    if pointer is not None:
        val = evaluate(run, state, pointer)
        if val.shape is Shape.DERIVED:
            first = isinstance(place_expr, Deref) or (
                isinstance(place_expr, Index) and evaluate(run, state, place_expr.index).is_null
            )
            return val if first else val._replace(whole=False)
    return NONNULL


def _address_of_access(run: Run, state: State, access: Access) -> AbsVal:
    if access.name in _FIELDS and access.args:
        block = evaluate(run, state, access.args[0])
        block = run.use(state, block, access.args[0], access.position, f"read by '{access.name}'")
        index = field_index(run, state, access)
        check_field(run, state, block, index, access)
        return _derived(run, block, access, index.constant == 0)
    evaluate(run, state, access)
    base = evaluate(run, state, access.args[0]) if access.args else UNKNOWN
    return _derived(run, base, access, False)


# --- accessors ---------------------------------------------------------------------------------

_FIELDS = frozenset({"Field", "Field_imm", "Some_val", "Op_val"})


def field_index(run: Run, state: State, access: Access) -> FieldIndex:
    """The index of a `Field`-like accessor."""
    if access.name == "Some_val" or len(access.args) < 2:
        return FieldIndex(0, 0)
    return index_of(run, state, access.args[1])


def index_of(run: Run, state: State, expr: Expr) -> FieldIndex:
    """An index expression: its bounds, and the variable it is written with."""
    val = evaluate(run, state, expr)
    offset = 0
    inner = expr
    while isinstance(inner, Cast):
        inner = inner.operand
    if isinstance(inner, Binary) and inner.op in "+-":
        right = evaluate(run, state, inner.right)
        if right.low is not None and right.is_constant:
            offset = right.low if inner.op == "+" else -right.low
            inner = inner.left
    while isinstance(inner, Cast):
        inner = inner.operand
    if isinstance(inner, Var) and inner.symbol.is_local:
        return FieldIndex(val.low, val.high, inner.symbol, offset)
    return FieldIndex(val.low, val.high)


def check_field(run: Run, state: State, val: AbsVal, index: FieldIndex, access: Expr) -> None:
    """A field is read or written: within the block, and not of a block of floats."""
    block = state.blocks.get(val.site) if val.site is not None else None
    if block is None or val.shape is not Shape.BLOCK:
        return
    if block.size is not None and index.high is not None and index.high >= block.size:
        shown = str(index.high)
        run.emit(OutOfBounds(access.position, shown, block.size, block.origin))
    name = access.name if isinstance(access, Access) else ""
    if name in ("Field", "Some_val") and block.tag in (DOUBLE_TAG, DOUBLE_ARRAY_TAG):
        run.emit(
            TagMismatch(
                access.position,
                TagFault.FIELD_OF_FLOATS,
                render(access),
                tag_name(block.tag),
                block.origin,
            )
        )


def tag_name(tag: int | None) -> str:
    """The headers' name of a tag."""
    return "" if tag is None else _TAG_NAMES.get(tag, str(tag))


_TAG_NAMES = {
    number: name
    for name, number in CONSTANTS.items()
    if name.endswith("_tag") and number > 243 and name != "No_scan_tag"
}


def _derived(run: Run, block: AbsVal, access: Access, whole: bool) -> AbsVal:
    source = render(access.args[0]) if access.args else ""
    if block.shape in (Shape.NAKED, Shape.DATA, Shape.ADDRESS):
        return DATA
    return AbsVal(
        Shape.DERIVED,
        1,
        None,
        run.origin(access.position, f"pointer into '{source}' taken with '{access.name}'"),
        None,
        None,
        block.site,
        whole,
        source,
        parameter=block.parameter,
        functions=(access.name,),
    )


def _access(run: Run, state: State, expr: Access) -> AbsVal:
    special = _ACCESSORS.get(expr.name)
    if special is not None:
        return special(run, state, expr)
    row = run.api.get(expr.name)
    args = expr.args
    if row is None or not args:
        for part in args:
            evaluate(run, state, part)
        return _CONSTANT_RESULT.get(row.result, DATA) if row is not None else DATA
    first = evaluate(run, state, args[0])
    for part in args[1:]:
        evaluate(run, state, part)
    result = row.result
    if row.lock is LockUse.NEEDS:
        first = run.use(state, first, args[0], expr.position, f"read by '{expr.name}'")
        run.use_heap(state, expr.position, f"'{expr.name}' reads the heap")
        if first.shape is Shape.DERIVED:
            first = first._replace(stale=None)
    elif first.shape is Shape.ENCODED and result is Result.DATA:
        run.use(state, first, args[0], expr.position, f"read by '{expr.name}'")
    if result is Result.DERIVED:
        return _derived(run, first, expr, expr.name in _WHOLE)
    if result is Result.IMMEDIATE:
        return IMMEDIATE
    if result is Result.DATA or result is Result.NULLABLE:
        if row.lock is LockUse.NONE and first.shape is Shape.IMMEDIATE:
            return AbsVal(Shape.DATA, first.low, first.high)
        return DATA
    if result is Result.ARGUMENT:
        return first
    if result in (Result.VALUE, Result.BORROWED):
        source = render(args[0])
        return AbsVal(
            Shape.VALUE,
            origin=run.origin(expr.position, f"read from '{source}' by '{expr.name}'"),
        )
    return UNKNOWN


_WHOLE = frozenset(
    {"String_val", "Bytes_val", "Op_val", "Bp_val", "Data_abstract_val", "Op_atomic_val"}
)

_CONSTANT_RESULT = {Result.IMMEDIATE: IMMEDIATE, Result.VALUE: VALUE, Result.BORROWED: IMMEDIATE}


def _field(run: Run, state: State, expr: Access) -> AbsVal:
    block = evaluate(run, state, expr.args[0])
    block = run.use(state, block, expr.args[0], expr.position, f"read by '{expr.name}'")
    run.use_heap(state, expr.position, f"'{expr.name}' reads the heap")
    index = field_index(run, state, expr)
    check_field(run, state, block, index, expr)
    source = render(expr.args[0])
    return AbsVal(
        Shape.VALUE, origin=run.origin(expr.position, f"read from '{source}' by '{expr.name}'")
    )


def _conversion(run: Run, state: State, expr: Access) -> AbsVal:
    """Val_int and its like."""
    val = evaluate(run, state, expr.args[0]) if expr.args else DATA
    if val.shape is Shape.DATA and (val.low is not None or val.high is not None):
        return AbsVal(Shape.IMMEDIATE, val.low, val.high)
    return IMMEDIATE


def _named_constant(n: int) -> Callable[[Run, State, Access], AbsVal]:
    constant = AbsVal(Shape.IMMEDIATE, n, n)

    def result(run: Run, state: State, expr: Access) -> AbsVal:
        return constant

    return result


def _is_exception(run: Run, state: State, expr: Access) -> AbsVal:
    val = evaluate(run, state, expr.args[0])
    if val.stale is not None:
        run.use(state, val, expr.args[0], expr.position, f"read by '{expr.name}'", False)
    if val.parameter is not None:
        run.tests.add(val.parameter)
    if val.shape in (Shape.IMMEDIATE, Shape.BLOCK):
        return exactly(0)
    return TRUTH


def _extract(run: Run, state: State, expr: Access) -> AbsVal:
    val = evaluate(run, state, expr.args[0])
    if val.parameter is not None:
        run.tests.add(val.parameter)
    origin = run.origin(expr.position, "extracted exception")
    return AbsVal(Shape.BLOCK, origin=origin, stale=val.stale)


def _is_long(run: Run, state: State, expr: Access) -> AbsVal:
    val = evaluate(run, state, expr.args[0])
    run.use(
        state, val._replace(stale=None), expr.args[0], expr.position, f"tested by '{expr.name}'"
    )
    truth = expr.name != "Is_block"
    if val.shape is Shape.IMMEDIATE:
        return exactly(int(truth))
    if val.shape is Shape.BLOCK:
        return exactly(int(not truth))
    return TRUTH


def _pointer_as_value(run: Run, state: State, expr: Access) -> AbsVal:
    pointer = expr.args[0]
    val = evaluate(run, state, pointer)
    if isinstance(pointer, Temp) and val.shape in (Shape.DATA, Shape.UNKNOWN) and not val.is_null:
        return _naked(run, pointer, expr.position)
    return as_value(run, val, pointer, expr.position)


_ACCESSORS: dict[str, Callable[[Run, State, Access], AbsVal]] = {
    "Field": _field,
    "Some_val": _field,
    "Val_int": _conversion,
    "Val_long": _conversion,
    "Val_bool": _conversion,
    "Val_not": _conversion,
    "Val_unit": _named_constant(0),
    "Val_false": _named_constant(0),
    "Val_true": _named_constant(1),
    "Val_none": _named_constant(0),
    "Val_emptylist": _named_constant(0),
    "Is_exception_result": _is_exception,
    "Extract_exception": _extract,
    "Is_long": _is_long,
    "Is_block": _is_long,
    "Is_none": _is_long,
    "Is_some": lambda run, state, expr: (
        TRUTH if evaluate(run, state, expr.args[0]).shape is not Shape.IMMEDIATE else exactly(0)
    ),
    "Val_bp": _pointer_as_value,
    "Val_op": _pointer_as_value,
    "Val_hp": _pointer_as_value,
}


# --- operators ---------------------------------------------------------------------------------


def _unary(run: Run, state: State, expr: Unary) -> AbsVal:
    val = evaluate(run, state, expr.operand)
    if expr.op == "!":
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


def _binary(run: Run, state: State, expr: Binary) -> AbsVal:
    left = evaluate(run, state, expr.left)
    right = evaluate(run, state, expr.right)
    op = expr.op
    if op in _FLIPPED:
        return _compare(op, left, right)
    if op in ("+", "-"):
        for pointer, other, side in ((left, right, expr.left), (right, left, expr.right)):
            if pointer.shape is Shape.DERIVED and other.shape is not Shape.DERIVED:
                return pointer if other.is_null else pointer._replace(whole=False)
            if pointer.shape is Shape.ADDRESS and side.type.is_pointer:
                return pointer
        if left.shape is Shape.DATA and right.shape is Shape.DATA:
            return _arithmetic(op, left, right)
        return DATA
    if op == "|" and (_is_odd(left) or _is_odd(right)):
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
    return DATA


def _is_odd(val: AbsVal) -> bool:
    return val.shape is Shape.DATA and val.low is not None and val.is_constant and val.low % 2 == 1


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


def _select(run: Run, state: State, expr: Select) -> AbsVal:
    condition = evaluate(run, state, expr.condition)
    results = []
    for branch, truth in ((expr.then, True), (expr.otherwise, False)):
        if truth is False and condition.shape is Shape.DATA and not condition.may_be_null:
            continue
        if truth is True and condition.shape is Shape.DATA and condition.is_null:
            continue
        taken = state.copy()
        if refine(taken, expr.condition, truth, _plain_value):
            results.append(evaluate(run, taken, branch))
    if not results:
        return UNKNOWN
    return results[0] if len(results) == 1 else join(results[0], results[1])


def _plain_value(state: State, expr: Expr) -> AbsVal:
    """The value of an operand of a test, when it is simple enough to be told without side
    reports."""
    kind = type(expr)
    if kind is Const:
        return _const(None, state, expr)  # type: ignore[arg-type]
    if kind is Var:
        return state.cells.get(expr.symbol, UNKNOWN)  # type: ignore[union-attr]
    if kind is Temp:
        return state.cells.get(expr.number, UNKNOWN)  # type: ignore[union-attr,arg-type]
    if kind is Cast:
        return _plain_value(state, expr.operand)  # type: ignore[union-attr]
    if kind is Unary and expr.op == "-":  # type: ignore[union-attr]
        inner = _plain_value(state, expr.operand)  # type: ignore[union-attr]
        if inner.low is not None and inner.is_constant:
            return exactly(-inner.low)
        return DATA
    if kind is Access:
        name = expr.name  # type: ignore[union-attr]
        args = expr.args  # type: ignore[union-attr]
        if name in ("Val_unit", "Val_false", "Val_none", "Val_emptylist"):
            return AbsVal(Shape.IMMEDIATE, 0, 0)
        if name == "Val_true":
            return AbsVal(Shape.IMMEDIATE, 1, 1)
        if name in ("Val_int", "Val_long", "Val_bool") and args:
            inner = _plain_value(state, args[0])
            return AbsVal(Shape.IMMEDIATE, inner.low, inner.high)
    return UNKNOWN


plain_value = _plain_value


# --- conversions -------------------------------------------------------------------------------

CAST = "(void *)"
"""How a pointer came from a value: by a cast, and no accessor."""

_CARRIED = AbsVal(Shape.DATA, functions=(CAST,))
"""A C pointer that was carried as a value."""


def _cast(run: Run, state: State, expr: Cast) -> AbsVal:
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
    return val


def _value_as_pointer(run: Run, val: AbsVal, expr: Cast) -> AbsVal:
    """`(char *) v` points into the heap; `(struct t *) v` unpacks a pointer that was stored as it
    is."""
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
    )


def as_value(run: Run, val: AbsVal, expr: Expr, position: Position) -> AbsVal:
    """A C datum that becomes a `value` by a cast or by the place it is put into."""
    shape = val.shape
    if shape in VALUE_SHAPES or shape in (Shape.NAKED, Shape.INTERIOR):
        return val
    if shape is Shape.DERIVED:
        if val.whole:
            return AbsVal(Shape.VALUE, origin=val.origin, stale=val.stale, site=val.site)
        return AbsVal(Shape.INTERIOR, origin=val.origin, stale=val.stale, source=val.source)
    if val.garbage:
        return val
    if val.functions == (CAST,):
        return AbsVal(Shape.VALUE, origin=val.origin)
    inner = expr
    while isinstance(inner, Cast):
        inner = inner.operand
    if not inner.type.is_pointer:
        return IMMEDIATE if _is_odd(val) else val
    if val.is_null:
        return IMMEDIATE
    target = val.target
    if shape is Shape.ADDRESS and type(target) is tuple and isinstance(target[0], Symbol):
        # A member behind a header of our own: a well-formed static block, as far as we can see.
        return IMMEDIATE
    if inner.type.is_value_array:
        # The fields of a block of our own making, perhaps.
        return IMMEDIATE
    return _naked(run, inner, position)


def _naked(run: Run, inner: Expr, position: Position) -> AbsVal:
    text = render(inner)
    return AbsVal(
        Shape.NAKED,
        origin=run.origin(
            position, f"pointer '{text}' made a value" if text else "pointer made a value"
        ),
    )


def _opaque(run: Run, state: State, expr: Opaque) -> AbsVal:
    return UNKNOWN


_EVALUATE: dict[type, Callable[[Run, State, Any], AbsVal]] = {
    Const: _const,
    Str: _string,
    Var: _variable,
    Temp: _temporary,
    Member: _member,
    Index: _indexed,
    Deref: _dereferenced,
    AddressOf: _address,
    Unary: _unary,
    Binary: _binary,
    Select: _select,
    Cast: _cast,
    Access: _access,
    Opaque: _opaque,
}
