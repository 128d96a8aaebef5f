"""The frame macros: what they open, register and close, and where they stand wrongly."""

from __future__ import annotations

from analyzer.flow.evaluate import evaluate
from analyzer.flow.facts import (
    FrameReopened,
    LocalWithoutFrame,
    NoFrame,
    NonValueRoot,
    OpenFrameLeft,
    ReturnKindMismatch,
    RootAgain,
    RootOutOfScope,
)
from analyzer.flow.places import locate
from analyzer.flow.run import Run
from analyzer.flow.state import OpenFrame, Record, State
from analyzer.flow.values import IMMEDIATE, Place, Shape, base_of, inside
from analyzer.ir.nodes import EndScope, Expr, Frame, FrameOp, Position, Return, Symbol, Var
from analyzer.ir.text import render
from analyzer.ir.types import CType, TypeKind

ROOT_LISTS = frozenset({"caml_local_roots", "CAML_LOCAL_ROOTS"})
"""What holds the open frames; a program that sets it closes frames without a macro."""


def apply_frame(run: Run, state: State, instruction: Frame) -> None:
    """One frame macro."""
    op = instruction.op
    if op is FrameOp.PARAM:
        _open(run, state, instruction)
        _register(run, state, instruction)
    elif op is FrameOp.XPARAM or op is FrameOp.LOCAL:
        _extend(run, state, instruction)
    elif op is FrameOp.BEGIN_ROOTS:
        _register(run, state, instruction)
        state.nested = (*state.nested, instruction)
    elif op is FrameOp.END_ROOTS:
        _end_roots(state)
    elif op is FrameOp.DROP:
        _close(run, state, instruction)
    elif op is FrameOp.RETURN:
        _check_return(run, instruction)
        _close(run, state, instruction)
    elif op is FrameOp.NORETURN:
        if state.frame is None:
            run.emit(NoFrame(instruction.position, instruction.macro, state.dropped))


def _open(run: Run, state: State, instruction: Frame) -> None:
    state.frame = OpenFrame(
        instruction.position,
        instruction.macro,
        len(state.nested),
        tuple(state.roots),
        state.frame,
    )
    state.dropped = None


def _extend(run: Run, state: State, instruction: Frame) -> None:
    position, macro = instruction.position, instruction.macro
    if state.frame is None:
        run.emit(LocalWithoutFrame(position, macro, run.survey.opens_frame))
    else:
        for record in state.roots.values():
            if record.frame is instruction:
                name = render(instruction.roots[0]) if instruction.roots else ""
                run.emit(RootAgain(position, macro, name, state.frame.position))
                break
    _register(run, state, instruction)


def _register(run: Run, state: State, instruction: Frame) -> None:
    record = Record(instruction, None)
    for root in instruction.roots:
        place = _root_place(run, state, instruction, root)
        if place is None:
            continue
        state.roots[place] = record
        symbol = place if isinstance(place, Symbol) else None
        if instruction.op is FrameOp.LOCAL:
            if symbol is not None and symbol.type.is_value_array:
                state.cells[symbol] = IMMEDIATE
                state.cells[inside(symbol, "*")] = IMMEDIATE
            continue
        _check_content(run, state, instruction, root, place)


def _root_place(run: Run, state: State, instruction: Frame, root: Expr) -> Place | None:
    type_ = root.type
    is_array = instruction.size is not None
    wrong = type_.kind in (TypeKind.INTEGER, TypeKind.FLOATING) or (
        type_.is_pointer and not type_.is_value_array and not _points_to_unknown(type_)
    )
    if not is_array and type_.is_value_array:
        wrong = True
    if wrong or (isinstance(root, Var) and type_.is_value_array and not is_array):
        run.emit(
            NonValueRoot(
                instruction.position, instruction.macro, render(root), type_.name or "a pointer"
            )
        )
        return None
    if is_array and isinstance(root, Var) and type_.kind is TypeKind.POINTER:
        val = evaluate(run, state, root)
        return val.target if val.shape is Shape.ADDRESS else root.symbol
    return locate(run, state, root)


def _points_to_unknown(type_: CType) -> bool:
    return type_.target is None or type_.target.kind is TypeKind.UNKNOWN


def _check_content(run: Run, state: State, instruction: Frame, root: Expr, place: Place) -> None:
    """A root without a value is told at the first collection that reads it."""
    val = state.cells.get(place)
    if val is not None and val.stale is not None:
        run.use(state, val, root, instruction.position, f"registered by '{instruction.macro}'")


def _end_roots(state: State) -> None:
    if not state.nested:
        return
    *rest, last = state.nested
    state.nested = tuple(rest)
    state.roots = {p: r for p, r in state.roots.items() if r.frame is not last}


def _close(run: Run, state: State, instruction: Frame) -> None:
    if state.frame is None:
        run.emit(NoFrame(instruction.position, instruction.macro, state.dropped))
        return
    if instruction.op is FrameOp.RETURN:
        reopened(run, state)
    close(state, instruction.position)


def close(state: State, position: Position) -> None:
    """The innermost frame is closed: its roots go, those from before stay."""
    frame = state.frame
    if frame is None:
        return
    opened = state.nested[: frame.entered]
    held = frame.held
    state.roots = {p: r for p, r in state.roots.items() if p in held or r.frame in opened}
    state.frame = frame.outer
    state.dropped = position


def reopened(run: Run, state: State) -> None:
    """The function, or the block of an inner frame, is left with that frame open.

    The outer frame is lost.
    """
    while state.frame is not None and state.frame.outer is not None:
        inner = state.frame
        run.emit(FrameReopened(inner.position, inner.macro, state.frame.outer.position))
        state.frame = inner.outer


def _check_return(run: Run, instruction: Frame) -> None:
    result = run.function.symbol.type.target
    if result is None or instruction.type is None:
        return
    given = instruction.type
    if not _returns_same(result, given):
        run.emit(
            ReturnKindMismatch(
                instruction.position,
                instruction.macro,
                type_name(result),
                type_name(given),
            )
        )


def _returns_same(declared: CType, given: CType) -> bool:
    if TypeKind.UNKNOWN in (declared.kind, given.kind):
        return declared.kind is not TypeKind.VOID or given.kind is TypeKind.VOID
    if declared.kind is TypeKind.INTEGER and given.is_value:
        # `CAMLreturn` of a C integer as wide as a value only lacks the right name.
        return declared.bits == 64
    if declared.is_value and given.kind is TypeKind.INTEGER:
        return given.bits == 64
    if declared.kind is TypeKind.INTEGER and given.kind is TypeKind.INTEGER:
        return True
    return declared.kind is given.kind or (declared.is_pointer and given.is_pointer)


def type_name(type_: CType) -> str:
    """A C type as one would say it."""
    if type_.is_pointer and type_.target is not None:
        return f"{type_name(type_.target)} *"
    return type_.name or type_.kind.name.lower()


def end_scope(run: Run, state: State, instruction: EndScope) -> None:
    """A block is left: the storage of its locals is gone, but not the records that point to it."""
    ended = frozenset(instruction.symbols)
    frame = state.frame
    if frame is not None and frame.outer is not None and _stands_in(frame.position, instruction):
        reopened(run, state)
        frame = state.frame
    for place, record in list(state.roots.items()):
        if base_of(place) in ended and record.ended is None:
            own = frame is not None and _stands_in(frame.position, instruction)
            if frame is not None and not own:
                state.roots[place] = Record(record.frame, instruction.position)
                name = render(record.frame.roots[0]) if record.frame.roots else ""
                run.emit(
                    RootOutOfScope(
                        record.frame.position, record.frame.macro, name, instruction.position
                    )
                )
            elif frame is None:
                del state.roots[place]
    cells = state.cells
    for place in [p for p in cells if base_of(p) in ended]:
        if place not in state.roots:
            del cells[place]


def _stands_in(position: Position, scope: EndScope) -> bool:
    """Whether the frame was opened in the block that ends."""
    start = scope.start
    return position.path == start.path and (position.line, position.column) >= (
        start.line,
        start.column,
    )


def leave(run: Run, state: State, instruction: Return) -> None:
    """The function returns: its frame must be closed."""
    reopened(run, state)
    frame = state.frame
    if frame is None:
        return
    result = run.function.symbol.type.target
    run.emit(
        OpenFrameLeft(
            instruction.position,
            frame.position,
            frame.macro,
            instruction.implicit,
            result is not None and result.is_value,
            type_name(result) if result is not None else "",
        )
    )
