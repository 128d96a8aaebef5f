"""What each accessor of the headers takes its argument for.

An accessor reads bits: nothing stops `Double_val` from reading an immediate.  Whether the OCaml
type has such values is a question for the type; which values an accessor is right for stands
here.  Accessors that fit every value (`Is_block`, `Bp_val`) or that only low-level code uses are
not listed.

Source: caml/mlvalues.h, caml/bigarray.h.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from runtime_sim.model.shapes import BlockShape, Content, ValueShape


class Expectation(NamedTuple):
    """An accessor is right for immediates, or for blocks with one of these contents."""

    text: str  # "an int", "a string"
    immediates: bool = False
    contents: frozenset[Content] = frozenset()

    def met_by(self, shape: ValueShape) -> bool:
        """Whether some value of the type is what the accessor reads."""
        if shape.open or not shape.is_value:
            return True
        if self.immediates and shape.immediates is not None:
            return True
        return any(self.reads(block) for block in shape.blocks)

    def reads(self, block: BlockShape) -> bool:
        return block.content in self.contents and (block.size != 0 or self.reads_header)

    @property
    def reads_header(self) -> bool:
        """Whether it is the header that is read, which an empty block has too."""
        return self.contents is _ALL


_SCANNED = frozenset(
    {
        Content.FIELDS,
        Content.ELEMENTS,
        Content.MIXED,
        Content.CLOSURE,
        Content.OBJECT,
        Content.LAZY,
        Content.EXCEPTION,
        Content.MODULE,
    }
)
_RAW = frozenset({Content.ABSTRACT, Content.CUSTOM})
_ALL = frozenset(Content)

_INT = Expectation("an int", immediates=True)
_FIELD = Expectation("a block of values", contents=_SCANNED | {Content.ABSTRACT})
_STRING = Expectation("a string", contents=frozenset({Content.STRING, Content.BYTES}))
# Of a mixed block they read the flat fields; `mixed-block-access` tells of the others.
_FLOATS = Expectation("a block of floats", contents=frozenset({Content.DOUBLES, Content.MIXED}))
_BIGARRAY = Expectation("a bigarray", contents=frozenset({Content.BIGARRAY, Content.CUSTOM}))
_BLOCK = Expectation("a block", contents=_ALL)

EXPECTATIONS: Mapping[str, Expectation] = {
    "Int_val": _INT,
    "Long_val": _INT,
    "Bool_val": Expectation("a bool", immediates=True),
    "Unsigned_int_val": _INT,
    "Unsigned_long_val": _INT,
    "Int8_val": _INT,
    "Int16_val": _INT,
    "Field": _FIELD,
    "Some_val": _FIELD,
    "String_val": _STRING,
    "Bytes_val": Expectation("bytes", contents=_STRING.contents),
    "Byte": _STRING,
    "Byte_u": _STRING,
    "caml_string_length": _STRING,
    "string_length": _STRING,
    "caml_string_is_c_safe": _STRING,
    "Double_val": Expectation("a float", contents=frozenset({Content.DOUBLE})),
    "Double_field": _FLOATS,
    "Double_flat_field": _FLOATS,
    "Double_array_field": _FLOATS,
    "Int32_val": Expectation("an int32", contents=frozenset({Content.INT32})),
    "Int64_val": Expectation("an int64", contents=frozenset({Content.INT64})),
    "Nativeint_val": Expectation("a nativeint", contents=frozenset({Content.NATIVEINT})),
    "Data_custom_val": Expectation(
        "a custom block",
        contents=frozenset(
            {Content.CUSTOM, Content.INT32, Content.INT64, Content.NATIVEINT, Content.BIGARRAY}
        ),
    ),
    "Data_abstract_val": Expectation("an abstract block", contents=_RAW),
    "Caml_ba_array_val": _BIGARRAY,
    "Caml_ba_data_val": _BIGARRAY,
    "Bigarray_val": _BIGARRAY,
    "Data_bigarray_val": _BIGARRAY,
    "Tag_val": _BLOCK,
    "Wosize_val": _BLOCK,
}

READS_IMMEDIATES = frozenset(name for name, taken in EXPECTATIONS.items() if taken.immediates)
"""The accessors from immediates to C numbers."""

OPENS = frozenset(EXPECTATIONS) - READS_IMMEDIATES
"""The accessors that read the memory of a block: not for null."""
