"""Frames of local roots in functions in which nothing may collect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.flow.clib import lookup
from analyzer.flow.facts import UselessFrame
from analyzer.ir.nodes import Call, Expr, Frame, FrameOp, Function, Lock, Position, Storage, Var
from runtime_sim.model.api.row import Collects, Raises

if TYPE_CHECKING:
    from analyzer.flow.analysis import Analysis

_MAY_COLLECT = (Collects.YES, Collects.UNLIKELY)


def find(analysis: Analysis) -> Iterator[tuple[Function, UselessFrame]]:
    """The first frame of each function that needs none, in any configuration of its file."""
    useless: list[tuple[Function, Frame]] = []
    needed: set[Position] = set()
    for function in analysis.program.functions():
        frame = _frame_of(function)
        if frame is None:
            continue
        if function.incomplete or _may_collect(analysis, function):
            needed.add(frame.position)
        else:
            useless.append((function, frame))
    for function, frame in useless:
        if frame.position not in needed:
            yield function, UselessFrame(frame.position, frame.macro)


def _frame_of(function: Function) -> Frame | None:
    for block in function.blocks:
        for instruction in block.instructions:
            if type(instruction) is Frame and instruction.op is FrameOp.PARAM:
                return instruction
    return None


def _may_collect(analysis: Analysis, function: Function) -> bool:
    for block in function.blocks:
        for instruction in block.instructions:
            kind = type(instruction)
            if kind is Lock:
                return True
            if kind is Call and _call_may_collect(analysis, function, instruction):  # type: ignore[arg-type]
                return True
    return False


def _call_may_collect(analysis: Analysis, function: Function, call: Call) -> bool:
    """Whether a collection may happen in a call that returns, as far as is known."""
    name = call.name
    if not name or any(map(_names_function, call.args)):
        return True
    program = analysis.program
    targets = program.resolve(name, program.unit_of[function])
    if targets:
        return any(analysis.summary(target).collects is not None for target in targets)
    if program.is_defined(name):
        return True
    row = analysis.api.get(name)
    if row is not None:
        return row.raises is not Raises.ALWAYS and row.collects in _MAY_COLLECT
    if lookup(name) is not None:
        return False
    return (
        name.startswith("caml_")
        or call.type.is_value
        or any(a.type.is_value or a.type.is_value_array for a in call.args)
    )


def _names_function(expr: Expr) -> bool:
    return type(expr) is Var and expr.symbol.storage is Storage.FUNCTION
