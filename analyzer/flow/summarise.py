"""From the end of an interpretation to what a caller has to know."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.blocks import Block, join_blocks
from analyzer.flow.clib import lookup
from analyzer.flow.facts import Collection
from analyzer.flow.inlining import returned_expression
from analyzer.flow.run import Bounds, Run
from analyzer.flow.state import LockState
from analyzer.flow.summary import Summary, extend
from analyzer.flow.values import UNKNOWN, AbsVal, Memory, Shape, base_of, join
from analyzer.ir.nodes import Call, Symbol

_HEAP_VALUES = frozenset({Shape.BLOCK, Shape.VALUE, Shape.ENCODED})


def summarise(run: Run) -> Summary:
    """The summary of the function that `run` has interpreted."""
    exits = run.exits
    quiet, loud = _by_collection(run)
    memory = _returned_memory(run)
    return Summary(
        returns=bool(exits),
        collects=_collection(run),
        raises=run.raise_,
        result=_result(run),
        block=_fresh_block(run),
        result_memory=memory.what if memory is not None else "",
        result_release=_release_of(memory),
        tests_exception=frozenset(run.tests),
        checks=_checked(run),
        narrows=_narrowed(run),
        raising=dict(run.raising),
        # What is wrong in the function itself is told there, and not at each call.
        computes=None if run.facts else returned_expression(run.function),
        needs_lock=() if run.acquires_first else run.needs_lock,
        releases_first=run.releases_first,
        acquires_first=run.acquires_first,
        leaves=_lock_on_return(run),
        escapes=dict(run.escapes),
        writes=frozenset(run.writes | _written(run)),
        fills=frozenset(run.fills),
        fields=frozenset(run.fields),
        c_safe=frozenset(run.c_safe),
        plain_stores=dict(run.plain_stores),
        frees=frozenset(run.frees),
        keeps=frozenset(run.keeps | _kept(run)),
        registers=dict(run.registers),
        removes=frozenset(run.removes),
        out=_out(run),
        unused=frozenset(
            n for n, symbol in enumerate(run.function.params) if symbol not in run.survey.used
        ),
        late_reads=frozenset(run.late_reads),
        numbers=frozenset(
            n for n, symbol in enumerate(run.function.params) if symbol in run.survey.immediates
        ),
        opens=dict(run.opens),
        lodges=dict(run.lodges),
        quiet=quiet,
        loud=loud,
        unseen=run.unseen,
    )


def _collection(run: Run) -> Collection | None:
    """A collection on a path that returns, with the way to it."""
    found: Collection | None = None
    for state, _, _ in run.exits:
        collected = state.collected
        if collected is not None and (found is None or (found.doubt and not collected.doubt)):
            found = collected
    if found is None:
        return None
    step = Step(found.position, f"'{run.function.name}' calls '{found.callee}'")
    return Collection(found.position, run.function.name, extend(step, found.chain), found.doubt)


def _result(run: Run) -> AbsVal:
    result: AbsVal | None = None
    for _, val, _ in run.exits:
        if isinstance(val.target, Symbol):
            val = UNKNOWN
        val = val._replace(stale=None, origin=None, garbage=False)
        result = val if result is None else join(result, val)
    if result is None:
        return UNKNOWN
    if result.shape is Shape.ADDRESS and result.parameter is None:
        return result._replace(target=None, site=None)
    return result._replace(site=None)


def _fresh_block(run: Run) -> Block | None:
    """The fresh block that the function returns on every path."""
    found: Block | None = None
    for state, val, _ in run.exits:
        block = state.blocks.get(val.site) if val.site is not None else None
        if block is None or val.shape is not Shape.BLOCK:
            return None
        bound = state.cells.get(block.prefix[0]) if block.prefix else None
        if block.prefix is not None:
            block = block.forget(block.prefix[0], bound)
        block = block._replace(reachable=False)
        found = block if found is None else join_blocks(found, block, None, None)
    return found


def _by_collection(run: Run) -> tuple[AbsVal | None, AbsVal | None]:
    """The results of paths without and with a collection, when they tell the two apart."""
    quiet: AbsVal | None = None
    loud: AbsVal | None = None
    for state, val, _ in run.exits:
        plain = _exported(val)
        if state.collected is None:
            quiet = plain if quiet is None else join(quiet, plain)
        else:
            loud = plain if loud is None else join(loud, plain)
    if quiet is None or loud is None or not quiet.is_constant:
        return None, None
    if quiet.shape not in (Shape.DATA, Shape.IMMEDIATE):
        return None, None
    if loud.shape in (Shape.BLOCK,) or (quiet.shape is Shape.DATA and loud.shape in _HEAP_VALUES):
        return quiet, loud
    below = loud.high is not None and quiet.low is not None and loud.high < quiet.low
    above = loud.low is not None and quiet.high is not None and loud.low > quiet.high
    return (quiet, loud) if below or above else (None, None)


def _returned_memory(run: Run) -> Memory | None:
    found: Memory | None = None
    for _, val, _ in run.exits:
        if val.is_null:
            continue
        base = base_of(val.target) if val.shape is Shape.ADDRESS and val.target else None
        if not isinstance(base, Memory) or base.is_parameter or val.target is not base:
            return None
        if found is not None and found != base:
            return None
        found = base
    return found


def _release_of(memory: Memory | None) -> str:
    if memory is None or not isinstance(memory.site, Call):
        return ""
    row = lookup(memory.site.name)
    return row.acquires if row is not None else ""


def _lock_on_return(run: Run) -> int | None:
    """Where the lock is on return, when it is not where the caller had it."""
    states = set()
    for state, _, _ in run.exits:
        lock = state.lock
        balanced = run.releases_first or not run.acquires_first
        if run.acquires_first if lock is LockState.RELEASED else balanced:
            lock = LockState.ENTRY
        states.add(lock)
    if len(states) != 1:
        return None
    lock = states.pop()
    return None if lock is LockState.ENTRY else int(lock)


def _parameter_of(run: Run, base: object) -> int | None:
    if isinstance(base, Memory) and base.is_parameter:
        return run.analysis.parameter_number(run.function, base)
    return None


def _out(run: Run) -> dict[tuple[int | str, ...], AbsVal]:
    """What is stored through pointer parameters, on any path."""
    merged: dict[tuple[int | str, ...], AbsVal] = {}
    everywhere: dict[tuple[int | str, ...], int] = {}
    for state, _, _ in run.exits:
        for place, val in state.cells.items():
            number = _parameter_of(run, base_of(place))
            if number is None:
                continue
            path = (number, *(place[1:] if type(place) is tuple else ()))
            clean = _exported(val)
            old = merged.get(path)  # type: ignore[arg-type]
            merged[path] = clean if old is None else join(old, clean)  # type: ignore[index]
            everywhere[path] = everywhere.get(path, 0) + 1  # type: ignore[index,arg-type]
    total = len(run.exits)
    return {
        path: val if everywhere[path] == total else val._replace(garbage=True)
        for path, val in merged.items()
    }


def _exported(val: AbsVal) -> AbsVal:
    """A value as the caller sees it: nothing of this function's own variables is left in it."""
    if val.shape in _HEAP_VALUES:
        return AbsVal(val.shape)
    if val.shape in (Shape.NAKED, Shape.INTERIOR):
        return AbsVal(val.shape)
    if val.parameter is not None and val.shape in (Shape.DERIVED, Shape.ADDRESS):
        return AbsVal(val.shape, parameter=val.parameter)
    if val.shape in (Shape.DATA, Shape.IMMEDIATE):
        return AbsVal(val.shape, val.low, val.high, null=val.null)
    return UNKNOWN


def _written(run: Run) -> set[int]:
    found = set()
    for state, _, _ in run.exits:
        for place in state.cells:
            number = _parameter_of(run, base_of(place))
            if number is not None:
                found.add(number)
    return found


def _checked(run: Run) -> frozenset[int]:
    """Value parameters known to be no encoded exception wherever the function returns."""
    found: frozenset[int] | None = None
    for state, _, _ in run.exits:
        found = state.checked if found is None else found & state.checked
    return found or frozenset()


def _narrowed(run: Run) -> dict[int, Bounds]:
    """The bounds of numbers and pointers given, where the function returns."""
    found: dict[int, Bounds] = {}
    for number, symbol in enumerate(run.function.params):
        if symbol.type.is_value or not run.exits:
            continue
        joined: AbsVal | None = None
        for state, _, _ in run.exits:
            val = state.cells.get(symbol, UNKNOWN)
            val = val if val.parameter == number else UNKNOWN
            joined = val if joined is None else join(joined, val)
        assert joined is not None
        if joined.low is not None or joined.high is not None:
            found[number] = (joined.low, joined.high)
    return found


def _kept(run: Run) -> set[int]:
    """Pointer parameters that the function puts where they are found again."""
    kept: set[int] = set()
    for state, _, _ in run.exits:
        for place, val in state.cells.items():
            if val.parameter is None or val.shape not in (Shape.ADDRESS, Shape.DATA):
                continue
            base = base_of(place)
            if isinstance(base, Memory) or (isinstance(base, Symbol) and not base.is_local):
                kept.add(val.parameter)
    return kept
