"""Assignments to variables and to C memory."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.conversions import as_value
from analyzer.flow.effects import hand_over
from analyzer.flow.evaluate import evaluate
from analyzer.flow.facts import GlobalRootFault, NamedValueFault, Origin, PointerEscape, RootFault
from analyzer.flow.frames import ROOT_LISTS, close
from analyzer.flow.heap_stores import store_access, store_derived
from analyzer.flow.places import check_raw_access, locate, use_pointer
from analyzer.flow.refine import keep_test
from analyzer.flow.run import Run
from analyzer.flow.state import (
    Kept,
    State,
    forget_conditions,
    forget_tests,
    inside_of,
    roots_cover,
)
from analyzer.flow.types.numbers import as_number, check_assigned
from analyzer.flow.types.truncation import as_length
from analyzer.flow.values import (
    GARBAGE,
    HEAP_VALUES,
    UNKNOWN,
    AbsVal,
    Memory,
    Place,
    Shape,
    base_of,
    exactly,
    inside,
    join,
)
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import (
    Access,
    Assign,
    Binary,
    Const,
    Declare,
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
from analyzer.ir.types import TypeKind


def declare(run: Run, state: State, instruction: Declare) -> None:
    """A local comes into being: whatever was known of it, or of its parts, is gone."""
    symbol = instruction.symbol
    cells = state.cells
    for place in [p for p in cells if type(p) is tuple and p[0] is symbol]:
        del cells[place]
    forget_conditions(state, symbol)
    forget_tests(state, symbol)
    if instruction.zeroed:
        cells[symbol] = UNKNOWN
        if symbol.type.kind is TypeKind.ARRAY:
            cells[inside(symbol, "*")] = exactly(0)
    else:
        cells[symbol] = GARBAGE
        if symbol.type.kind is TypeKind.ARRAY and symbol.type.is_value_array:
            cells[inside(symbol, "*")] = GARBAGE
    state.kept = {p: k for p, k in state.kept.items() if base_of(p) is not symbol}


def assign(run: Run, state: State, instruction: Assign) -> None:
    """`place = source`."""
    place_expr, source = instruction.place, instruction.source
    position = instruction.position
    val = evaluate(run, state, source)
    typed = source if isinstance(place_expr, Temp) else place_expr
    if typed.type.is_value:
        val = as_number(run, source, as_value(run, val, source, source.position))
    elif typed.type.kind is TypeKind.INTEGER:
        check_assigned(run, instruction, val)
        val = as_length(run, instruction, val)
    store(run, state, place_expr, val, source, position)


def store(
    run: Run, state: State, place_expr: Expr, val: AbsVal, source: Expr, position: Position
) -> None:
    """Put `val` where `place_expr` says, with what such a store asks for there."""
    inner = uncast(place_expr)
    kind = type(inner)
    if kind is Var and inner.symbol.storage in _STATIC:  # type: ignore[union-attr]
        if inner.type.kind is TypeKind.STRUCT:
            symbol = inner.symbol  # type: ignore[union-attr]
            _store_members(run, state, symbol, inner, source, position)
            return
    if kind is Var or kind is Temp:
        _store_variable(run, state, inner, val, source, position)
        return
    if kind is Access:
        store_access(run, state, inner, val, source, position)  # type: ignore[arg-type]
        return
    if kind is Member:
        forget_conditions(state, inner.name)  # type: ignore[union-attr]
        if inner.name == "local_roots":  # type: ignore[union-attr]
            close(state, position)
            return
    place = locate(run, state, inner)
    if place is not None:
        if inner.type.kind is TypeKind.STRUCT:
            _store_members(run, state, place, inner, source, position)
        else:
            _store_place(run, state, place, inner, val, position)
            if inner.type.kind is TypeKind.INTEGER:
                keep_test(state, place, source)
        return
    _store_through_pointer(run, state, inner, val, source, position)


def _store_variable(
    run: Run, state: State, expr: Expr, val: AbsVal, source: Expr, position: Position
) -> None:
    if isinstance(expr, Temp):
        state.cells[expr.number] = val
        return
    assert isinstance(expr, Var)
    symbol = expr.symbol
    if symbol.name in ROOT_LISTS and not symbol.is_local:
        close(state, position)
        return
    if symbol.storage in _STATIC:
        _store_place(run, state, symbol, expr, val, position)
        return
    if symbol in state.registered:
        _check_generational(run, state, symbol, expr, val, position)
    _move_prefixes(state, symbol, source)
    if state.conditions:
        forget_conditions(state, symbol)
    if state.tests:
        forget_tests(state, symbol)
    if symbol.type.kind is TypeKind.INTEGER:
        keep_test(state, symbol, source)
    if symbol.type.kind is TypeKind.STRUCT:
        _copy_struct(run, state, symbol, source)
        return
    if val.origin is None and val.shape in HEAP_VALUES:
        val = val._replace(origin=run.origin(position, f"'{symbol.name}' is set"))
    state.cells[symbol] = val


def _move_prefixes(state: State, symbol: Symbol, source: Expr) -> None:
    """Keep what is known of loops over fields right when their counter moves."""
    for site, block in state.blocks.items():
        if block.prefix is None or block.prefix[0] is not symbol:
            continue
        step = _step(symbol, source)
        if step is None:
            state.blocks[site] = block.forget(symbol, state.cells.get(symbol))
        else:
            state.blocks[site] = block.shift(symbol, step)


def _step(symbol: Symbol, source: Expr) -> int | None:
    if (
        isinstance(source, Binary)
        and source.op in "+-"
        and isinstance(source.left, Var)
        and source.left.symbol is symbol
        and isinstance(source.right, Const)
        and source.right.number is not None
    ):
        return source.right.number if source.op == "+" else -source.right.number
    return None


def _copy_struct(run: Run, state: State, symbol: Symbol, source: Expr) -> None:
    cells = state.cells
    for place in [p for p in cells if type(p) is tuple and p[0] is symbol]:
        del cells[place]
    cells[symbol] = UNKNOWN
    origin = locate(run, state, source)
    if origin is None:
        return
    for _, rest, val in inside_of(state, origin):
        cells[(symbol, *rest)] = val


def _store_members(
    run: Run, state: State, place: Place, expr: Expr, source: Expr, position: Position
) -> None:
    """A structure is copied whole: each of its members is stored."""
    origin = locate(run, state, source)
    if origin is None:
        return
    for _, rest, val in inside_of(state, origin):
        member: Place = place
        for part in rest:
            assert isinstance(part, str | int)
            member = inside(member, part)
        _store_place(run, state, member, expr, val, position)


def _store_place(
    run: Run,
    state: State,
    place: Place,
    expr: Expr,
    val: AbsVal,
    position: Position,
) -> None:
    base: object = base_of(place)
    weak = type(place) is tuple and "*" in place
    old = state.cells.get(place)
    if place in state.registered and not weak:
        _check_generational(run, state, place, expr, val, position)
    outlives = (isinstance(base, Memory) and not base.is_parameter) or (
        isinstance(base, Symbol) and base.storage in _STATIC
    )
    if outlives:
        _store_outside(run, state, place, expr, val, position)
    elif isinstance(base, Memory):
        if val.shape is Shape.DERIVED:
            _note_escape(run, val, position, render(expr))
        number = run.analysis.parameter_number(run.function, base)
        if number is not None:
            run.writes.add(number)
            if state.collected is not None and not state.collected.doubt:
                run.late_reads.add(number)
    if isinstance(base, Memory | Symbol) and not (isinstance(base, Symbol) and base.is_local):
        hand_over(state, val)
    state.cells[place] = join(old, val) if weak and old is not None and not old.garbage else val


def _store_outside(
    run: Run, state: State, place: Place, expr: Expr, val: AbsVal, position: Position
) -> None:
    """A store into memory that is there after the call: a static, or memory made in the call."""
    text = render(expr)
    base = base_of(place)
    # Of an array it is not known which element is looked at again, and which is set before.
    weak = type(place) is tuple and "*" in place
    if weak and isinstance(base, Symbol):
        weak = val.parameter is not None and not run.primitive
    if val.shape is Shape.DERIVED:
        if val.source and not weak:
            origin = val.origin or Origin(position, text)
            state.kept[place] = Kept(position, text, "", origin, val.source, val.parameter)
        return
    if val.shape not in HEAP_VALUES:
        state.kept.pop(place, None)
        if val.parameter is not None and expr.type.is_pointer and not weak:
            origin = val.origin or Origin(position, text)
            state.kept[place] = Kept(position, text, "", origin, "", val.parameter)
        return
    if (val.local or val.parameter is not None) and isinstance(base, Symbol):
        run.lodge(val, "", position, f"the static variable '{text}'")
    if val.source == "caml_named_value" and isinstance(base, Symbol):
        run.emit(NamedValueFault(position, text, True, val.origin or Origin(position, text)))
    if place in state.registered or roots_cover(state, place):
        if place in state.registered and not isinstance(base, Symbol):
            run.lodge(val, "", position, f"the global root '{text}'")
        return
    if isinstance(base, Symbol):
        if run.program.is_registered("", base.name):
            return
        kind = "a static variable"
    else:
        assert isinstance(base, Memory)
        if isinstance(base.site, Symbol):
            return
        kind = base.what
    origin = val.origin or run.origin(position, f"stored in '{text}'")
    state.kept[place] = Kept(position, text, kind, origin)


def _note_escape(run: Run, val: AbsVal, position: Position, text: str) -> None:
    if val.parameter is not None and val.parameter not in run.escapes:
        run.escapes[val.parameter] = (Step(position, f"stored in '{text}'"),)


def _check_generational(
    run: Run, state: State, place: Place, expr: Expr, val: AbsVal, position: Position
) -> None:
    registration = state.registered[place]
    if registration.generational and val.shape in HEAP_VALUES:
        origin = Origin(registration.position, f"'{render(expr)}' is registered")
        run.emit(GlobalRootFault(position, RootFault.ASSIGNED, render(expr), "", origin))


def _store_through_pointer(
    run: Run, state: State, expr: Expr, val: AbsVal, source: Expr, position: Position
) -> None:
    pointer_expr = _pointer_of(expr)
    if pointer_expr is None:
        evaluate(run, state, expr)
        return
    pointer = evaluate(run, state, pointer_expr)
    hand_over(state, val)
    if pointer.shape is Shape.DERIVED:
        use_pointer(run, state, pointer, pointer_expr, position, "written through")
        check_raw_access(run, state, pointer, expr)
        store_derived(run, state, pointer, expr, val, source, position)
        return
    if pointer.parameter is not None:
        run.writes.add(pointer.parameter)
    text = render(expr)
    if pointer.shape is Shape.UNKNOWN or pointer.parameter is not None:
        return
    if isinstance(pointer_expr, Var) and pointer.target is None:
        # Memory that somebody else owns. What is put there is looked at when it is left there.
        memory = Memory(pointer_expr.symbol, "memory that outlives the call")
        state.cells[pointer_expr.symbol] = pointer._replace(shape=Shape.ADDRESS, target=memory)
        place = locate(run, state, expr)
        if place is not None and val.shape is Shape.DERIVED:
            _store_place(run, state, place, expr, val, position)
    elif val.shape is Shape.DERIVED and val.source and isinstance(expr, Member):
        origin = val.origin or Origin(position, text)
        run.emit(PointerEscape(position, val.source, f"'{text}'", origin))


def _pointer_of(expr: Expr) -> Expr | None:
    while isinstance(expr, Member | Index):
        if isinstance(expr, Index) and expr.base.type.kind is not TypeKind.ARRAY:
            return expr.base
        expr = expr.base
    if isinstance(expr, Index):
        return expr.base
    return expr.pointer if isinstance(expr, Deref) else None


_STATIC = frozenset({Storage.STATIC, Storage.STATIC_LOCAL, Storage.GLOBAL, Storage.EXTERN})
