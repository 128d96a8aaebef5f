"""Values whose OCaml type is known: what they are, what their fields and headers hold."""

from __future__ import annotations

from analyzer.flow.blocks import Index as FieldIndex
from analyzer.flow.facts import Origin
from analyzer.flow.run import Run
from analyzer.flow.values import AbsVal, Shape
from runtime_sim.model.kinds import Externality
from runtime_sim.model.modes import Locality
from runtime_sim.model.shapes import Content, FieldShape, ValueShape

FLAT = "flat float"
"""The source of what `Field` gives of a block of floats: the bits of a double."""


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
        low, high = bounds_of(shape)
        return AbsVal(Shape.IMMEDIATE, low, high, origin, type=shape)
    return AbsVal(
        Shape.VALUE,
        origin=origin,
        parameter=parameter,
        type=shape,
        local=local,
        null=shape.nullable,
    )


def bounds_of(shape: ValueShape) -> tuple[int | None, int | None]:
    """The least and the greatest of the numbers that stand for constant constructors.

    Other types of immediates have more numbers than anything depends on.
    """
    constants = shape.immediates
    if constants is None or not constants.names:
        return None, None
    return constants.low, constants.high


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


def type_tags(val: AbsVal) -> tuple[int | None, int | None]:
    """The least and the greatest tag of the blocks of a value's type."""
    shape = val.type
    if shape is None or shape.open or not shape.blocks:
        return None, None
    tags = [block.tag for block in shape.blocks if block.tag is not None]
    return (min(tags), max(tags)) if len(tags) == len(shape.blocks) else (None, None)


def scannable_size(val: AbsVal) -> int | None:
    """How many fields of a mixed block are values; None for other blocks."""
    shape = val.type
    if shape is None or shape.open or len(shape.blocks) != 1:
        return None
    block = shape.blocks[0]
    return block.scannable if block.content is Content.MIXED else None


def header_bounds(name: str, val: AbsVal) -> tuple[int | None, int | None]:
    """The bounds of what an accessor to a header gives for the blocks of the value's type."""
    if val.type is None:
        return None, None
    if name == "Tag_val":
        return type_tags(val)
    number = None
    if name == "Wosize_val":
        number = type_size(val)
    elif name.startswith("Scannable_wosize_val"):
        number = scannable_size(val)
    return number, number


def type_origin(run: Run, shape: ValueShape) -> Origin:
    """The declaration, as where a type is from."""
    origin = declared(run)
    return run.origin(origin.position, f"'{shape.text}' is declared as its type")


def has_one_constant(shape: ValueShape) -> bool:
    """`[]`, `None`: where a type has one constant besides its blocks, no number stands for it."""
    constants = shape.immediates
    return constants is not None and constants.low == constants.high and bool(shape.blocks)
