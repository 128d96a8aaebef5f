"""How native code and bytecode call a primitive: the parameters of its C functions.

Native code passes what an attribute or a layout says is unboxed as a C number, opens unboxed
products into one argument a component, and leaves out what has no representation.  Bytecode
passes values only.

Sources: The OCaml Manual, "Interfacing C with OCaml"; OxCaml,
jane/doc/extensions/_03-unboxed-types/04-c-abi.md and
_11-miscellaneous-extensions/small-numbers.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from runtime_sim.model.kinds import Layout
from runtime_sim.model.representation import Shapes
from runtime_sim.model.types import External, Slot

__all__ = [
    "RESULT",
    "UNKNOWN",
    "CArgument",
    "bytecode_arity",
    "bytecode_takes_array",
    "native_signature",
]

RESULT = -1
"""The slot of the result."""
UNKNOWN = "unknown"
"""The kind of an argument that the OCaml side does not tell: its type is not known."""
_MAX_BYTECODE_ARGUMENTS = 5
"""The interpreter's instructions C_CALL1 to C_CALL5; beyond, it passes an array."""


class CArgument(NamedTuple):
    """A parameter of the C function that native code calls, or its result.

    `kind` is "value", "double", "float", "int64_t", "int32_t", "int16_t", "int8_t", "intnat",
    "vector", "struct" (a result only) or "unknown".  `slot` is the parameter's index in the
    external's `params`; those that an unboxed product was opened into share one.
    """

    kind: str
    slot: int
    layout: Layout


_C_KINDS: Mapping[Layout, str] = {
    Layout.VALUE: "value",
    Layout.FLOAT64: "double",
    Layout.FLOAT32: "float",
    Layout.BITS8: "int8_t",
    Layout.BITS16: "int16_t",
    Layout.BITS32: "int32_t",
    Layout.BITS64: "int64_t",
    Layout.WORD: "intnat",
    Layout.UNTAGGED_IMMEDIATE: "intnat",
    Layout.VEC128: "vector",
    Layout.VEC256: "vector",
    Layout.VEC512: "vector",
}


def native_signature(
    external: External, shapes: Shapes
) -> tuple[tuple[CArgument, ...], CArgument | None]:
    """The parameters and the result of the C function that native code calls.

    The result is None for void.  What the compiler refuses is read as it is meant: a product
    without `[@unpacked]` is opened, `[@unboxed]` on a type that is no number is overlooked.
    """
    parameters = tuple(
        CArgument(_C_KINDS.get(layout, UNKNOWN), index, layout)
        for index, slot in enumerate(external.params)
        for layout in _layouts(external, slot, shapes)
    )
    layout = _slot_layout(external, external.result, shapes)
    if layout is Layout.VOID:
        return parameters, None
    kind = "struct" if layout is Layout.PRODUCT else _C_KINDS.get(layout, UNKNOWN)
    return parameters, CArgument(kind, RESULT, layout)


def bytecode_takes_array(external: External) -> bool:
    """Whether the bytecode function takes its arguments as `(value *argv, int argn)`."""
    return external.arity > _MAX_BYTECODE_ARGUMENTS


def bytecode_arity(external: External) -> int:
    """How many parameters the C function has that bytecode calls."""
    return 2 if bytecode_takes_array(external) else external.arity


# --- layouts -----------------------------------------------------------------------------------


def _layouts(external: External, slot: Slot, shapes: Shapes) -> Iterator[Layout]:
    """The layouts of the arguments that a parameter is passed as."""
    layout = _slot_layout(external, slot, shapes)
    if layout is Layout.PRODUCT:
        components = shapes.components(slot.type)
        if components is None:
            yield Layout.ANY
        else:
            yield from (component.layout for component in components)
    elif layout is not Layout.VOID:
        yield layout


def _slot_layout(external: External, slot: Slot, shapes: Shapes) -> Layout:
    """How native code passes a parameter or the result."""
    layout = shapes.layout(slot.type)
    if layout is not Layout.VALUE:
        return layout
    if slot.untagged or _says(external, "untagged"):
        return Layout.WORD
    if slot.unboxed or _says(external, "unboxed"):
        unboxed = shapes.unboxed_layout(slot.type)
        return unboxed or (Layout.ANY if shapes.of(slot.type).open else layout)
    # The form before 4.03: `external f : float -> float = "byte" "native" "float"`.
    if "float" in external.names[1:]:
        return shapes.unboxed_layout(slot.type) or layout
    return layout


def _says(external: External, attribute: str) -> bool:
    """Whether an attribute of the external as a whole stands for one on each of its slots."""
    return attribute in external.attributes or f"ocaml.{attribute}" in external.attributes
