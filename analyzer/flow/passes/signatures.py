"""The C definitions of externals: as many parameters as OCaml passes, of the types it passes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.flow.facts import Fact
from analyzer.flow.types.contracts import Entry
from analyzer.flow.types.facts import (
    ArityFault,
    ArityMismatch,
    Caller,
    TypeContradiction,
    TypeFault,
    UnboxedMismatch,
)
from analyzer.flow.types.words import described
from analyzer.flow.walk import calls_of, expressions_of, instructions_of, subexpressions, uncast
from analyzer.ir.nodes import (
    Access,
    Assign,
    Call,
    Const,
    Expr,
    Function,
    Index,
    Position,
    Symbol,
    Var,
)
from analyzer.ir.spelling import spell_type
from analyzer.ir.types import CType, TypeKind
from runtime_sim.model.c_abi import RESULT, UNKNOWN, CArgument, bytecode_takes_array
from runtime_sim.model.kinds import Layout
from runtime_sim.model.representation import Shapes

if TYPE_CHECKING:
    from analyzer.flow.analysis import Analysis

Found = Iterator[tuple[Function, Fact]]


def find(analysis: Analysis) -> Found:
    """What each definition and the externals that it answers disagree on."""
    contracts = analysis.contracts
    if contracts is None:
        return
    for function in contracts.functions():
        contract = contracts.of(function)
        assert contract is not None
        returns = analysis.summary(function).returns
        for entry in contract.entries:
            for fact in _check(function, entry, contracts.shapes, returns):
                yield function, fact


def _check(function: Function, entry: Entry, shapes: Shapes, returns: bool) -> Iterator[Fact]:
    """`returns` is whether anybody will see the result."""
    if entry.both and bytecode_takes_array(entry.external):
        alone = ArityFault.NO_NATIVE if _takes_array(function) else ArityFault.NO_BYTECODE
        yield _arity(function, entry, alone, entry.external.arity, len(function.params))
        if alone is ArityFault.NO_NATIVE:
            return
    if entry.native:
        yield from _check_native(function, entry, shapes, returns)
    elif entry.array:
        yield from _check_array(function, entry, shapes, returns)
    else:
        yield from _check_bytecode(function, entry, shapes, returns)


def _arity(
    function: Function,
    entry: Entry,
    fault: ArityFault,
    expected: int,
    given: int,
    detail: str = "",
    position: Position | None = None,
) -> ArityMismatch:
    where = position or function.symbol.position
    return ArityMismatch(where, fault, function.name, expected, given, detail, entry.origin)


def _takes_array(function: Function) -> bool:
    params = function.params
    return (
        len(params) == 2
        and params[0].type.is_value_array
        and params[1].type.kind is TypeKind.INTEGER
    )


def _check_native(
    function: Function, entry: Entry, shapes: Shapes, returns: bool
) -> Iterator[Fact]:
    if any(argument.kind == UNKNOWN for argument in entry.args):
        return
    expected, given = len(entry.args), len(function.params)
    if _takes_array(function):
        yield _arity(function, entry, ArityFault.ARRAY_GIVEN, expected, given)
    elif expected != given:
        if not _is_unspecified(function):
            yield _arity(function, entry, ArityFault.COUNT, expected, given)
    else:
        for symbol, argument in zip(function.params, entry.args, strict=True):
            yield from _check_parameter(function, entry, shapes, symbol, argument)
        if returns:
            yield from _check_result(function, entry, shapes, entry.result)


def _check_bytecode(
    function: Function, entry: Entry, shapes: Shapes, returns: bool
) -> Iterator[Fact]:
    expected, given = entry.external.arity, len(function.params)
    if _takes_array(function):
        yield _arity(function, entry, ArityFault.ARRAY_GIVEN, expected, given)
    elif expected != given:
        if not _is_unspecified(function):
            yield _arity(function, entry, ArityFault.COUNT, expected, given)
    else:
        for number, symbol in enumerate(function.params):
            argument = CArgument("value", number, Layout.VALUE)
            yield from _check_parameter(function, entry, shapes, symbol, argument)
        if returns:
            yield from _check_result(function, entry, shapes, _BYTECODE_RESULT)
        yield from _check_forwarded(function, entry, function.params, None)


def _check_array(
    function: Function, entry: Entry, shapes: Shapes, returns: bool
) -> Iterator[Fact]:
    arity = entry.external.arity
    if not _takes_array(function):
        given = len(function.params)
        yield _arity(function, entry, ArityFault.ARRAY_EXPECTED, arity, given)
        return
    if returns:
        yield from _check_result(function, entry, shapes, _BYTECODE_RESULT)
    yield from _check_forwarded(function, entry, (), function.params[0])


def _is_unspecified(function: Function) -> bool:
    """`f()`: what it is given is passed all the same, and not looked at."""
    return not function.params and function.symbol.type.params is None


# --- types ---------------------------------------------------------------------------------------

_BITS = {"int64_t": 64, "intnat": 64, "int32_t": 32, "int16_t": 16, "int8_t": 8}
_FLOATING = {"double": 64, "float": 32}
_BYTECODE_RESULT = CArgument("value", RESULT, Layout.VALUE)


def _fits(type_: CType, kind: str) -> bool:
    """Whether a C type is passed as native code passes an argument of this kind."""
    if type_.kind is TypeKind.UNKNOWN or kind in (UNKNOWN, "vector", "struct"):
        return True
    if kind == "value":
        # A word that is taken for a number may still be meant to hold a value.
        wide = type_.kind is TypeKind.INTEGER and type_.bits == 64
        return type_.is_value or wide or (type_.is_pointer and not type_.is_value_array)
    if kind in _FLOATING:
        return type_.kind is TypeKind.FLOATING and type_.bits == _FLOATING[kind]
    return type_.kind is TypeKind.INTEGER and type_.bits == _BITS[kind]


def _check_parameter(
    function: Function, entry: Entry, shapes: Shapes, symbol: Symbol, argument: CArgument
) -> Iterator[Fact]:
    if not _fits(symbol.type, argument.kind):
        position = symbol.position
        yield _unboxed(function, entry, shapes, position, symbol.name, symbol.type, argument)


def _check_result(
    function: Function, entry: Entry, shapes: Shapes, result: CArgument | None
) -> Iterator[Fact]:
    returned = function.symbol.type.target
    if returned is None or result is None:
        return
    position = function.symbol.position
    if returned.kind is TypeKind.VOID and result.kind == "value":
        text = entry.declared.external.text
        yield TypeContradiction(
            position, TypeFault.NO_VALUE, function.name, "", "nothing", text, "a value",
            entry.origin,
        )  # fmt: skip
    elif not _fits(returned, result.kind):
        yield _unboxed(function, entry, shapes, position, "", returned, result)


def _unboxed(
    function: Function,
    entry: Entry,
    shapes: Shapes,
    position: Position,
    name: str,
    given: CType,
    argument: CArgument,
) -> UnboxedMismatch:
    external = entry.external
    slot = external.result if argument.slot == RESULT else external.params[argument.slot]
    shape = shapes.of(slot.type)
    return UnboxedMismatch(
        position,
        name,
        function.name,
        _caller(entry),
        argument.kind,
        spell_type(given),
        entry.declared.external.text,
        shape.text,
        described(shape),
        entry.origin,
    )


def _caller(entry: Entry) -> Caller:
    if entry.both:
        return Caller.BOTH
    return Caller.NATIVE if entry.native else Caller.BYTECODE


# --- bytecode functions that hand their arguments on ---------------------------------------------


def _check_forwarded(
    function: Function, entry: Entry, params: tuple[Symbol, ...], array: Symbol | None
) -> Iterator[Fact]:
    """A bytecode function hands its arguments on to the native one, each in its place."""
    external = entry.external
    native = external.native_name
    if any(argument.kind == UNKNOWN for argument in entry.args) or _assigns(function, array):
        return
    for call in calls_of(function):
        if call.name == native:
            yield from _check_call(function, entry, call, params, array)
    if array is not None:
        yield from _check_bounds(function, entry, array, native)


def _check_call(
    function: Function,
    entry: Entry,
    call: Call,
    params: tuple[Symbol, ...],
    array: Symbol | None,
) -> Iterator[Fact]:
    expected = len(entry.args)
    slots = [argument.slot for argument in entry.args]
    fault, at = ArityFault.UNPACKED, call.position
    if len(call.args) != expected:
        detail = f"'{call.name}' is given {len(call.args)} of {expected} arguments"
        yield _arity(function, entry, fault, expected, len(call.args), detail, at)
        return
    if len(set(slots)) != len(slots):
        return
    cells = _cells(function, array)
    for number, (argument, slot) in enumerate(zip(call.args, slots, strict=True)):
        source = _source(argument, params, array, cells)
        if source is not None and source != slot:
            shown = f"{array.name}[{source}]" if array is not None else f"'{params[source].name}'"
            detail = f"argument {number + 1} of '{call.name}' is {shown}"
            yield _arity(function, entry, fault, expected, len(call.args), detail, at)
            return


def _cells(function: Function, array: Symbol | None) -> dict[Symbol, int]:
    """The variables that hold one element of the array, and nothing else."""
    held: dict[Symbol, set[int | None]] = {}
    for instruction in instructions_of(function):
        if isinstance(instruction, Assign) and isinstance(instruction.place, Var):
            index = None if array is None else _array_index(instruction.source, array)
            if not isinstance(instruction.source, Access):  # CAMLlocal's Val_unit
                held.setdefault(instruction.place.symbol, set()).add(index)
    alone = {symbol: found for symbol, found in held.items() if len(found) == 1}
    return {s: index for s, found in alone.items() for index in found if index is not None}


def _source(
    argument: Expr, params: tuple[Symbol, ...], array: Symbol | None, cells: dict[Symbol, int]
) -> int | None:
    """The number of the argument that an expression is made of, if it is just one."""
    found: set[int] = set()
    for part in subexpressions(argument):
        if array is not None:
            index = cells.get(part.symbol) if isinstance(part, Var) else _array_index(part, array)
            if index is not None:
                found.add(index)
        elif isinstance(part, Var) and part.symbol in params:
            found.add(params.index(part.symbol))
    return found.pop() if len(found) == 1 else None


def _array_index(expr: Expr, array: Symbol) -> int | None:
    if isinstance(expr, Index) and isinstance(expr.index, Const):
        base = expr.base
        base = uncast(base)
        if isinstance(base, Var) and base.symbol is array:
            return expr.index.number
    return None


def _assigns(function: Function, array: Symbol | None) -> bool:
    """Whether `argv` itself is moved, so that its indices mean something else."""
    return array is not None and any(
        isinstance(instruction, Assign)
        and isinstance(instruction.place, Var)
        and instruction.place.symbol is array
        for instruction in instructions_of(function)
    )


def _check_bounds(function: Function, entry: Entry, array: Symbol, native: str) -> Iterator[Fact]:
    """No element beyond the last argument is read, by functions that do the work themselves."""
    arity = entry.external.arity
    if any(call.name == native for call in calls_of(function)):
        return
    for instruction in instructions_of(function):
        for whole in expressions_of(instruction):
            for part in subexpressions(whole):
                index = _array_index(part, array)
                if index is not None and index >= arity:
                    detail = f"{array.name}[{index}] is read"
                    fault = ArityFault.UNPACKED
                    yield _arity(function, entry, fault, arity, index + 1, detail, part.position)
                    return
