"""The shapes of the types that no definition describes: numbers, strings, channels.

Sources: The OCaml Manual, "Interfacing C with OCaml"; OCaml, runtime/*.c; OxCaml,
jane/doc/extensions/_03-unboxed-types/01-intro.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from runtime_sim.model.kinds import IMMEDIATE, VALUE, Kind, Layout, Separability, flat
from runtime_sim.model.memory import MAX_IMMEDIATE, MIN_IMMEDIATE
from runtime_sim.model.shapes import BlockShape, Content, Immediates
from runtime_sim.model.stdlib import VECTORS
from runtime_sim.model.tags import (
    ABSTRACT_TAG,
    CUSTOM_TAG,
    DOUBLE_ARRAY_TAG,
    DOUBLE_TAG,
    OBJECT_TAG,
    STRING_TAG,
)

__all__ = [
    "ANY_INTEGER",
    "ARRAYS",
    "BUILTIN",
    "EMPTY_ARRAY",
    "EXTENSION",
    "NON_FLOAT",
    "OXCAML_ONLY",
    "UNBOXED",
    "VECTOR_WORDS",
    "Builtin",
    "block_of",
]


class Builtin(NamedTuple):
    """The shape of a type that no definition describes."""

    kind: Kind
    immediates: Immediates | None = None
    blocks: tuple[BlockShape, ...] = ()
    open: bool = False


NON_FLOAT = Kind(separability=Separability.NON_FLOAT)
ANY_INTEGER = Immediates(MIN_IMMEDIATE, MAX_IMMEDIATE)
EMPTY_ARRAY = BlockShape(Content.FIELDS, 0, 0, scannable=0)
EXTENSION = (
    # A constant constructor is the block that names it, any other begins with that block.
    BlockShape(Content.EXCEPTION, OBJECT_TAG, 2),
    BlockShape(Content.EXCEPTION, 0, None),
)


def _integers(low: int, high: int) -> Builtin:
    return Builtin(IMMEDIATE, Immediates(low, high))


def block_of(content: Content, tag: int | None, size: int | None = None) -> Builtin:
    return Builtin(NON_FLOAT, None, (BlockShape(content, tag, size),))


def _custom(content: Content, size: int | None = 2) -> Builtin:
    return block_of(content, CUSTOM_TAG, size)


_BIGARRAY_WORDS = 5
"""The words of a bigarray's block before its dimensions: operations, data, number of dimensions,
flags and proxy."""

BUILTIN: Mapping[str, Builtin] = {
    "int": Builtin(IMMEDIATE, ANY_INTEGER),
    "char": _integers(0, 255),
    "Uchar.t": _integers(0, 0x10FFFF),
    "string": block_of(Content.STRING, STRING_TAG),
    "bytes": block_of(Content.BYTES, STRING_TAG),
    "float": Builtin(VALUE, None, (BlockShape(Content.DOUBLE, DOUBLE_TAG, 1),)),
    "floatarray": Builtin(
        NON_FLOAT,
        None,
        (BlockShape(Content.DOUBLES, DOUBLE_ARRAY_TAG, None), EMPTY_ARRAY),
    ),
    "int32": _custom(Content.INT32),
    "int64": _custom(Content.INT64),
    "nativeint": _custom(Content.NATIVEINT),
    "extension_constructor": block_of(Content.EXCEPTION, OBJECT_TAG, 2),
    # A lazy value may be the very value it was forced to, which never is a boxed float
    # (runtime/major_gc.c and bytecomp/translcore.ml leave the Forward block of those).
    "lazy_t": Builtin(NON_FLOAT, None, (BlockShape(Content.LAZY, None, 1),), open=True),
    "Stdlib.in_channel": _custom(Content.CUSTOM),
    "Stdlib.out_channel": _custom(Content.CUSTOM),
    "Mutex.t": _custom(Content.CUSTOM),
    "Condition.t": _custom(Content.CUSTOM),
    "Weak.t": block_of(Content.ABSTRACT, ABSTRACT_TAG),
    "Bigarray.Genarray.t": _custom(Content.BIGARRAY, None),
    **{
        f"Bigarray.Array{dimensions}.t": _custom(Content.BIGARRAY, _BIGARRAY_WORDS + dimensions)
        for dimensions in range(4)
    },
}

_VECTORS: Mapping[str, Layout] = {
    vector: layout
    for vectors, layout in zip(VECTORS, (Layout.VEC128, Layout.VEC256, Layout.VEC512), strict=True)
    for vector in vectors
}

VECTOR_WORDS: Mapping[Layout, int] = {Layout.VEC128: 2, Layout.VEC256: 4, Layout.VEC512: 8}

UNBOXED: Mapping[str, Layout] = {
    "float": Layout.FLOAT64,
    "float32": Layout.FLOAT32,
    "int8": Layout.BITS8,
    "int16": Layout.BITS16,
    "int32": Layout.BITS32,
    "int64": Layout.BITS64,
    "nativeint": Layout.WORD,
    **_VECTORS,
}
"""The types of numbers that `[@unboxed]` applies to."""

OXCAML_ONLY: Mapping[str, Builtin] = {
    "int8": _integers(-(1 << 7), (1 << 7) - 1),
    "int16": _integers(-(1 << 15), (1 << 15) - 1),
    "float32": _custom(Content.CUSTOM),
    **{
        vector: block_of(Content.ABSTRACT, ABSTRACT_TAG, VECTOR_WORDS[layout])
        for vector, layout in _VECTORS.items()
    },
    **{
        name: Builtin(flat(layout))
        for name, layout in {
            **{f"{number}#": layout for number, layout in UNBOXED.items()},
            "char#": Layout.BITS8,
            "bool#": Layout.BITS8,
            "int#": Layout.UNTAGGED_IMMEDIATE,
            "unit#": Layout.VOID,
            "idx_imm": Layout.BITS64,
            "idx_mut": Layout.BITS64,
        }.items()
    },
}
"""The types that only OxCaml knows."""

ARRAYS = frozenset({"array", "iarray"})
"""The types of arrays, whose shapes their elements decide."""
