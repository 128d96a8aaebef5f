"""Whether what a primitive returned, or left in an argument, is a value of the external's type.

Only what certainly is none is refused: an open type has any value, and of what is too deep or too
long to be described nothing is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from runtime_sim.harness.signatures import Signature
from runtime_sim.harness.terms import Call, Program, Project, Variable
from runtime_sim.model.shapes import BlockShape, Content, ValueShape
from runtime_sim.model.tags import DOUBLE_ARRAY_TAG
from runtime_sim.model.types import Constr

_OF_KEY: Mapping[str, frozenset[Content]] = {
    "float": frozenset({Content.DOUBLE, Content.LAZY}),
    "text": frozenset({Content.STRING, Content.BYTES}),
    "int32": frozenset({Content.INT32}),
    "int64": frozenset({Content.INT64}),
    "nativeint": frozenset({Content.NATIVEINT}),
}
_UNIT = Constr("unit")
"""Nobody looks at what is returned for it."""

_OF_FIELDS = frozenset({Content.FIELDS, Content.ELEMENTS, Content.DOUBLES})
_PLAIN = _OF_FIELDS | {content for contents in _OF_KEY.values() for content in contents}
"""The contents that are described by what is in them; all others might be anything."""


def misfits(
    signature: Signature, program: Program, answer: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """The rules that a call has broken by what it returned or changed, with what there is to say.

    Of an argument that another primitive has returned it is that one's to say.
    """
    told = [("it returns", signature.result, answer["result"])]
    arguments = program.statements[-1].call.arguments
    for number, shape in enumerate(signature.parameters):
        if not isinstance(arguments[number], Call | Project | Variable):
            changed = answer.get("changed", {}).get(str(number))
            told.append((f"argument {number + 1} becomes", shape, changed))
    for verb, shape, described in told:
        if not fits(shape, described):
            rule = "null-returned" if fits(shape, _without_null(described)) else "type-mismatch"
            yield rule, f"{verb} {json.dumps(described)}, which is no {shape.text}"


def _without_null(described: Any) -> Any:
    """The same, nothing known where there is a null."""
    if not isinstance(described, Mapping):
        return described
    if "null" in described:
        return None
    if "fields" not in described:
        return described
    return {**described, "fields": [_without_null(field) for field in described["fields"]]}


def fits(shape: ValueShape, described: Any) -> bool:
    """Whether a value, as `report.describe_data` has it, may be of a type."""
    if described is None or shape.open or not shape.is_value or shape.type == _UNIT:
        return True
    if isinstance(described, int):
        return shape.immediates is not None and described in shape.immediates
    if "null" in described:
        return shape.nullable
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
