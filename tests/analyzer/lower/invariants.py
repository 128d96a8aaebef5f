"""What holds of every lowered function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from analyzer.ir.nodes import (
    Assign,
    Block,
    Branch,
    Call,
    Declare,
    EndScope,
    Function,
    Jump,
    Position,
    Switch,
    Symbol,
    Temp,
    Unsequenced,
)


def faults(function: Function) -> list[str]:
    """Everything that is wrong with a function's IR, as text."""
    blocks = function.blocks
    found = [f"b{at} is numbered {b.number}" for at, b in enumerate(blocks) if b.number != at]
    for block in blocks:
        found += [f"b{block.number} goes to b{t}" for t in targets(block) if t >= len(blocks)]
        found += _order_faults(block)
    return found or [*_temp_faults(function), *_loop_faults(function)]


def targets(block: Block) -> list[int]:
    match block.terminator:
        case Jump(target=target):
            return [target]
        case Branch(then=then, otherwise=otherwise):
            return [then, otherwise]
        case Switch(cases=cases, default=default):
            return [*(target for _, target in cases), default]
    return []


def _order_faults(block: Block) -> Iterator[str]:
    following = [*block.instructions[1:], block.terminator]
    for instruction, after in zip(block.instructions, following, strict=False):
        if isinstance(instruction, Unsequenced):
            if isinstance(after, (Declare, EndScope)):
                yield f"b{block.number}: {type(after).__name__} behind Unsequenced"
            if not instruction.calls:
                yield f"b{block.number}: Unsequenced with nothing"


def _temp_faults(function: Function) -> Iterator[str]:
    """Temporaries that are read on a path on which they have not been given a value."""
    known: dict[int, set[int]] = {0: set()}
    work = [0]
    while work:
        number = work.pop()
        block = function.blocks[number]
        given = set(known[number])
        for instruction in block.instructions:
            given |= _given(instruction)
        for target in targets(block):
            before = known.get(target)
            after = given if before is None else before & given
            if before is None or after != before:
                known[target] = set(after)
                work.append(target)
    for block in function.blocks:
        given = set(known[block.number])
        for node in (*block.instructions, block.terminator):
            for temp in _read(node):
                if temp not in given:
                    yield f"b{block.number}: t{temp} is read before it is set"
                if temp > function.temps:
                    yield f"t{temp} is one too many"
            given |= _given(node)


def _given(node: Any) -> set[int]:
    if isinstance(node, Call) and node.result is not None:
        return {node.result.number}
    if isinstance(node, Assign) and isinstance(node.place, Temp):
        return {node.place.number}
    return set()


def _read(node: Any) -> Iterator[int]:
    if isinstance(node, Call):
        yield from _temps((node.callee, node.args))
    elif isinstance(node, Assign):
        yield from _temps(node.source)
        if not isinstance(node.place, Temp):
            yield from _temps(node.place)
    elif isinstance(node, Unsequenced):
        yield from _temps(node.held)
    else:
        yield from _temps(node)


def _temps(node: Any) -> Iterator[int]:
    if isinstance(node, Temp):
        yield node.number
    elif isinstance(node, tuple) and not isinstance(node, Position):
        for item in node:
            yield from _temps(item)
    elif hasattr(node, "__dataclass_fields__") and not isinstance(node, Symbol):
        for field in fields(node):
            yield from _temps(getattr(node, field.name))


def _loop_faults(function: Function) -> Iterator[str]:
    """In reverse postorder an edge that does not go forward closes a loop."""
    for block in function.blocks:
        for target in targets(block):
            if target <= block.number and not function.blocks[target].loop_head:
                yield f"b{block.number} closes a loop at b{target}, which is no head"
