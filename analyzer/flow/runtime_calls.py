"""Calls of the runtime: what their rows say, and what single functions do beyond that."""

from __future__ import annotations

from analyzer.flow.allocation import Effect, alloc_custom, alloc_small, bigarray, runtime_result
from analyzer.flow.blocks import Index as FieldIndex
from analyzer.flow.clib import lookup
from analyzer.flow.effects import (
    collection_of,
    described,
    evaluate_arguments,
    finish,
    raising_call,
)
from analyzer.flow.evaluate import evaluate
from analyzer.flow.facts import LateRead, TagFault, TagMismatch
from analyzer.flow.fields import check_field, check_flat_field, index_of, tag_name
from analyzer.flow.global_roots import modify_root, register, remove
from analyzer.flow.heap_stores import barrier_store, store_checked
from analyzer.flow.library_calls import library_effect
from analyzer.flow.run import Run
from analyzer.flow.state import LockState, State, inside_of
from analyzer.flow.types.access import check_access
from analyzer.flow.types.facts import AllocEffect
from analyzer.flow.types.numbers import check_passed
from analyzer.flow.types.truncation import check_runtime_sizes
from analyzer.flow.values import HEAP_VALUES, AbsVal, Shape
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import Access, AddressOf, Call, Expr, Position
from analyzer.ir.text import render
from analyzer.ir.types import DOUBLE, LONG, VALUE, CType
from runtime_sim.model.api.row import ApiRow, Collects, Kind, LockUse, Raises, Result, Role


def call_runtime(run: Run, state: State, instruction: Call, row: ApiRow) -> bool:
    name = instruction.name
    position = instruction.position
    args = instruction.args
    vals = evaluate_arguments(run, state, instruction)
    if row.lock is LockUse.NEEDS or row.lock is LockUse.BLOCKS:
        if not (state.lock is LockState.RELEASED and row.raises is Raises.ALWAYS):
            run.use_heap(state, position, f"'{name}' is called")
    for number, (val, argument) in enumerate(zip(vals, args, strict=True)):
        vals[number] = _runtime_argument(run, state, val, argument, row, number, position)
    if row.raises is Raises.ALWAYS:
        run.breaks_noalloc(AllocEffect.RAISES, position, name, ())
    check_runtime_sizes(run, state, instruction, row)
    effect = RUNTIME_CALLS.get(row.replacement or name) or RUNTIME_CALLS.get(name)
    collects = row.collects is Collects.YES
    if collects:
        passed = tuple(
            val
            for number, val in enumerate(vals)
            if _role(row, number) in (Role.VALUE, Role.STORED)
        )
        doubt = row.kind is Kind.MACRO
        run.collect(state, collection_of(run, instruction, name, (), doubt), passed)
        # An argument that this very collection ages is the care of the callee.
        vals = [val if val.stale is None else val._replace(stale=None) for val in vals]
    raising_call(run, state, instruction, name, row.raises, ())
    if row.raises is Raises.ALWAYS:
        return False
    if effect is not None:
        effect(run, state, instruction, row, vals)
    else:
        finish(run, state, instruction, runtime_result(run, state, instruction, row, vals))
    library = lookup(name)
    if library is not None:
        library_effect(run, state, instruction, library, vals)
    return True


_BARRIERS = frozenset({"Store_field", "caml_modify", "caml_initialize", "caml_modify_local"})
"""Stores into a block that is known: whether it outlives the region is asked there."""


def _keeper(row: ApiRow) -> str:
    """Where a function puts what it is given to store."""
    if row.result is Result.FRESH:
        return f"a heap block made by '{row.name}'"
    if row.params is not None and Role.ROOT in row.params:
        return "a global root"
    return f"what '{row.name}' writes"


def _role(row: ApiRow, number: int) -> Role | None:
    if row.params is None:
        return None
    if number < len(row.params):
        role = row.params[number]
        return row.variadic_role if role is Role.REST else role
    return row.variadic_role


def _runtime_argument(
    run: Run,
    state: State,
    val: AbsVal,
    argument: Expr,
    row: ApiRow,
    number: int,
    position: Position,
) -> AbsVal:
    role = _role(row, number)
    name = row.name
    use = described(name)
    if role is Role.TEXT_LATE and val.shape is Shape.DERIVED:
        val = run.use(state, val, argument, position, use)
        run.emit(LateRead(position, val.source, name, row))
        return val
    if role is Role.TEXT_LATE and val.parameter is not None:
        run.late_reads.add(val.parameter)
    if role in (Role.VALUE, Role.UNROOTED, Role.STORED, Role.BLOCK):
        check_passed(run, argument, val, name, VALUE)
        run.expose(val, argument, position, use)
        if role is Role.STORED and (row.replacement or name) not in _BARRIERS:
            run.lodge(val, render(argument), position, _keeper(row))
        encoded = name not in ("caml_raise_if_exception", "caml_get_value_or_raise")
        return run.use(state, val, argument, position, use, encoded)
    if argument.type.is_value and role in _NUMBERS:
        taken = _number_type(row, number)
        if taken is not None:
            check_passed(run, argument, val, name, taken)
    if role is Role.VALUES:
        _use_array(run, state, val, argument, position, use)
        return val
    if val.shape is Shape.DERIVED:
        return run.use(state, val, argument, position, use)
    return val


_NUMBERS = frozenset({Role.DATA, Role.WOSIZE, Role.BYTES, Role.TAG})
_FLOATING = frozenset({"double", "float"})
_INTEGERS = frozenset(
    {"int", "long", "intnat", "uintnat", "int32_t", "int64_t", "mlsize_t", "asize_t", "tag_t"}
)


def _number_type(row: ApiRow, number: int) -> CType | None:
    """The C type of a parameter that is a number; integers of all widths are alike here."""
    params = row.signature.partition("(")[2].rpartition(")")[0].split(",")
    words = params[number].split() if number < len(params) else []
    if _FLOATING.intersection(words):
        return DOUBLE
    return LONG if _INTEGERS.issuperset(words[:1]) and len(words) == 1 else None


def _use_array(
    run: Run, state: State, val: AbsVal, argument: Expr, position: Position, use: str
) -> None:
    """A C array of values is read by the callee: none of them may be stale."""
    if val.shape is not Shape.ADDRESS or val.target is None:
        return
    for place, _, held in inside_of(state, val.target):
        if held.origin is not None:
            run.expose(held, argument, held.origin.position, use)
        if held.stale is not None and held.shape in HEAP_VALUES:
            run.stale(held, argument, position, use)
            state.cells[place] = held._replace(stale=None)


def _store_field(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> None:
    if len(vals) < 3:
        return
    block_expr, index_expr, source = instruction.args[:3]
    index = index_of(run, state, index_expr)
    position = instruction.position
    place = Access("Field", (block_expr, index_expr), source.type, position)
    block = check_access(run, state, vals[0], place, position)
    check_field(run, state, block, index, place)
    vals[0] = block
    barrier_store(run, state, "Store_field", vals[0], index, vals[2], place, source, position)


def _modify(run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]) -> None:
    if len(vals) < 2:
        return
    address: Expr = instruction.args[0]
    address = uncast(address)
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
        type=pointer.type,
        local=pointer.local,
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


def _modify_local(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> None:
    """caml_modify for a block that may be local: it may hold what is global, or older than it."""
    if len(vals) < 3:
        return
    block_expr, index_expr, source = instruction.args[:3]
    index = index_of(run, state, index_expr)
    place = Access("Field", (block_expr, index_expr), source.type, instruction.position)
    check_field(run, state, vals[0], index, place)
    store_checked(run, state, vals[0], index, vals[2], place, source, instruction.position)


_FLAT_STORES = frozenset({"Store_double_flat_field", "Store_double_val"})


def _store_double(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> None:
    if len(vals) > 2:
        name, place = instruction.name.removeprefix("Store_").capitalize(), instruction.args[:2]
        access = Access(name, place, instruction.args[2].type, instruction.position)
        check_flat_field(run, state, vals[0], access)
    if vals and vals[0].site is not None and vals[0].site in state.blocks:
        block = state.blocks[vals[0].site]
        if block.scanned and instruction.name in _FLAT_STORES and vals[0].shape is Shape.BLOCK:
            text = render(instruction.args[0])
            tag = tag_name(block.tag)
            run.emit(
                TagMismatch(instruction.position, TagFault.RAW_SCANNED, text, tag, block.origin)
            )
        state.blocks[vals[0].site] = block._replace(filled=True)


RUNTIME_CALLS: dict[str, Effect] = {
    "caml_alloc_small": alloc_small,
    "Alloc_small": alloc_small,
    "caml_alloc_small_with_my_or_given_profinfo": alloc_small,
    "caml_alloc_custom": alloc_custom,
    "caml_alloc_custom_mem": alloc_custom,
    "Store_field": _store_field,
    "caml_modify": _modify,
    "caml_initialize": _modify,
    "caml_modify_local": _modify_local,
    "Store_double_field": _store_double,
    "Store_double_flat_field": _store_double,
    "Store_double_array_field": _store_double,
    "Store_double_val": _store_double,
    "caml_register_global_root": register(False),
    "caml_register_generational_global_root": register(True),
    "caml_remove_global_root": remove(False),
    "caml_remove_generational_global_root": remove(True),
    "caml_modify_generational_global_root": modify_root,
    "caml_ba_alloc": bigarray,
    "caml_ba_alloc_dims": bigarray,
}
