"""Calls: of the runtime, of functions of the project, of the C library, of the unknown."""

from __future__ import annotations

from analyzer.flow.clib import lookup
from analyzer.flow.effects import evaluate_arguments
from analyzer.flow.evaluate import evaluate
from analyzer.flow.library_calls import call_library
from analyzer.flow.own_calls import call_functions
from analyzer.flow.refine import refine
from analyzer.flow.run import Run
from analyzer.flow.runtime_calls import call_runtime
from analyzer.flow.state import State
from analyzer.flow.unknown_calls import call_unknown, unknown_call
from analyzer.flow.values import Shape
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import Call, Function, Index, Member, Var
from analyzer.ir.text import render
from runtime_sim.model.api.row import Kind


def call(run: Run, state: State, instruction: Call) -> bool:
    """Apply a call to the state. False if it never returns."""
    name = instruction.name
    if not name:
        return _call_pointer(run, state, instruction)
    if name in _ASSERTIONS and len(instruction.args) == 1:
        evaluate(run, state, instruction.args[0])
        return refine(state, instruction.args[0], True)
    row = run.api.get(name)
    if row is not None and name.startswith("caml_"):
        # The runtime's names are reserved: who defines one is the runtime, or stands in for it.
        return call_runtime(run, state, instruction, row)
    targets = run.program.resolve(name, run.unit)
    if targets:
        return call_functions(run, state, instruction, name, targets)
    if row is not None and (row.kind is not Kind.LEGACY or not run.program.is_defined(name)):
        return call_runtime(run, state, instruction, row)
    if not run.program.is_defined(name):
        library = lookup(name)
        if library is not None:
            return call_library(run, state, instruction, library)
        if name in run.unit.noreturn:
            evaluate_arguments(run, state, instruction)
            run.meet_unseen(instruction.position, unknown_call(name))
            return False
    return call_unknown(run, state, instruction, name)


_ASSERTIONS = frozenset({"assert", "CAMLassert", "CAMLassume", "Assert", "ASSERT", "g_assert"})
"""What a program says of itself is taken to be so."""


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
            return call_runtime(run, state, instruction, row)
    if not functions and val.parameter is not None:
        functions = run.program.passed_as(run.function, val.parameter)
    guessed = not functions
    if not functions:
        inner = uncast(callee)
        if isinstance(inner, Member):
            functions = run.program.stored_in(inner.name)
        elif isinstance(inner, Index) and isinstance(inner.base, Var):
            guessed = False
            functions = run.program.stored_in(f"{inner.base.symbol.name}[]")
    if not functions:
        return call_unknown(run, state, instruction, "")
    return call_functions(run, state, instruction, render(callee), functions, guessed)
