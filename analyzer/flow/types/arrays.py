"""Arrays that a function makes, and the separability of their elements."""

from __future__ import annotations

from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.types.facts import (
    SeparabilityBroken,
    SeparabilityFault,
)
from analyzer.flow.types.typed_values import declared
from analyzer.flow.values import AbsVal, Shape
from analyzer.flow.walk import calls_of
from analyzer.ir.nodes import Position
from runtime_sim.model.kinds import Separability
from runtime_sim.model.shapes import Content, ValueShape
from runtime_sim.model.tags import (
    DOUBLE_TAG,
)


def check_float(
    run: Run, state: State, val: AbsVal, shape: ValueShape, position: Position
) -> None:
    """A boxed float where the kind rules them out."""
    block = state.blocks.get(val.site) if val.site is not None else None
    if block is not None and block.tag == DOUBLE_TAG:
        fault = SeparabilityFault.FLOAT
        run.emit(SeparabilityBroken(position, fault, "", shape.text, block.origin, declared(run)))


def check_elements(run: Run, state: State, val: AbsVal, shape: ValueShape) -> None:
    """An array of the function's own: of floats, of other values, or flat, but not of both."""
    block = state.blocks.get(val.site) if val.site is not None else None
    arrays = [b for b in shape.blocks if b.content is Content.ELEMENTS]
    if block is None or not arrays or block.tag != 0 or shape.open:
        return
    element = arrays[0].element
    if element is None or not element.open:
        return
    origin = declared(run)
    if element.promised and element.kind.separability <= Separability.NON_FLOAT:
        for _, held, where in block.contents:
            check_float(run, state, held, element, where)
        return
    floats = [c for c in block.contents if _is_float(state, c[1])]
    others = [c for c in block.contents if _is_no_float(state, c[1])]
    if floats and others:
        fault, where = SeparabilityFault.MIXED, floats[0][2]
        run.emit(SeparabilityBroken(where, fault, "", shape.text, block.origin, origin))
        return
    unknown = [c for c in block.contents if c[1].shape is Shape.VALUE]
    if unknown and not _asks_for_float(run):
        fault, where = SeparabilityFault.UNTESTED, unknown[0][2]
        run.emit(SeparabilityBroken(where, fault, "", shape.text, unknown[0][1].origin, origin))


def _asks_for_float(run: Run) -> bool:
    """Whether the function, or one that it calls, compares a tag with that of floats."""
    if run.survey.asks_for_float:
        return True
    names = {call.name for call in calls_of(run.function)}
    callees = [callee for name in sorted(names) for callee in run.program.resolve(name, run.unit)]
    return any(run.analysis.survey(callee).asks_for_float for callee in callees)


def _is_float(state: State, val: AbsVal) -> bool:
    block = state.blocks.get(val.site) if val.site is not None else None
    return block is not None and block.tag == DOUBLE_TAG


def _is_no_float(state: State, val: AbsVal) -> bool:
    block = state.blocks.get(val.site) if val.site is not None else None
    other = block is not None and block.tag is not None and block.tag != DOUBLE_TAG
    return other or val.shape is Shape.IMMEDIATE
