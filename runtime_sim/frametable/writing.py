"""From descriptors to bytes, as a compiler would emit them."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from runtime_sim.frametable.descriptors import Descriptor
from runtime_sim.frametable.layout import (
    ALLOCATES,
    BOUNDARY,
    DEBUG,
    FLAGS,
    MAX_ALLOCATION_WORDS,
    MAX_ALLOCATIONS,
    Layout,
    align,
)

_SHORT = 0xFFFF
_LONG = 0xFFFFFFFF


def write_table(descriptors: Sequence[Descriptor], layout: Layout, address: int = 0) -> bytes:
    """The bytes of a table that is to lie at `address`, with the padding after each descriptor.

    Raises `ValueError` for a descriptor that the layout has no room for: upstream's compiler
    refuses a frame of 64 KiB or more in the same way, and OxCaml's takes the long form.
    """
    if address % layout.word_bytes:
        raise ValueError(f"a table at {address:#x}, which is not a multiple of a word")
    out = bytearray(len(descriptors).to_bytes(layout.word_bytes, layout.byte_order))
    for descriptor in descriptors:
        out += _encode(descriptor, layout, address + len(out))
    return bytes(out)


def _encode(descriptor: Descriptor, layout: Layout, place: int) -> bytes:
    order = "<" if layout.byte_order == "little" else ">"
    out = bytearray(_address(descriptor.return_address, layout, place))

    def number(value: int, limit: int, what: str) -> bytes:
        if not 0 <= value <= limit:
            raise ValueError(f"{what} of {value} do not fit the layout '{layout.name}'")
        return struct.pack(order + ("H" if limit == _SHORT else "I"), value)

    def pad(size: int) -> None:
        out.extend(bytes(align(place + len(out), size) - place - len(out)))

    if descriptor.frame_bytes is None:
        if descriptor.live or descriptor.allocations is not None or descriptor.debug is not None:
            raise ValueError("a frame of C has neither live slots nor allocations")
        out += number(BOUNDARY, _SHORT, "frame data") + number(0, _SHORT, "slots")
        pad(layout.word_bytes)
        return bytes(out)

    if descriptor.frame_bytes & FLAGS:
        raise ValueError(f"a frame of {descriptor.frame_bytes} bytes is no multiple of 4")
    flags = (DEBUG if descriptor.debug is not None else 0) | (
        ALLOCATES if descriptor.allocations is not None else 0
    )
    frame = descriptor.frame_bytes | flags
    limit = _SHORT
    if layout.long_marker is not None:
        largest = max((frame, len(descriptor.live), *descriptor.live))
        if largest >= layout.long_marker:
            limit = _LONG
            out += number(layout.long_marker, _SHORT, "frame data")
            pad(4)
    elif frame == BOUNDARY:
        raise ValueError(f"a frame of {descriptor.frame_bytes} bytes is taken for one of C")
    out += number(frame, limit, "frame data") + number(len(descriptor.live), limit, "slots")
    for slot in descriptor.live:
        out += number(slot, limit, "a slot")

    if descriptor.allocations is not None:
        out += _allocations(descriptor.allocations)
    if descriptor.debug is not None:
        expected = 1 if descriptor.allocations is None else len(descriptor.allocations)
        if len(descriptor.debug) != expected:
            raise ValueError(f"{len(descriptor.debug)} source locations instead of {expected}")
        pad(4)
        for record in descriptor.debug:
            out += _distance(record, place + len(out), order)
    pad(layout.word_bytes)
    return bytes(out)


def _address(address: int, layout: Layout, place: int) -> bytes:
    value = address - place if layout.relative else address
    try:
        return value.to_bytes(layout.address_bytes, layout.byte_order, signed=layout.relative)
    except OverflowError:
        raise ValueError(f"the return address {address:#x} is out of reach") from None


def _allocations(words: Iterable[int]) -> bytes:
    sizes = tuple(words)
    if len(sizes) > MAX_ALLOCATIONS or not all(0 < n <= MAX_ALLOCATION_WORDS for n in sizes):
        raise ValueError(
            f"allocations {list(sizes)}: at most {MAX_ALLOCATIONS} blocks of 1 to "
            f"{MAX_ALLOCATION_WORDS} words fit"
        )
    return bytes((len(sizes), *(size - 1 for size in sizes)))


def _distance(record: int | None, place: int, order: str) -> bytes:
    if record == place:
        raise ValueError("a source location where its own offset stands cannot be told from none")
    distance = 0 if record is None else record - place
    try:
        return struct.pack(f"{order}i", distance)
    except struct.error:
        raise ValueError(f"the source location {record:#x} is out of reach") from None
