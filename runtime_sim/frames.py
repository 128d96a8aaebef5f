"""The frame table of the simulated program, by which the runtime walks its callers' stack.

The return addresses lie in code that is never run, 16 bytes apart and just before the table, where
a layout that counts them from their own place can reach them. Their numbers are the constants
`SITE_` of the runtime, whose stack.c pushes frames of the shapes that are told here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from runtime_sim.frametable import Descriptor, FrameTableError, Layout, write_table
from runtime_sim.frametable.descriptors import slot_of_register
from runtime_sim.native import Native

MOST_LIVE = 64
"""How many values a frame can keep: the arguments of a call, and what they are given to."""
_SITE_BYTES = 16
_START, _PAIR, _CALL = range(3)
_CODE_BYTES = (_CALL + MOST_LIVE + 1) * _SITE_BYTES
_WORD = 8

Describe = Callable[[int], Sequence[Descriptor]]


@dataclass(frozen=True)
class Frames:
    """A frame table in memory of C's, with the code before it."""

    memory: Any
    table_bytes: int
    layout: Layout


def program(code: int) -> list[Descriptor]:
    """What the program's table says, if its code begins at an address."""
    registers = (slot_of_register(0), slot_of_register(1))
    return [
        Descriptor(code + _SITE_BYTES * _START, None),
        Descriptor(code + _SITE_BYTES * _PAIR, 2 * _WORD, registers, allocations=(2,)),
        *(_call(code, live) for live in range(MOST_LIVE + 1)),
    ]


def place_frames(native: Native, layout: Layout, describe: Describe = program) -> Frames:
    """A table as it is described, in the binary layout of a profile."""
    size = len(write_table(describe(0), layout, _CODE_BYTES))
    memory = native.ffi.new("char[]", _CODE_BYTES + size)
    code = int(native.ffi.cast("uintptr_t", memory))
    table = write_table(describe(code), layout, code + _CODE_BYTES)
    native.ffi.memmove(memory + _CODE_BYTES, table, len(table))
    return Frames(memory, len(table), layout)


@functools.cache
def program_frames(native: Native, layout: Layout) -> Frames:
    """The program's table: of one layout there is one in this process."""
    return place_frames(native, layout)


def install_frames(native: Native, runtime: Any, frames: Frames) -> None:
    """Let a runtime read a table, which must outlive it."""
    layout = frames.layout
    how = (layout.relative, layout.long_marker or 0, layout.hash_factor, layout.hash_shift)
    table = frames.memory + _CODE_BYTES
    if not native.sim.sim_set_frametable(
        runtime, frames.memory, table, frames.table_bytes, native.ffi.new("frame_layout *", how)
    ):
        raise FrameTableError("a descriptor reaches beyond its table", 0)


def _call(code: int, live: int) -> Descriptor:
    """A frame with one dead word, the live ones, and its own return address."""
    size = (live + 2) * _WORD + 15 & -16
    slots = tuple(_WORD * slot for slot in range(1, live + 1))
    return Descriptor(code + _SITE_BYTES * (_CALL + live), size, slots)
