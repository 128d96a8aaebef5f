from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime_sim.frametable import OCAML, OXCAML, Descriptor, Layout, read_table, write_table

PLACE = 0x40000000
FORMS = [
    replace(layout, word_bytes=word_bytes, byte_order=byte_order)
    for layout in (OCAML, OXCAML)
    for word_bytes in (8, 4)
    for byte_order in ("little", "big")
]


def name_of(layout: Layout) -> str:
    return f"{layout.name}-{8 * layout.word_bytes}-{layout.byte_order}"


def descriptors(layout: Layout) -> st.SearchStrategy[Descriptor]:
    """Everything that fits a layout, with return addresses and records within reach."""
    large = layout.long_marker is not None
    frames = st.integers(0, 0xFFF8 // 4) | (st.integers(0, 1 << 28) if large else st.nothing())
    slots = st.integers(0, 0xFFFF) | (st.integers(0, 0xFFFFFFFF) if large else st.nothing())
    near = st.integers(PLACE - (1 << 29), PLACE + (1 << 29))
    records = st.none() | st.integers(PLACE + (1 << 24), PLACE + (1 << 29))

    @st.composite
    def frame(draw: st.DrawFn) -> Descriptor:
        allocations = draw(
            st.none() | st.lists(st.integers(1, 256), max_size=9) | st.just([1] * 255)
        )
        count = 1 if allocations is None else len(allocations)
        debug = draw(st.none() | st.lists(records, min_size=count, max_size=count))
        return Descriptor(
            draw(near),
            4 * draw(frames),
            tuple(draw(st.lists(slots, max_size=40))),
            None if allocations is None else tuple(allocations),
            None if debug is None else tuple(debug),
        )

    return frame() | st.builds(lambda address: Descriptor(address, None), near)


@pytest.mark.parametrize("layout", FORMS, ids=name_of)
@given(data=st.data())
def test_what_is_written_is_read_again(layout: Layout, data: st.DataObject) -> None:
    written = data.draw(st.lists(descriptors(layout), max_size=6))
    content = write_table(written, layout, PLACE)
    table = read_table(content, layout, base=PLACE)
    assert (list(table.descriptors), table.end) == (written, PLACE + len(content))


def test_a_table_of_ocaml_is_written_as_the_compiler_does() -> None:
    table = [
        Descriptor(0x40102A, 16),
        Descriptor(0x401033, 16, (0, 8, 3), (2, 256), (0x2040, None)),
        Descriptor(0x401050, None),
    ]
    assert write_table(table, OCAML, 0x2000) == bytes.fromhex(
        "0300000000000000"
        "2a10400000000000 1000 0000 00000000"
        "3310400000000000 1300 0300 0000 0800 0300"
        "02 01 ff 000000 10000000 00000000"
        "5010400000000000 ffff 0000 00000000"
    )


def test_a_table_of_oxcaml_is_written_as_the_compiler_does() -> None:
    table = [Descriptor(0x1000, 16, (0,)), Descriptor(0x3018, 0x10000, (0, 0xFFF8), ())]
    assert write_table(table, OXCAML, 0x2000) == bytes.fromhex(
        "0200000000000000"
        "f8efffff 1000 0100 0000 000000000000"
        "00100000 ff7f 0000 02000100 02000000 00000000 f8ff0000"
        "00 00000000000000"
    )


@pytest.mark.parametrize(
    ("descriptor", "told"),
    [
        (Descriptor(0, 0x10000), "frame data of 65536 do not fit the layout 'ocaml'"),
        (
            Descriptor(0, 0xFFFC, (), (1,), (None,)),
            "a frame of 65532 bytes is taken for one of C",
        ),
        (Descriptor(0, 18), "a frame of 18 bytes is no multiple of 4"),
        (Descriptor(0, 16, (0x10000,)), "a slot of 65536 do not fit the layout 'ocaml'"),
        (Descriptor(0, None, (8,)), "a frame of C has neither live slots nor allocations"),
        (Descriptor(1 << 64, 16), "the return address 0x10000000000000000 is out of reach"),
        (
            Descriptor(0, 16, (), (257,)),
            "allocations [257]: at most 255 blocks of 1 to 256 words fit",
        ),
        (Descriptor(0, 16, (), (), (None,)), "1 source locations instead of 0"),
        (
            Descriptor(0, 16, (), None, (1 << 40,)),
            "the source location 0x10000000000 is out of reach",
        ),
        (
            Descriptor(0, 16, (), None, (20,)),
            "a source location where its own offset stands cannot be told from none",
        ),
    ],
)
def test_what_has_no_room_is_refused(descriptor: Descriptor, told: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        write_table([descriptor], OCAML)


def test_a_relative_return_address_reaches_2_gib() -> None:
    assert write_table([Descriptor(8 + 0x7FFFFFFF, 16)], OXCAML)[8:12] == b"\xff\xff\xff\x7f"
    with pytest.raises(ValueError, match="out of reach"):
        write_table([Descriptor(8 + 0x80000000, 16)], OXCAML)


def test_a_table_begins_at_a_word() -> None:
    with pytest.raises(ValueError, match="not a multiple of a word"):
        write_table([], OCAML, 4)
