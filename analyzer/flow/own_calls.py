"""Calls of the project's own functions: their summaries are applied."""

from __future__ import annotations

from dataclasses import replace

from analyzer.diagnostics import Step
from analyzer.flow.blocks import Index as FieldIndex
from analyzer.flow.effects import (
    collection_of,
    described,
    evaluate_arguments,
    fill,
    finish,
    give_up,
    hand_over_members,
    mark_c_safe,
    raising_call,
    take_as_written,
)
from analyzer.flow.facts import LateRead, Origin, PlainStore, PointerEscape
from analyzer.flow.fields import index_of
from analyzer.flow.heap_stores import STRING_POINTERS, store_through, write_string
from analyzer.flow.inlining import at_call, fits
from analyzer.flow.locking import apply_lock_needs
from analyzer.flow.own_results import (
    apply_out,
    apply_roots,
    computed_result,
    narrow_arguments,
    own_result,
)
from analyzer.flow.places import locate
from analyzer.flow.run import Run
from analyzer.flow.state import LockState, State, join_states
from analyzer.flow.summary import Chain, Summary
from analyzer.flow.types.access import check_opened
from analyzer.flow.types.numbers import check_passed
from analyzer.flow.types.truncation import check_offset_given
from analyzer.flow.values import HEAP_VALUES, AbsVal, Memory, Shape
from analyzer.ir.nodes import Access, Call, Const, Expr, Function, Position
from analyzer.ir.text import render
from analyzer.ir.types import INT, VALUE, TypeKind


def call_functions(
    run: Run,
    state: State,
    instruction: Call,
    name: str,
    functions: tuple[Function, ...],
    guessed: bool = False,
) -> bool:
    """Apply what the functions do that a call may reach; `guessed`: for all that is known of them.

    False if it never returns.
    """
    vals = evaluate_arguments(run, state, instruction)
    if len(functions) == 1 and not guessed:
        summary = run.analysis.summary_given(functions[0], _known(vals))
        return _apply(run, state, instruction, name, functions[0], summary, vals)
    summaries = [run.analysis.summary(function) for function in functions]
    if guessed or len({summary.raises is None for summary in summaries}) > 1:
        # Others may be meant, and what is not true of all is left out below.
        told = f"'{name}' is called, of which not all is known"
        run.meet_unseen(instruction.position, told)
    summaries = _doubtful(summaries) if guessed else _in_common(summaries)
    # Each candidate on a copy of its own; what may happen in one of them may happen.
    outcomes: list[State] = []
    for function, summary in zip(functions, summaries, strict=True):
        taken = state.copy()
        if _apply(run, taken, instruction, name, function, summary, vals):
            outcomes.append(taken)
    if not outcomes:
        return False
    _merge(state, outcomes)
    return True


def _in_common(summaries: list[Summary]) -> list[Summary]:
    """The summaries of the functions that a pointer may stand for: nothing tells which is meant.

    What they do with the lock counts where it is true of all, and so does that they raise: a
    pointer is chosen to fit its use.
    """
    locks = {
        (bool(s.acquires_first), bool(s.releases_first), bool(s.needs_lock), s.leaves)
        for s in summaries
    }
    if len(locks) > 1:
        summaries = [
            replace(s, acquires_first=(), releases_first=(), needs_lock=(), leaves=None)
            for s in summaries
        ]
    if len({s.raises is None for s in summaries}) > 1:
        summaries = [replace(s, raises=None) if s.raises else s for s in summaries]
    return summaries


def _doubtful(summaries: list[Summary]) -> list[Summary]:
    """The summaries of the functions that structures hold, of the kind that a call goes through.

    Which of them a structure holds at that call is its owner's business.
    """
    doubt = any(summary.collects is None or summary.collects.doubt for summary in summaries)
    return [
        replace(
            summary,
            collects=summary.collects and replace(summary.collects, doubt=doubt),
            raises=None,
            acquires_first=(),
            releases_first=(),
            needs_lock=(),
            leaves=None,
        )
        for summary in summaries
    ]


def _known(vals: list[AbsVal]) -> dict[int, AbsVal]:
    """The arguments that are certain functions or constants."""
    known: dict[int, AbsVal] = {}
    for number, val in enumerate(vals):
        if val.shape is Shape.CODE:
            if val.functions and all(isinstance(f, Function) for f in val.functions):
                known[number] = AbsVal(Shape.CODE, 1, None, functions=val.functions)
        elif val.shape in (Shape.DATA, Shape.IMMEDIATE) and val.is_constant:
            known[number] = AbsVal(val.shape, val.low, val.high)
    return known


def _merge(state: State, outcomes: list[State]) -> None:
    first, *rest = outcomes
    for other in rest:
        join_states(first, other, None)
        if first.lock is not other.lock:
            first.lock, first.lock_at = state.lock, state.lock_at
    for slot in State.__slots__:
        setattr(state, slot, getattr(first, slot))


def _apply(
    run: Run,
    state: State,
    instruction: Call,
    name: str,
    function: Function,
    summary: Summary,
    vals: list[AbsVal],
) -> bool:
    """Apply a summary at a call."""
    position = instruction.position
    step = Step(position, f"'{name}' is called")
    if summary.unseen:
        run.meet_unseen(position, step.message, summary.unseen)
    for number, (val, argument) in enumerate(zip(vals, instruction.args, strict=True)):
        _own_argument(run, state, val, argument, number, name, function, summary, position, vals)
    apply_lock_needs(run, state, name, summary, position, step)
    passed = tuple(val for val in vals if val.shape in HEAP_VALUES)
    for number in summary.fills:
        if number < len(vals):
            fill(state, vals[number])
    _store_fields(run, state, instruction, summary, vals)
    for number in summary.c_safe:
        if number < len(vals):
            mark_c_safe(state, instruction.args[number])
    for number in summary.writes:
        if number < len(vals) and vals[number].shape is Shape.ADDRESS:
            take_as_written(state, vals[number])
    if summary.quiet is not None and instruction.result is not None:
        quiet = state.copy()
        apply_out(run, quiet, instruction, summary, vals, name)
        quiet.cells[instruction.result.number] = summary.quiet
        run.forks.append(quiet)
    if summary.collects is not None:
        chain = summary.collects.chain
        doubt = summary.collects.doubt
        run.collect(state, collection_of(run, instruction, name, chain, doubt), passed)
    if summary.leaves is not None:
        state.lock, state.lock_at = LockState(summary.leaves), position
    for number in summary.frees | summary.keeps:
        if number < len(vals):
            give_up(run, state, vals[number], number in summary.frees)
    if summary.raises is not None:
        excused = never_acquired(summary, vals)
        raises = summary.raises
        kind, chain, locked = raises.kind, raises.chain, raises.locked
        raising_call(run, state, instruction, name, kind, chain, excused, locked)
    if not summary.returns:
        return False
    if not narrow_arguments(state, instruction, summary, vals):
        return False
    apply_roots(state, summary, vals, position)
    apply_out(run, state, instruction, summary, vals, name)
    if summary.computes is not None and fits(function.params, instruction.args):
        computes = summary.computes
        expr = at_call(computes, function.params, instruction.args, position)
        result = computed_result(run, state, instruction, name, computes, expr)
        finish(run, state, instruction, result)
    else:
        finish(run, state, instruction, own_result(run, state, instruction, name, summary, vals))
    return True


def _store_fields(
    run: Run, state: State, instruction: Call, summary: Summary, vals: list[AbsVal]
) -> None:
    """The fields of our blocks that the callee assigns, one by one."""
    position, args = instruction.position, instruction.args
    for number, constant, indexed, callee in sorted(
        summary.fields, key=lambda f: (f[0], -1 if f[1] is None else f[1], f[2] or 0, f[3])
    ):
        if number >= len(vals) or (indexed is not None and indexed >= len(vals)):
            continue
        if indexed is None:
            index = FieldIndex(constant, constant)
            shown: Expr = Const(constant, str(constant), INT, position)
        else:
            index, shown = index_of(run, state, args[indexed]), args[indexed]
        access = Access("Field", (args[number], shown), VALUE, position)
        store_through(run, state, callee, vals[number], index, access)


def _own_argument(
    run: Run,
    state: State,
    val: AbsVal,
    argument: Expr,
    number: int,
    name: str,
    function: Function,
    summary: Summary,
    position: Position,
    vals: list[AbsVal],
) -> None:
    if number < len(function.params):
        type_ = function.params[number].type
        check_passed(run, argument, val, name, type_)
        check_offset_given(run, state, argument, name, type_)
    if argument.type.kind in (TypeKind.STRUCT, TypeKind.UNKNOWN):
        hand_over_members(state, locate(run, state, argument))
    opened = summary.opens.get(number)
    if opened is not None and summary.computes is None:
        check_opened(run, state, val, argument, position, name, opened)
    if number in summary.unused or number in summary.numbers:
        return
    use = described(name)
    if val.shape is Shape.DERIVED:
        run.use(state, val, argument, position, use)
        if number in summary.late_reads:
            run.emit(_late(run, val, position, name))
        if state.lock is LockState.RELEASED:
            run.use_heap(state, position, f"a pointer into '{val.source}' is {use}")
        if number in summary.escapes and val.source:
            chain = summary.escapes[number]
            run.emit(
                PointerEscape(
                    position,
                    val.source,
                    f"memory that outlives the call by '{name}'",
                    Origin(chain[0].position, chain[0].message) if chain else Origin(position, ""),
                )
            )
            if val.parameter is not None:
                run.escapes.setdefault(val.parameter, chain)
        if number in summary.writes and val.functions[:1] and val.functions[0] in STRING_POINTERS:
            write_string(run, val, position, f"'{name}'")
        if number in summary.writes and val.parameter is not None:
            run.writes.add(val.parameter)
        return
    encoded = number not in summary.tests_exception
    if val.shape is Shape.ENCODED and not encoded:
        run.use(state, val, argument, position, use, False)
    else:
        run.use(state, val, argument, position, use)
    lodged = summary.lodges.get(number)
    if lodged is not None:
        _lodge(run, val, argument, position, name, lodged, vals)
    if val.parameter is not None:
        if number in summary.late_reads:
            run.late_reads.add(val.parameter)
        if number in summary.writes:
            run.writes.add(val.parameter)
        if number in summary.escapes:
            run.escapes.setdefault(val.parameter, summary.escapes[number])
        if number in summary.tests_exception:
            run.tests.add(val.parameter)
    _own_plain_store(run, state, val, number, name, function, summary, position)


def _lodge(
    run: Run,
    val: AbsVal,
    argument: Expr,
    position: Position,
    name: str,
    lodged: tuple[int | None, Chain],
    vals: list[AbsVal],
) -> None:
    """The callee puts a value where it outlives its region."""
    owner, chain = lodged
    target = vals[owner] if owner is not None and owner < len(vals) else None
    run.lodge(val, render(argument), position, f"what '{name}' stores", target, chain)


def _own_plain_store(
    run: Run,
    state: State,
    val: AbsVal,
    number: int,
    name: str,
    function: Function,
    summary: Summary,
    position: Position,
) -> None:
    """A helper that stores without a barrier is right if all callers hand it a young block."""
    where = summary.plain_stores.get(number)
    if where is None or val.shape not in (Shape.VALUE, Shape.BLOCK):
        return
    block = state.blocks.get(val.site) if val.site is not None else None
    if block is not None and block.young:
        return
    if val.parameter is not None and not run.primitive:
        run.plain_stores.setdefault(val.parameter, where)
        return
    origin = val.origin or Origin(position, name)
    run.analysis.report_in(
        function,
        PlainStore(where, f"a field of parameter {number + 1}", "may be old", origin, False),
    )


def _late(run: Run, val: AbsVal, position: Position, name: str) -> LateRead:
    row = run.api.get("caml_copy_string")
    assert row is not None
    return LateRead(position, val.source, name, row)


def never_acquired(summary: Summary, vals: list[AbsVal]) -> frozenset[Memory]:
    """Resources whose handle says failure wherever the callee raises."""
    found = set()
    for number, (low, high) in summary.raising.items():
        if number >= len(vals) or not isinstance(vals[number].target, Memory):
            continue
        handle = vals[number].shape is Shape.DATA
        if (handle and high is not None and high < 0) or (not handle and low == 0 == high):
            found.add(vals[number].target)
    return frozenset(found)  # type: ignore[arg-type]
