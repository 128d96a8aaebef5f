"""What functions of the runtime return: fresh blocks, mostly."""

from __future__ import annotations

from collections.abc import Callable

from analyzer.flow.blocks import Block
from analyzer.flow.effects import finish
from analyzer.flow.facts import (
    BigarrayFault,
    BigarrayMismatch,
    CustomBlockFault,
    CustomFault,
    Origin,
    SmallSize,
)
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.values import CONSTANT, DATA, IMMEDIATE, AbsVal, Memory, Shape, base_of
from analyzer.flow.walk import subexpressions
from analyzer.ir.nodes import (
    Access,
    Call,
    Deref,
    Expr,
    Index,
    Member,
    Opaque,
    Position,
    Storage,
    Str,
    Symbol,
    Temp,
    Var,
)
from analyzer.ir.text import render
from analyzer.ir.types import TypeKind
from runtime_sim.model.api.row import ApiRow, Contents, Heap, Result, Role
from runtime_sim.model.memory import CONSTANTS, MAX_YOUNG_WOSIZE
from runtime_sim.model.shapes import Content
from runtime_sim.model.tags import NO_SCAN_TAG

Effect = Callable[[Run, State, Call, ApiRow, list[AbsVal]], None]


def runtime_result(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> AbsVal:
    """The result of a runtime function, from its row."""
    position = instruction.position
    result = row.result
    name = instruction.name
    if result in (Result.FRESH, Result.FRESH_OR_NULL, Result.FRESH_LOCAL):
        return allocate(run, state, instruction, row, vals)
    origin = run.origin(position, f"result of '{name}'")
    if result is Result.IMMEDIATE:
        return IMMEDIATE
    if result in (Result.VALUE, Result.BORROWED):
        return AbsVal(Shape.VALUE, origin=origin)
    if result is Result.ENCODED:
        return AbsVal(Shape.ENCODED, origin=origin)
    if result is Result.ROOT:
        argument = instruction.args[0] if instruction.args else None
        text = argument.text if isinstance(argument, Str) else name
        return AbsVal(Shape.ROOT_POINTER, 0, None, origin, source=text)
    if result is Result.ARGUMENT and row.result_of is not None and row.result_of < len(vals):
        return vals[row.result_of]._replace(stale=None)
    if result is Result.DERIVED and row.result_of is not None and row.result_of < len(vals):
        given = vals[row.result_of]
        return AbsVal(
            Shape.DERIVED, 1, None, origin, None, None, given.site, False,
            render(instruction.args[row.result_of]), parameter=given.parameter,
        )  # fmt: skip
    if result is Result.NULLABLE:
        return AbsVal(Shape.DATA, 0, None)
    return DATA


def _passed_roles(row: ApiRow) -> tuple[Role, ...]:
    """The roles of the arguments; the place that a macro assigns is not among them any more."""
    roles = row.params or ()
    return roles[1:] if roles and roles[0] is Role.PLACE else roles


def allocate(run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]) -> AbsVal:
    """A fresh block: its size, tag and contents; the site's last one is no longer known."""
    size = row.size
    tag = int(row.tag) if row.tag.isdecimal() else CONSTANTS.get(row.tag)
    small: bool | None = None
    roles = _passed_roles(row)
    for number, role in enumerate(roles):
        if number >= len(vals):
            break
        val = vals[number]
        if role is Role.WOSIZE:
            size = val.low if val.is_constant else None
            if val.high is not None:
                small = val.high <= MAX_YOUNG_WOSIZE
        elif role is Role.TAG:
            # Which of several unscanned tags it is makes no difference.
            unscanned = val.low is not None and val.low >= NO_SCAN_TAG
            tag = val.low if val.is_constant or unscanned else None
    if size is not None:
        small = size <= MAX_YOUNG_WOSIZE
    origin = run.origin(instruction.position, f"result of '{instruction.name}'")
    local = row.result is Result.FRESH_LOCAL
    major = row.heap is Heap.MAJOR or (row.heap is Heap.EITHER and small is False)
    major = major and not local
    scanned = tag is None or tag < NO_SCAN_TAG
    block = Block(
        origin=origin,
        size=size,
        tag=tag,
        young=not major,
        major=major,
        filled=row.contents is not Contents.GARBAGE or not scanned,
        unit=row.contents is Contents.UNIT,
        local=local,
        content=_CUSTOM_CONTENTS.get(row.replacement or row.name),
        contents=_stored(roles, vals, instruction.position),
    )
    retire(state, instruction)
    if size == 0 and row.heap is Heap.EITHER:
        return AbsVal(Shape.BLOCK, origin=origin)
    state.blocks[instruction] = block
    return AbsVal(Shape.BLOCK, origin=origin, site=instruction, local=local)


def _stored(
    roles: tuple[Role, ...], vals: list[AbsVal], position: Position
) -> tuple[tuple[int, AbsVal, Position], ...]:
    """What a function puts into the block it makes: its arguments, in their order."""
    given = [val for role, val in zip(roles, vals, strict=False) if role is Role.STORED]
    return tuple([(index, val, position) for index, val in enumerate(given)])


_CUSTOM_CONTENTS = {
    "caml_copy_int32": Content.INT32,
    "caml_copy_int64": Content.INT64,
    "caml_copy_nativeint": Content.NATIVEINT,
    "caml_ba_alloc": Content.BIGARRAY,
    "caml_ba_alloc_dims": Content.BIGARRAY,
    "caml_alloc_custom": Content.CUSTOM,
    "caml_alloc_custom_mem": Content.CUSTOM,
    "caml_alloc_final": Content.CUSTOM,
}
"""What the custom blocks are that these functions make."""


def retire(state: State, site: Call) -> None:
    """Values that still hold the last block from this site hold an older one now."""
    if site in state.blocks:
        for place, val in state.cells.items():
            if val.site is site:
                old = Shape.VALUE if val.shape is Shape.BLOCK else val.shape
                state.cells[place] = val._replace(site=None, shape=old)


def alloc_small(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> None:
    roles = _passed_roles(row)
    number = roles.index(Role.WOSIZE) if Role.WOSIZE in roles else 0
    if number < len(vals):
        _check_small_size(run, instruction, vals[number], instruction.args[number])
    finish(run, state, instruction, allocate(run, state, instruction, row, vals))


def _check_small_size(run: Run, instruction: Call, size: AbsVal, argument: Expr) -> None:
    position, name = instruction.position, instruction.name
    if size.low is not None and size.is_constant:
        if not 1 <= size.low <= MAX_YOUNG_WOSIZE:
            run.emit(SmallSize(position, name, str(size.low), True))
        return
    if size.low is not None and size.low >= 1:
        if size.high is not None and size.high <= MAX_YOUNG_WOSIZE:
            return
    if size.source == CONSTANT.source or size.parameter is not None:
        return
    if _is_constant_expression(argument) or _is_up_to_callers(run, argument):
        return
    run.emit(SmallSize(position, name, render(argument), False))


def _is_up_to_callers(run: Run, expr: Expr) -> bool:
    """Whether a helper is told what it computes with."""
    if run.primitive:
        return False
    parts = list(subexpressions(expr))
    numbers = [s for s in run.function.params if s.type.kind is TypeKind.INTEGER]
    told = any(isinstance(part, Var) and part.symbol in numbers for part in parts)
    return told and not any(isinstance(part, Access) and part.args for part in parts)


def _is_constant_expression(expr: Expr) -> bool:
    """Whether no variable is in an expression: only the compiler knows its number."""
    return not any(
        isinstance(part, Var | Temp | Member | Index | Deref | Opaque) and not _is_macro(part)
        for part in subexpressions(expr)
    )


def _is_macro(part: Expr) -> bool:
    """A name that nothing declares: a constant of a header that was not read."""
    return isinstance(part, Var) and part.symbol.storage is Storage.EXTERN


def alloc_custom(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> None:
    roles = row.params or ()
    position = instruction.position
    args = instruction.args
    by_role = {role: n for n, role in enumerate(roles) if n < len(vals)}
    operations = by_role.get(Role.OPERATIONS)
    if operations is not None:
        target = vals[operations].target
        base = base_of(target) if target is not None else None
        if isinstance(base, Symbol) and base.is_local and base.type.kind is TypeKind.STRUCT:
            origin = Origin(base.position, f"'{base.name}' is a local variable")
            run.emit(CustomBlockFault(position, CustomFault.STACK_OPERATIONS, base.name, origin))
    memory, maximum = by_role.get(Role.MEMORY), by_role.get(Role.MAXIMUM)
    if memory is not None and maximum is not None and vals[maximum].is_null:
        given = vals[memory]
        if not given.is_null:
            detail = render(args[memory])
            run.emit(CustomBlockFault(position, CustomFault.ZERO_MAXIMUM, detail, None))
    finish(run, state, instruction, allocate(run, state, instruction, row, vals))


def bigarray(run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]) -> None:
    args = instruction.args
    position = instruction.position
    name = instruction.name
    if (row.replacement or name) == "caml_ba_alloc_dims" and len(vals) >= 3:
        for argument in args[3:]:
            type_ = argument.type
            if type_.kind is TypeKind.INTEGER and 0 < type_.bits < 64:
                run.emit(
                    BigarrayMismatch(
                        position, BigarrayFault.NARROW_DIMENSION, name, render(argument)
                    )
                )
                break
        declared = vals[1]
        if declared.low is not None and declared.is_constant and len(args) - 3 < declared.low:
            run.emit(
                BigarrayMismatch(
                    position,
                    BigarrayFault.MISSING_DIMENSION,
                    name,
                    f"{len(args) - 3} of {declared.low}",
                )
            )
    if len(vals) >= 3:
        target = vals[2].target
        base = base_of(target) if target is not None else None
        managed = isinstance(base, Symbol) and base.is_local
        if managed and base.type.kind is TypeKind.ARRAY:  # type: ignore[union-attr]
            run.emit(
                BigarrayMismatch(position, BigarrayFault.SHORT_LIVED_DATA, name, render(args[2]))
            )
        if isinstance(base, Memory):
            state.resources.pop(base, None)
            state.lent = {**state.lent, base: (position, name, render(args[2]))}
    finish(run, state, instruction, runtime_result(run, state, instruction, row, vals))
