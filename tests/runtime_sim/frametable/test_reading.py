from __future__ import annotations

import random
from dataclasses import replace

import pytest

from runtime_sim.frametable import (
    OCAML,
    OXCAML,
    Descriptor,
    FrameTableError,
    Layout,
    Table,
    read_table,
    register_of,
)

BASE = 0x2000

OCAML_TABLE = bytes.fromhex(
    "0400000000000000"  # four descriptors
    "2a10400000000000 1000 0000 00000000"  # a call without live slots
    "3310400000000000 1300 0300 0000 0800 0300"  # an allocation point, with debug information
    "02 01 ff 000000 10000000 00000000"
    "4010400000000000 2200 0100 0700 00 00"  # a poll
    "5010400000000000 ffff 0000"  # a frame of C, at the end of the section
)
OXCAML_TABLE = bytes.fromhex(
    "0200000000000000"
    "f8efffff 1000 0100 0000 000000000000"  # the return address is 0x1000
    "00100000 ff7f 0000 02000100 02000000 00000000 f8ff0000"  # a long one
    "00 00000000000000"
)


def read_or_fail(data: bytes, layout: Layout) -> Table | FrameTableError:
    try:
        return read_table(data, layout, base=BASE)
    except FrameTableError as error:
        return error


BOTH = [
    pytest.param(OCAML, OCAML_TABLE, id="ocaml"),
    pytest.param(OXCAML, OXCAML_TABLE, id="oxcaml"),
]


def test_the_descriptors_of_ocaml_are_read() -> None:
    table = read_table(OCAML_TABLE, OCAML, base=BASE)
    assert table == Table(
        BASE,
        (
            Descriptor(0x40102A, 16),
            Descriptor(0x401033, 16, (0, 8, 3), (2, 256), (0x2040, None)),
            Descriptor(0x401040, 32, (7,), ()),
            Descriptor(0x401050, None),
        ),
        (BASE + 8, BASE + 24, BASE + 56, BASE + 72),
        BASE + 88,
    )


def test_the_descriptors_of_oxcaml_are_read() -> None:
    table = read_table(OXCAML_TABLE, OXCAML, base=BASE)
    assert table.descriptors == (
        Descriptor(0x1000, 16, (0,)),
        Descriptor(0x3018, 0x10000, (0, 0xFFF8), ()),
    )


def test_a_descriptor_takes_the_bytes_up_to_the_next() -> None:
    assert list(read_table(OCAML_TABLE, OCAML, base=BASE).sizes()) == [16, 32, 16, 16]


def test_a_table_may_be_empty() -> None:
    table = read_table(bytes(8), OCAML, base=BASE)
    assert (table, list(table.sizes())) == (Table(BASE, (), (), BASE + 8), [])


def test_a_table_may_lie_amid_other_data() -> None:
    data = bytes(24) + OCAML_TABLE
    assert (
        read_table(data, OCAML, 24, BASE - 24).descriptors
        == read_table(OCAML_TABLE, OCAML, 0, BASE).descriptors
    )


def test_words_of_32_bits_in_the_other_order_are_read() -> None:
    layout = replace(OCAML, word_bytes=4, byte_order="big")
    data = bytes.fromhex("00000001 00401000 0010 0001 0004 0000")
    assert read_table(data, layout).descriptors == (Descriptor(0x401000, 16, (4,)),)


def test_an_odd_slot_is_a_register() -> None:
    assert [register_of(slot) for slot in (0, 8, 1, 3, 25)] == [None, None, 0, 1, 12]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the count of descriptors is cut off (at byte 0x0)"),
        (b"\xff" * 8, "a table of -1 descriptors (at byte 0x0)"),
        (
            b"\xff\xff\xff\x7f" + bytes(60),
            "2147483647 descriptors are more than there is room for (at byte 0x0)",
        ),
        (OCAML_TABLE[:55], "4 descriptors are more than there is room for (at byte 0x0)"),
        (OCAML_TABLE[:-1], "descriptor 4 of 4 is cut off (at byte 0x48)"),
        (
            OCAML_TABLE[:-2] + b"\x01\x00",
            "a frame of C with 1 live slots (at byte 0x48)",
        ),
    ],
    ids=["nothing", "negative", "too many", "cut early", "cut late", "slots of C"],
)
def test_what_is_no_table_is_told_with_its_place(data: bytes, told: str) -> None:
    with pytest.raises(FrameTableError) as caught:
        read_table(data, OCAML)
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("layout", "table", "content"), [(OCAML, OCAML_TABLE, 84), (OXCAML, OXCAML_TABLE, 49)]
)
def test_a_table_cut_anywhere_is_an_error_or_lacks_its_padding(
    layout: Layout, table: bytes, content: int
) -> None:
    whole = read_table(table, layout, base=BASE)
    for size in range(len(table)):
        read = read_or_fail(table[:size], layout)
        if size < content:
            assert isinstance(read, FrameTableError)
        else:
            assert read == whole


@pytest.mark.parametrize(("layout", "table"), BOTH)
def test_bytes_changed_at_random_are_read_or_an_error(layout: Layout, table: bytes) -> None:
    generator = random.Random(7)
    for _ in range(3000):
        damaged = bytearray(table)
        for _ in range(generator.choice((1, 2, 8))):
            damaged[generator.randrange(len(damaged))] = generator.choice(
                (0, 0x7F, 0xFF, generator.randrange(256))
            )
        read = read_or_fail(bytes(damaged), layout)
        if isinstance(read, FrameTableError):
            assert read.offset is not None
            assert read.offset < len(table) + layout.word_bytes
        else:
            assert len(read.descriptors) <= len(table) // layout.head_bytes
