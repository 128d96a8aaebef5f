"""The runtime lock: released and acquired here, or in a callee."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.effects import collection_of
from analyzer.flow.facts import LockFault, LockImbalance, UnlockedAccess
from analyzer.flow.run import Run
from analyzer.flow.state import LockState, State
from analyzer.flow.summary import Chain, Summary, extend
from analyzer.flow.types.facts import AllocEffect
from analyzer.ir.nodes import Lock, LockOp, Position


def apply_lock(run: Run, state: State, instruction: Lock) -> None:
    """The runtime lock is released or acquired: others run, everything unrooted may have moved."""
    position, name = instruction.position, instruction.name
    step = (Step(position, f"'{name}' is called"),)
    if instruction.op is LockOp.RELEASE:
        run.breaks_noalloc(AllocEffect.RELEASES, position, name, ())
        release(run, state, position, name, step)
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


def apply_lock_needs(
    run: Run, state: State, name: str, summary: Summary, position: Position, step: Step
) -> None:
    if summary.releases_first:
        run.breaks_noalloc(AllocEffect.RELEASES, position, name, summary.releases_first)
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
