"""Integers that lose bits: too wide for an OCaml int, or kept where too few fit."""

from __future__ import annotations

from analyzer.flow.clib import ClibRow, lookup
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.types.facts import IntegerTruncation, TruncationFault
from analyzer.flow.types.sources import is_number, sources_of
from analyzer.flow.values import AbsVal, Shape
from analyzer.flow.walk import subexpressions, uncast
from analyzer.ir.nodes import Access, Assign, Call, Expr, Index, Member, Var
from analyzer.ir.text import render
from analyzer.ir.types import CType, TypeKind
from runtime_sim.model.api.row import ApiRow, Role

LENGTH = "length"
"""The source of a length of 64 bits that was put into a narrower variable."""

NARROWED = "narrowed"
"""The source of an OCaml int that was cut to 32 bits before it was put into a wider variable."""

_UNSIGNED = frozenset({"uint64_t", "unsigned long long", "uint64"})
_SIGNED = frozenset({"int64_t", "long long", "int64"})
"""Types of 64 bits that are chosen for numbers which need them all."""
_WIDE = _UNSIGNED | _SIGNED
_OFFSETS = _WIDE | {"off_t", "off64_t", "loff_t"}
_NARROW = frozenset({"Int_val", "Unsigned_int_val"})
_LENGTHS = frozenset({"caml_string_length", "string_length", "Bosize_val"})
_SIZES = frozenset({Role.BYTES, Role.WOSIZE})


def check_width(run: Run, val: AbsVal, argument: Expr, expr: Access) -> None:
    """Val_int and its like take 63 bits."""
    type_ = argument.type
    if type_.kind is not TypeKind.INTEGER or type_.bits < 64 or type_.name not in _WIDE:
        return
    if val.shape not in (Shape.DATA, Shape.UNKNOWN) or val.parameter is not None:
        return
    if val.low is not None and val.high is not None:
        return
    if not all(_is_foreign(run, source, type_) for source in sources_of(run, argument)):
        return
    fault = TruncationFault.WIDE_TAGGED
    text = run.text(argument) or (val.origin.text if val.origin else "")
    run.emit(IntegerTruncation(expr.position, fault, text, type_.name, expr.name))


def _is_foreign(run: Run, source: Expr | Call, type_: CType) -> bool:
    """Whether a number comes from code that is not ours to judge, with all its bits in use.

    What the project computes itself it may keep within 63 bits, as OCaml does.
    """
    if not isinstance(source, Call) or lookup(source.name) is not None:
        return False
    if run.program.is_defined(source.name) or source.name in run.unit.prototypes:
        # The variable may be wider than what is put into it.
        if source.type.name not in _WIDE:
            return False
    return type_.name in _UNSIGNED or not run.program.is_defined(source.name)


def as_length(run: Run, instruction: Assign, val: AbsVal) -> AbsVal:
    """A length that is put into a variable of 32 bits or less: marked, in case it is used."""
    place, source = instruction.place, uncast(instruction.source)
    if not isinstance(place, Var):
        return val
    if place.type.name in _OFFSETS:
        if isinstance(source, Access) and source.name in _NARROW and not val.source:
            origin = run.origin(instruction.position, render(source))
            return val._replace(source=NARROWED, origin=origin)
        return val
    if not is_number(place.type):
        return val
    wide = isinstance(source, Access) and source.name in _LENGTHS
    wide = wide or (isinstance(source, Index) and _is_dimension(source.base))
    if wide and not val.source and not val.is_constant:
        origin = run.origin(instruction.position, render(source))
        return val._replace(source=LENGTH, origin=origin)
    return val


def _is_dimension(expr: Expr) -> bool:
    """`Caml_ba_array_val(v)->dim`."""
    return isinstance(expr, Member) and expr.name == "dim"


def check_sizes(run: Run, state: State, instruction: Call, row: ClibRow) -> None:
    """Sizes and offsets that are given to the C library have kept all their bits."""
    for number in row.offsets:
        if number < len(instruction.args):
            _check_offset(run, state, instruction.args[number], instruction.name)
    for number in row.sizes:
        if number < len(instruction.args):
            _check_size(run, state, instruction.args[number], instruction)


def check_runtime_sizes(run: Run, state: State, instruction: Call, row: ApiRow) -> None:
    """Sizes that are given to the runtime."""
    for role, argument in zip(row.params or (), instruction.args, strict=False):
        if role in _SIZES:
            _check_size(run, state, argument, instruction)


def check_offset_given(run: Run, state: State, argument: Expr, name: str, type_: CType) -> None:
    """An argument of a function that takes a number of 64 bits on purpose."""
    if type_.name in _OFFSETS:
        _check_offset(run, state, argument, name)


def _check_offset(run: Run, state: State, argument: Expr, name: str) -> None:
    inner = uncast(argument)
    fault = TruncationFault.NARROW_READ
    if isinstance(inner, Access) and inner.name in _NARROW:
        run.emit(IntegerTruncation(argument.position, fault, render(inner), inner.name, name))
    elif isinstance(inner, Var):
        held = state.cells.get(inner.symbol)
        if held is not None and held.source == NARROWED and held.origin is not None:
            text = held.origin.text
            macro = text.partition("(")[0]
            run.emit(IntegerTruncation(held.origin.position, fault, text, macro, name))


def _check_size(run: Run, state: State, argument: Expr, instruction: Call) -> None:
    for part in subexpressions(argument):
        if type(part) is not Var:
            continue
        held = state.cells.get(part.symbol)
        if held is None or held.source != LENGTH or held.origin is None:
            continue
        measured = held.origin.text
        tested = held.high is not None or any(measured in text for text in state.conditions)
        if not tested:
            fault = TruncationFault.NARROW_LENGTH
            name = part.symbol.name
            used = instruction.position
            run.emit(
                IntegerTruncation(
                    held.origin.position, fault, held.origin.text, name, instruction.name, used
                )
            )
