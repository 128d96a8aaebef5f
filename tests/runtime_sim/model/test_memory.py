"""Words, headers and pointers as the profiles have them."""

from __future__ import annotations

import pytest

from runtime_sim.model.memory import (
    CONSTANTS,
    Bits,
    Colour,
    PointerClass,
    WordKind,
    allowed_pointers,
    header_layout,
    immediate,
    string_wosize,
    word_kind,
)
from runtime_sim.model.profile import Profile
from runtime_sim.model.tags import (
    CUSTOM_TAG,
    STRING_TAG,
    Scan,
    Tag,
    constructor_tags,
    is_scanned,
    named_tags,
)


@pytest.mark.parametrize(
    ("number", "word"), [(0, 1), (1, 3), (-1, -1), ((1 << 62), -(1 << 63) + 1)]
)
def test_an_integer_becomes_twice_itself_plus_one(number: int, word: int) -> None:
    assert word == immediate(number)


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        (1, WordKind.IMMEDIATE),
        (-1, WordKind.IMMEDIATE),
        (0, WordKind.ZERO),
        (0x1000, WordKind.POINTER),
        (0x1002, WordKind.ENCODED_EXCEPTION),
    ],
)
def test_low_bits_tell_what_a_word_is(word: int, kind: WordKind) -> None:
    assert kind is word_kind(word)


@pytest.mark.parametrize("profile", Profile)
def test_the_parts_of_a_header_fill_the_word_once(profile: Profile) -> None:
    layout = header_layout(profile)
    parts = (layout.tag, layout.colour, layout.wosize, layout.reserved)
    assert sum(part.mask for part in parts) == (1 << 64) - 1


@pytest.mark.parametrize("profile", Profile)
def test_a_header_gives_back_what_it_was_made_of(profile: Profile) -> None:
    layout = header_layout(profile)
    header = layout.header(3, STRING_TAG, Colour.BLACK)
    read = (layout.wosize.read(header), layout.tag.read(header), layout.colour.read(header))
    assert read == (3, STRING_TAG, Colour.BLACK)
    assert header == 3 << 10 | 3 << 8 | 252


def test_a_number_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        Bits(0, 8).write(256)


def test_mixed_blocks_cost_oxcaml_eight_bits_of_size() -> None:
    sizes = [header_layout(profile).max_wosize for profile in Profile]
    assert sizes == [(1 << 54) - 1, (1 << 54) - 1, (1 << 46) - 1]


@pytest.mark.parametrize(("length", "words"), [(0, 1), (7, 1), (8, 2), (15, 2), (16, 3)])
def test_a_string_has_room_for_its_last_byte(length: int, words: int) -> None:
    assert words == string_wosize(length)


@pytest.mark.parametrize("profile", Profile)
def test_tags_are_in_order_up_to_the_last_one(profile: Profile) -> None:
    numbers = [tag.number for tag in named_tags(profile)]
    assert list(range(constructor_tags(profile), CUSTOM_TAG + 1)) == numbers


@pytest.mark.parametrize("profile", Profile)
def test_tags_are_constants_of_the_headers(profile: Profile) -> None:
    tags = {tag.name: tag.number for tag in named_tags(profile)}
    assert tags == {name: CONSTANTS[name] for name in tags}


@pytest.mark.parametrize("tag", named_tags(Profile.OCAML_5), ids=lambda tag: tag.name)
def test_only_tags_below_no_scan_hold_values(tag: Tag) -> None:
    assert is_scanned(tag.number) == (tag.scan is not Scan.NONE)


def test_naked_pointers_ended_with_4() -> None:
    assert [PointerClass.NAKED in allowed_pointers(profile) for profile in Profile] == [
        True,
        False,
        False,
    ]


def test_the_word_0_is_a_value_in_oxcaml_alone() -> None:
    assert [PointerClass.NULL in allowed_pointers(profile) for profile in Profile] == [
        False,
        False,
        True,
    ]
