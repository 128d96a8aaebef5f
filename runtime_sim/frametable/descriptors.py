"""What a frame descriptor says, whatever bytes it is written in."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The frame that a return address leads back to.

    - `frame_bytes`: its size; None at a boundary with C, where there is nothing to scan;
    - `live`: the slots that hold values, as they are encoded: even numbers are bytes from the
      stack pointer, odd ones stand for registers (`register_of`);
    - `allocations`: the blocks that the code allocates when it goes on, in words without headers;
      empty at a poll, None at a call that is neither;
    - `debug`: the addresses of the records of source locations, one for each allocation or one for
      the call, None in it where there is none; None instead of a tuple without debug information.
    """

    return_address: int
    frame_bytes: int | None
    live: tuple[int, ...] = ()
    allocations: tuple[int, ...] | None = None
    debug: tuple[int | None, ...] | None = None

    @property
    def is_boundary(self) -> bool:
        """Whether the frame is one of C."""
        return self.frame_bytes is None


@dataclass(frozen=True, slots=True)
class Table:
    """The descriptors of one compilation unit, in their order.

    `places` are their own addresses and `end` is the one after the last, padding included.
    """

    address: int
    descriptors: tuple[Descriptor, ...]
    places: tuple[int, ...]
    end: int

    def sizes(self) -> Iterable[int]:
        """The bytes of each descriptor, padding included."""
        places = (*self.places, self.end)
        return (after - place for place, after in itertools.pairwise(places))


def register_of(slot: int) -> int | None:
    """The number of the register that a live slot stands for; None if it is on the stack."""
    return slot >> 1 if slot & 1 else None


def slot_of_register(number: int) -> int:
    """The live slot that stands for a register."""
    return 2 * number + 1
