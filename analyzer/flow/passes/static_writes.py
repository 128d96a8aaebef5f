"""Static variables that primitives write with neither a mutex nor an atomic.

Reached is what a primitive calls while it holds no mutex: a helper that is only called under one
is guarded by it.  Where paths meet, one that holds a mutex is enough.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.flow.clib import lookup
from analyzer.flow.facts import StaticWrite
from analyzer.flow.passes.reading import successors, variable_of
from analyzer.flow.passes.witness import Judge, Objection, Search
from analyzer.flow.program import Program, is_primitive_like
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import (
    AddressOf,
    Assign,
    Call,
    Expr,
    Function,
    Instruction,
    Storage,
    Symbol,
)
from analyzer.ir.types import CType, TypeKind

if TYPE_CHECKING:
    from analyzer.flow.analysis import Analysis

# Of POSIX, C11, the OCaml runtime and Windows.
_TAKES = frozenset(
    {
        "pthread_mutex_lock",
        "pthread_rwlock_wrlock",
        "pthread_spin_lock",
        "mtx_lock",
        "sem_wait",
        "caml_plat_lock",
        "caml_plat_lock_blocking",
        "caml_plat_lock_non_blocking",
        "caml_mutex_lock",
        "EnterCriticalSection",
        "AcquireSRWLockExclusive",
        "WaitForSingleObject",
    }
)
_GIVES_BACK = frozenset(
    {
        "pthread_mutex_unlock",
        "pthread_rwlock_unlock",
        "pthread_spin_unlock",
        "mtx_unlock",
        "sem_post",
        "caml_plat_unlock",
        "caml_mutex_unlock",
        "LeaveCriticalSection",
        "ReleaseSRWLockExclusive",
        "ReleaseMutex",
    }
)
_ATOMIC = re.compile(r"_?[Aa]tomic")
_SHARED = (Storage.STATIC_LOCAL, Storage.STATIC, Storage.GLOBAL)


def find(analysis: Analysis) -> Iterator[tuple[Function, StaticWrite]]:
    """The first unguarded write of each variable in each function that a primitive reaches."""
    program = analysis.program
    guards = _Guards(program)
    reached = dict.fromkeys(f for f in program.functions() if is_primitive_like(f))
    waiting = list(reached)
    while waiting:
        function = waiting.pop()
        written: set[Symbol] = set()
        for instruction in guards.unguarded(function):
            for symbol in _written(instruction):
                if symbol not in written and _is_open(program, symbol):
                    written.add(symbol)
                    yield (
                        function,
                        StaticWrite(instruction.position, symbol.name, symbol.position),
                    )
            if type(instruction) is Call:
                for target in _targets(program, function, instruction):
                    if target not in reached:
                        reached[target] = None
                        waiting.append(target)


def _targets(program: Program, function: Function, call: Call) -> Iterator[Function]:
    """What a call runs: the function, and those that it is handed."""
    unit = program.unit_of[function]
    if call.name:
        yield from program.resolve(call.name, unit)
    for argument in call.args:
        yield from program.named_functions(argument, unit)


# --- what is written ---------------------------------------------------------------------------


def _written(instruction: Instruction) -> Iterator[Symbol]:
    if type(instruction) is Assign:
        symbol = variable_of(instruction.place)
        if symbol is not None:
            yield symbol
    elif type(instruction) is Call:
        row = lookup(instruction.name)
        if row is not None:
            args = instruction.args
            for number in row.writes:
                symbol = _pointed(args[number]) if number < len(args) else None
                if symbol is not None:
                    yield symbol


def _pointed(pointer: Expr) -> Symbol | None:
    """The variable that an argument is the address of."""
    pointer = uncast(pointer)
    if type(pointer) is AddressOf:
        return variable_of(pointer.place)
    return variable_of(pointer) if pointer.type.kind is TypeKind.ARRAY else None


def _is_open(program: Program, symbol: Symbol) -> bool:
    """Whether it is a shared variable that nothing by its nature protects."""
    if symbol.storage not in _SHARED or _is_protected(symbol.type):
        return False
    return not (symbol.type.is_value and program.is_registered("", symbol.name))


def _is_protected(declared: CType) -> bool:
    while declared.kind is TypeKind.ARRAY and declared.target is not None:
        declared = declared.target
    return (
        declared.const
        or declared.name == "custom_operations"
        or _ATOMIC.match(declared.name) is not None
    )


# --- what is guarded ---------------------------------------------------------------------------


class _Guards:
    """Where in a function a mutex is held that was taken in it."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._takers = Search(program, _calling(_TAKES))
        self._givers = Search(program, _calling(_GIVES_BACK))

    def unguarded(self, function: Function) -> Iterator[Instruction]:
        """The instructions that run with no mutex held."""
        entered: dict[int, bool] = defaultdict(bool)
        for block in function.blocks:
            held = entered[block.number]
            for instruction in block.instructions:
                if type(instruction) is Call:
                    held = self._after(function, instruction, held)
                if not held:
                    yield instruction
            if held:
                for number in successors(block.terminator):
                    entered[number] = True

    def _after(self, function: Function, call: Call, held: bool) -> bool:
        name = call.name
        if name in _TAKES:
            return True
        if name in _GIVES_BACK:
            return False
        targets = self._program.resolve(name, self._program.unit_of[function]) if name else ()
        if targets:
            takes = any(self._takers.first(target) for target in targets)
            gives = any(self._givers.first(target) for target in targets)
            if takes is not gives:
                return takes
        return held


def _calling(names: frozenset[str]) -> Judge:
    def judge(instruction: Instruction) -> Objection | None:
        if type(instruction) is Call and instruction.name in names:
            return Objection(instruction.name, "")
        return None

    return judge
