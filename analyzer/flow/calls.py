"""Calls: of the runtime, of the project's own functions, of the C library, of what is not
known."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.clib import ClibRow, lookup
from analyzer.flow.evaluate import CAST, as_value, evaluate, locate, plain_value, tag_name
from analyzer.flow.facts import (
    Collection,
    GlobalRootFault,
    LateRead,
    LockFault,
    LockImbalance,
    NulCut,
    Origin,
    PlainStore,
    PointerEscape,
    ResourceLost,
    RootFault,
    TagFault,
    TagMismatch,
    UnlockedAccess,
)
from analyzer.flow.refine import STATUS, cell_of, narrow, refine, refine_exception
from analyzer.flow.run import Run
from analyzer.flow.runtime_calls import RUNTIME_CALLS, retire, runtime_result
from analyzer.flow.state import (
    LockState,
    Registration,
    Resource,
    State,
    forget_conditions,
    inside_of,
    join_states,
)
from analyzer.flow.stores import hand_over, write_string
from analyzer.flow.summary import Chain, Summary, extend
from analyzer.flow.values import (
    DATA,
    TRUTH,
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
from analyzer.ir.nodes import (
    Access,
    Call,
    Cast,
    Expr,
    Function,
    Index,
    Lock,
    LockOp,
    Member,
    Position,
    Symbol,
    Var,
)
from analyzer.ir.text import render
from analyzer.ir.types import INT, TypeKind
from runtime_sim.model.api.row import ApiRow, Collects, Kind, LockUse, Raises, Role

_HEAP_VALUES = frozenset({Shape.BLOCK, Shape.VALUE, Shape.ENCODED})


def call(run: Run, state: State, instruction: Call) -> bool:
    """Apply a call to the state. False if it never returns."""
    name = instruction.name
    if not name:
        return _call_pointer(run, state, instruction)
    if name in _ASSERTIONS and len(instruction.args) == 1:
        evaluate(run, state, instruction.args[0])
        return refine(state, instruction.args[0], True, plain_value)
    row = run.api.get(name)
    if row is not None and name.startswith("caml_"):
        # The runtime's names are reserved: who defines one is the runtime, or stands in for it.
        return _call_runtime(run, state, instruction, row)
    targets = run.program.resolve(name, run.unit)
    if targets:
        return _call_functions(run, state, instruction, name, targets)
    if row is not None and (row.kind is not Kind.LEGACY or not run.program.is_defined(name)):
        return _call_runtime(run, state, instruction, row)
    if not run.program.is_defined(name):
        library = lookup(name)
        if library is not None:
            return _call_library(run, state, instruction, library)
        if name in run.unit.noreturn:
            _arguments(run, state, instruction)
            return False
    return _call_unknown(run, state, instruction, name)


_ASSERTIONS = frozenset({"assert", "CAMLassert", "CAMLassume", "Assert", "ASSERT", "g_assert"})
"""What a program says of itself is taken to be so."""


def finish(run: Run, state: State, instruction: Call, result: AbsVal) -> None:
    """Put the result where the call's temporary is."""
    if instruction.result is not None:
        if instruction.type.is_value:
            result = as_value(run, result, instruction.result, instruction.position)
        state.cells[instruction.result.number] = result


def _arguments(run: Run, state: State, instruction: Call) -> list[AbsVal]:
    return [evaluate(run, state, argument) for argument in instruction.args]


def _described(name: str) -> str:
    return f"passed to '{name}'" if name else "passed to a function"


def _given_type(run: Run, instruction: Call, name: str, number: int) -> bool:
    """Whether the function's prototype takes a `value` here."""
    prototype = run.unit.prototypes.get(name)
    params = prototype.params if prototype is not None else None
    if params is None or number >= len(params):
        return instruction.args[number].type.is_value
    return params[number].is_value


# --- the lock ----------------------------------------------------------------------------------


def apply_lock(run: Run, state: State, instruction: Lock) -> None:
    """The runtime lock is released or acquired: others run, everything unrooted may have moved."""
    position, name = instruction.position, instruction.name
    step = (Step(position, f"'{name}' is called"),)
    if instruction.op is LockOp.RELEASE:
        release(run, state, position, name, step)
        run.collect(state, collection_of(run, instruction, name, ()))
    else:
        acquire(run, state, position, name, step)
        run.collect(state, collection_of(run, instruction, name, ()))


def release(run: Run, state: State, position: Position, name: str, chain: Chain) -> None:
    if state.lock is LockState.RELEASED:
        run.emit(LockImbalance(position, LockFault.RELEASE_TWICE, name, state.lock_at, chain[1:]))
    elif state.lock is LockState.ENTRY and not run.acquires_first and not run.releases_first:
        run.releases_first = chain
    state.lock, state.lock_at = LockState.RELEASED, position


def acquire(run: Run, state: State, position: Position, name: str, chain: Chain) -> None:
    if state.lock is LockState.HELD or (state.lock is LockState.ENTRY and run.primitive):
        run.emit(LockImbalance(position, LockFault.ACQUIRE_TWICE, name, state.lock_at, chain[1:]))
    elif state.lock is LockState.ENTRY and not run.acquires_first:
        run.acquires_first = chain
    state.lock, state.lock_at = LockState.HELD, position


def collection_of(
    run: Run, key: object, name: str, chain: Chain, doubt: bool = False
) -> Collection:
    """The collection that an instruction may cause: one object for each."""
    found = run.collections.get((key, doubt))
    if found is None:
        position = key.position  # type: ignore[attr-defined]
        found = run.collections[key, doubt] = Collection(position, name, chain, doubt)
    return found


def _raising(
    run: Run,
    state: State,
    instruction: Call,
    name: str,
    kind: Raises,
    chain: Chain,
    excused: frozenset[Memory] = frozenset(),
) -> None:
    """An exception may leave here: nothing may be held, and the lock must be.

    `excused` are resources that were not acquired on the path that raises.
    """
    position = instruction.position
    if kind in (Raises.NO, Raises.UNLIKELY):
        return
    run.may_raise(state, kind, extend(Step(position, f"'{name}' is called"), chain))
    if kind is Raises.OUT_OF_MEMORY or kind is Raises.HANDLERS:
        return
    if state.lock is LockState.RELEASED:
        run.emit(LockImbalance(position, LockFault.RAISE, name, state.lock_at, chain))
    for memory, resource in state.resources.items():
        if memory.site is instruction or memory in excused:
            continue
        run.emit(
            ResourceLost(position, resource.name, resource.origin, resource.release, name, chain)
        )
    state.resources = {m: r for m, r in state.resources.items() if m in excused}


# --- the runtime -------------------------------------------------------------------------------


def _call_runtime(run: Run, state: State, instruction: Call, row: ApiRow) -> bool:
    name = instruction.name
    position = instruction.position
    args = instruction.args
    vals = _arguments(run, state, instruction)
    if row.lock is LockUse.NEEDS or row.lock is LockUse.BLOCKS:
        if not (state.lock is LockState.RELEASED and row.raises is Raises.ALWAYS):
            run.use_heap(state, position, f"'{name}' is called")
    for number, (val, argument) in enumerate(zip(vals, args, strict=True)):
        vals[number] = _runtime_argument(run, state, val, argument, row, number, position)
    effect = RUNTIME_CALLS.get(row.replacement or name) or RUNTIME_CALLS.get(name)
    collects = row.collects is Collects.YES
    if collects:
        passed = tuple(
            val
            for number, val in enumerate(vals)
            if _role(row, number) in (Role.VALUE, Role.STORED)
        )
        doubt = row.kind is Kind.MACRO
        run.collect(state, collection_of(run, instruction, name, (), doubt), passed)
        vals = [_reread(state, val, argument) for val, argument in zip(vals, args, strict=True)]
    _raising(run, state, instruction, name, row.raises, ())
    if row.raises is Raises.ALWAYS:
        return False
    if effect is not None:
        effect(run, state, instruction, row, vals)
    else:
        finish(run, state, instruction, runtime_result(run, state, instruction, row, vals))
    library = lookup(name)
    if library is not None:
        _library_effect(run, state, instruction, library, vals)
    return True


def _reread(state: State, val: AbsVal, argument: Expr) -> AbsVal:
    """A block among the arguments may have been aged by the collection; the value is the callee's
    care."""
    return val._replace(stale=None) if val.stale is not None else val


def _role(row: ApiRow, number: int) -> Role | None:
    if row.params is None:
        return None
    if number < len(row.params):
        role = row.params[number]
        return row.variadic_role if role is Role.REST else role
    return row.variadic_role


def _runtime_argument(
    run: Run,
    state: State,
    val: AbsVal,
    argument: Expr,
    row: ApiRow,
    number: int,
    position: Position,
) -> AbsVal:
    role = _role(row, number)
    name = row.name
    use = _described(name)
    if role is Role.TEXT_LATE and val.shape is Shape.DERIVED:
        val = run.use(state, val, argument, position, use)
        run.emit(LateRead(position, val.source, name, row))
        return val
    if role is Role.TEXT_LATE and val.parameter is not None:
        run.late_reads.add(val.parameter)
    if role in (Role.VALUE, Role.UNROOTED, Role.STORED, Role.BLOCK):
        run.expose(state, val, argument, position, use)
        encoded = name not in ("caml_raise_if_exception", "caml_get_value_or_raise")
        return run.use(state, val, argument, position, use, encoded)
    if role is Role.VALUES:
        _use_array(run, state, val, argument, position, use)
        return val
    if val.shape is Shape.DERIVED:
        return run.use(state, val, argument, position, use)
    return val


def _use_array(
    run: Run, state: State, val: AbsVal, argument: Expr, position: Position, use: str
) -> None:
    """A C array of values is read by the callee: none of them may be stale."""
    if val.shape is not Shape.ADDRESS or val.target is None:
        return
    for place, _, held in inside_of(state, val.target):
        if held.stale is not None and held.shape in _HEAP_VALUES:
            run.stale(state, held, argument, position, use)
            state.cells[place] = held._replace(stale=None)


# --- functions of the project ------------------------------------------------------------------


def _call_pointer(run: Run, state: State, instruction: Call) -> bool:
    callee = instruction.callee
    val = evaluate(run, state, callee)
    if val.shape is Shape.DERIVED:
        run.use(state, val, callee, instruction.position, "called")
    functions = tuple(f for f in val.functions if isinstance(f, Function))
    if not functions and val.functions and isinstance(val.functions[0], str):
        name = val.functions[0]
        row = run.api.get(name)
        if row is not None:
            return _call_runtime(run, state, instruction, row)
    if not functions and val.parameter is not None:
        functions = run.program.passed_as(run.function, val.parameter)
    if not functions:
        inner = callee
        while isinstance(inner, Cast):
            inner = inner.operand
        if isinstance(inner, Member):
            functions = run.program.stored_in(inner.name)
        elif isinstance(inner, Index) and isinstance(inner.base, Var):
            functions = run.program.stored_in(f"{inner.base.symbol.name}[]")
    if not functions:
        return _call_unknown(run, state, instruction, "")
    return _call_functions(run, state, instruction, render(callee), functions)


def _call_functions(
    run: Run, state: State, instruction: Call, name: str, functions: tuple[Function, ...]
) -> bool:
    vals = _arguments(run, state, instruction)
    if len(functions) == 1:
        summary = run.analysis.summary(functions[0])
        return _apply(run, state, instruction, name, functions[0], summary, vals)
    # Each candidate on a copy of its own; what may happen in one of them may happen.
    outcomes: list[State] = []
    for function in functions:
        taken = state.copy()
        if _apply(run, taken, instruction, name, function, run.analysis.summary(function), vals):
            outcomes.append(taken)
    if not outcomes:
        return False
    _merge(state, outcomes)
    return True


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
    for number, (val, argument) in enumerate(zip(vals, instruction.args, strict=True)):
        _own_argument(run, state, val, argument, number, name, function, summary, position)
    _apply_lock_needs(run, state, name, summary, position, step)
    passed = tuple(val for val in vals if val.shape in _HEAP_VALUES)
    for number in summary.fills:
        if number < len(vals):
            _fill(state, vals[number])
    if summary.quiet is not None and instruction.result is not None:
        quiet = state.copy()
        _apply_out(run, quiet, instruction, summary, vals, name)
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
            _give_up(run, state, vals[number], number in summary.frees, position)
    if summary.raises is not None:
        excused = _never_acquired(summary, vals)
        raises = summary.raises
        _raising(run, state, instruction, name, raises.kind, raises.chain, excused)
    if not summary.returns:
        return False
    if not _narrow_arguments(state, instruction, summary, vals):
        return False
    _apply_roots(state, summary, vals, position)
    _apply_out(run, state, instruction, summary, vals, name)
    finish(run, state, instruction, _own_result(run, state, instruction, name, summary, vals))
    return True


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
) -> None:
    if number in summary.unused or number in summary.numbers:
        return
    use = _described(name)
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
        if number in summary.writes and val.functions[:1] == ("String_val",):
            write_string(run, val, position, f"'{name}'")
        if number in summary.writes and val.parameter is not None:
            run.writes.add(val.parameter)
        return
    encoded = number not in summary.tests_exception
    if val.shape is Shape.ENCODED and not encoded:
        run.use(state, val, argument, position, use, False)
    else:
        run.use(state, val, argument, position, use)
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
    """A helper that stores without a barrier is right as long as every caller hands it a young
    block."""
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


def _apply_lock_needs(
    run: Run, state: State, name: str, summary: Summary, position: Position, step: Step
) -> None:
    if summary.releases_first:
        if state.lock is LockState.RELEASED:
            run.emit(
                LockImbalance(
                    position,
                    LockFault.RELEASE_TWICE,
                    name,
                    state.lock_at,
                    summary.releases_first,
                )
            )
        elif state.lock is LockState.ENTRY and not run.acquires_first and not run.releases_first:
            run.releases_first = extend(step, summary.releases_first)
    elif summary.acquires_first:
        chain = extend(step, summary.acquires_first)
        if state.lock is LockState.HELD or (state.lock is LockState.ENTRY and run.primitive):
            run.emit(
                LockImbalance(
                    position, LockFault.ACQUIRE_TWICE, name, state.lock_at, summary.acquires_first
                )
            )
        elif state.lock is LockState.ENTRY and not run.acquires_first:
            run.acquires_first = chain
        return
    if summary.needs_lock:
        if state.lock is LockState.RELEASED:
            assert state.lock_at is not None
            run.emit(
                UnlockedAccess(
                    position, f"'{name}' uses the heap", state.lock_at, summary.needs_lock
                )
            )
        elif state.lock is LockState.ENTRY and not run.needs_lock:
            run.needs_lock = extend(step, summary.needs_lock)


def _never_acquired(summary: Summary, vals: list[AbsVal]) -> frozenset[Memory]:
    """Resources whose handle says failure wherever the callee raises."""
    found = set()
    for number, (low, high) in summary.raising.items():
        if number >= len(vals) or not isinstance(vals[number].target, Memory):
            continue
        handle = vals[number].shape is Shape.DATA
        if (handle and high is not None and high < 0) or (not handle and low == 0 == high):
            found.add(vals[number].target)
    return frozenset(found)  # type: ignore[arg-type]


def _narrow_arguments(
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
    if summary.predicate is not None and instruction.result is not None:
        if summary.predicate < len(vals):
            subject = instruction.args[summary.predicate]
            place = cell_of(state, subject)
            if isinstance(place, Symbol):
                test = Access("Is_exception_result", (subject,), INT, instruction.position)
                outcome = (test, frozenset({place}))
                state.tests = {**state.tests, instruction.result.number: outcome}
    return True


def _fill(state: State, val: AbsVal) -> None:
    if val.site is not None and val.site in state.blocks:
        state.blocks[val.site] = state.blocks[val.site]._replace(filled=True)


def _give_up(run: Run, state: State, val: AbsVal, freed: bool, position: Position) -> None:
    target = val.target
    if target is None:
        if freed:
            # Whatever it was, it may have been what holds them.
            state.kept = {p: k for p, k in state.kept.items() if isinstance(base_of(p), Symbol)}
        if val.parameter is not None:
            (run.frees if freed else run.keeps).add(val.parameter)
        return
    base = base_of(target)
    if isinstance(base, Memory):
        state.resources.pop(base, None)
        if base.is_parameter and val.parameter is not None:
            (run.frees if freed else run.keeps).add(val.parameter)
        if freed:
            for place in [p for p in state.kept if base_of(p) == base]:
                del state.kept[place]


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


def _apply_roots(state: State, summary: Summary, vals: list[AbsVal], position: Position) -> None:
    for path in summary.registers:
        place = _resolve_out(vals, path)
        if place is not None:
            state.registered[place] = Registration(position, False)
            state.kept.pop(place, None)
    for path in summary.removes:
        place = _resolve_out(vals, path)
        if place is not None:
            state.registered.pop(place, None)
            state.removed |= {place}


def _apply_out(
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
        if isinstance(base, Symbol) and not base.is_local:
            continue
        if isinstance(base, Symbol):
            forget_conditions(state, base)
        position = instruction.position
        if val.shape in _HEAP_VALUES:
            val = AbsVal(val.shape, origin=run.origin(position, f"set by '{name}'"))
        old = state.cells.get(place)
        weak = (type(place) is tuple and "*" in place) or val.garbage
        val = val._replace(garbage=False, parameter=None, target=None)
        state.cells[place] = join(old, val) if weak and old is not None else val


def _own_result(
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
    if summary.predicate is not None and summary.predicate < len(vals):
        return _exception_test(vals[summary.predicate])
    if result.parameter is not None and result.parameter < len(vals):
        given = vals[result.parameter]
        if result.shape is Shape.DERIVED and given.shape in _HEAP_VALUES:
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
        if result.shape in _HEAP_VALUES and given.shape in (
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
    if result.shape in _HEAP_VALUES:
        return AbsVal(result.shape, origin=origin)
    if result.shape in (Shape.NAKED, Shape.INTERIOR):
        return AbsVal(result.shape, origin=origin, source=name)
    if result.shape is Shape.ROOT_POINTER:
        return result._replace(origin=origin)
    if result.shape in (Shape.DATA, Shape.IMMEDIATE):
        return AbsVal(result.shape, result.low, result.high, origin)
    if instruction.type.is_value:
        return AbsVal(Shape.VALUE, origin=origin)
    return UNKNOWN


def _exception_test(val: AbsVal) -> AbsVal:
    return exactly(0) if val.shape in (Shape.BLOCK, Shape.IMMEDIATE) else TRUTH


def renew(state: State, memory: Memory) -> None:
    """The same call makes new memory: what was known of the old one is gone."""
    for place in [p for p in state.cells if base_of(p) == memory]:
        del state.cells[place]
    for place in [p for p in state.kept if base_of(p) == memory]:
        del state.kept[place]
    for place in [p for p in state.registered if base_of(p) == memory]:
        del state.registered[place]


# --- the C library -----------------------------------------------------------------------------


def _call_library(run: Run, state: State, instruction: Call, row: ClibRow) -> bool:
    vals = _arguments(run, state, instruction)
    name, position = instruction.name, instruction.position
    for number, (val, argument) in enumerate(zip(vals, instruction.args, strict=True)):
        _foreign_argument(run, state, val, argument, name, position)
        if val.shape is Shape.DERIVED:
            if number in row.retains and val.source:
                origin = val.origin or Origin(position, val.source)
                run.emit(PointerEscape(position, val.source, f"'{name}'", origin))
            if number in row.writes and val.functions[:1] == ("String_val",):
                write_string(run, val, position, f"'{name}'")
            if number in row.stops_at_nul and val.functions[:1] == ("String_val",):
                checked = f"caml_string_is_c_safe({val.source})"
                if checked not in state.conditions:
                    run.emit(NulCut(position, val.source, name))
        elif val.shape is Shape.ADDRESS and number in row.writes:
            _may_be_written(run, state, val, argument)
        if val.parameter is not None and val.shape is not Shape.DERIVED:
            if number in row.retains:
                run.escapes.setdefault(val.parameter, (Step(position, f"kept by '{name}'"),))
            if number in row.writes:
                run.writes.add(val.parameter)
            if val.shape in (Shape.DATA, Shape.ADDRESS) and state.collected is not None:
                if not state.collected.doubt:
                    run.late_reads.add(val.parameter)
    if row.copies is not None:
        _copy_memory(run, state, instruction, row, vals)
    for number in row.calls:
        _run_function(run, state, instruction, vals, number)
    if row.never_returns:
        return False
    _library_effect(run, state, instruction, row, vals)
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
        if block.scanned and origin_val.shape is not Shape.DERIVED:
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


def _library_effect(
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
    _give_up(run, state, val, True, instruction.position)


def _run_function(
    run: Run, state: State, instruction: Call, vals: list[AbsVal], number: int
) -> None:
    """The callee runs a function of ours."""
    if number >= len(vals):
        return
    for function in vals[number].functions:
        if isinstance(function, Function):
            _run_handed(run, state, instruction, function)


def _may_run(run: Run, state: State, instruction: Call, function: Function) -> None:
    """The callee may run a function of ours at once, or keep it for later."""
    summary = run.analysis.summary(function)
    if summary.collects is not None:
        name = instruction.name
        step = Step(instruction.position, f"'{name}' is given '{function.name}'")
        chain = extend(step, summary.collects.chain)
        doubt = summary.collects.doubt
        run.collect(state, collection_of(run, instruction, name, chain, doubt), later=True)


def _run_handed(run: Run, state: State, instruction: Call, function: Function) -> None:
    summary = run.analysis.summary(function)
    name = instruction.name
    step = Step(instruction.position, f"'{name}' runs '{function.name}'")
    if summary.collects is not None:
        chain = extend(step, summary.collects.chain)
        run.collect(state, collection_of(run, instruction, name, chain, summary.collects.doubt))
    if summary.raises is not None:
        _raising(
            run, state, instruction, name, summary.raises.kind, extend(step, summary.raises.chain)
        )
    _apply_lock_needs(run, state, function.name, summary, instruction.position, step)


# --- what is not known -------------------------------------------------------------------------


def _foreign_argument(
    run: Run, state: State, val: AbsVal, argument: Expr, name: str, position: Position
) -> None:
    """An argument of a C function that is not ours."""
    use = _described(name)
    if val.shape is Shape.DERIVED:
        if val.functions == (CAST,) and lookup(name) is None:
            # `(void *) v`: as likely a pointer that was stored as it is.
            return
        run.use(state, val, argument, position, use)
        run.use_heap(state, position, f"a pointer into '{val.source}' is {use}")
    elif val.shape in _HEAP_VALUES and argument.type.is_value:
        run.use(state, val, argument, position, use, False)


def _call_unknown(run: Run, state: State, instruction: Call, name: str) -> bool:
    """A function without code or row: it collects only if a function of ours does that it is
    given."""
    vals = _arguments(run, state, instruction)
    position = instruction.position
    takes_values = instruction.type.is_value or name.startswith("caml_")
    for number, (val, argument) in enumerate(zip(vals, instruction.args, strict=True)):
        _foreign_argument(run, state, val, argument, name, position)
        is_value = _given_type(run, instruction, name, number)
        _fill(state, val)
        takes_values = takes_values or is_value or argument.type.is_value_array
        if val.shape is Shape.ADDRESS and val.target is not None:
            _may_be_written(run, state, val, argument)
        elif argument.type.kind in (TypeKind.STRUCT, TypeKind.UNKNOWN):
            _hand_over_members(state, locate(run, state, argument))
        for function in val.functions:
            if isinstance(function, Function):
                _may_run(run, state, instruction, function)
        if val.parameter is not None and val.shape in (Shape.DATA, Shape.ADDRESS):
            if state.collected is not None and not state.collected.doubt:
                run.late_reads.add(val.parameter)
    if takes_values:
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


def _may_be_written(run: Run, state: State, val: AbsVal, argument: Expr) -> None:
    """The callee has the address of a cell of ours: numbers and pointers in it may change."""
    target = val.target
    assert target is not None
    base = base_of(target)
    if isinstance(base, Memory):
        if _may_be_taken(state.resources.get(base), argument):
            state.resources.pop(base, None)
        return
    if isinstance(base, Symbol) and base.is_local:
        _hand_over_members(state, target)
        for place in (base, inside(base, "*")):
            old = state.cells.get(place)
            if old is not None and old.garbage:
                state.cells[place] = UNKNOWN
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


def _hand_over_members(state: State, place: Place | None) -> None:
    """A structure goes to a callee, with all that it holds."""
    if place is None or not state.resources:
        return
    for _, _, val in inside_of(state, place):
        hand_over(state, val)


def _may_be_taken(resource: Resource | None, argument: Expr) -> bool:
    """Whether a callee that gets this pointer may take over the memory: it is more than a
    buffer."""
    if resource is None or "free" not in resource.release:
        return False
    pointee = argument.type.target
    return pointee is None or pointee.kind not in (
        TypeKind.INTEGER,
        TypeKind.FLOATING,
        TypeKind.VOID,
    )
