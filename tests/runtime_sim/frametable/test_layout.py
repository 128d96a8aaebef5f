from __future__ import annotations

from dataclasses import replace

import pytest

from runtime_sim.frametable import LAYOUTS, OCAML, OXCAML, Layout, layout_of
from runtime_sim.frametable.layout import align
from runtime_sim.model.profile import Profile


def test_each_profile_has_the_layout_of_its_compilers() -> None:
    assert {profile: layout_of(profile) for profile in Profile} == {
        Profile.OCAML_4_14: OCAML,
        Profile.OCAML_5: OCAML,
        Profile.OXCAML: OXCAML,
    }


def test_a_layout_is_known_by_its_name() -> None:
    assert LAYOUTS == {"ocaml": OCAML, "oxcaml": OXCAML}


@pytest.mark.parametrize(
    ("layout", "bytes_of_head"),
    [(OCAML, 12), (OXCAML, 8), (replace(OCAML, word_bytes=4), 8)],
)
def test_a_short_descriptor_begins_with_address_size_and_count(
    layout: Layout, bytes_of_head: int
) -> None:
    assert layout.head_bytes == bytes_of_head


@pytest.mark.parametrize(
    ("layout", "address", "mask", "place"),
    [
        (OCAML, 0x401238, 0xFF, 0x47),
        (OCAML, 0x401237, 0xFF, 0x46),
        (OXCAML, 1, 0xFFFF, 52437813 >> 5 & 0xFFFF),
        (OXCAML, 1 << 63, 0xFFFF, (52437813 << 63) % (1 << 64) >> 5 & 0xFFFF),
    ],
)
def test_the_hash_is_computed_in_words(
    layout: Layout, address: int, mask: int, place: int
) -> None:
    assert layout.hash(address, mask) == place


def test_alignment_goes_up_to_the_next_multiple() -> None:
    assert [align(position, 8) for position in (0, 1, 8, 9)] == [0, 8, 8, 16]
