"""Custom blocks that are given memory or handles to own, and have nobody to free them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.flow.clib import lookup
from analyzer.flow.facts import CustomBlockFault, CustomFault, Origin
from analyzer.flow.passes.finalisers import OPERATIONS
from analyzer.flow.walk import calls_of, uncast
from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Assign,
    Call,
    Const,
    Deref,
    Expr,
    Function,
    Index,
    InitList,
    Member,
    Select,
    Storage,
    Symbol,
    Temp,
    Var,
)
from runtime_sim.model.api.row import Role

if TYPE_CHECKING:
    from analyzer.flow.analysis import Analysis

_DATA = frozenset({"Data_custom_val", "Op_val"})
_FINALIZE = OPERATIONS.index("finalize")

Holder = Symbol | int
"""What holds a value or pointer: a variable, or the number of a temporary."""


def find(analysis: Analysis) -> Iterator[tuple[Function, CustomBlockFault]]:
    """Each allocation of a block whose operations free nothing, and that owns something then."""
    for function in analysis.program.functions():
        for call in calls_of(function):
            if call.result is not None and _lacks_finaliser(analysis, call):
                owned = _Ownership(analysis, function, call).first()
                if owned is not None:
                    yield (
                        function,
                        CustomBlockFault(
                            call.position, CustomFault.NO_FINALISER, owned.text, owned
                        ),
                    )


def _lacks_finaliser(analysis: Analysis, call: Call) -> bool:
    row = analysis.api.get(call.name)
    if row is None or row.params is None or Role.OPERATIONS not in row.params:
        return False
    number = row.params.index(Role.OPERATIONS)
    if number >= len(call.args) or analysis.program.is_defined(call.name):
        return False
    return _frees_nothing(analysis, call.args[number])


def _frees_nothing(analysis: Analysis, operations: Expr) -> bool:
    """Whether the operations are known, and some that may be used have no finaliser."""
    operations = uncast(operations)
    if type(operations) is Select:
        sides = (operations.then, operations.otherwise)
        return any(_frees_nothing(analysis, side) for side in sides)
    if type(operations) is not AddressOf or type(operations.place) is not Var:
        return False
    initialiser = _initialiser_of(analysis, operations.place.symbol)
    if initialiser is None:
        return False
    items = dict(initialiser.items)
    finalize = items.get("finalize", items.get(_FINALIZE))
    return finalize is None or (type(finalize) is Const and finalize.number == 0)


def _initialiser_of(analysis: Analysis, symbol: Symbol) -> InitList | None:
    item = analysis.program.globals.get(symbol)
    if item is None and symbol.storage is Storage.EXTERN:
        named = [
            one
            for one in analysis.program.globals.values()
            if one.symbol.name == symbol.name and one.symbol.storage is Storage.GLOBAL
        ]
        item = named[0] if len(named) == 1 else None
    initialiser = item.initialiser if item is not None else None
    return initialiser if isinstance(initialiser, InitList) else None


class _Ownership:
    """What one function stores in the data of one block, in any order of its instructions."""

    def __init__(self, analysis: Analysis, function: Function, allocation: Call) -> None:
        assert allocation.result is not None
        self._analysis = analysis
        self._unit = analysis.program.unit_of[function]
        self._function = function
        self._blocks: set[Holder] = {allocation.result.number}
        self._inside: set[Holder] = set()
        self._owned: dict[Holder, Origin] = {}

    def first(self) -> Origin | None:
        """Where what the block owns came from."""
        for block in self._function.blocks:
            for instruction in block.instructions:
                if type(instruction) is Call:
                    found = self._acquired(instruction)
                elif type(instruction) is Assign:
                    found = self._assigned(instruction)
                else:
                    continue
                if found is not None:
                    return found
        return None

    def _acquired(self, call: Call) -> Origin | None:
        row = lookup(call.name)
        if row is None or not row.acquires or row.holds:
            if call.result is not None and self._gives_memory(call):
                self._owned[call.result.number] = _origin(call)
            return None
        if row.acquired_argument is None:
            if call.result is not None:
                self._owned[call.result.number] = _origin(call)
        elif row.acquired_argument < len(call.args):
            target = uncast(call.args[row.acquired_argument])
            if self._points_inside(target):
                return _origin(call)
            if type(target) is AddressOf:
                return self._put(target.place, _origin(call))
        return None

    def _gives_memory(self, call: Call) -> bool:
        targets = self._analysis.program.resolve(call.name, self._unit) if call.name else ()
        return bool(targets) and all(self._analysis.summary(t).result_release for t in targets)

    def _assigned(self, assign: Assign) -> Origin | None:
        source = uncast(assign.source)
        holder = _holder_of(source)
        if holder is not None and holder in self._owned:
            return self._put(assign.place, self._owned[holder])
        target = _holder_of(assign.place)
        if target is not None:
            if holder is not None and holder in self._blocks:
                self._blocks.add(target)
            elif self._points_inside(source):
                self._inside.add(target)
            else:
                self._blocks.discard(target)
                self._inside.discard(target)
                self._owned.pop(target, None)
        return None

    def _put(self, place: Expr, origin: Origin) -> Origin | None:
        """What is acquired goes to a place: in the block, or in a variable for later."""
        holder = _holder_of(place)
        if holder is None:
            return origin if self._is_inside(place) else None
        self._owned[holder] = origin
        return None

    def _points_inside(self, pointer: Expr) -> bool:
        """Whether a pointer leads into the data of the block."""
        pointer = uncast(pointer)
        if type(pointer) is AddressOf:
            return self._is_inside(pointer.place)
        if type(pointer) is Access:
            return pointer.name in _DATA and self._is_block(pointer.args[0])
        holder = _holder_of(pointer)
        return holder is not None and holder in self._inside

    def _is_inside(self, place: Expr) -> bool:
        while type(place) is Member:
            place = place.base
        if type(place) is Deref:
            return self._points_inside(place.pointer)
        if type(place) is Index:
            return self._points_inside(place.base) or self._is_inside(place.base)
        return type(place) is Access and place.name == "Field" and self._is_block(place.args[0])

    def _is_block(self, expr: Expr) -> bool:
        holder = _holder_of(uncast(expr))
        return holder is not None and holder in self._blocks


def _holder_of(expr: Expr) -> Holder | None:
    if type(expr) is Var:
        return expr.symbol
    return expr.number if type(expr) is Temp else None


def _origin(call: Call) -> Origin:
    return Origin(call.position, f"result of '{call.name}'")
