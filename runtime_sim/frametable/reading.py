"""From bytes to descriptors."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import lru_cache

from runtime_sim.frametable.descriptors import Descriptor, Table
from runtime_sim.frametable.errors import FrameTableError
from runtime_sim.frametable.layout import (
    ALLOCATES,
    BOUNDARY,
    DEBUG,
    FLAGS,
    Layout,
    align,
)

ReadOne = Callable[[int], tuple[Descriptor, int]]


def read_table(
    data: bytes | bytearray | memoryview, layout: Layout, offset: int = 0, base: int = 0
) -> Table:
    """Read the table at an offset of memory that begins at address `base`.

    The padding after the last descriptor may be missing: an assembler file can end without it.
    Raises `FrameTableError` with the offset of the descriptor that is cut off or contradicts
    itself. Every descriptor takes bytes, so a wrong count ends at the end of the data.
    """
    try:
        (count,) = _codec(layout).word.unpack_from(data, offset)
    except struct.error:
        raise FrameTableError("the count of descriptors is cut off", offset) from None
    if count < 0:
        raise FrameTableError(f"a table of {count} descriptors", offset)
    read_one = _reader(data, layout, base)
    place = offset + layout.word_bytes
    if count * layout.head_bytes > len(data) - place:
        raise FrameTableError(f"{count} descriptors are more than there is room for", offset)
    descriptors: list[Descriptor] = []
    places = []
    for index in range(count):
        try:
            descriptor, end = read_one(place)
        except (struct.error, IndexError):
            raise FrameTableError(f"descriptor {index + 1} of {count} is cut off", place) from None
        descriptors.append(descriptor)
        places.append(base + place)
        place = align(base + end, layout.word_bytes) - base
    return Table(base + offset, tuple(descriptors), tuple(places), base + place)


class _Codec:
    """The fields of a layout, ready to be unpacked."""

    def __init__(self, layout: Layout) -> None:
        order = "<" if layout.byte_order == "little" else ">"
        word = "q" if layout.word_bytes == 8 else "i"
        self.word = struct.Struct(order + word)
        address = "i" if layout.relative else word.upper()
        self.head = struct.Struct(f"{order}{address}HH")
        self.long_head = struct.Struct(f"{order}II")
        self.short_slots = [struct.Struct(f"{order}{count}H") for count in range(32)]
        self.order = order


@lru_cache
def _codec(layout: Layout) -> _Codec:
    return _Codec(layout)


def _reader(data: bytes | bytearray | memoryview, layout: Layout, base: int) -> ReadOne:
    """What reads the descriptor at an offset; gives the offset after it, without the padding."""
    codec = _codec(layout)
    unpack_head = codec.head.unpack_from
    head_bytes = codec.head.size
    order = codec.order

    def read_one(place: int) -> tuple[Descriptor, int]:
        address, frame, count = unpack_head(data, place)
        if layout.relative:
            address += base + place
        end = place + head_bytes
        if frame == BOUNDARY:
            if count:
                raise FrameTableError(f"a frame of C with {count} live slots", place)
            return Descriptor(address, None), end
        if frame == layout.long_marker:
            start = align(base + place + layout.address_bytes + 2, 4) - base
            frame, count = codec.long_head.unpack_from(data, start)
            end = start + codec.long_head.size
            if count > len(data):
                raise FrameTableError(f"a frame with {count} live slots", place)
            live = struct.unpack_from(f"{order}{count}I", data, end)
            end += 4 * count
        else:
            slots = codec.short_slots
            live = (
                slots[count].unpack_from(data, end)
                if count < len(slots)
                else struct.unpack_from(f"{order}{count}H", data, end)
            )
            end += 2 * count
        allocations = None
        records = 1
        if frame & ALLOCATES:
            records = data[end]
            end += 1
            sizes = data[end : end + records]
            if len(sizes) != records:
                raise IndexError
            allocations = tuple(size + 1 for size in sizes)
            end += records
        debug = None
        if frame & DEBUG:
            end = align(base + end, 4) - base
            distances = struct.unpack_from(f"{order}{records}i", data, end)
            debug = tuple(
                base + end + 4 * index + distance if distance else None
                for index, distance in enumerate(distances)
            )
            end += 4 * records
        return Descriptor(address, frame & ~FLAGS, live, allocations, debug), end

    return read_one
