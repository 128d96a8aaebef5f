"""Values whose OCaml type is known: what they are and hold, and what may be put there."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.blocks import Block
from analyzer.flow.blocks import Index as FieldIndex
from analyzer.flow.expectations import EXPECTATIONS, OPENS
from analyzer.flow.facts import Origin, TagFault, TagMismatch
from analyzer.flow.numbers import NUMBER
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.summary import Chain, extend
from analyzer.flow.type_facts import (
    ExternalKindBroken,
    NullDereference,
    NullGiven,
    SeparabilityBroken,
    SeparabilityFault,
    TypeContradiction,
    TypeFault,
)
from analyzer.flow.values import VALUE_SHAPES, AbsVal, Shape
from analyzer.flow.walk import calls_of, expressions_of, instructions_of, subexpressions
from analyzer.ir.nodes import Cast, Expr, Frame, Position, Var
from analyzer.ir.text import render
from runtime_sim.model.kinds import Externality, Separability
from runtime_sim.model.modes import Locality
from runtime_sim.model.profile import Profile
from runtime_sim.model.shapes import BlockShape, Content, FieldShape, ValueShape
from runtime_sim.model.tags import (
    ABSTRACT_TAG,
    CUSTOM_TAG,
    DOUBLE_ARRAY_TAG,
    DOUBLE_TAG,
    STRING_TAG,
    is_scanned,
)

FLAT = "flat float"
"""The source of what `Field` gives of a block of floats: the bits of a double."""

MAX_DEPTH = 3
"""How deep into what a function has built its result is compared with the type."""


def of_type(
    shape: ValueShape | None, local: bool, origin: Origin, parameter: int | None = None
) -> AbsVal:
    """A value of which the type alone is known."""
    if shape is None:
        return AbsVal(Shape.VALUE, origin=origin, parameter=parameter, local=local)
    if not shape.is_value:
        return AbsVal(Shape.DATA, origin=origin, parameter=parameter)
    ignored = shape.kind.externality is not Externality.INTERNAL and not shape.nullable
    if shape.is_immediate or ignored:
        return AbsVal(Shape.IMMEDIATE, origin=origin, type=shape)
    return AbsVal(
        Shape.VALUE,
        origin=origin,
        parameter=parameter,
        type=shape,
        local=local,
        null=shape.nullable,
    )


def declared(run: Run) -> Origin:
    """The declaration that gives the types of the function that is interpreted."""
    assert run.contract is not None
    return run.contract.origin


# --- fields ------------------------------------------------------------------------------------


def field_of(val: AbsVal, index: FieldIndex) -> FieldShape | None:
    """The field of a value's blocks, where the type tells what it is."""
    shape = val.type
    if shape is None or shape.open:
        return None
    constant = index.constant
    if constant is not None:
        return shape.field(constant)
    fields = [f for block in shape.blocks for f in (*block.fields, block.elements) if f]
    if fields and all(field.shape is fields[0].shape for field in fields):
        return fields[0]
    return None


def content_of(val: AbsVal, index: FieldIndex, origin: Origin) -> AbsVal:
    """What is read from a field."""
    field = field_of(val, index)
    if field is not None:
        mode = Locality.LOCAL if val.local else Locality.GLOBAL
        local = mode.of_field(field.mutable, field.global_).may_be_local
        return of_type(field.shape, local and not field.shape.is_immediate, origin)
    return AbsVal(Shape.VALUE, origin=origin)


def type_size(val: AbsVal) -> int | None:
    """The size of all blocks of a value's type, if they agree on it and there are no others."""
    shape = val.type
    if shape is None or shape.open or not shape.blocks:
        return None
    sizes = {block.size for block in shape.blocks}
    return sizes.pop() if len(sizes) == 1 else None


def type_tag(val: AbsVal) -> int | None:
    """The tag of all blocks of a value's type, if they agree on it and there are no others."""
    shape = val.type
    if shape is None or shape.open or not shape.blocks:
        return None
    tags = {block.tag for block in shape.blocks}
    return tags.pop() if len(tags) == 1 else None


def scannable_size(val: AbsVal) -> int | None:
    """How many fields of a mixed block are values; None for other blocks."""
    shape = val.type
    if shape is None or shape.open or len(shape.blocks) != 1:
        return None
    block = shape.blocks[0]
    return block.scannable if block.content is Content.MIXED else None


def header_number(name: str, val: AbsVal) -> int | None:
    """What an accessor to a header gives for every block of the value's type."""
    if val.type is None:
        return None
    if name == "Wosize_val":
        return type_size(val)
    if name == "Tag_val":
        return type_tag(val)
    if name.startswith("Scannable_wosize_val"):
        return scannable_size(val)
    return None


# --- accessors ---------------------------------------------------------------------------------


def check_access(
    run: Run, state: State, val: AbsVal, expr: Expr, name: str, position: Position
) -> AbsVal:
    """An accessor is applied to a value: its type must have what the accessor reads.

    Gives the value as the accessor takes it, so that one fault is told once.
    """
    expectation = EXPECTATIONS.get(name)
    if expectation is None or val.shape not in VALUE_SHAPES:
        return val
    shape = val.type
    if val.source == FLAT and name == "Double_val" and run.contract is not None:
        run.emit(
            TypeContradiction(
                position,
                TypeFault.ACCESS,
                render(_strip(expr)),
                name,
                expectation.text,
                "float",
                "a double, not boxed",
                declared(run),
                val.origin,
            )
        )
        return val
    if val.null and name in OPENS:
        origin = val.origin or run.origin(position, render(expr))
        text = "" if shape is None else shape.text
        run.emit(NullDereference(position, render(_strip(expr)), name, text, origin))
        return _mend(state, expr, val._replace(null=False))
    if shape is None or run.contract is None:
        untested = val.shape is Shape.VALUE and not state.conditions
        if untested and val.parameter is not None and run.contract is None:
            step = Step(position, f"'{name}' reads {expectation.text}")
            run.opens.setdefault(val.parameter, (name, (step,)))
        return val
    untested = expectation.immediates and _has_one_constant(shape) and not shape.nullable
    if expectation.met_by(shape) and not untested:
        return val
    flat = next((b for b in shape.blocks if b.content is Content.DOUBLES), None)
    if flat is not None and name in ("Field", "Some_val"):
        origin = type_origin(run, shape)
        text = f"{name}({render(expr)}, ...)" if name == "Field" else f"{name}({render(expr)})"
        run.emit(TagMismatch(position, TagFault.FIELD_OF_FLOATS, text, "Double_array_tag", origin))
        return _mend(state, expr, val._replace(type=None))._replace(source=FLAT)
    run.emit(
        TypeContradiction(
            position,
            TypeFault.ACCESS,
            render(_strip(expr)),
            name,
            expectation.text,
            shape.text,
            described(shape),
            declared(run),
            val.origin,
        )
    )
    return _mend(state, expr, val._replace(type=None))


def check_opened(
    run: Run,
    state: State,
    val: AbsVal,
    expr: Expr,
    position: Position,
    callee: str,
    opened: tuple[str, Chain],
) -> None:
    """A callee applies an accessor to its argument, whatever that is."""
    name, chain = opened
    expectation = EXPECTATIONS[name]
    shape = val.type
    if val.shape not in VALUE_SHAPES:
        return
    if run.contract is None:
        if val.parameter is not None and val.shape is Shape.VALUE and not state.conditions:
            step = Step(position, f"'{callee}' is called")
            run.opens.setdefault(val.parameter, (name, extend(step, chain)))
        return
    text = render(_strip(expr))
    if val.null and name in OPENS and shape is not None:
        origin = val.origin or run.origin(position, text)
        run.emit(NullDereference(position, text, callee, shape.text, origin))
    elif shape is not None and not expectation.met_by(shape):
        run.emit(
            TypeContradiction(
                position,
                TypeFault.ACCESS,
                text,
                callee,
                expectation.text,
                shape.text,
                described(shape),
                declared(run),
                val.origin,
                chain,
            )
        )


def _mend(state: State, expr: Expr, val: AbsVal) -> AbsVal:
    inner = _strip(expr)
    if isinstance(inner, Var) and inner.symbol in state.cells:
        state.cells[inner.symbol] = val
    return val


def _strip(expr: Expr) -> Expr:
    while isinstance(expr, Cast):
        expr = expr.operand
    return expr


def type_origin(run: Run, shape: ValueShape) -> Origin:
    """The declaration, as where a type is from."""
    origin = declared(run)
    return run.origin(origin.position, f"the type '{shape.text}' is declared")


# --- what is given where a type is declared ----------------------------------------------------


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
        _check_float(run, state, val, shape, position)
    _check_elements(run, state, val, shape)
    _contradict(run, state, val, shape, position, place, 0)


def _check_float(
    run: Run, state: State, val: AbsVal, shape: ValueShape, position: Position
) -> None:
    """A boxed float where the kind rules them out."""
    block = state.blocks.get(val.site) if val.site is not None else None
    if block is not None and block.tag == DOUBLE_TAG:
        fault = SeparabilityFault.FLOAT
        run.emit(SeparabilityBroken(position, fault, "", shape.text, block.origin, declared(run)))


def _check_elements(run: Run, state: State, val: AbsVal, shape: ValueShape) -> None:
    """An array of the function's own: of floats, of other values, or flat, but not of both."""
    block = state.blocks.get(val.site) if val.site is not None else None
    arrays = [b for b in shape.blocks if b.content is Content.ELEMENTS]
    if block is None or not arrays or block.tag != 0 or shape.open:
        return
    element = arrays[0].element
    if element is None or not element.open:
        return
    origin = declared(run)
    if element.promised and element.kind.separability <= Separability.NON_FLOAT:
        for _, held, where in block.contents:
            _check_float(run, state, held, element, where)
        return
    floats = [c for c in block.contents if _is_float(state, c[1])]
    others = [c for c in block.contents if _is_no_float(state, c[1])]
    if floats and others:
        fault, where = SeparabilityFault.MIXED, floats[0][2]
        run.emit(SeparabilityBroken(where, fault, "", shape.text, block.origin, origin))
        return
    unknown = [c for c in block.contents if c[1].shape is Shape.VALUE]
    if unknown and not run.survey.asks_for_float:
        fault, where = SeparabilityFault.UNTESTED, unknown[0][2]
        run.emit(SeparabilityBroken(where, fault, "", shape.text, unknown[0][1].origin, origin))


def _is_float(state: State, val: AbsVal) -> bool:
    block = state.blocks.get(val.site) if val.site is not None else None
    return block is not None and block.tag == DOUBLE_TAG


def _is_no_float(state: State, val: AbsVal) -> bool:
    block = state.blocks.get(val.site) if val.site is not None else None
    other = block is not None and block.tag is not None and block.tag != DOUBLE_TAG
    return other or val.shape is Shape.IMMEDIATE


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
    if shape.open or val.shape not in VALUE_SHAPES:
        return
    fault = TypeFault.STORED if place or depth else TypeFault.RESULT
    seen, doubt = "", False
    if val.shape is Shape.IMMEDIATE:
        if val.type is not None and not _overlap(val.type, shape):
            seen = described(val.type)
        elif shape.immediates is None and not shape.nullable:
            seen = "an immediate"
        elif shape.immediates is not None and val.is_constant:
            assert val.low is not None
            if val.low not in shape.immediates:
                seen = f"the constant {val.low}"
        elif val.source == NUMBER and _has_one_constant(shape):
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
    doubt = doubt or _is_unit(shape) or (not place and depth == 0 and _is_stand_in(run))
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


def _has_one_constant(shape: ValueShape) -> bool:
    """`[]`, `None`: where a type has one constant besides its blocks, no number stands for it."""
    constants = shape.immediates
    return constants is not None and constants.low == constants.high and bool(shape.blocks)


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


# --- words -------------------------------------------------------------------------------------

_CONTENT_TEXTS = {
    Content.STRING: "a string",
    Content.BYTES: "bytes",
    Content.DOUBLE: "a boxed float",
    Content.DOUBLES: "a block of floats",
    Content.INT32: "a boxed int32",
    Content.INT64: "a boxed int64",
    Content.NATIVEINT: "a boxed nativeint",
    Content.BIGARRAY: "a bigarray",
    Content.CUSTOM: "a custom block",
    Content.ELEMENTS: "an array",
    Content.CLOSURE: "a closure",
    Content.OBJECT: "an object",
    Content.ABSTRACT: "an abstract block",
}
_TAG_CONTENTS = {
    STRING_TAG: Content.STRING,
    DOUBLE_TAG: Content.DOUBLE,
    DOUBLE_ARRAY_TAG: Content.DOUBLES,
    CUSTOM_TAG: Content.CUSTOM,
    ABSTRACT_TAG: Content.ABSTRACT,
}


def block_text(block: Block, with_size: bool = True) -> str:
    """What a block of the function's own is, in words."""
    content = block.content or _TAG_CONTENTS.get(block.tag if block.tag is not None else -1)
    if content is not None and content in _CONTENT_TEXTS:
        return _CONTENT_TEXTS[content]
    text = "a block" if block.tag is None else f"a block of tag {block.tag}"
    if block.size is not None and with_size:
        joint = " with" if block.tag is None else " and"
        text += f"{joint} {block.size} field{'s' if block.size != 1 else ''}"
    return text


def described(shape: ValueShape) -> str:
    """What the values of a type are, in words."""
    parts = []
    constants = shape.immediates
    if constants is not None:
        if constants.only is not None or constants.high - constants.low > 255:
            parts.append("an immediate")
        elif constants.high == constants.low:
            parts.append(f"the constant {constants.low}")
        else:
            parts.append(f"a constant from {constants.low} to {constants.high}")
    parts += [_shape_text(block) for block in shape.blocks]
    if shape.nullable:
        parts.append("null")
    unique = list(dict.fromkeys(parts))
    if len(unique) > 4:
        unique = [*unique[:3], "another block"]
    return " or ".join(unique) if unique else "no value that is known"


def _shape_text(block: BlockShape) -> str:
    known = _CONTENT_TEXTS.get(block.content)
    if known is not None:
        return known
    text = "a block" if block.tag is None else f"a block of tag {block.tag}"
    if block.size is not None:
        joint = " with" if block.tag is None else " and"
        text += f"{joint} {block.size} field{'s' if block.size != 1 else ''}"
    return text
