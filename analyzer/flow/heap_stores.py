"""Stores into the heap: plain ones, and those through the write barrier."""

from __future__ import annotations

from analyzer.flow.blocks import Block
from analyzer.flow.blocks import Index as FieldIndex
from analyzer.flow.effects import hand_over
from analyzer.flow.evaluate import evaluate
from analyzer.flow.facts import (
    EncodedUse,
    InitializeAgain,
    ModifyGarbage,
    Origin,
    PlainStore,
    PointerEscape,
    StringWrite,
    TagFault,
    TagMismatch,
    UnrootedStore,
)
from analyzer.flow.fields import check_field, field_index, tag_name
from analyzer.flow.frames import ROOT_LISTS, close
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.types.access import check_access
from analyzer.flow.types.facts import NeedlessBarrier
from analyzer.flow.types.given import check_given
from analyzer.flow.types.numbers import check_stored_number
from analyzer.flow.types.typed_values import declared, field_of
from analyzer.flow.values import EXCEPTION, FRESH, HEAP_VALUES, AbsVal, Shape
from analyzer.ir.nodes import Access, Expr, Position
from analyzer.ir.text import render
from runtime_sim.model.kinds import Externality
from runtime_sim.model.profile import Profile
from runtime_sim.model.shapes import Content


def store_derived(
    run: Run,
    state: State,
    pointer: AbsVal,
    expr: Expr,
    val: AbsVal,
    source: Expr,
    position: Position,
) -> None:
    via = pointer.functions[0] if pointer.functions else ""
    if via in STRING_POINTERS:
        write_string(run, pointer, position, "an assignment")
    if via == "String_val":
        return
    text = render(expr)
    if pointer.parameter is not None:
        run.writes.add(pointer.parameter)
    if expr.type.is_value and via in ("Field", "Op_val", "") and via != "Data_custom_val":
        if via or pointer.site is not None:
            index = FieldIndex(None, None)
            block = AbsVal(
                Shape.BLOCK if pointer.site else Shape.VALUE,
                origin=pointer.origin,
                site=pointer.site,
                parameter=pointer.parameter,
                type=pointer.type,
                local=pointer.local,
            )
            store_field(run, state, block, index, val, expr, source, position)
        return
    if val.shape is Shape.DERIVED and val.source:
        origin = val.origin or Origin(position, text)
        run.emit(PointerEscape(position, val.source, f"'{text}'", origin))
    elif val.shape in HEAP_VALUES and via in ("Data_custom_val", "Data_abstract_val"):
        run.lodge(val, render(source), position, "the data of a custom block")
        origin = val.origin or Origin(position, text)
        run.emit(
            UnrootedStore(position, text, "the data of a custom block", origin, None, position)
        )
    raw = state.blocks.get(pointer.site) if pointer.site is not None else None
    if raw is not None and pointer.site is not None:
        state.blocks[pointer.site] = raw._replace(filled=True)


STRING_POINTERS = frozenset({"String_val", "Bytes_val", "Byte", "Byte_u"})
"""The accessors that give the bytes of a string."""


def write_string(run: Run, pointer: AbsVal, position: Position, how: str) -> None:
    """A write into a string: only one made here may be written; bytes may."""
    if pointer.site is not None:
        return
    shape = pointer.type
    contents = {b.content for b in shape.blocks} if shape is not None else set()
    if shape is not None and (shape.open or Content.STRING not in contents):
        return
    if shape is None and pointer.functions[:1] != ("String_val",):
        return
    origin = pointer.origin or Origin(position, pointer.source)
    run.emit(StringWrite(position, pointer.source, how, origin, shape is not None))


def store_access(
    run: Run, state: State, access: Access, val: AbsVal, source: Expr, position: Position
) -> None:
    name = access.name
    if name in ROOT_LISTS:
        close(state, position)
        return
    if not access.args:
        return
    block = evaluate(run, state, access.args[0])
    if name in ("Field", "Some_val"):
        block = run.use(state, block, access.args[0], position, f"written by '{name}'")
        run.use_heap(state, position, f"'{name}' writes the heap")
        block = check_access(run, state, block, access, position)
        check_stored_number(run, access, val, source)
        index = field_index(run, state, access)
        check_field(run, state, block, index, access)
        store_field(run, state, block, index, val, access, source, position)
        return
    for part in access.args[1:]:
        evaluate(run, state, part)
    block = run.use(state, block, access.args[0], position, f"written by '{name}'")
    run.use_heap(state, position, f"'{name}' writes the heap")
    block = check_access(run, state, block, access, position)
    if name in STRING_POINTERS and block.type is not None:
        text = render(access.args[0])
        write_string(run, block._replace(source=text, functions=(name,)), position, f"'{name}'")
    if block.site is not None and block.site in state.blocks:
        state.blocks[block.site] = state.blocks[block.site]._replace(filled=True)


def store_field(
    run: Run,
    state: State,
    block: AbsVal,
    index: FieldIndex,
    val: AbsVal,
    place: Expr,
    source: Expr,
    position: Position,
) -> None:
    """A plain assignment to a field: right only as the first store into a young block."""
    scanned = block.site is None or block.site not in state.blocks
    if scanned or state.blocks[block.site].scanned is not False:  # type: ignore[index]
        run.expose(val, source, position, "stored in a block")
    val = run.use(state, val, source, position, "stored")
    hand_over(state, val)
    store_checked(run, state, block, index, val, place, source, position)
    if val.site is not None and val.site in state.blocks and val.shape is Shape.BLOCK:
        inner = state.blocks[val.site]
        if not inner.reachable:
            state.blocks[val.site] = inner._replace(reachable=True)
    known = state.blocks.get(block.site) if block.site is not None else None
    if known is not None and block.shape is Shape.BLOCK:
        assert block.site is not None
        if known.scanned is False and val.shape in (Shape.BLOCK, Shape.VALUE):
            if known.tag is not None and tag_name(known.tag) != "Closure_tag":
                run.emit(
                    TagMismatch(
                        position,
                        TagFault.VALUES_UNSCANNED,
                        render(place),
                        tag_name(known.tag),
                        known.origin,
                    )
                )
            return
        may_point = val.shape in HEAP_VALUES
        if may_point and not known.young and not known.local:
            why = (
                "was allocated in the major heap"
                if known.major
                else "has lived through a call that may collect"
            )
            run.emit(PlainStore(position, render(place), why, known.origin, False))
        state.blocks[block.site] = known.write(index, may_point).keep(index, val, position)
        return
    note_field(run, state, block, index, "")
    if val.shape not in HEAP_VALUES:
        return
    if block.shape in (Shape.UNKNOWN, Shape.DATA, Shape.NAKED, Shape.IMMEDIATE):
        return
    if block.source == FRESH:
        return
    if block.parameter is not None and not run.primitive:
        run.plain_stores.setdefault(block.parameter, position)
        return
    if block.garbage:
        return
    origin = block.origin or run.origin(position, render(place))
    run.emit(PlainStore(position, render(place), "may be old", origin, False))


def barrier_store(
    run: Run,
    state: State,
    callee: str,
    block: AbsVal,
    index: FieldIndex,
    val: AbsVal,
    place: Expr,
    source: Expr,
    position: Position,
) -> None:
    """caml_modify, Store_field or caml_initialize on a field."""
    run.expose(val, source, position, "stored in a block")
    if val.shape is Shape.ENCODED and val.parameter is None:
        origin = val.origin or run.origin(position, render(source))
        tested = val.source == EXCEPTION
        run.emit(EncodedUse(position, render(source), "stored", origin, tested))
    val = run.use(state, val, source, position, "stored")
    hand_over(state, val)
    store_checked(run, state, block, index, val, place, source, position)
    if callee in ("Store_field", "caml_modify"):
        _check_needed(run, block, index, callee, place, position)
    if val.site is not None and val.site in state.blocks and val.shape is Shape.BLOCK:
        run.garbage_fields(state, val.site, position, "stored", None)
        state.blocks[val.site] = state.blocks[val.site]._replace(reachable=True)
    known = state.blocks.get(block.site) if block.site is not None else None
    text = render(place)
    if known is None or block.shape is not Shape.BLOCK:
        if callee == "caml_initialize" and block.shape in (Shape.VALUE, Shape.BLOCK):
            if block.site is None and (block.parameter is None or run.primitive):
                origin = block.origin or run.origin(position, text)
                if block.parameter is not None:
                    run.emit(InitializeAgain(position, text, "came from OCaml", origin))
        note_field(run, state, block, index, callee)
        return
    assert block.site is not None
    if known.scanned is False:
        if val.shape in (Shape.BLOCK, Shape.VALUE) and known.tag is not None:
            run.emit(
                TagMismatch(
                    position, TagFault.VALUES_UNSCANNED, text, tag_name(known.tag), known.origin
                )
            )
        return
    written = _is_written(state, known, index)
    if callee == "caml_initialize":
        constant = index.constant
        may_hold = known.holds >> constant & 1 if constant is not None else known.holds
        if written is True and may_hold:
            run.emit(InitializeAgain(position, text, "already has a value", known.origin))
    elif written is False:
        run.emit(ModifyGarbage(position, text, callee, known.young, known.origin))
    written_block = known.write(index, val.shape in HEAP_VALUES)
    state.blocks[block.site] = written_block.keep(index, val, position)


def store_checked(
    run: Run,
    state: State,
    block: AbsVal,
    index: FieldIndex,
    val: AbsVal,
    place: Expr,
    source: Expr,
    position: Position,
) -> None:
    """What is put into a field: of the field's type, and not local if the block is not."""
    field = field_of(block, index)
    if field is not None:
        check_given(run, state, val, field.shape, position, render(place))
    if val.local or val.parameter is not None:
        into = f"'{render(place)}', a field of a heap block"
        run.lodge(val, render(source), position, into, block)


def _check_needed(
    run: Run, block: AbsVal, index: FieldIndex, callee: str, place: Expr, position: Position
) -> None:
    """A barrier is for what the collector looks at."""
    field = field_of(block, index)
    if field is None or run.analysis.profile is not Profile.OXCAML:
        return
    shape = field.shape
    if shape.is_value and not shape.nullable:
        if shape.kind.externality is Externality.EXTERNAL:
            text = render(place)
            run.emit(NeedlessBarrier(position, callee, text, shape.text, declared(run)))


def note_field(run: Run, state: State, block: AbsVal, index: FieldIndex, callee: str) -> None:
    """A field of a parameter is assigned: callers that hand over a block want to know."""
    if block.parameter is None:
        return
    constant = index.constant
    if constant is not None:
        run.fields.add((block.parameter, constant, None, callee))
        return
    params = run.function.params
    if index.symbol in params and index.offset == 0:
        number = params.index(index.symbol)
        held = state.cells.get(index.symbol)
        if held is not None and held.parameter == number:
            run.fields.add((block.parameter, None, number, callee))
            return
    run.fills.add(block.parameter)


def store_through(
    run: Run, state: State, callee: str, block: AbsVal, index: FieldIndex, access: Expr
) -> None:
    """A callee assigns a field of a block that is its caller's."""
    known = state.blocks.get(block.site) if block.site is not None else None
    if known is None or block.site is None or block.shape is not Shape.BLOCK:
        note_field(run, state, block, index, callee)
        return
    check_field(run, state, block, index, access)
    written = _is_written(state, known, index)
    if (
        callee in ("Store_field", "caml_modify")
        and written is False
        and known.scanned is not False
    ):
        text = render(access)
        run.emit(ModifyGarbage(access.position, text, callee, known.young, known.origin))
    state.blocks[block.site] = known.write(index)


def _is_written(state: State, block: Block, index: FieldIndex) -> bool | None:
    """Whether the field certainly has, or certainly lacks, a value; None: not known."""
    constant = index.constant
    if block.unit:
        again = constant is not None and block.written >> max(constant, 0) & 1
        return True if again else None
    if block.lost:
        return None
    if block.filled:
        return True if constant is not None and block.size is not None else None
    if constant is not None and block.written >> max(constant, 0) & 1:
        return True
    if block.prefix is not None:
        if index.symbol is not None and block.prefix == (index.symbol, index.offset):
            return False
        bound = state.cells.get(block.prefix[0])
        if bound is None or index.low is None:
            return None
        if bound.low is not None and constant is not None:
            if constant < bound.low + block.prefix[1]:
                return True
        if bound.high is None:
            return None
        return False if index.low >= bound.high + block.prefix[1] else None
    if block.written == 0:
        return False
    if constant is not None:
        return False
    return None
