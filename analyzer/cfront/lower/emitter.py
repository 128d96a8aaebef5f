"""The block that is being made, and the order of evaluation in it.

Calls and effects become instructions as they are met, operands from left to right.  What is only
read stays in expression trees until the instruction that consumes it.
"""

from __future__ import annotations

from analyzer.cfront.lower.graph import Draft, Graph
from analyzer.cfront.lower.unit import Names
from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Assign,
    Binary,
    Call,
    Cast,
    Const,
    Deref,
    Expr,
    Index,
    Instruction,
    Member,
    Position,
    Select,
    Storage,
    Str,
    Symbol,
    Temp,
    Terminator,
    Unsequenced,
    Var,
)
from analyzer.ir.types import CType, TypeKind

_MOVABLE = (TypeKind.VALUE, TypeKind.POINTER)


class Emitter:
    """Where the instructions of one function go.

    `calls` are all calls so far in order of evaluation; `pending` the Unsequenced whose consumer
    has not been emitted yet, innermost last; `tracked` the locals whose end of life matters.
    """

    def __init__(self, unit: Names, function: str, start: Position) -> None:
        self.unit = unit
        self.bindings = unit.bindings
        self.names = unit.bindings.names
        self.types = unit.types
        self.function = function
        self.graph = Graph()
        self.current: Draft = self.graph.block()
        self.calls: list[Call] = []
        self.pending: list[Unsequenced] = []
        self.tracked: set[Symbol] = set()
        self.temps = 0
        self.last = start

    def emit(self, instruction: Instruction) -> None:
        self.current.instructions.append(instruction)

    def consume(self, mark: int) -> None:
        """Emit what has become pending since `mark`: the instruction that uses it comes next."""
        pending = self.pending
        if len(pending) > mark:
            self.current.instructions.extend(pending[mark:])
            del pending[mark:]

    def close(self, terminator: Terminator) -> None:
        """End the current block."""
        if self.current.terminator is None:
            self.current.terminator = terminator

    def temp(self, ctype: CType, position: Position) -> Temp:
        self.temps += 1
        return Temp(self.temps, ctype, position)

    def kept(self, expr: Expr) -> Expr:
        """The expression's present value: it is read now, not by its consumer."""
        if isinstance(expr, (Const, Str, Temp)):
            return expr
        held = self.temp(expr.type, expr.position)
        self.emit(Assign(held, expr, expr.position))
        return held

    def unsequenced(self, exprs: list[Expr], marks: list[int]) -> None:
        """Note which operands are read in no order with the calls of their siblings.

        The calls of the n-th operand are those from `marks[n]` to `marks[n + 1]`.
        """
        calls = self.calls
        first, last = marks[0], marks[-1]
        for at, expr in enumerate(exprs):
            begin, end = marks[at], marks[at + 1]
            if (begin > first or last > end) and self.may_change(expr):
                others = (*calls[first:begin], *calls[end:last])
                self.pending.append(Unsequenced(expr, others, expr.position))

    def may_change(self, expr: Expr) -> bool:
        """Whether an operand can have another meaning before a call than after it.

        Numbers are left out: they are compared, added and tested without regard to collections.
        """
        kind = expr.type.kind
        match expr:
            case Var(symbol=symbol):
                return kind in _MOVABLE and symbol.storage is not Storage.FUNCTION
            case Temp():
                return kind in _MOVABLE or kind is TypeKind.UNKNOWN
            case Access(name=name):
                if kind not in _MOVABLE:
                    return False
                word = self.unit.word(name)
                return word is None or not word.settled
            case Member() | Index() | Deref():
                return kind in _MOVABLE or (kind is TypeKind.ARRAY and is_indirect(expr))
            case AddressOf(place=place):
                return is_indirect(place)
            case Cast(operand=operand):
                movable = kind in _MOVABLE or kind is TypeKind.UNKNOWN
                return movable and self.may_change(operand)
            case Binary(op="+" | "-", left=left, right=right):
                return self.may_change(left) or self.may_change(right)
            case Select(then=then, otherwise=otherwise):
                return self.may_change(then) or self.may_change(otherwise)
        return False


def is_indirect(place: Expr) -> bool:
    """Whether a place is reached through a pointer or a value, not part of a variable."""
    match place:
        case Deref() | Access():
            return True
        case Index(base=base):
            return base.type.kind is not TypeKind.ARRAY or is_indirect(base)
        case Member(base=base) | Cast(operand=base):
            return is_indirect(base)
    return False


def variable_of(place: Expr) -> Symbol | None:
    """The variable that a place is part of."""
    match place:
        case Var(symbol=symbol):
            return symbol
        case Member(base=base):
            return variable_of(base)
        case Index(base=base) if base.type.kind is TypeKind.ARRAY:
            return variable_of(base)
    return None
