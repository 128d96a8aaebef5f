"""Types, and blocks of the function's own, in the words of messages."""

from __future__ import annotations

from analyzer.flow.blocks import Block
from runtime_sim.model.shapes import BlockShape, Content, ValueShape
from runtime_sim.model.tags import (
    ABSTRACT_TAG,
    CUSTOM_TAG,
    DOUBLE_ARRAY_TAG,
    DOUBLE_TAG,
    STRING_TAG,
)

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
    return _tag_and_size(block.tag, block.size if with_size else None)


def _tag_and_size(tag: int | None, size: int | None) -> str:
    text = "a block" if tag is None else f"a block of tag {tag}"
    if size is not None:
        joint = " with" if tag is None else " and"
        text += f"{joint} {size} field{'s' if size != 1 else ''}"
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
    return _tag_and_size(block.tag, block.size) if known is None else known
