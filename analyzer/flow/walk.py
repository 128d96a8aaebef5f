"""Walking over the IR: the expressions of an instruction, the parts of an expression."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Assign,
    Binary,
    Branch,
    Call,
    Cast,
    Deref,
    Evaluate,
    Expr,
    Frame,
    Function,
    Index,
    Instruction,
    Member,
    Opaque,
    Return,
    Select,
    Switch,
    Terminator,
    Unary,
    Unsequenced,
)


def parts_of(expr: Expr) -> tuple[Expr, ...]:
    """The direct operands."""
    kind = type(expr)
    if kind is Access:
        return expr.args  # type: ignore[union-attr]
    if kind is Binary:
        return (expr.left, expr.right)  # type: ignore[union-attr]
    if kind is Cast or kind is Unary:
        return (expr.operand,)  # type: ignore[union-attr]
    if kind is Member:
        return (expr.base,)  # type: ignore[union-attr]
    if kind is Deref:
        return (expr.pointer,)  # type: ignore[union-attr]
    if kind is Index:
        return (expr.base, expr.index)  # type: ignore[union-attr]
    if kind is AddressOf:
        return (expr.place,)  # type: ignore[union-attr]
    if kind is Select:
        return (expr.condition, expr.then, expr.otherwise)  # type: ignore[union-attr]
    if kind is Opaque:
        return expr.parts  # type: ignore[union-attr]
    return ()


def subexpressions(expr: Expr) -> Iterator[Expr]:
    """The expression and everything in it, outermost first."""
    stack = [expr]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(parts_of(current)))


def expressions_of(instruction: Instruction | Terminator) -> tuple[Expr, ...]:
    """What an instruction or terminator evaluates or assigns to."""
    kind = type(instruction)
    if kind is Call:
        return (instruction.callee, *instruction.args)  # type: ignore[union-attr]
    if kind is Assign:
        return (instruction.place, instruction.source)  # type: ignore[union-attr]
    if kind is Branch:
        return (instruction.condition,)  # type: ignore[union-attr]
    if kind is Evaluate:
        return (instruction.expr,)  # type: ignore[union-attr,return-value]
    if kind is Return:
        returned: Expr | None = instruction.expr  # type: ignore[union-attr]
        return () if returned is None else (returned,)
    if kind is Frame:
        size: Expr | None = instruction.size  # type: ignore[union-attr]
        return instruction.roots if size is None else (*instruction.roots, size)  # type: ignore[union-attr]
    if kind is Switch:
        return (instruction.subject,)  # type: ignore[union-attr]
    if kind is Unsequenced:
        return (instruction.held,)  # type: ignore[union-attr]
    return ()


def uncast(expr: Expr) -> Expr:
    """The expression below its casts."""
    while type(expr) is Cast:
        expr = expr.operand
    return expr


def calls_of(function: Function) -> Iterator[Call]:
    """The calls in a function."""
    for block in function.blocks:
        for instruction in block.instructions:
            if type(instruction) is Call:
                yield instruction


def instructions_of(function: Function) -> Iterator[Instruction | Terminator]:
    """All instructions and terminators of a function."""
    for block in function.blocks:
        yield from block.instructions
        yield block.terminator
