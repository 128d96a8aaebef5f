"""What is left when a function of the project returns: its result, and what it wrote."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.allocation import retire
from analyzer.flow.effects import renew
from analyzer.flow.evaluate import evaluate
from analyzer.flow.refine import cell_of, keep_test, narrow, refine_exception
from analyzer.flow.run import Run
from analyzer.flow.state import Kept, Registration, Resource, State, forget_conditions
from analyzer.flow.summary import Summary
from analyzer.flow.values import (
    DATA,
    HEAP_VALUES,
    UNKNOWN,
    AbsVal,
    Memory,
    Place,
    Shape,
    base_of,
    inside,
    join,
)
from analyzer.ir.nodes import Call, Expr, Position, Symbol
from analyzer.ir.text import render
from analyzer.ir.types import TypeKind


def narrow_arguments(
    state: State, instruction: Call, summary: Summary, vals: list[AbsVal]
) -> bool:
    """What the callee's return tells of its arguments; False if it cannot have returned."""
    for number in summary.checks:
        if number < len(vals):
            place = cell_of(state, instruction.args[number])
            if place is not None:
                refine_exception(state, place, False)
    for number, (low, high) in summary.narrows.items():
        if number >= len(vals):
            continue
        place = cell_of(state, instruction.args[number])
        if place is None or place not in state.cells:
            continue
        if low is not None and not narrow(state, place, ">=", low):
            return False
        if high is not None and not narrow(state, place, "<=", high):
            return False
    return True


def _resolve_out(vals: list[AbsVal], path: tuple[int | str, ...]) -> Place | None:
    number = path[0]
    assert isinstance(number, int)
    if number >= len(vals):
        return None
    val = vals[number]
    if val.shape is not Shape.ADDRESS or val.target is None:
        return None
    place: Place = val.target
    for part in path[1:]:
        if part == 0 and place is val.target and not _is_array(place):
            continue
        place = inside(place, part)
    return place


def _is_array(place: Place) -> bool:
    return isinstance(place, Symbol) and place.type.kind is TypeKind.ARRAY


def apply_roots(state: State, summary: Summary, vals: list[AbsVal], position: Position) -> None:
    for path, generational in summary.registers.items():
        place = _resolve_out(vals, path)
        if place is not None:
            state.registered[place] = Registration(position, generational)
            state.kept.pop(place, None)
    for path in summary.removes:
        place = _resolve_out(vals, path)
        if place is not None:
            state.registered.pop(place, None)
            state.removed |= {place}


def apply_out(
    run: Run,
    state: State,
    instruction: Call,
    summary: Summary,
    vals: list[AbsVal],
    name: str,
) -> None:
    for path, val in summary.out.items():
        place = _resolve_out(vals, path)
        if place is None:
            continue
        base = base_of(place)
        position = instruction.position
        old = state.cells.get(place)
        weak = (type(place) is tuple and "*" in place) or val.garbage
        val = _translated(run, val, instruction, vals, name)
        if isinstance(base, Symbol) and not base.is_local:
            continue
        if isinstance(base, Symbol):
            forget_conditions(state, base)
        if isinstance(base, Memory) and not base.is_parameter and val.shape is Shape.DERIVED:
            origin = val.origin or run.origin(position, name)
            text = render(instruction.args[int(path[0])])
            state.kept[place] = Kept(position, text, "", origin, val.source)
        state.cells[place] = join(old, val) if weak and old is not None else val


def _translated(run: Run, val: AbsVal, instruction: Call, vals: list[AbsVal], name: str) -> AbsVal:
    """What a callee has stored, in the caller's terms."""
    position = instruction.position
    number = val.parameter
    if val.shape in HEAP_VALUES:
        return AbsVal(val.shape, origin=run.origin(position, f"set by '{name}'"))
    if val.shape in (Shape.NAKED, Shape.INTERIOR):
        return AbsVal(val.shape, origin=run.origin(position, f"made a value by '{name}'"))
    if number is not None and number < len(vals):
        given = vals[number]
        if given.shape is Shape.DERIVED:
            return given._replace(whole=False, stale=None)
        if val.shape is Shape.DERIVED and given.shape in HEAP_VALUES:
            source = render(instruction.args[number])
            origin = run.origin(position, f"pointer into '{source}' from '{name}'")
            return AbsVal(
                Shape.DERIVED, 1, None, origin, None, None, given.site, False, source,
                parameter=given.parameter,
            )  # fmt: skip
        return UNKNOWN
    return val._replace(garbage=False, parameter=None, target=None)


def computed_result(
    run: Run, state: State, instruction: Call, name: str, computes: Expr, expr: Expr
) -> AbsVal:
    """The result of a function that only `computes`; `expr` is that in the caller's terms."""
    known = len(run.facts)
    val = evaluate(run, state, expr)
    if len(run.facts) > known:
        step = Step(computes.position, f"'{name}' computes '{render(computes)}' here")
        run.inlined[instruction.position] = step
    if instruction.result is not None:
        keep_test(state, instruction.result.number, expr)
    if val.shape in HEAP_VALUES:
        return val._replace(origin=run.origin(instruction.position, f"result of '{name}'"))
    return val


def own_result(
    run: Run,
    state: State,
    instruction: Call,
    name: str,
    summary: Summary,
    vals: list[AbsVal],
) -> AbsVal:
    result = summary.result if summary.loud is None else summary.loud
    position = instruction.position
    origin = run.origin(position, f"result of '{name}'")
    if result.parameter is not None and result.parameter < len(vals):
        given = vals[result.parameter]
        if result.shape is Shape.DERIVED and given.shape in HEAP_VALUES:
            source = render(instruction.args[result.parameter])
            return AbsVal(
                Shape.DERIVED,
                1,
                None,
                run.origin(position, f"pointer into '{source}' from '{name}'"),
                None,
                None,
                given.site,
                False,
                source,
                parameter=given.parameter,
                functions=result.functions,
            )
        if result.shape in HEAP_VALUES and given.shape in (
            Shape.VALUE,
            Shape.BLOCK,
            Shape.IMMEDIATE,
        ):
            return given._replace(stale=None)
        if given.shape is Shape.DERIVED:
            return given._replace(whole=False, stale=None)
        if given.shape is Shape.ADDRESS:
            return given
        return DATA
    if summary.result_memory:
        memory = Memory(instruction, summary.result_memory)
        renew(state, memory)
        if summary.result_release:
            state.resources[memory] = Resource(
                origin, summary.result_release, f"result of '{name}'"
            )
        return AbsVal(Shape.ADDRESS, result.low, result.high, origin, target=memory)
    if summary.block is not None and result.shape is Shape.BLOCK:
        retire(state, instruction)
        state.blocks[instruction] = summary.block._replace(origin=origin)
        return AbsVal(Shape.BLOCK, origin=origin, site=instruction)
    if result.shape in HEAP_VALUES:
        return AbsVal(result.shape, origin=origin, null=result.null)
    if result.shape in (Shape.NAKED, Shape.INTERIOR):
        return AbsVal(result.shape, origin=origin, source=name)
    if result.shape is Shape.ROOT_POINTER:
        return result._replace(origin=origin)
    if result.shape in (Shape.DATA, Shape.IMMEDIATE):
        return AbsVal(result.shape, result.low, result.high, origin, null=result.null)
    if instruction.type.is_value:
        return AbsVal(Shape.VALUE, origin=origin)
    return UNKNOWN
