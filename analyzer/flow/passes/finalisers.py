"""What the operations of custom blocks do and must not: `custom_operations` and finalisers.

They run inside the collector, or inside code that holds values which are not roots: no allocation,
no OCaml code, no exception, no frame, no change of roots or of the lock.  `finalize` may not look
at other blocks either: the collector may have moved or freed them already.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.flow.facts import FinaliserFault
from analyzer.flow.passes.reading import functions_in, is_foreign_value
from analyzer.flow.passes.witness import Judge, Objection, Search
from analyzer.flow.walk import calls_of, expressions_of, subexpressions
from analyzer.ir.nodes import (
    Access,
    Assign,
    Call,
    Expr,
    Frame,
    Function,
    Initialiser,
    InitList,
    Instruction,
    Lock,
    Member,
    Position,
    Unit,
)
from analyzer.ir.types import CType
from runtime_sim.model.api import Api
from runtime_sim.model.api.row import ApiRow, Collects, LockUse, Raises, Result, Role

if TYPE_CHECKING:
    from analyzer.flow.analysis import Analysis

STRUCT = "custom_operations"
OPERATIONS = (
    "identifier",
    "finalize",
    "compare",
    "hash",
    "serialize",
    "deserialize",
    "compare_ext",
    "fixed_length",
)
"""The structure's members in order."""

# What serves these operations and is meant for them, whatever it does.
_MEANT_FOR = {"serialize": "caml_serialize_", "deserialize": "caml_deserialize_"}
_ROOT_CHANGES = {
    "caml_register_global_root": "registers a global root",
    "caml_register_generational_global_root": "registers a global root",
    "caml_remove_global_root": "removes a global root",
    "caml_remove_generational_global_root": "removes a global root",
}
_FRESH = (Result.FRESH, Result.FRESH_OR_NULL, Result.FRESH_LOCAL)

Installed = tuple[Function, str, Position]
"""A function, the operation that it serves, and where it is said to."""


def find(analysis: Analysis) -> Iterator[tuple[Function, FinaliserFault]]:
    """The first fault of each operation."""
    searches: dict[str, Search] = {}
    done: set[tuple[Function, str]] = set()
    for function, operation, installed in _installed(analysis):
        if (function, operation) in done:
            continue
        done.add((function, operation))
        search = searches.get(operation)
        if search is None:
            judge = _judge(analysis.api, operation)
            search = searches[operation] = Search(analysis.program, judge)
        witness = search.first(function)
        if witness is not None:
            yield (
                function,
                FinaliserFault(
                    witness.position, operation, witness.what, installed, witness.chain
                ),
            )


# --- what is an operation ----------------------------------------------------------------------


def _installed(analysis: Analysis) -> Iterator[Installed]:
    program = analysis.program
    for unit in program.units:
        for item in unit.globals:
            if item.initialiser is not None:
                for member, expr in _members(unit, item.symbol.type, item.initialiser):
                    for function in program.named_functions(expr, unit):
                        yield function, member, expr.position
    for function in program.functions():
        yield from _assigned(analysis, function)
        yield from _handed_over(analysis, function)


def _members(unit: Unit, declared: CType, initialiser: Initialiser) -> Iterator[tuple[str, Expr]]:
    """The members of every `custom_operations` in an initialiser, however deep."""
    if not isinstance(initialiser, InitList):
        return
    fields = unit.structs.get(declared.name, {})
    for key, item in initialiser.items:
        if declared.name == STRUCT:
            name = key if isinstance(key, str) else _nth_operation(key)
            if not isinstance(item, InitList):
                yield name, item
        elif isinstance(key, str):
            yield from _members(unit, fields.get(key, declared), item)
        elif declared.target is not None:
            yield from _members(unit, declared.target, item)


def _nth_operation(number: int) -> str:
    return OPERATIONS[number] if number < len(OPERATIONS) else ""


def _assigned(analysis: Analysis, function: Function) -> Iterator[Installed]:
    """`ops.finalize = f`, and the initialiser of a local structure."""
    for block in function.blocks:
        for instruction in block.instructions:
            if type(instruction) is Assign and type(instruction.place) is Member:
                place = instruction.place
                if place.base.type.name == STRUCT and place.name in OPERATIONS:
                    for target in functions_in(instruction.source, function, analysis.program):
                        yield target, place.name, instruction.position


def _handed_over(analysis: Analysis, function: Function) -> Iterator[Installed]:
    """The finaliser given to `caml_alloc_final` and its like."""
    for call in calls_of(function):
        row = analysis.api.get(call.name)
        if row is None or row.params is None or Role.FINALISER not in row.params:
            continue
        number = row.params.index(Role.FINALISER)
        if number < len(call.args) and not analysis.program.is_defined(call.name):
            for target in functions_in(call.args[number], function, analysis.program):
                yield target, "finalize", call.position


# --- what it must not do -----------------------------------------------------------------------


def _judge(api: Api, operation: str) -> Judge:
    exempt = _MEANT_FOR.get(operation)

    def judge(instruction: Instruction) -> Objection | None:
        kind = type(instruction)
        if kind is Call:
            name = instruction.name  # type: ignore[union-attr]
            row = api.get(name)
            if row is not None:
                current = row.replacement or name
                if exempt is None or not current.startswith(exempt):
                    what = _offence(row, current)
                    if what:
                        return Objection(name, f"'{name}' {what}")
        elif kind is Frame:
            macro = instruction.macro  # type: ignore[union-attr]
            return Objection(macro, f"'{macro}' changes the local roots")
        elif kind is Lock:
            name = instruction.name  # type: ignore[union-attr]
            return Objection(name, f"'{name}' gives up the runtime lock")
        if operation == "finalize":
            return _look_elsewhere(api, instruction)
        return None

    return judge


def _offence(row: ApiRow, current: str) -> str:
    if current in _ROOT_CHANGES:
        return _ROOT_CHANGES[current]
    if row.raises is Raises.ALWAYS:
        return "raises"
    if row.lock in (LockUse.BLOCKS, LockUse.RELEASES, LockUse.ACQUIRES):
        return "gives up the runtime lock"
    if row.runs_ocaml:
        return "runs OCaml code"
    if row.raises is Raises.YES:
        return "may raise"
    if row.collects is Collects.YES:
        return "allocates" if row.result in _FRESH else "may collect"
    return ""


def _look_elsewhere(api: Api, instruction: Instruction) -> Objection | None:
    """A block is read that a C structure, a static or a root leads to: not the one that dies."""
    for whole in expressions_of(instruction):
        for expr in subexpressions(whole):
            if type(expr) is Access and expr.args and is_foreign_value(expr.args[0]):
                row = api.get(expr.name)
                if row is not None and row.params and row.params[0] is Role.BLOCK:
                    return Objection(expr.name, f"'{expr.name}' reads another OCaml block")
    return None
