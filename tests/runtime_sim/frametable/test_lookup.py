from __future__ import annotations

import random

import pytest

from runtime_sim.frametable import OCAML, OXCAML, Layout, Lookup, capacity_for


def test_half_of_the_places_are_free() -> None:
    assert [capacity_for(count) for count in (0, 1, 2, 3, 4, 5, 6656, 37346, 57666)] == [
        4, 4, 4, 8, 8, 16, 16384, 131072, 131072,
    ]  # fmt: skip


def test_a_return_address_is_found() -> None:
    lookup: Lookup[str] = Lookup(OCAML)
    lookup.add([(0x1000, "a"), (0x1005, "b")])
    assert [lookup.find(address) for address in (0x1000, 0x1005, 0x1006)] == ["a", "b", None]


def test_places_are_taken_in_the_order_of_the_runtime() -> None:
    lookup: Lookup[str] = Lookup(OCAML)
    lookup.add([(0x38, "last"), (0x3A, "round"), (0x3F, "further"), (0x00, "pushed")])
    assert (lookup.capacity, lookup.places) == (
        8,
        (
            (0x3A, "round"),
            (0x3F, "further"),
            (0x00, "pushed"),
            None,
            None,
            None,
            None,
            (0x38, "last"),
        ),
    )
    assert [lookup.probes(address) for address in (0x38, 0x3A, 0x3F, 0x00, 0x18)] == [
        1, 2, 3, 3, 1,
    ]  # fmt: skip


def test_a_table_grows_when_it_is_more_than_half_full() -> None:
    lookup: Lookup[int] = Lookup(OCAML)
    capacities = []
    for number in range(9):
        lookup.add([(8 * number, number)])
        capacities.append(lookup.capacity)
    assert capacities == [4, 4, 8, 8, 16, 16, 16, 16, 32]


def test_what_is_not_registered_cannot_be_removed() -> None:
    lookup: Lookup[int] = Lookup(OCAML)
    with pytest.raises(KeyError):
        lookup.remove([0x1000])


@pytest.mark.parametrize("layout", [OCAML, OXCAML], ids=lambda layout: layout.name)
@pytest.mark.parametrize("seed", range(5))
def test_a_lookup_agrees_with_a_dictionary(layout: Layout, seed: int) -> None:
    generator = random.Random(seed)
    lookup: Lookup[int] = Lookup(layout)
    known: dict[int, int] = {}
    for step in range(300):
        if generator.random() < 0.6:
            added = {generator.randrange(1 << 12): step for _ in range(generator.randrange(12))}
            lookup.add((address, at) for address, at in added.items() if address not in known)
            known = {**added, **known}
        else:
            gone = generator.sample(sorted(known), min(len(known), generator.randrange(12)))
            lookup.remove(gone)
            for address in gone:
                del known[address]
        assert len(lookup) == len(known)
        assert 2 * len(lookup) <= lookup.capacity
    assert [lookup.find(address) for address in range(1 << 12)] == [
        known.get(address) for address in range(1 << 12)
    ]
