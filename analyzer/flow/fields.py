"""Which field of a block an expression names, and whether the block has it."""

from __future__ import annotations

from analyzer.flow.blocks import Index as FieldIndex
from analyzer.flow.evaluate import evaluate
from analyzer.flow.facts import OutOfBounds, TagFault, TagMismatch
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.types.facts import MixedBlockAccess
from analyzer.flow.types.typed_values import declared, scannable_size, type_origin
from analyzer.flow.values import AbsVal, Shape
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import Access, Binary, Expr, Var
from analyzer.ir.text import render
from runtime_sim.model.memory import CONSTANTS
from runtime_sim.model.tags import DOUBLE_ARRAY_TAG, DOUBLE_TAG


def field_index(run: Run, state: State, access: Access) -> FieldIndex:
    """The index of a `Field`-like accessor."""
    if access.name == "Some_val" or len(access.args) < 2:
        return FieldIndex(0, 0)
    return index_of(run, state, access.args[1])


def index_of(run: Run, state: State, expr: Expr) -> FieldIndex:
    """An index expression: its bounds, and the variable it is written with."""
    val = evaluate(run, state, expr)
    offset = 0
    inner = uncast(expr)
    if isinstance(inner, Binary) and inner.op in "+-":
        right = evaluate(run, state, inner.right)
        if right.low is not None and right.is_constant:
            offset = right.low if inner.op == "+" else -right.low
            inner = inner.left
    inner = uncast(inner)
    if isinstance(inner, Var) and inner.symbol.is_local:
        return FieldIndex(val.low, val.high, inner.symbol, offset)
    return FieldIndex(val.low, val.high)


def check_field(run: Run, state: State, val: AbsVal, index: FieldIndex, access: Expr) -> None:
    """A field is read or written: within the block, and not of a block of floats."""
    if val.type is not None:
        _check_typed_field(run, val, index, access)
    block = state.blocks.get(val.site) if val.site is not None else None
    if block is None or val.shape is not Shape.BLOCK:
        return
    if block.size is not None and _reaches(run, index, block.size):
        shown = str(index.high)
        run.emit(OutOfBounds(access.position, shown, block.size, block.origin))
        assert val.site is not None
        # That the block is too small has been said.
        block = state.blocks[val.site] = block._replace(size=None, filled=True)
    name = access.name if isinstance(access, Access) else ""
    if name in ("Field", "Some_val") and block.tag in (DOUBLE_TAG, DOUBLE_ARRAY_TAG):
        run.emit(
            TagMismatch(
                access.position,
                TagFault.FIELD_OF_FLOATS,
                render(access),
                tag_name(block.tag),
                block.origin,
            )
        )


def check_flat_field(run: Run, state: State, val: AbsVal, access: Access) -> None:
    """A double is read from a field, or written: not where a mixed block has its values."""
    scannable = scannable_size(val)
    if scannable is None or run.contract is None or len(access.args) < 2:
        return
    index = index_of(run, state, access.args[1]).constant
    if index is not None and 0 <= index < scannable:
        shape = val.type
        assert shape is not None
        text, origin = render(access), declared(run)
        run.emit(MixedBlockAccess(access.position, text, True, scannable, shape.text, origin))


def _check_typed_field(run: Run, val: AbsVal, index: FieldIndex, access: Expr) -> None:
    """The index is below the size of every block that the type has."""
    shape = val.type
    assert shape is not None
    if shape.open or not shape.blocks or run.contract is None:
        return
    scannable = scannable_size(val)
    if scannable is not None:
        if _reaches(run, index, scannable):
            text = render(access)
            origin = declared(run)
            run.emit(MixedBlockAccess(access.position, text, False, scannable, shape.text, origin))
        return
    sizes = [block.size for block in shape.blocks]
    if None in sizes:
        return
    largest = max(size for size in sizes if size is not None)
    if _reaches(run, index, largest):
        origin = type_origin(run, shape)
        run.emit(OutOfBounds(access.position, str(index.high), largest, origin))


def _reaches(run: Run, index: FieldIndex, size: int) -> bool:
    """Whether the index certainly gets there: a constant, or a counter that goes by one."""
    if index.high is None or index.high < size:
        return False
    if index.constant is not None:
        return True
    return index.symbol is not None and index.symbol not in run.survey.strided


def tag_name(tag: int | None) -> str:
    """The headers' name of a tag."""
    return "" if tag is None else _TAG_NAMES.get(tag, str(tag))


_TAG_NAMES = {
    number: name
    for name, number in CONSTANTS.items()
    if name.endswith("_tag") and number > 243 and name != "No_scan_tag"
}
