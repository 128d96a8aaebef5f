"""The abstract interpreter: runs a function's blocks on states until nothing new is found.

States that meet in a block are joined if they agree on what keeps paths apart (`State.key`); when
too many kinds of paths meet, only frame and lock keep them apart.  Facts are told as they are
met: a state stands for paths that exist, so what it shows is true of one of them.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from analyzer.flow.calls import call
from analyzer.flow.conversions import as_value
from analyzer.flow.effects import hand_over
from analyzer.flow.evaluate import EVALUATORS, evaluate
from analyzer.flow.expressions import EXPRESSIONS
from analyzer.flow.facts import (
    EncodedUse,
    GlobalRootFault,
    LockFault,
    LockImbalance,
    Origin,
    RootFault,
    UnorderedRead,
)
from analyzer.flow.frames import apply_frame, end_scope, leave
from analyzer.flow.locking import apply_lock
from analyzer.flow.refine import refine
from analyzer.flow.run import Run
from analyzer.flow.state import LockState, State, join_states
from analyzer.flow.stores import assign, declare
from analyzer.flow.types.facts import ConversionFault, MissingConversion
from analyzer.flow.types.given import check_given
from analyzer.flow.types.numbers import check_switched, check_tested, is_unconverted, told
from analyzer.flow.types.typed_values import of_type
from analyzer.flow.values import (
    EXCEPTION,
    HEAP_SHAPES,
    UNKNOWN,
    AbsVal,
    Memory,
    Shape,
    base_of,
)
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import (
    Assign,
    Binary,
    Block,
    Branch,
    Call,
    Declare,
    EndScope,
    Evaluate,
    Expr,
    Frame,
    Instruction,
    Jump,
    Lock,
    Return,
    Select,
    Switch,
    Symbol,
    Temp,
    Terminator,
    Unsequenced,
)
from analyzer.ir.text import render
from analyzer.ir.types import INT, TypeKind

EVALUATORS.update(EXPRESSIONS)

MAX_PARTITIONS = 8
MAX_VISITS = 400
WIDEN_AFTER = 2
FEW = 256
"""How many numbers a switch may be about that are looked at one by one."""

MAX_TAIL = 2
"""The instructions of a block that is run for each path into it, because it ends in a return."""


def interpret(run: Run) -> None:
    """Run the function of `run` to a fixed point, leaving facts and exits in it."""
    function = run.function
    blocks = function.blocks
    if not blocks:
        return
    pending: list[dict[tuple[object, ...], State]] = [{} for _ in blocks]
    settled: list[dict[tuple[object, ...], State]] = [{} for _ in blocks]
    visits: dict[tuple[int, tuple[object, ...]], int] = {}
    entry = entry_state(run)
    pending[0][entry.key(False)] = entry
    queue = [0]
    steps = 0
    limit = MAX_VISITS + 12 * len(blocks)
    while queue:
        number = heapq.heappop(queue)
        waiting = pending[number]
        if not waiting:
            continue
        pending[number] = {}
        block = blocks[number]
        for key, arriving in waiting.items():
            steps += 1
            if steps > limit:
                return
            state = _meet(run, block, settled[number], key, arriving, visits)
            if state is None:
                continue
            for target, out in step(run, block, state.copy()):
                coarse = len(settled[target]) + len(pending[target]) > MAX_PARTITIONS
                out_key = out.key(coarse)
                held = pending[target].get(out_key)
                if held is None:
                    pending[target][out_key] = out
                    heapq.heappush(queue, target)
                else:
                    join_states(held, out, None)


def _meet(
    run: Run,
    block: Block,
    settled: dict[tuple[object, ...], State],
    key: tuple[object, ...],
    arriving: State,
    visits: dict[tuple[int, tuple[object, ...]], int],
) -> State | None:
    """Join a state into what is known at a block's start; None when it adds nothing."""
    known = settled.get(key)
    if known is None:
        settled[key] = arriving
        return arriving
    visit = (block.number, key)
    visits[visit] = visits.get(visit, 0) + 1
    thresholds = run.survey.thresholds if block.loop_head and visits[visit] > WIDEN_AFTER else None
    return known if join_states(known, arriving, thresholds) else None


def entry_state(run: Run) -> State:
    """What a function's parameters hold when it is called."""
    state = State()
    numbers = run.survey.immediates
    contract = run.contract
    params = () if contract is None else contract.params
    for number, symbol in enumerate(run.function.params):
        origin = run.origin(symbol.position, f"parameter '{symbol.name}'")
        type_ = symbol.type
        if number in run.given:
            given = run.given[number]
            inside = None if type_.is_value or given.shape is Shape.CODE else number
            val = given._replace(origin=origin, parameter=inside)
        elif type_.is_value and contract is not None and contract.passes_number(number):
            val = AbsVal(Shape.DATA, origin=origin, parameter=number)
        elif type_.is_value:
            known = params[number] if number < len(params) else None
            if known is not None and known.shape is not None and known.shape.is_value:
                val = of_type(known.shape, known.local, origin, number)
            elif symbol in numbers and run.primitive:
                val = AbsVal(Shape.IMMEDIATE, origin=origin)
            else:
                val = AbsVal(Shape.VALUE, origin=origin, parameter=number)
        elif type_.is_pointer:
            memory = Memory(symbol, "")
            val = AbsVal(Shape.ADDRESS, None, None, origin, target=memory, parameter=number)
        else:
            val = AbsVal(
                Shape.DATA if type_.kind is not TypeKind.UNKNOWN else Shape.UNKNOWN,
                origin=origin,
                parameter=number,
            )
        state.cells[symbol] = val
    if contract is not None and contract.takes_array and run.function.params:
        array = Memory(run.function.params[0], "")
        for number, param in enumerate(params):
            origin = run.origin(run.function.params[0].position, f"argument {number}")
            state.cells[(array, number)] = of_type(param.shape, param.local, origin)
    return state


def step(run: Run, block: Block, state: State) -> Iterator[tuple[int, State]]:
    """Run one block; yields where control may go, with the state it has there."""
    for live in _run_instructions(run, block.instructions, 0, state):
        yield from _leave_block(run, live, block.terminator)


def _run_instructions(
    run: Run, instructions: tuple[Instruction, ...], start: int, state: State
) -> Iterator[State]:
    """Run the instructions from `start` on; a call with two kinds of outcome gives two states."""
    for number in range(start, len(instructions)):
        alive = execute(run, state, instructions[number])
        if run.forks:
            forks, run.forks = run.forks, []
            for other in forks:
                yield from _run_instructions(run, instructions, number + 1, other)
        if not alive:
            return
    yield state


def _leave_block(run: Run, state: State, terminator: Terminator) -> Iterator[tuple[int, State]]:
    kind = type(terminator)
    if kind is Jump:
        target = run.function.blocks[terminator.target]  # type: ignore[union-attr]
        if type(target.terminator) is Return and len(target.instructions) <= MAX_TAIL:
            # What one path returns is not to be blurred by what another does.
            yield from step(run, target, state)
        else:
            yield target.number, state
    elif kind is Branch:
        yield from _branch(run, state, terminator)  # type: ignore[arg-type]
    elif kind is Switch:
        yield from _switch(run, state, terminator)  # type: ignore[arg-type]
    elif kind is Return:
        _return(run, state, terminator)  # type: ignore[arg-type]


def execute(run: Run, state: State, instruction: Instruction) -> bool:
    """Apply one instruction. False if control does not get past it."""
    kind = type(instruction)
    if kind is Assign:
        assign(run, state, instruction)  # type: ignore[arg-type]
    elif kind is Call:
        return call(run, state, instruction)  # type: ignore[arg-type]
    elif kind is Evaluate:
        evaluate(run, state, instruction.expr)  # type: ignore[union-attr]
    elif kind is Declare:
        declare(run, state, instruction)  # type: ignore[arg-type]
    elif kind is Frame:
        apply_frame(run, state, instruction)  # type: ignore[arg-type]
    elif kind is EndScope:
        end_scope(run, state, instruction)  # type: ignore[arg-type]
    elif kind is Lock:
        apply_lock(run, state, instruction)  # type: ignore[arg-type]
    elif kind is Unsequenced:
        _unsequenced(run, state, instruction)  # type: ignore[arg-type]
    return True


def _unsequenced(run: Run, state: State, instruction: Unsequenced) -> None:
    """An operand that may be read before a call, in an order that we did not take."""
    collection = None
    for other in instruction.calls:
        found = run.collections.get((other, False))
        if found is not None:
            collection = found
            break
    if collection is None:
        return
    held_expr = instruction.held
    held = evaluate(run, state, held_expr)
    if held.shape not in HEAP_SHAPES:
        return
    if isinstance(held_expr, Temp):
        text = held.origin.text if held.origin is not None else "result of a call"
    else:
        shown = render(held_expr)
        known = held.origin.text if held.origin is not None else "a value"
        text = f"'{shown}'" if len(shown) > 1 else known
    pointer = held.shape in (Shape.DERIVED, Shape.INTERIOR)
    run.emit(UnorderedRead(instruction.position, text, pointer, collection))
    # Told once: what the chosen order makes of it is the same fault.
    if isinstance(held_expr, Temp):
        state.cells[held_expr.number] = held._replace(stale=None)


def _branch(run: Run, state: State, branch: Branch) -> Iterator[tuple[int, State]]:
    condition = branch.condition
    val = evaluate(run, state, condition)
    check_tested(run, condition, val)
    decided = None
    if val.shape in (Shape.DATA, Shape.ADDRESS):
        if val.is_null:
            decided = False
        elif not val.may_be_null:
            decided = True
    if decided is not True:
        other = state.copy()
        if refine(other, condition, False):
            yield branch.otherwise, other
    if decided is not False and refine(state, condition, True):
        yield branch.then, state


def _switch(run: Run, state: State, switch: Switch) -> Iterator[tuple[int, State]]:
    subject = evaluate(run, state, switch.subject)
    check_switched(
        run, switch.subject, subject, [label for labels, _ in switch.cases for label in labels]
    )
    left = _numbers(subject)
    others = True
    for labels, target in switch.cases:
        taken = state.copy()
        left.difference_update(_labelled(run, state, labels))
        if len(labels) == 1:
            label = evaluate(run, taken, labels[0])
            if label.low is not None and label.is_constant and label.shape is Shape.DATA:
                if subject.shape is Shape.DATA and _excludes(subject, label.low):
                    continue
                if others:
                    others = _pass_case(state, switch.subject, labels[0])
                if not _take_case(taken, switch.subject, labels[0]):
                    continue
        yield target, taken
    if others and (left or not _numbers(subject)):
        yield switch.default, state


def _labelled(run: Run, state: State, labels: tuple[Expr, ...]) -> Iterator[int]:
    """The numbers that the labels of a case stand for, where they are known."""
    for label in labels:
        val = evaluate(run, state, label)
        if val.shape is Shape.DATA and val.is_constant and val.low is not None:
            yield val.low


def _numbers(val: AbsVal) -> set[int]:
    """The numbers that may be meant, where these are few; else none."""
    if val.shape is not Shape.DATA or val.low is None or val.high is None:
        return set()
    few = val.high - val.low < FEW
    return set(range(val.low, val.high + 1)) if few else set()


def _take_case(state: State, subject: Expr, label: Expr) -> bool:
    """A case is a test, and this is where it holds."""
    return refine(state, Binary("==", subject, label, INT, label.position), True)


def _pass_case(state: State, subject: Expr, label: Expr) -> bool:
    """The test of a case that is not taken."""
    return refine(state, Binary("==", subject, label, INT, label.position), False)


def _excludes(val: AbsVal, n: int) -> bool:
    return (val.low is not None and val.low > n) or (val.high is not None and val.high < n)


def _return(run: Run, state: State, instruction: Return) -> None:
    position = instruction.position
    expr = instruction.expr
    result = UNKNOWN
    returned = run.function.symbol.type.target
    if expr is not None:
        result = evaluate(run, state, expr)
        _check_result(run, state, result, expr)
        if returned is not None and returned.is_value:
            result = as_value(run, result, expr, expr.position)
            if result.stale is not None:
                result = run.use(state, result, expr, expr.position, "returned", False)
            if run.function.external and run.primitive:
                run.expose(result, expr, expr.position, "returned")
                if result.shape is Shape.ENCODED and result.parameter is None:
                    origin = result.origin or Origin(position, render(expr))
                    tested = result.source == EXCEPTION
                    run.emit(EncodedUse(position, render(expr), "returned", origin, tested))
            if run.primitive and result.site is not None and result.shape is Shape.BLOCK:
                run.garbage_fields(state, result.site, position, "returned", None)
        elif result.shape is Shape.DERIVED and result.stale is not None:
            result = run.use(state, result, expr, expr.position, "returned")
    leave(run, state, instruction)
    hand_over(state, result)
    _leave_lock(run, state, instruction)
    _leave_roots(run, state, instruction)
    run.exits.append((state, result, expr))


def _check_result(run: Run, state: State, result: AbsVal, expr: Expr) -> None:
    """What a primitive returns: a value, and one of the type that OCaml was told."""
    returned = run.function.symbol.type.target
    if returned is None or not returned.is_value or not run.primitive:
        return
    if isinstance(expr, Select):
        for branch, truth in ((expr.then, True), (expr.otherwise, False)):
            taken = state.copy()
            if refine(taken, expr.condition, truth):
                _check_result(run, taken, evaluate(run, taken, branch), branch)
        return
    position = expr.position
    called = run.contract is not None or run.function.primitive
    if called and is_unconverted(run, result, expr) and not _may_be_null(run, result):
        fault = ConversionFault.RETURNED
        run.emit(MissingConversion(position, fault, told(run, expr, result), "", result.origin))
        return
    contract = run.contract
    if contract is None or _is_judged_elsewhere(run, expr):
        return
    result = as_value(run, result, expr, position)
    check_given(run, state, result, contract.result, position)
    if not contract.result_local:
        run.lodge(result, render(expr), position, "the result, which is global")


def _is_judged_elsewhere(run: Run, expr: Expr) -> bool:
    """Whether another primitive returns this, which has the same result: as a native twin does."""
    inner = uncast(expr)
    call = run.survey.made.get(inner.number) if isinstance(inner, Temp) else None
    if call is None:
        return False
    callees = run.program.resolve(call.name, run.unit)
    contracts = [run.analysis.contract(callee) for callee in callees]
    assert run.contract is not None
    result = run.contract.result
    return bool(contracts) and all(c is not None and c.result is result for c in contracts)


def _may_be_null(run: Run, val: AbsVal) -> bool:
    shape = None if run.contract is None else run.contract.result
    return val.is_null and (shape is None or shape.nullable) and run.api.exists("Val_null")


def _leave_lock(run: Run, state: State, instruction: Return) -> None:
    if state.lock is LockState.RELEASED and run.primitive and not run.acquires_first:
        run.emit(
            LockImbalance(instruction.position, LockFault.RETURN, run.function.name, state.lock_at)
        )


def _leave_roots(run: Run, state: State, instruction: Return) -> None:
    for place, registration in state.registered.items():
        base = base_of(place)
        if isinstance(base, Symbol) and base.is_local:
            run.emit(
                GlobalRootFault(
                    instruction.position,
                    RootFault.STACK,
                    base.name,
                    "",
                    Origin(registration.position, f"'{base.name}' is registered"),
                )
            )
    for place, kept in state.kept.items():
        base = base_of(place)
        held = state.cells.get(place)
        if held is not None and held.shape not in HEAP_SHAPES and kept.parameter is None:
            continue
        if held is not None and held.local:
            run.lodge(held, "", kept.position, kept.kind or f"'{kept.text}'")
        if isinstance(base, Memory) and base in state.resources:
            # The memory itself is lost with the call; so is what it holds.
            continue
        run.left(kept, None, instruction.position)
