"""Which place an lvalue denotes, and what is read from it."""

from __future__ import annotations

from analyzer.flow.accessors import address_of_access
from analyzer.flow.blocks import Index as FieldIndex
from analyzer.flow.evaluate import evaluate
from analyzer.flow.facts import NamedValueFault
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.types.facts import MixedBlockAccess
from analyzer.flow.types.numbers import check_index
from analyzer.flow.types.typed_values import content_of, declared, scannable_size
from analyzer.flow.values import (
    DATA,
    GARBAGE,
    NONNULL,
    UNKNOWN,
    AbsVal,
    Memory,
    Place,
    Shape,
    base_of,
    inside,
    join,
)
from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Cast,
    Deref,
    Expr,
    Index,
    Member,
    Position,
    Storage,
    Symbol,
    Temp,
    Var,
)
from analyzer.ir.text import render
from analyzer.ir.types import CType, TypeKind


def initial(run: Run, type_: CType, position: Position, name: str) -> AbsVal:
    """What is known of a place that the function has not written."""
    if type_.is_value:
        return AbsVal(Shape.VALUE, origin=run.origin(position, f"read from '{name}'"))
    if type_.kind in (TypeKind.INTEGER, TypeKind.FLOATING, TypeKind.POINTER):
        return DATA
    return UNKNOWN


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
        return pointee(evaluate(run, state, expr.pointer), 0)  # type: ignore[union-attr]
    if kind is Index:
        return element(run, state, expr)  # type: ignore[arg-type]
    return None


def element(run: Run, state: State, expr: Index) -> Place | None:
    index = evaluate(run, state, expr.index)
    part: int | str = "*"
    if index.low is not None and index.is_constant:
        part = index.low
    base = expr.base
    if base.type.kind is TypeKind.ARRAY and not _is_array_parameter(base):
        outer = locate(run, state, base)
        return None if outer is None else inside(outer, part)
    return pointee(evaluate(run, state, base), part)


def _is_array_parameter(expr: Expr) -> bool:
    return isinstance(expr, Var) and expr.symbol.storage is Storage.PARAMETER


def pointee(pointer: AbsVal, part: int | str) -> Place | None:
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
        number = run.analysis.parameter_number(run.function, memory)
        if number is not None:
            run.late_reads.add(number)


def member(run: Run, state: State, expr: Member) -> AbsVal:
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


def indexed(run: Run, state: State, expr: Index) -> AbsVal:
    if expr.index.type.is_value:
        check_index(run, expr, evaluate(run, state, expr.index))
    place = element(run, state, expr)
    if place is not None:
        if expr.type.kind is TypeKind.ARRAY:
            return AbsVal(Shape.ADDRESS, 1, None, target=place)
        return load(run, state, place, expr)
    pointer = evaluate(run, state, expr.base)
    return dereference(run, state, pointer, expr.base, expr)


def dereferenced(run: Run, state: State, expr: Deref) -> AbsVal:
    pointer = evaluate(run, state, expr.pointer)
    place = pointee(pointer, 0)
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
            origin = run.origin(whole.position, f"read from '{pointer.source}'")
            index = _word_index(run, state, pointer, whole)
            return content_of(pointer, index, origin)
        check_raw_access(run, state, pointer, whole)
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


def _word_index(run: Run, state: State, pointer: AbsVal, whole: Expr) -> FieldIndex:
    """The field that is read through a pointer to a block, counted in words."""
    if not pointer.whole:
        return FieldIndex(None, None)
    if isinstance(whole, Index):
        index = evaluate(run, state, whole.index)
        return FieldIndex(index.low, index.high)
    return FieldIndex(0, 0) if isinstance(whole, Deref) else FieldIndex(None, None)


def check_raw_access(run: Run, state: State, pointer: AbsVal, whole: Expr) -> None:
    """A number is read from a block, or written: not where a mixed block has its values."""
    scannable = scannable_size(pointer)
    type_ = whole.type
    if scannable is None or run.contract is None or pointer.functions not in ((), ("Field",)):
        return
    wide = type_.kind is TypeKind.FLOATING or type_.kind is TypeKind.INTEGER
    index = _word_index(run, state, pointer, whole).constant
    if wide and type_.bits == 64 and index is not None and 0 <= index < scannable:
        shape = pointer.type
        text = render(whole)
        assert shape is not None
        run.emit(
            MixedBlockAccess(whole.position, text, True, scannable, shape.text, declared(run))
        )


def use_pointer(
    run: Run, state: State, pointer: AbsVal, expr: Expr, position: Position, use: str
) -> None:
    """A raw pointer into the heap is used."""
    run.use(state, pointer, expr, position, use)
    run.use_heap(state, position, f"a pointer into '{pointer.source}' is {use}")


def address(run: Run, state: State, expr: AddressOf) -> AbsVal:
    place_expr = expr.place
    if isinstance(place_expr, Access):
        return address_of_access(run, state, place_expr)
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
        if val.shape is Shape.DATA and val.functions:
            return val
        if val.shape is Shape.DERIVED:
            first = isinstance(place_expr, Deref) or (
                isinstance(place_expr, Index) and evaluate(run, state, place_expr.index).is_null
            )
            return val if first else val._replace(whole=False)
    return NONNULL
