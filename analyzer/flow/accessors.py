"""The headers' accessors: Field, Is_block, String_val and the like."""

from __future__ import annotations

from collections.abc import Callable

from analyzer.flow.conversions import as_value, naked
from analyzer.flow.evaluate import evaluate
from analyzer.flow.fields import check_field, check_flat_field, field_index
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.types.access import check_access
from analyzer.flow.types.expectations import READS_IMMEDIATES
from analyzer.flow.types.numbers import NUMBER, check_given_number, check_taken
from analyzer.flow.types.typed_values import FLAT, content_of, header_bounds
from analyzer.flow.values import (
    DATA,
    IMMEDIATE,
    NULL,
    TRUTH,
    UNKNOWN,
    VALUE,
    AbsVal,
    Shape,
    exactly,
)
from analyzer.ir.nodes import Access, Temp
from analyzer.ir.text import render
from runtime_sim.model.api.row import LockUse, Result

_FIELDS = frozenset({"Field", "Field_imm", "Some_val", "Op_val"})
_FLAT_FIELDS = frozenset({"Double_field", "Double_flat_field", "Double_array_field"})


def address_of_access(run: Run, state: State, access: Access) -> AbsVal:
    if access.name in _FIELDS and access.args:
        block = evaluate(run, state, access.args[0])
        block = run.use(state, block, access.args[0], access.position, f"read by '{access.name}'")
        block = check_access(run, state, block, access, access.position)
        index = field_index(run, state, access)
        check_field(run, state, block, index, access)
        return _derived(run, block, access, index.constant == 0)
    evaluate(run, state, access)
    base = evaluate(run, state, access.args[0]) if access.args else UNKNOWN
    return _derived(run, base, access, False)


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
        type=block.type,
        local=block.local,
    )


def accessor(run: Run, state: State, expr: Access) -> AbsVal:
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
    first = check_access(run, state, first, expr, expr.position)
    if expr.name in READS_IMMEDIATES:
        check_taken(run, first, expr)
    if expr.name in _FLAT_FIELDS:
        check_flat_field(run, state, first, expr)
    if expr.name == "caml_string_is_c_safe" and first.parameter is not None:
        run.c_safe.add(first.parameter)
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
        low, high = header_bounds(expr.name, first)
        if low is not None:
            return AbsVal(Shape.DATA, low, high)
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
    block = check_access(run, state, block, expr, expr.position)
    index = field_index(run, state, expr)
    check_field(run, state, block, index, expr)
    source = render(expr.args[0])
    origin = run.origin(expr.position, f"read from '{source}' by '{expr.name}'")
    content = content_of(block, index, origin)
    if content.null and _is_tested(state, render(expr)):
        part = None if content.type is None else content.type.not_null()
        content = content._replace(null=False, type=part)
    if block.source == FLAT:
        content = content._replace(source=FLAT)
    return content


def _is_tested(state: State, text: str) -> bool:
    """Whether this path has asked if an expression is null, and it was not."""
    return any(
        test in state.conditions and state.conditions[test][0] is outcome
        for test, outcome in (
            (f"Is_null({text})", False),
            (f"Is_this({text})", True),
            (f"{text} == Val_null", False),
        )
    )


def _conversion(run: Run, state: State, expr: Access) -> AbsVal:
    """Val_int and its like."""
    if not expr.args:
        return IMMEDIATE
    val = evaluate(run, state, expr.args[0])
    check_given_number(run, state, val, expr)
    if val.shape is Shape.DATA and (val.low is not None or val.high is not None):
        return AbsVal(Shape.IMMEDIATE, val.low, val.high, source=NUMBER)
    return IMMEDIATE._replace(source=NUMBER)


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


def _is_null(run: Run, state: State, expr: Access) -> AbsVal:
    val = evaluate(run, state, expr.args[0])
    asked = expr.name == "Is_null"
    if val.null and val.shape is Shape.IMMEDIATE and val.type is None:
        return exactly(int(asked))
    if not val.null and (val.type is not None or val.shape is Shape.BLOCK):
        return exactly(int(not asked))
    return TRUTH


def _pointer_as_value(run: Run, state: State, expr: Access) -> AbsVal:
    pointer = expr.args[0]
    val = evaluate(run, state, pointer)
    if isinstance(pointer, Temp) and val.shape in (Shape.DATA, Shape.UNKNOWN) and not val.is_null:
        return naked(run, pointer, expr.position)
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
    "Val_null": lambda run, state, expr: NULL,
    "Is_null": _is_null,
    "Is_this": _is_null,
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
