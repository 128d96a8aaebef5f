"""How OCaml values lie in memory on a 64-bit machine: words, headers, limits, pointers."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from runtime_sim.model.profile import Profile
from runtime_sim.model.tags import (
    ABSTRACT_TAG,
    CLOSURE_TAG,
    CONT_TAG,
    CUSTOM_TAG,
    DOUBLE_ARRAY_TAG,
    DOUBLE_TAG,
    FORCING_TAG,
    FORWARD_TAG,
    INFIX_TAG,
    LAZY_TAG,
    NO_SCAN_TAG,
    OBJECT_TAG,
    STRING_TAG,
)

WORD_BYTES = 8
MAX_IMMEDIATE = (1 << 62) - 1
MIN_IMMEDIATE = -(1 << 62)
MAX_YOUNG_WOSIZE = 256
"""The largest block of the minor heap, in words."""
PORTABLE_YOUNG_WOSIZE = 64
"""The size that is documented to fit in the minor heap of every release."""


# --- the value word ----------------------------------------------------------------------------


class WordKind(enum.Enum):
    """What the low bits of a word say."""

    IMMEDIATE = "immediate"  # ...1: an integer, twice its value plus one
    POINTER = "pointer"  # ...00: the address of a block's first field
    ENCODED_EXCEPTION = "encoded-exception"  # ...10: an exception's address plus 2; not a value
    ZERO = "zero"  # no value; OxCaml's Null


def word_kind(word: int) -> WordKind:
    """What a word is, going by its low bits."""
    if word & 1:
        return WordKind.IMMEDIATE
    if word == 0:
        return WordKind.ZERO
    return WordKind.ENCODED_EXCEPTION if word & 2 else WordKind.POINTER


def immediate(number: int) -> int:
    """The word of an OCaml integer; wraps around silently, as Val_long does."""
    word = (number << 1 | 1) & (1 << 64) - 1
    return word - (1 << 64) if word >> 63 else word


# --- headers -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bits:
    """A range of bits of a word, from its least significant one."""

    low: int
    width: int

    @property
    def mask(self) -> int:
        return ((1 << self.width) - 1) << self.low

    def read(self, word: int) -> int:
        return (word & self.mask) >> self.low

    def write(self, number: int) -> int:
        """A word with nothing but the number in these bits; ValueError if it does not fit."""
        if not 0 <= number < 1 << self.width:
            raise ValueError(f"{number} does not fit in {self.width} bits")
        return number << self.low


class Colour(enum.IntEnum):
    """The two colour bits. The runtimes of 5.x rotate the meaning of the first three."""

    WHITE = 0  # not marked; young blocks
    GRAY = 1
    BLUE = 2  # on a free list
    BLACK = 3  # marked; in 5.x NOT_MARKABLE: static data and whatever lies outside the heap


@dataclass(frozen=True, slots=True)
class HeaderLayout:
    """Where the parts of a block's header are.

    `reserved` is zero in ordinary blocks; in OxCaml n > 0 marks a mixed block of which the first
    n - 1 fields are scanned.
    """

    tag: Bits
    colour: Bits
    wosize: Bits
    reserved: Bits

    @property
    def max_wosize(self) -> int:
        return (1 << self.wosize.width) - 1

    def header(self, wosize: int, tag: int, colour: Colour = Colour.WHITE) -> int:
        return self.tag.write(tag) | self.colour.write(colour) | self.wosize.write(wosize)


_PLAIN_HEADER = HeaderLayout(Bits(0, 8), Bits(8, 2), Bits(10, 54), Bits(64, 0))
_OXCAML_HEADER = HeaderLayout(Bits(0, 8), Bits(8, 2), Bits(10, 46), Bits(56, 8))


def header_layout(profile: Profile) -> HeaderLayout:
    """The header of a profile in its default configuration."""
    return _OXCAML_HEADER if profile is Profile.OXCAML else _PLAIN_HEADER


def string_wosize(length: int) -> int:
    """The size of the block of a string, in words."""
    return (length + WORD_BYTES) // WORD_BYTES


# --- where a word may point --------------------------------------------------------------------


class PointerClass(enum.Enum):
    """What a word that stands for a value may be."""

    IMMEDIATE = "immediate"
    MINOR = "minor"  # a block of the minor heap: the next minor collection moves it
    MAJOR = "major"  # a block of the major heap: moves only when the heap is compacted
    STATIC = "static"  # outside the heap with a header that says so: atoms, compiled constants
    LOCAL = "local"  # a block of OxCaml's local stack
    NULL = "null"  # the word 0
    NAKED = "naked"  # C memory without such a header
    INTERIOR = "interior"  # the middle of a block
    ENCODED_EXCEPTION = "encoded-exception"


_EVERYWHERE = frozenset(
    {PointerClass.IMMEDIATE, PointerClass.MINOR, PointerClass.MAJOR, PointerClass.STATIC}
)
_ALLOWED = {
    # In its default configuration 4.14 tells naked pointers from blocks by its page table.
    Profile.OCAML_4_14: _EVERYWHERE | {PointerClass.NAKED},
    Profile.OCAML_5: _EVERYWHERE,
    Profile.OXCAML: _EVERYWHERE | {PointerClass.LOCAL, PointerClass.NULL},
}


def allowed_pointers(profile: Profile) -> frozenset[PointerClass]:
    """What the collector of a profile bears to find where a value is expected."""
    return _ALLOWED[profile]


# --- the headers' names ------------------------------------------------------------------------

CONSTANTS: Mapping[str, int] = {
    "Val_unit": immediate(0),
    "Val_false": immediate(0),
    "Val_true": immediate(1),
    "Val_emptylist": immediate(0),
    "Val_none": immediate(0),
    "Val_null": 0,
    "NO_ARG": immediate(0),
    "Nothing": 0,
    "Max_long": MAX_IMMEDIATE,
    "Min_long": MIN_IMMEDIATE,
    "Max_young_wosize": MAX_YOUNG_WOSIZE,
    "Num_tags": 256,
    "Tag_cons": 0,
    "Tag_some": 0,
    "Forcing_tag": FORCING_TAG,
    "Cont_tag": CONT_TAG,
    "Lazy_tag": LAZY_TAG,
    "Closure_tag": CLOSURE_TAG,
    "Object_tag": OBJECT_TAG,
    "Infix_tag": INFIX_TAG,
    "Forward_tag": FORWARD_TAG,
    "No_scan_tag": NO_SCAN_TAG,
    "Abstract_tag": ABSTRACT_TAG,
    "String_tag": STRING_TAG,
    "Double_tag": DOUBLE_TAG,
    "Double_array_tag": DOUBLE_ARRAY_TAG,
    "Custom_tag": CUSTOM_TAG,
    "Double_wosize": 1,
    "Caml_white": Colour.WHITE << 8,
    "Caml_gray": Colour.GRAY << 8,
    "Caml_blue": Colour.BLUE << 8,
    "Caml_black": Colour.BLACK << 8,
    "UNIX_BUFFER_SIZE": 65536,
    "CAML_BA_MAX_NUM_DIMS": 16,
    "CAML_BA_FLOAT32": 0,
    "CAML_BA_FLOAT64": 1,
    "CAML_BA_SINT8": 2,
    "CAML_BA_UINT8": 3,
    "CAML_BA_SINT16": 4,
    "CAML_BA_UINT16": 5,
    "CAML_BA_INT32": 6,
    "CAML_BA_INT64": 7,
    "CAML_BA_CAML_INT": 8,
    "CAML_BA_NATIVE_INT": 9,
    "CAML_BA_COMPLEX32": 10,
    "CAML_BA_COMPLEX64": 11,
    "CAML_BA_CHAR": 12,
    "CAML_BA_FLOAT16": 13,
    "CAML_BA_KIND_MASK": 0xFF,
    "CAML_BA_C_LAYOUT": 0,
    "CAML_BA_FORTRAN_LAYOUT": 0x100,
    "CAML_BA_LAYOUT_MASK": 0x100,
    "CAML_BA_LAYOUT_SHIFT": 8,
    "CAML_BA_EXTERNAL": 0,
    "CAML_BA_MANAGED": 0x200,
    "CAML_BA_MAPPED_FILE": 0x400,
    "CAML_BA_MANAGED_MASK": 0x600,
    "custom_finalize_default": 0,
    "custom_compare_default": 0,
    "custom_hash_default": 0,
    "custom_serialize_default": 0,
    "custom_deserialize_default": 0,
    "custom_compare_ext_default": 0,
    "custom_fixed_length_default": 0,
}
"""The constants of the headers by name, as C sees them: `Val_unit` is the word 1."""
