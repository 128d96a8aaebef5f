"""Whether what a primitive returned is a value of the type that its external gives.

Only what certainly is none is refused: an open type has any value, and of what is too deep or too
long to be described nothing is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime_sim.model.shapes import BlockShape, Content, ValueShape
from runtime_sim.model.tags import DOUBLE_ARRAY_TAG

_OF_KEY: Mapping[str, frozenset[Content]] = {
    "float": frozenset({Content.DOUBLE, Content.LAZY}),
    "text": frozenset({Content.STRING, Content.BYTES}),
    "int32": frozenset({Content.INT32}),
    "int64": frozenset({Content.INT64}),
    "nativeint": frozenset({Content.NATIVEINT}),
}
_OF_FIELDS = frozenset({Content.FIELDS, Content.ELEMENTS, Content.DOUBLES})
_PLAIN = _OF_FIELDS | {content for contents in _OF_KEY.values() for content in contents}
"""The contents that are described by what is in them; all others might be anything."""


def fits(shape: ValueShape, described: Any) -> bool:
    """Whether a value, as `report.describe_data` has it, may be of a type."""
    if described is None or shape.open or not shape.is_value:
        return True
    if isinstance(described, int):
        return shape.immediates is not None and described in shape.immediates
    return any(_block_fits(block, described) for block in shape.blocks)


def _block_fits(block: BlockShape, described: Mapping[str, Any]) -> bool:
    if block.content not in _PLAIN:
        return True
    for key, contents in _OF_KEY.items():
        if key in described:
            return block.content in contents
    if "fields" not in described or block.content not in _OF_FIELDS:
        return False
    tag, fields = described["tag"], described["fields"]
    if not fields:
        return tag == 0 and (block.size in (None, 0))
    if not block.may_have_tag(tag) or not block.may_have_field(len(fields) - 1):
        return False
    if block.size is not None and len(fields) != block.size:
        return False
    if block.content is Content.DOUBLES:
        return bool(tag == DOUBLE_ARRAY_TAG)
    shapes = [block.field(index) for index in range(len(fields))]
    return all(
        shape is None or fits(shape.shape, field)
        for shape, field in zip(shapes, fields, strict=True)
    )
