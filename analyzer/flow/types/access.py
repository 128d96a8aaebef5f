"""Accessors and helpers that take a value for what its OCaml type does not have."""

from __future__ import annotations

from dataclasses import replace

from analyzer.diagnostics import Step
from analyzer.flow.facts import TagFault, TagMismatch
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.summary import Chain, extend
from analyzer.flow.types.expectations import EXPECTATIONS, OPENS
from analyzer.flow.types.facts import (
    NullDereference,
    TypeContradiction,
    TypeFault,
)
from analyzer.flow.types.typed_values import FLAT, declared, has_one_constant, type_origin
from analyzer.flow.types.words import described
from analyzer.flow.values import VALUE_SHAPES, AbsVal, Shape
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import Access, Expr, Position, Var
from analyzer.ir.text import render
from runtime_sim.model.shapes import Content


def check_access(
    run: Run, state: State, val: AbsVal, access: Access, position: Position
) -> AbsVal:
    """An accessor is applied to a value: its type must have what the accessor reads.

    Gives the value as the accessor takes it, so that one fault is told once.
    """
    name, expr = access.name, access.args[0]
    expectation = EXPECTATIONS.get(name)
    if expectation is None or val.shape not in VALUE_SHAPES:
        return val
    shape = val.type
    if val.source == FLAT and name == "Double_val" and run.contract is not None:
        run.emit(
            TypeContradiction(
                position,
                TypeFault.FLAT,
                render(uncast(expr)),
                name,
                "a boxed float",
                "float",
                "a double, not boxed",
                declared(run),
                val.origin,
                repair=_flat_access(expr),
            )
        )
        return val
    if val.null and name in OPENS:
        origin = val.origin or run.origin(position, render(expr))
        text = "" if shape is None else shape.text
        run.emit(NullDereference(position, render(uncast(expr)), name, text, origin))
        return _mend(state, expr, val._replace(null=False))
    if shape is None or run.contract is None:
        untested = val.shape is Shape.VALUE and not state.conditions
        if untested and val.parameter is not None and run.contract is None:
            step = Step(position, f"'{name}' reads {expectation.text}")
            run.opens.setdefault(val.parameter, (name, (step,)))
        return val
    untested = expectation.immediates and has_one_constant(shape) and not shape.nullable
    if expectation.met_by(shape) and not untested:
        return val
    flat = next((b for b in shape.blocks if b.content is Content.DOUBLES), None)
    if flat is not None and name in ("Field", "Some_val"):
        origin = type_origin(run, shape)
        text = render(access)
        run.emit(TagMismatch(position, TagFault.FIELD_OF_FLOATS, text, "Double_array_tag", origin))
        return _mend(state, expr, val._replace(type=None))._replace(source=FLAT)
    run.emit(
        TypeContradiction(
            position,
            TypeFault.ACCESS,
            render(uncast(expr)),
            name,
            expectation.text,
            shape.text,
            described(shape),
            declared(run),
            val.origin,
        )
    )
    return _mend(state, expr, val._replace(type=None))


def _flat_access(expr: Expr) -> str:
    """What reads the double that `Field` was taken for the address of."""
    inner = uncast(expr)
    if isinstance(inner, Access) and inner.name == "Field":
        return render(replace(inner, name="Double_flat_field"))
    return "Double_flat_field"


def check_opened(
    run: Run,
    state: State,
    val: AbsVal,
    expr: Expr,
    position: Position,
    callee: str,
    opened: tuple[str, Chain],
) -> None:
    """A callee applies an accessor to its argument, whatever that is."""
    name, chain = opened
    expectation = EXPECTATIONS[name]
    shape = val.type
    if val.shape not in VALUE_SHAPES:
        return
    if run.contract is None:
        if val.parameter is not None and val.shape is Shape.VALUE and not state.conditions:
            step = Step(position, f"'{callee}' is called")
            run.opens.setdefault(val.parameter, (name, extend(step, chain)))
        return
    text = render(uncast(expr))
    if val.null and name in OPENS and shape is not None:
        origin = val.origin or run.origin(position, text)
        run.emit(NullDereference(position, text, callee, shape.text, origin))
    elif shape is not None and not expectation.met_by(shape):
        run.emit(
            TypeContradiction(
                position,
                TypeFault.ACCESS,
                text,
                callee,
                expectation.text,
                shape.text,
                described(shape),
                declared(run),
                val.origin,
                chain,
            )
        )


def _mend(state: State, expr: Expr, val: AbsVal) -> AbsVal:
    inner = uncast(expr)
    if isinstance(inner, Var) and inner.symbol in state.cells:
        state.cells[inner.symbol] = val
    return val
