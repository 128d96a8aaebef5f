"""Functions that are not ours: what they may do with what they are given."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.clib import lookup
from analyzer.flow.conversions import CAST
from analyzer.flow.effects import (
    collection_of,
    described,
    evaluate_arguments,
    fill,
    finish,
    hand_over,
    hand_over_members,
    take_as_written,
)
from analyzer.flow.places import locate
from analyzer.flow.run import Run
from analyzer.flow.state import Resource, State, forget_conditions
from analyzer.flow.summary import extend
from analyzer.flow.types.numbers import check_passed
from analyzer.flow.types.truncation import check_offset_given
from analyzer.flow.values import (
    DATA,
    HEAP_VALUES,
    UNKNOWN,
    AbsVal,
    Memory,
    Shape,
    base_of,
)
from analyzer.ir.nodes import Call, Expr, Function, Position, Symbol
from analyzer.ir.types import CType, TypeKind


def foreign_argument(
    run: Run, state: State, val: AbsVal, argument: Expr, name: str, position: Position
) -> None:
    """An argument of a C function that is not ours."""
    use = described(name)
    if val.shape is Shape.DERIVED:
        if val.functions == (CAST,) and lookup(name) is None:
            # `(void *) v`: as likely a pointer that was stored as it is.
            return
        run.use(state, val, argument, position, use)
        run.use_heap(state, position, f"a pointer into '{val.source}' is {use}")
    elif val.shape in HEAP_VALUES and argument.type.is_value:
        run.use(state, val, argument, position, use, False)


def call_unknown(run: Run, state: State, instruction: Call, name: str) -> bool:
    """A function without code or row: it collects only if it is given one of ours that does."""
    vals = evaluate_arguments(run, state, instruction)
    position = instruction.position
    takes_values = instruction.type.is_value or name.startswith("caml_")
    for number, (val, argument) in enumerate(zip(vals, instruction.args, strict=True)):
        foreign_argument(run, state, val, argument, name, position)
        declared = _declared_type(run, name, number)
        if declared is not None:
            check_passed(run, argument, val, name, declared)
            check_offset_given(run, state, argument, name, declared)
        is_value = argument.type.is_value if declared is None else declared.is_value
        fill(state, val)
        takes_values = takes_values or is_value or argument.type.is_value_array
        if val.shape is Shape.ADDRESS and val.target is not None:
            may_be_written(run, state, val, argument)
        elif argument.type.kind in (TypeKind.STRUCT, TypeKind.UNKNOWN):
            hand_over_members(state, locate(run, state, argument))
        for function in val.functions:
            if isinstance(function, Function):
                _may_run(run, state, instruction, function)
        if val.parameter is not None and val.shape in (Shape.DATA, Shape.ADDRESS):
            if state.collected is not None and not state.collected.doubt:
                run.late_reads.add(val.parameter)
    if takes_values:
        run.meet_unseen(position, unknown_call(name))
        run.collect(state, collection_of(run, instruction, name, (), True))
    result = UNKNOWN
    if instruction.type.is_value:
        result = AbsVal(
            Shape.VALUE,
            origin=run.origin(position, f"result of '{name}'" if name else "result of a call"),
        )
    elif instruction.type.is_pointer or instruction.type.kind is TypeKind.INTEGER:
        result = DATA
    finish(run, state, instruction, result)
    return True


def unknown_call(name: str) -> str:
    """What is said of a call that may do anything."""
    callee = f"'{name}'" if name else "a function"
    return f"{callee} is called, of which nothing is known"


def may_be_written(run: Run, state: State, val: AbsVal, argument: Expr) -> None:
    """The callee has the address of a cell of ours: numbers and pointers in it may change."""
    target = val.target
    assert target is not None
    base = base_of(target)
    if isinstance(base, Memory):
        if _may_be_taken(state.resources.get(base), argument):
            state.resources.pop(base, None)
        return
    if isinstance(base, Symbol) and base.is_local:
        hand_over_members(state, target)
        take_as_written(state, val)
        held = state.cells.get(target)
        if held is not None and held.shape in (Shape.DATA, Shape.ADDRESS, Shape.UNKNOWN):
            if held.target is not None:
                hand_over(state, held)
            state.cells[target] = UNKNOWN
        if state.conditions:
            forget_conditions(state, base)
        for site, block in state.blocks.items():
            if block.prefix is not None and block.prefix[0] is base:
                state.blocks[site] = block.forget(base, None)


def _may_be_taken(resource: Resource | None, argument: Expr) -> bool:
    """Whether a callee may take over the memory behind this pointer: it is more than a buffer."""
    if resource is None or "free" not in resource.release:
        return False
    pointee = argument.type.target
    return pointee is None or pointee.kind not in (
        TypeKind.INTEGER,
        TypeKind.FLOATING,
        TypeKind.VOID,
    )


def _may_run(run: Run, state: State, instruction: Call, function: Function) -> None:
    """The callee may run a function of ours at once, or keep it for later."""
    summary = run.analysis.summary(function)
    if summary.raises is not None or summary.unseen:
        # Whether it lets an exception through is its own business.
        run.meet_unseen(instruction.position, unknown_call(instruction.name))
    if summary.collects is not None:
        name = instruction.name
        step = Step(instruction.position, f"'{name}' is given '{function.name}'")
        chain = extend(step, summary.collects.chain)
        doubt = summary.collects.doubt
        run.collect(state, collection_of(run, instruction, name, chain, doubt), later=True)


def _declared_type(run: Run, name: str, number: int) -> CType | None:
    """The type of a parameter in the function's prototype."""
    prototype = run.unit.prototypes.get(name)
    params = prototype.params if prototype is not None else None
    return None if params is None or number >= len(params) else params[number]
