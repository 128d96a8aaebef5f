"""The bodies of C threads and of signal handlers, and the runtime calls that they must not make.

A thread may call the runtime after `caml_c_thread_register`; a handler never.  What a C library
runs asynchronously in some other way is not known, and nothing is said about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from analyzer.flow.clib import lookup
from analyzer.flow.facts import ForeignThread, ThreadRole
from analyzer.flow.passes.reading import functions_in
from analyzer.flow.passes.witness import Judge, Objection, Search
from analyzer.ir.nodes import (
    Assign,
    Call,
    Expr,
    Frame,
    Function,
    InitList,
    Instruction,
    Lock,
    Member,
    Position,
    Unit,
)
from runtime_sim.model.api import Api
from runtime_sim.model.api.row import LockUse

if TYPE_CHECKING:
    from analyzer.flow.analysis import Analysis

# What makes the thread known to the runtime: it registers it, or starts the runtime in it.
_REGISTRATIONS = frozenset(
    {
        "caml_c_thread_register",
        "caml_c_thread_register_in_domain",
        "caml_main",
        "caml_main_exn",
        "caml_startup",
        "caml_startup_exn",
        "caml_startup_pooled",
        "caml_startup_pooled_exn",
        "caml_startup_code",
        "caml_startup_code_exn",
    }
)
_HANDLER_MEMBERS = frozenset({"sa_handler", "sa_sigaction"})
_OF_THE_RUNTIME = (LockUse.NEEDS, LockUse.RELEASES, LockUse.ACQUIRES, LockUse.BLOCKS)


class Installed(NamedTuple):
    """A function, what runs it, and where that is arranged."""

    function: Function
    role: ThreadRole
    position: Position


def find(analysis: Analysis) -> Iterator[tuple[Function, ForeignThread]]:
    """The first faulty runtime call of each body."""
    judge = _uses_runtime(analysis.api)
    searches = {
        ThreadRole.THREAD: Search(analysis.program, judge, _REGISTRATIONS),
        ThreadRole.SIGNAL: Search(analysis.program, judge),
    }
    done: set[tuple[Function, ThreadRole]] = set()
    for function, role, installed in _installed(analysis):
        if (function, role) in done:
            continue
        done.add((function, role))
        witness = searches[role].first(function)
        if witness is not None:
            yield (
                function,
                ForeignThread(witness.position, role, witness.callee, installed, witness.chain),
            )


# --- what is a body ----------------------------------------------------------------------------


def _installed(analysis: Analysis) -> Iterator[Installed]:
    program = analysis.program
    for unit in program.units:
        yield from _in_initialisers(analysis, unit)
    for function in program.functions():
        for block in function.blocks:
            for instruction in block.instructions:
                for expr, role in _runs(instruction):
                    for body in functions_in(expr, function, program):
                        yield Installed(body, role, instruction.position)


def _runs(instruction: Instruction) -> Iterator[tuple[Expr, ThreadRole]]:
    """What an instruction makes a thread's body or a signal handler."""
    if type(instruction) is Call:
        row = lookup(instruction.name)
        if row is not None:
            args = instruction.args
            for number, role in (
                (row.starts_thread, ThreadRole.THREAD),
                (row.handles_signal, ThreadRole.SIGNAL),
            ):
                if number is not None and number < len(args):
                    yield args[number], role
    elif type(instruction) is Assign:
        place = instruction.place
        if type(place) is Member and place.name in _HANDLER_MEMBERS:
            yield instruction.source, ThreadRole.SIGNAL


def _in_initialisers(analysis: Analysis, unit: Unit) -> Iterator[Installed]:
    """The handler in a `static struct sigaction`."""
    for item in unit.globals:
        if isinstance(item.initialiser, InitList):
            for key, expr in item.initialiser.items:
                if key in _HANDLER_MEMBERS and not isinstance(expr, InitList):
                    for body in analysis.program.named_functions(expr, unit):
                        yield Installed(body, ThreadRole.SIGNAL, expr.position)


# --- what it must not do -----------------------------------------------------------------------


def _uses_runtime(api: Api) -> Judge:
    """Objects to what has to do with the runtime's state; noting a signal for later has not."""

    def judge(instruction: Instruction) -> Objection | None:
        kind = type(instruction)
        if kind is Frame:
            return Objection(instruction.macro, "")  # type: ignore[union-attr]
        if kind is Lock:
            return Objection(instruction.name, "")  # type: ignore[union-attr]
        if kind is Call:
            name = instruction.name  # type: ignore[union-attr]
            row = api.get(name)
            if row is not None and row.lock in _OF_THE_RUNTIME:
                return Objection(name, "")
        return None

    return judge
