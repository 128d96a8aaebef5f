"""What single functions of the runtime do to the state, beyond what their rows say."""

from __future__ import annotations

from collections.abc import Callable

from analyzer.flow.blocks import Block
from analyzer.flow.blocks import Index as FieldIndex
from analyzer.flow.evaluate import check_field, evaluate, index_of, locate
from analyzer.flow.facts import (
    BigarrayFault,
    BigarrayMismatch,
    CustomBlockFault,
    CustomFault,
    GlobalRootFault,
    NonValueRoot,
    Origin,
    RootFault,
    SmallSize,
)
from analyzer.flow.run import Run
from analyzer.flow.state import Registration, State
from analyzer.flow.stores import barrier_store
from analyzer.flow.values import (
    DATA,
    IMMEDIATE,
    UNKNOWN,
    AbsVal,
    Memory,
    Place,
    Shape,
    base_of,
)
from analyzer.flow.walk import subexpressions
from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Call,
    Cast,
    Deref,
    Expr,
    Index,
    Member,
    Opaque,
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
from runtime_sim.model.tags import NO_SCAN_TAG

Effect = Callable[[Run, State, Call, ApiRow, list[AbsVal]], None]


def runtime_result(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> AbsVal:
    """The result of a runtime function, from its row."""
    position = instruction.position
    result = row.result
    name = instruction.name
    if result is Result.FRESH or result is Result.FRESH_OR_NULL:
        return allocate(run, state, instruction, row, vals)
    origin = run.origin(position, f"result of '{name}'")
    if result is Result.IMMEDIATE:
        return IMMEDIATE
    if result is Result.FRESH_LOCAL:
        # It does not move, and a store into it needs no barrier.
        return UNKNOWN
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


def allocate(run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]) -> AbsVal:
    """A fresh block: its size, tag and contents, and the end of what the last one from here
    was."""
    size, tag = row.size, CONSTANTS.get(row.tag) if row.tag else None
    small: bool | None = None
    roles = row.params or ()
    if roles and roles[0] is Role.PLACE:
        # A macro that assigns: the place is not among the arguments any more.
        roles = roles[1:]
    for number, role in enumerate(roles):
        if number >= len(vals):
            break
        val = vals[number]
        if role is Role.WOSIZE:
            size = val.low if val.is_constant else None
            if val.high is not None:
                small = val.high <= MAX_YOUNG_WOSIZE
        elif role is Role.TAG:
            tag = val.low if val.is_constant else None
    if row.params and Role.TAG not in row.params and not row.tag:
        tag = 0
    if size is not None:
        small = size <= MAX_YOUNG_WOSIZE
    origin = run.origin(instruction.position, f"result of '{instruction.name}'")
    major = row.heap is Heap.MAJOR or (row.heap is Heap.EITHER and small is False)
    scanned = tag is None or tag < NO_SCAN_TAG
    block = Block(
        origin=origin,
        size=size,
        tag=tag,
        young=not major,
        major=major,
        filled=row.contents is not Contents.GARBAGE or not scanned,
        unit=row.contents is Contents.UNIT,
    )
    retire(state, instruction)
    if size == 0 and row.heap is Heap.EITHER:
        return AbsVal(Shape.BLOCK, origin=origin)
    state.blocks[instruction] = block
    return AbsVal(Shape.BLOCK, origin=origin, site=instruction)


def retire(state: State, site: Call) -> None:
    """Values that still hold the last block from this site hold an older one now."""
    if site in state.blocks:
        for place, val in state.cells.items():
            if val.site is site:
                old = Shape.VALUE if val.shape is Shape.BLOCK else val.shape
                state.cells[place] = val._replace(site=None, shape=old)


def _finish(run: Run, state: State, instruction: Call, val: AbsVal) -> None:
    if instruction.result is not None:
        state.cells[instruction.result.number] = val


# --- allocation --------------------------------------------------------------------------------


def _alloc_small(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> None:
    sizes = [n for n, role in enumerate(row.params or ()) if role is Role.WOSIZE]
    number = sizes[0] if sizes else 0
    if instruction.name == "Alloc_small" and len(vals) == 2:
        number = 0
    if number < len(vals):
        _check_small_size(run, instruction, vals[number], instruction.args[number])
    _finish(run, state, instruction, allocate(run, state, instruction, row, vals))


def _check_small_size(run: Run, instruction: Call, size: AbsVal, argument: Expr) -> None:
    position, name = instruction.position, instruction.name
    if size.low is not None and size.is_constant:
        if not 1 <= size.low <= MAX_YOUNG_WOSIZE:
            run.emit(SmallSize(position, name, str(size.low), True))
        return
    if size.low is not None and size.low >= 1:
        if size.high is not None and size.high <= MAX_YOUNG_WOSIZE:
            return
    if _is_constant_expression(argument) or size.parameter is not None:
        return
    run.emit(SmallSize(position, name, render(argument), False))


def _is_constant_expression(expr: Expr) -> bool:
    """Whether an expression has no variable in it: its number is not known here, but the
    compiler's."""
    return not any(
        isinstance(part, Var | Temp | Member | Index | Deref | Opaque) and not _is_macro(part)
        for part in subexpressions(expr)
    )


def _is_macro(part: Expr) -> bool:
    """A name that nothing declares: a constant of a header that was not read."""
    return isinstance(part, Var) and part.symbol.storage is Storage.EXTERN


def _alloc_custom(
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
    _finish(run, state, instruction, allocate(run, state, instruction, row, vals))


# --- stores ------------------------------------------------------------------------------------


def _store_field(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> None:
    if len(vals) < 3:
        return
    block_expr, index_expr, source = instruction.args[:3]
    index = index_of(run, state, index_expr)
    position = instruction.position
    place = Access("Field", (block_expr, index_expr), source.type, position)
    check_field(run, state, vals[0], index, place)
    barrier_store(run, state, "Store_field", vals[0], index, vals[2], place, source, position)


def _modify(run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]) -> None:
    if len(vals) < 2:
        return
    address: Expr = instruction.args[0]
    while isinstance(address, Cast):
        address = address.operand
    name = row.replacement or instruction.name
    position = instruction.position
    pointer = vals[0]
    place: Expr = address.place if isinstance(address, AddressOf) else address
    index = FieldIndex(None, None)
    block = AbsVal(
        Shape.BLOCK if pointer.site is not None else Shape.VALUE,
        origin=pointer.origin,
        site=pointer.site,
        parameter=pointer.parameter,
    )
    if isinstance(address, AddressOf) and isinstance(address.place, Access):
        access = address.place
        block = evaluate(run, state, access.args[0])
        if len(access.args) > 1:
            index = index_of(run, state, access.args[1])
        else:
            index = FieldIndex(0, 0)
    elif pointer.shape is not Shape.DERIVED:
        return
    barrier_store(run, state, name, block, index, vals[1], place, instruction.args[1], position)


def _store_double(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> None:
    if vals and vals[0].site is not None and vals[0].site in state.blocks:
        block = state.blocks[vals[0].site]
        state.blocks[vals[0].site] = block._replace(filled=True)


# --- global roots ------------------------------------------------------------------------------


def _root_place(
    run: Run, state: State, instruction: Call, vals: list[AbsVal]
) -> tuple[Place | None, str]:
    argument = instruction.args[0]
    inner = argument
    while isinstance(inner, Cast):
        inner = inner.operand
    text = render(inner.place) if isinstance(inner, AddressOf) else f"*{render(inner)}"
    val = vals[0]
    if val.shape is Shape.ADDRESS and val.target is not None:
        target = val.target
        if isinstance(target, Symbol) and target.type.kind is TypeKind.ARRAY:
            return (target, 0), text
        return target, text
    if isinstance(inner, AddressOf):
        return locate(run, state, inner.place), text
    return None, text


def _register(generational: bool) -> Effect:
    def effect(run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]) -> None:
        if not vals:
            return
        place, text = _root_place(run, state, instruction, vals)
        position, name = instruction.position, instruction.name
        _check_root_type(run, instruction)
        if place is None:
            return
        base = base_of(place)
        earlier = state.registered.get(place)
        if earlier is not None and not (type(place) is tuple and "*" in place):
            run.emit(
                GlobalRootFault(
                    position,
                    RootFault.TWICE,
                    text,
                    name,
                    Origin(earlier.position, f"'{text}' is registered"),
                )
            )
        # A plain root is looked at by the next collection, a generational one here and now.
        if generational and _is_unset(state, place):
            run.emit(GlobalRootFault(position, RootFault.UNINITIALISED, text, name, None))
        if isinstance(base, Memory) and base.is_parameter:
            _note_parameter(run, place, run.registers)
        state.registered[place] = Registration(position, generational)
        state.kept.pop(place, None)
        if isinstance(base, Symbol) and not base.is_local:
            state.kept = {p: k for p, k in state.kept.items() if base_of(p) is not base}

    return effect


def _is_unset(state: State, place: Place) -> bool:
    held = state.cells.get(place)
    if held is not None:
        return held.garbage and held.shape is Shape.UNKNOWN
    base = base_of(place)
    return isinstance(base, Memory) and _is_raw(base)


def _is_raw(memory: Memory) -> bool:
    """Whether nothing but this function has written the memory, and its maker does not clear
    it."""
    return isinstance(memory.site, Call) and memory.site.name in (
        "malloc",
        "caml_stat_alloc",
        "caml_stat_alloc_noexc",
        "stat_alloc",
    )


def _note_parameter(run: Run, place: Place, into: set[tuple[int | str, ...]]) -> None:
    base = base_of(place)
    assert isinstance(base, Memory)
    number = run.analysis.parameter_number(run.function, base)
    if number is not None:
        path = place[1:] if type(place) is tuple else ()
        into.add((number, *(p for p in path if isinstance(p, int | str))))


def _check_root_type(run: Run, instruction: Call) -> None:
    argument = instruction.args[0]
    if not isinstance(argument, Cast):
        return
    inner: Expr = argument
    while isinstance(inner, Cast):
        inner = inner.operand
    if isinstance(inner, AddressOf):
        type_ = inner.place.type
        if type_.kind in (TypeKind.POINTER, TypeKind.FLOATING) or (
            type_.kind is TypeKind.INTEGER and type_.bits not in (0, 64)
        ):
            text = render(inner.place)
            run.emit(
                NonValueRoot(instruction.position, instruction.name, text, type_.name or "pointer")
            )


def _remove(generational: bool) -> Effect:
    def effect(run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]) -> None:
        if not vals:
            return
        place, text = _root_place(run, state, instruction, vals)
        if place is None:
            return
        position, name = instruction.position, instruction.name
        registration = state.registered.pop(place, None)
        base = base_of(place)
        if isinstance(base, Memory) and base.is_parameter:
            _note_parameter(run, place, run.removes)
        if registration is not None:
            if registration.generational is not generational:
                origin = Origin(registration.position, f"'{text}' is registered")
                run.emit(GlobalRootFault(position, RootFault.WRONG_REMOVAL, text, name, origin))
            return
        local = isinstance(base, Symbol) and base.is_local and type(base) is Symbol
        if local and isinstance(base, Symbol) and base.type.kind is not TypeKind.UNKNOWN:
            if base not in run.survey.addressed or place in state.cells:
                run.emit(GlobalRootFault(position, RootFault.NEVER_REGISTERED, text, name, None))

    return effect


def _modify_root(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> None:
    if len(vals) < 2:
        return
    place, _ = _root_place(run, state, instruction, vals)
    source = instruction.args[1]
    run.expose(state, vals[1], source, instruction.position, "stored in a global root")
    if place is not None:
        state.cells[place] = vals[1]


# --- bigarrays ---------------------------------------------------------------------------------


def _bigarray(run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]) -> None:
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
    _finish(run, state, instruction, runtime_result(run, state, instruction, row, vals))


def _no_result(run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]) -> None:
    _finish(run, state, instruction, UNKNOWN)


RUNTIME_CALLS: dict[str, Effect] = {
    "caml_alloc_small": _alloc_small,
    "Alloc_small": _alloc_small,
    "caml_alloc_small_with_my_or_given_profinfo": _alloc_small,
    "caml_alloc_custom": _alloc_custom,
    "caml_alloc_custom_mem": _alloc_custom,
    "Store_field": _store_field,
    "caml_modify": _modify,
    "caml_initialize": _modify,
    "Store_double_field": _store_double,
    "Store_double_flat_field": _store_double,
    "Store_double_array_field": _store_double,
    "Store_double_val": _store_double,
    "caml_register_global_root": _register(False),
    "caml_register_generational_global_root": _register(True),
    "caml_remove_global_root": _remove(False),
    "caml_remove_generational_global_root": _remove(True),
    "caml_modify_generational_global_root": _modify_root,
    "caml_ba_alloc": _bigarray,
    "caml_ba_alloc_dims": _bigarray,
}
