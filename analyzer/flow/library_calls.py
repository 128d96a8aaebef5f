"""Calls of the C library: copies, resources, functions that are handed over to be run."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.clib import ClibRow
from analyzer.flow.conversions import CAST
from analyzer.flow.effects import (
    collection_of,
    evaluate_arguments,
    finish,
    give_up,
    raising_call,
    renew,
)
from analyzer.flow.facts import (
    BigarrayFault,
    BigarrayMismatch,
    GlobalRootFault,
    NulCut,
    Origin,
    PlainStore,
    PointerEscape,
    RootFault,
    TagFault,
    TagMismatch,
)
from analyzer.flow.fields import tag_name
from analyzer.flow.heap_stores import STRING_POINTERS, write_string
from analyzer.flow.locking import apply_lock_needs
from analyzer.flow.refine import STATUS
from analyzer.flow.run import Run
from analyzer.flow.state import Resource, State
from analyzer.flow.summary import extend
from analyzer.flow.types.numbers import check_passed
from analyzer.flow.types.truncation import check_sizes
from analyzer.flow.unknown_calls import foreign_argument, may_be_written
from analyzer.flow.values import DATA, AbsVal, Memory, Shape, base_of, inside
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import Call, Expr, Function
from analyzer.ir.text import render


def call_library(run: Run, state: State, instruction: Call, row: ClibRow) -> bool:
    vals = evaluate_arguments(run, state, instruction)
    name, position = instruction.name, instruction.position
    for number, (val, argument) in enumerate(zip(vals, instruction.args, strict=True)):
        foreign_argument(run, state, val, argument, name, position)
        check_passed(run, argument, val, name, None)
        if val.shape is Shape.DERIVED:
            if number in row.retains and val.source:
                origin = val.origin or Origin(position, val.source)
                run.emit(PointerEscape(position, val.source, f"'{name}'", origin))
            if number in row.writes and val.functions[:1] and val.functions[0] in STRING_POINTERS:
                write_string(run, val, position, f"'{name}'")
            if name == "strlen" and val.source:
                # How a string is asked by hand whether it has a NUL inside.
                state.conditions[f"caml_string_is_c_safe({val.source})"] = (True, frozenset())
            elif number in row.stops_at_nul and val.functions[:1] == ("String_val",):
                checked = f"caml_string_is_c_safe({val.source})"
                if checked not in state.conditions:
                    run.emit(NulCut(position, val.source, name))
        elif val.shape is Shape.ADDRESS and number in row.writes:
            may_be_written(run, state, val, argument)
        if val.parameter is not None and val.shape is not Shape.DERIVED:
            if number in row.retains:
                run.escapes.setdefault(val.parameter, (Step(position, f"kept by '{name}'"),))
            if number in row.writes:
                run.writes.add(val.parameter)
            if val.shape in (Shape.DATA, Shape.ADDRESS) and state.collected is not None:
                if not state.collected.doubt:
                    run.late_reads.add(val.parameter)
    if row.sizes or row.offsets:
        check_sizes(run, state, instruction, row)
    if row.copies is not None:
        _copy_memory(run, state, instruction, row, vals)
    for number in row.calls:
        _run_function(run, state, instruction, vals, number)
    if row.never_returns:
        return False
    library_effect(run, state, instruction, row, vals)
    if instruction.result is not None and instruction.result.number not in state.cells:
        finish(run, state, instruction, DATA)
    return True


def _copy_memory(
    run: Run, state: State, instruction: Call, row: ClibRow, vals: list[AbsVal]
) -> None:
    """memcpy and its like: into a block of values it is a store without a barrier, or raw data."""
    assert row.copies is not None
    to, source = row.copies
    if max(to, source) >= len(vals):
        return
    target, origin_val = vals[to], vals[source]
    position = instruction.position
    if target.shape is not Shape.DERIVED:
        return
    block = state.blocks.get(target.site) if target.site is not None else None
    via = target.functions[0] if target.functions else ""
    if block is not None and target.site is not None:
        if block.scanned and not _are_values(origin_val, instruction.args[source]):
            run.emit(
                TagMismatch(
                    position,
                    TagFault.RAW_SCANNED,
                    target.source,
                    tag_name(block.tag),
                    block.origin,
                )
            )
        state.blocks[target.site] = block._replace(filled=True)
        return
    if via in ("", CAST, "Op_val", "Field", "Bp_val") and origin_val.shape is Shape.DERIVED:
        from_via = origin_val.functions[0] if origin_val.functions else ""
        if from_via in ("", CAST, "Op_val", "Field", "Bp_val"):
            origin = target.origin or Origin(position, target.source)
            run.emit(PlainStore(position, target.source, "may be old", origin, True))


def _are_values(val: AbsVal, argument: Expr) -> bool:
    """Whether what is copied are values: out of a block, or out of a C array of values."""
    argument = uncast(argument)
    return val.shape is Shape.DERIVED or argument.type.is_value_array


def library_effect(
    run: Run, state: State, instruction: Call, row: ClibRow, vals: list[AbsVal]
) -> None:
    name = instruction.name
    for number in row.releases:
        if number < len(vals):
            _release(run, state, vals[number], instruction, number, name)
    if row.derives is not None and row.derives < len(vals):
        given = vals[row.derives]
        if given.shape is Shape.DERIVED:
            finish(run, state, instruction, given._replace(whole=False, stale=None, low=None))
            return
        if given.shape is Shape.ADDRESS or given.parameter is not None:
            target = given.target if given.target is None else inside(given.target, "*")
            finish(run, state, instruction, given._replace(low=None, high=None, target=target))
            return
    if row.acquires:
        _acquire_resource(run, state, instruction, row, vals)


def _acquire_resource(
    run: Run, state: State, instruction: Call, row: ClibRow, vals: list[AbsVal]
) -> None:
    name, position = instruction.name, instruction.position
    memory = Memory(instruction, f"memory from '{name}'")
    origin = run.origin(position, f"result of '{name}'")
    resource = Resource(origin, row.acquires, f"result of '{name}'")
    if row.acquired_argument is not None:
        number = row.acquired_argument
        if number >= len(vals):
            return
        given = vals[number]
        if row.holds:
            # A mutex: held by address, whatever the expression says it is.
            key = Memory(instruction, render(instruction.args[number]))
            state.resources[key] = resource._replace(name=render(instruction.args[number]))
            return
        place = given.target
        if given.shape is Shape.ADDRESS and place is not None:
            renew(state, memory)
            state.cells[place] = AbsVal(Shape.ADDRESS, None, None, origin, target=memory)
            state.resources[memory] = resource._replace(name=render(instruction.args[number]))
            if row.failure == "nonzero":
                status = AbsVal(Shape.DATA, origin=origin, target=memory, source=STATUS)
                finish(run, state, instruction, status)
        return
    renew(state, memory)
    if instruction.result is None:
        return
    state.resources[memory] = resource
    if row.failure == "negative":
        val = AbsVal(Shape.DATA, -1, None, origin, target=memory)
    elif row.failure == "null":
        val = AbsVal(Shape.ADDRESS, 0, None, origin, target=memory)
    else:
        val = AbsVal(Shape.ADDRESS, 1, None, origin, target=memory)
    finish(run, state, instruction, val)


def _release(
    run: Run, state: State, val: AbsVal, instruction: Call, number: int, name: str
) -> None:
    text = render(instruction.args[number])
    for key in [k for k, r in state.resources.items() if k.what == text and r.name == text]:
        del state.resources[key]
    if val.target is not None:
        base = base_of(val.target)
        if isinstance(base, Memory):
            held = [p for p in state.registered if base_of(p) == base]
            for place in held:
                registration = state.registered.pop(place)
                run.emit(
                    GlobalRootFault(
                        instruction.position,
                        RootFault.FREED,
                        text,
                        name,
                        Origin(registration.position, f"'{text}' is registered"),
                    )
                )
    if isinstance(base_of(val.target) if val.target is not None else None, Memory):
        lent = state.lent.get(base_of(val.target))  # type: ignore[arg-type]
        if lent is not None:
            run.emit(BigarrayMismatch(lent[0], BigarrayFault.SHORT_LIVED_DATA, lent[1], lent[2]))
    give_up(run, state, val, True)


def _run_function(
    run: Run, state: State, instruction: Call, vals: list[AbsVal], number: int
) -> None:
    """The callee runs a function of ours."""
    if number >= len(vals):
        return
    for function in vals[number].functions:
        if isinstance(function, Function):
            _run_handed(run, state, instruction, function)


def _run_handed(run: Run, state: State, instruction: Call, function: Function) -> None:
    summary = run.analysis.summary(function)
    name = instruction.name
    step = Step(instruction.position, f"'{name}' runs '{function.name}'")
    if summary.unseen:
        run.meet_unseen(step.position, step.message, summary.unseen)
    if summary.collects is not None:
        chain = extend(step, summary.collects.chain)
        run.collect(state, collection_of(run, instruction, name, chain, summary.collects.doubt))
    if summary.raises is not None:
        raising_call(
            run, state, instruction, name, summary.raises.kind, extend(step, summary.raises.chain)
        )
    apply_lock_needs(run, state, function.name, summary, instruction.position, step)
