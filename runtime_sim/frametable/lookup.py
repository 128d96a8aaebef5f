"""The hash table in which a runtime finds the descriptor of a return address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from runtime_sim.frametable.layout import Layout

V = TypeVar("V")

MIN_CAPACITY = 4


def capacity_for(count: int) -> int:
    """How many places a table of so many descriptors has: a power of two, half of them free.

    `init_frame_descriptors` in runtime/roots_nat.c (4.x), `add_frame_descriptors` in
    runtime/frame_descriptors.c (5.x).
    """
    capacity = MIN_CAPACITY
    while capacity < 2 * count:
        capacity *= 2
    return capacity


class Lookup(Generic[V]):
    """From return addresses to descriptors, or to whatever stands for them: open addressing with
    linear probing, in the order and with the hash of the runtime that the layout belongs to.

    At most half of the places are taken, so that a search for what is not there ends.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._places: list[tuple[int, V] | None] = [None] * MIN_CAPACITY
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def capacity(self) -> int:
        """The number of places, a power of two."""
        return len(self._places)

    @property
    def places(self) -> Sequence[tuple[int, V] | None]:
        """What each place holds: the array that a runtime would keep."""
        return tuple(self._places)

    def add(self, entries: Iterable[tuple[int, V]]) -> None:
        """Register a table; a return address that is there already stays the one that is found."""
        added = list(entries)
        self._count += len(added)
        if self.capacity < 2 * self._count:
            added = [entry for entry in self._places if entry is not None] + added
            self._places = [None] * capacity_for(self._count)
        for entry in added:
            self._places[self._free_place(entry[0])] = entry

    def find(self, address: int) -> V | None:
        """What belongs to a return address; None if it is not registered.

        4.x assumes that it is, and searches for ever or crashes; 5.x gives NULL.
        """
        place = self._place(address)
        return None if place is None else self._entry(place)[1]

    def probes(self, address: int) -> int:
        """How many places are looked at to find a return address, or to see that it is missing."""
        mask = self.capacity - 1
        place = start = self._layout.hash(address, mask)
        while (entry := self._places[place]) is not None and entry[0] != address:
            place = place + 1 & mask
        return (place - start & mask) + 1

    def remove(self, addresses: Iterable[int]) -> None:
        """Unregister a table. Raises `KeyError` for an address that is not registered.

        What lies behind the gap is moved into it, up to the next free place: a search stops there.
        """
        for address in addresses:
            gap = self._place(address)
            if gap is None:
                raise KeyError(address)
            self._count -= 1
            self._close(gap)

    def _close(self, gap: int) -> None:
        mask = self.capacity - 1
        place = gap
        self._places[gap] = None
        while (entry := self._places[place := place + 1 & mask]) is not None:
            home = self._layout.hash(entry[0], mask)
            if (place - home & mask) >= (place - gap & mask):
                self._places[gap], self._places[place] = entry, None
                gap = place

    def _place(self, address: int) -> int | None:
        mask = self.capacity - 1
        place = self._layout.hash(address, mask)
        while (entry := self._places[place]) is not None:
            if entry[0] == address:
                return place
            place = place + 1 & mask
        return None

    def _free_place(self, address: int) -> int:
        mask = self.capacity - 1
        place = self._layout.hash(address, mask)
        while self._places[place] is not None:
            place = place + 1 & mask
        return place

    def _entry(self, place: int) -> tuple[int, V]:
        entry = self._places[place]
        assert entry is not None
        return entry
