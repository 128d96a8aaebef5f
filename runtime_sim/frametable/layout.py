"""The binary layout of frame tables, as data.

A table is a signed word, the number of descriptors, and the descriptors back to back. A descriptor
is, in this order:

- the return address: a word, or 32 bits relative to the place where they stand;
- 16 bits of frame data: the frame's size in bytes, a multiple of 4, with flags in the low bits;
- 16 bits: how many live slots there are;
- 16 bits for each live slot: an even number is a distance in bytes from the stack pointer, an odd
  one, 2 r + 1, is register r of those that are saved when the collector is entered;
- with `ALLOCATES`: a byte, how many allocations are combined, and a byte for each, its size in
  words without the header, less one. None at all is a poll for signals and the like;
- with `DEBUG`, at a multiple of 4: 32 bits for each allocation, or for the call, relative to the
  place where they stand: the record of the source location, 0 if there is none;
- nothing up to the next multiple of a word.

Frame data of `BOUNDARY` says that the frame is one of C: neither slots nor anything after them.
Where a layout has a marker for long descriptors, frame data of that value are followed, at a
multiple of 4, by size, count and slots in 32 bits each.

Upstream's layout is the same from OCaml 4.13 to 5.3: `struct frame_descr` in runtime/caml/stack.h
(4.x) and runtime/caml/frame_descriptors.h (5.x), what `emit_frames` in asmcomp/emitaux.ml writes.
OxCaml's is that of its runtime/caml/frame_descriptors.h and backend/emitaux.ml.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from runtime_sim.model.profile import Profile

DEBUG = 1
ALLOCATES = 2
FLAGS = DEBUG | ALLOCATES
BOUNDARY = 0xFFFF
"""The frame data of a descriptor whose return address lies in code that C has called."""

MAX_ALLOCATIONS = 255
MAX_ALLOCATION_WORDS = 256

ByteOrder = Literal["little", "big"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How the tables of one family of compilers are laid out, on one kind of machine."""

    name: str
    relative: bool
    """Whether the return address is 32 bits relative to its own place, or a word."""
    long_marker: int | None
    hash_factor: int
    hash_shift: int
    word_bytes: int = 8
    byte_order: ByteOrder = "little"

    @property
    def address_bytes(self) -> int:
        """The size of the first field."""
        return 4 if self.relative else self.word_bytes

    @property
    def head_bytes(self) -> int:
        """The size of what each short descriptor has: address, frame data and number of slots."""
        return self.address_bytes + 4

    def hash(self, address: int, mask: int) -> int:
        """Where the runtime begins to look for a return address; `mask` is the capacity less 1.

        `Hash_retaddr`, in runtime/caml/stack.h or runtime/caml/frame_descriptors.h.
        """
        product = address * self.hash_factor & ((1 << 8 * self.word_bytes) - 1)
        return product >> self.hash_shift & mask


OCAML = Layout("ocaml", relative=False, long_marker=None, hash_factor=1, hash_shift=3)
OXCAML = Layout("oxcaml", relative=True, long_marker=0x7FFF, hash_factor=52437813, hash_shift=5)
LAYOUTS = {layout.name: layout for layout in (OCAML, OXCAML)}


def layout_of(profile: Profile) -> Layout:
    """The layout that the compilers of a profile write, for a 64-bit little-endian machine."""
    return OXCAML if profile is Profile.OXCAML else OCAML


def align(position: int, size: int) -> int:
    """The first multiple of `size`, a power of two, from `position` on."""
    return position + size - 1 & -size
