"""What calls of every kind do: arguments, results, collections, exceptions, resources."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.conversions import as_value
from analyzer.flow.evaluate import evaluate
from analyzer.flow.facts import Collection, LockFault, LockImbalance, ResourceLost
from analyzer.flow.run import Run
from analyzer.flow.state import LockState, State, inside_of
from analyzer.flow.summary import Chain, extend
from analyzer.flow.types.facts import AllocEffect
from analyzer.flow.values import UNKNOWN, AbsVal, Memory, Place, base_of, inside
from analyzer.flow.walk import subexpressions
from analyzer.ir.nodes import Call, Expr, Symbol, Var
from analyzer.ir.text import render
from runtime_sim.model.api.row import Raises


def finish(run: Run, state: State, instruction: Call, result: AbsVal) -> None:
    """Put the result where the call's temporary is."""
    if instruction.result is not None:
        if instruction.type.is_value:
            result = as_value(run, result, instruction.result, instruction.position)
        state.cells[instruction.result.number] = result


def evaluate_arguments(run: Run, state: State, instruction: Call) -> list[AbsVal]:
    return [evaluate(run, state, argument) for argument in instruction.args]


def described(name: str) -> str:
    return f"passed to '{name}'" if name else "passed to a function"


def collection_of(
    run: Run, key: object, name: str, chain: Chain, doubt: bool = False
) -> Collection:
    """The collection that an instruction may cause: one object for each."""
    found = run.collections.get((key, doubt))
    if found is None:
        position = key.position  # type: ignore[attr-defined]
        found = run.collections[key, doubt] = Collection(position, name, chain, doubt)
    return found


def raising_call(
    run: Run,
    state: State,
    instruction: Call,
    name: str,
    kind: Raises,
    chain: Chain,
    excused: frozenset[Memory] = frozenset(),
    locked: bool = False,
) -> None:
    """An exception may leave here: nothing may be held, and the lock must be.

    `excused` are resources that were not acquired on the path that raises; `locked`: the callee
    acquires the lock before it raises.
    """
    position = instruction.position
    if kind in (Raises.NO, Raises.UNLIKELY):
        return
    run.may_raise(state, kind, extend(Step(position, f"'{name}' is called"), chain), locked)
    if run.noalloc is not None:
        doubt = kind in (Raises.OUT_OF_MEMORY, Raises.HANDLERS)
        run.breaks_noalloc(AllocEffect.RAISES, position, name, chain, doubt)
    if kind is Raises.OUT_OF_MEMORY or kind is Raises.HANDLERS:
        return
    if state.lock is LockState.RELEASED and not locked:
        run.emit(LockImbalance(position, LockFault.RAISE, name, state.lock_at, chain))
    for memory, resource in state.resources.items():
        if memory.site is instruction or memory in excused:
            continue
        run.emit(
            ResourceLost(position, resource.name, resource.origin, resource.release, name, chain)
        )
    state.resources = {m: r for m, r in state.resources.items() if m in excused}


def fill(state: State, val: AbsVal) -> None:
    if val.site is not None and val.site in state.blocks:
        state.blocks[val.site] = state.blocks[val.site]._replace(filled=True)


def mark_c_safe(state: State, string: Expr) -> None:
    """From here on the string is known to have no NUL inside."""
    symbols = frozenset(p.symbol for p in subexpressions(string) if isinstance(p, Var))
    state.conditions[f"caml_string_is_c_safe({render(string)})"] = (True, symbols)


def take_as_written(state: State, pointer: AbsVal) -> None:
    """A callee writes through the address of a local: as far as we can tell, all of it."""
    base = base_of(pointer.target) if pointer.target is not None else None
    if isinstance(base, Symbol) and base.is_local:
        for place in (base, inside(base, "*")):
            old = state.cells.get(place)
            if old is not None and old.garbage:
                state.cells[place] = UNKNOWN


def give_up(run: Run, state: State, val: AbsVal, freed: bool) -> None:
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


def renew(state: State, memory: Memory) -> None:
    """The same call makes new memory: what was known of the old one is gone."""
    for place in [p for p in state.cells if base_of(p) == memory]:
        del state.cells[place]
    for place in [p for p in state.kept if base_of(p) == memory]:
        del state.kept[place]
    for place in [p for p in state.registered if base_of(p) == memory]:
        del state.registered[place]


def hand_over(state: State, val: AbsVal) -> None:
    """A resource's handle is stored where it is found again: the function owns it no more."""
    target = val.target
    if target is not None:
        base = base_of(target)
        if isinstance(base, Memory):
            state.resources.pop(base, None)


def hand_over_members(state: State, place: Place | None) -> None:
    """A structure goes to a callee, with all that it holds."""
    if place is None or not state.resources:
        return
    for _, _, val in inside_of(state, place):
        hand_over(state, val)
