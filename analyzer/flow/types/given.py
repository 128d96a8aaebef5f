"""What is returned, or stored in a field, where the OCaml type asks for certain values."""

from __future__ import annotations

from analyzer.flow.blocks import Block
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.types.arrays import check_elements, check_float
from analyzer.flow.types.facts import (
    ExternalKindBroken,
    NullGiven,
    TypeContradiction,
    TypeFault,
)
from analyzer.flow.types.numbers import NUMBER
from analyzer.flow.types.typed_values import declared, has_one_constant
from analyzer.flow.types.words import block_text, described
from analyzer.flow.values import VALUE_SHAPES, AbsVal, Shape
from analyzer.flow.walk import calls_of, expressions_of, instructions_of, subexpressions
from analyzer.ir.nodes import Frame, Position, Var
from runtime_sim.model.kinds import Externality, Separability
from runtime_sim.model.profile import Profile
from runtime_sim.model.shapes import BlockShape, Content, ValueShape
from runtime_sim.model.tags import (
    ABSTRACT_TAG,
    CUSTOM_TAG,
    DOUBLE_TAG,
    STRING_TAG,
    is_scanned,
)

MAX_DEPTH = 3
"""How deep into what a function has built its result is compared with the type."""


def check_given(
    run: Run,
    state: State,
    val: AbsVal,
    shape: ValueShape | None,
    position: Position,
    place: str = "",
) -> None:
    """A value is returned, or stored in `place`, where the type asks for certain values."""
    if shape is None or not shape.is_value or run.contract is None:
        return
    origin = declared(run)
    if val.shape is Shape.BLOCK and not val.local and _is_promised_external(run, shape):
        bound = "external_" if shape.kind.externality is Externality.EXTERNAL else "external64"
        source = val.origin or run.origin(position, "a block")
        run.emit(ExternalKindBroken(position, place, shape.text, bound, source, origin))
        return
    if shape.promised and shape.kind.separability <= Separability.NON_FLOAT:
        check_float(run, state, val, shape, position)
    check_elements(run, state, val, shape)
    _contradict(run, state, val, shape, position, place, 0)


def _is_promised_external(run: Run, shape: ValueShape) -> bool:
    """Whether an annotation, and not the representation, says that there are no heap blocks."""
    if run.analysis.profile is not Profile.OXCAML:
        return False
    return shape.kind.externality is not Externality.INTERNAL and shape.promised


def _contradict(
    run: Run,
    state: State,
    val: AbsVal,
    shape: ValueShape,
    position: Position,
    place: str,
    depth: int,
) -> None:
    if val.null and not shape.nullable and val.shape in VALUE_SHAPES:
        run.emit(NullGiven(position, place, shape.text, declared(run)))
        return
    if shape.open or val.shape not in VALUE_SHAPES or _is_impossible(val):
        return
    fault = TypeFault.STORED if place or depth else TypeFault.RESULT
    seen = ""
    if val.shape is Shape.IMMEDIATE:
        if val.type is not None and not _overlap(val.type, shape):
            seen = described(val.type)
        elif shape.immediates is None and not shape.nullable:
            seen = "an immediate"
        elif shape.immediates is not None and val.is_constant:
            assert val.low is not None
            if val.low not in shape.immediates:
                seen = f"the constant {val.low}"
        elif val.source == NUMBER and has_one_constant(shape):
            seen = "an int"
    elif val.type is not None:
        if not _overlap(val.type, shape):
            seen = described(val.type)
    elif val.shape is Shape.BLOCK:
        block = state.blocks.get(val.site) if val.site is not None else None
        if not shape.blocks:
            seen = block_text(block) if block is not None else "a block"
        elif block is not None:
            _check_built(run, state, block, shape, position, place, depth)
            return
    # Nobody looks at a unit, so that nothing comes of it; a stand-in is never called.
    doubt = _is_unit(shape) or (not place and depth == 0 and _is_stand_in(run))
    if seen:
        run.emit(
            TypeContradiction(
                position,
                fault,
                place,
                "",
                seen,
                shape.text,
                described(shape),
                declared(run),
                val.origin,
                doubt=doubt,
            )
        )


def _is_impossible(val: AbsVal) -> bool:
    """Whether no value of the type is left after a test: what the test guards against."""
    known = val.type
    return known is not None and not (known.immediates or known.blocks or known.nullable)


def _is_unit(shape: ValueShape) -> bool:
    constants = shape.immediates
    return constants is not None and constants.low == constants.high and not shape.blocks


def _is_stand_in(run: Run) -> bool:
    """Whether a function looks at nothing it is given: it stands in where it has no meaning."""
    if any(True for _ in calls_of(run.function)):
        return False
    params = run.function.params
    return not any(
        isinstance(part, Var) and part.symbol in params
        for instruction in instructions_of(run.function)
        if not isinstance(instruction, Frame)
        for whole in expressions_of(instruction)
        for part in subexpressions(whole)
    )


def _check_built(
    run: Run,
    state: State,
    block: Block,
    shape: ValueShape,
    position: Position,
    place: str,
    depth: int,
) -> None:
    """A block of the function's own: tag, size, and what was put into it."""
    fitting = [b for b in shape.blocks if _same_tag(block, b)]
    sized = [b for b in fitting if _same_size(block, b)]
    if block.contents:
        sized = [b for b in sized if b.size != 0] or sized
    if not sized:
        built = block.tag is not None and is_scanned(block.tag)
        values = any(b.tag is None or is_scanned(b.tag) for b in shape.blocks)
        fault = TypeFault.STORED if place or depth else TypeFault.RESULT
        if built and values:
            fault, position = TypeFault.BUILT, block.origin.position
        run.emit(
            TypeContradiction(
                position,
                fault,
                place,
                "",
                block_text(block, with_size=bool(fitting) or len(shape.blocks) == 1),
                shape.text,
                described(shape),
                declared(run),
                block.origin,
            )
        )
        return
    if len(sized) != 1 or depth >= MAX_DEPTH:
        return
    for index, val, where in block.contents:
        field = sized[0].field(max(index, 0) if sized[0].elements else index)
        if field is not None and field.shape.is_value:
            text = f"field {index}" + (f" ({field.name})" if field.name else "")
            _contradict(run, state, val, field.shape, where, text, depth + 1)


def _same_tag(block: Block, shape: BlockShape) -> bool:
    if block.tag is None or shape.tag is None:
        return True
    if block.tag != shape.tag:
        return False
    return block.content is None or block.tag != CUSTOM_TAG or _same_custom(block, shape)


def _same_custom(block: Block, shape: BlockShape) -> bool:
    # What is made by hand may be any of them.
    return block.content in (None, Content.CUSTOM) or block.content is shape.content


def _same_size(block: Block, shape: BlockShape) -> bool:
    if block.tag in (STRING_TAG, CUSTOM_TAG, ABSTRACT_TAG, DOUBLE_TAG):
        return True
    return block.size is None or shape.size is None or block.size == shape.size


def _overlap(a: ValueShape, b: ValueShape) -> bool:
    """Whether some value may be of both types."""
    if a is b or a.open or b.open or (a.nullable and b.nullable):
        return True
    if a.immediates is not None and b.immediates is not None:
        if a.immediates.low <= b.immediates.high and b.immediates.low <= a.immediates.high:
            return True
    return any(_alike(x, y) for x in a.blocks for y in b.blocks)


_TEXTS = frozenset({Content.STRING, Content.BYTES})
_VALUES = frozenset({Content.FIELDS, Content.ELEMENTS, Content.MODULE, Content.EXCEPTION})


def _alike(a: BlockShape, b: BlockShape) -> bool:
    for group in (_TEXTS, _VALUES):
        if a.content in group and b.content in group:
            return (
                (a.tag is None or b.tag is None or a.tag == b.tag)
                and (a.size is None or b.size is None or a.size == b.size)
            )  # fmt: skip
    return a.content is b.content
