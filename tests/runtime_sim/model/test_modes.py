"""Where a local value may go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime_sim.model.modes import Locality, join

LOCALITIES = st.sampled_from(Locality)
GLOBAL, EITHER, LOCAL = Locality.GLOBAL, Locality.EITHER, Locality.LOCAL


@given(LOCALITIES)
def test_a_global_value_goes_anywhere(expected: Locality) -> None:
    assert GLOBAL.fits(expected)


@pytest.mark.parametrize("mode", [EITHER, LOCAL])
def test_a_value_that_may_be_local_does_not_go_where_a_global_one_is_kept(
    mode: Locality,
) -> None:
    assert not mode.fits(GLOBAL)


def test_a_local_value_does_not_go_where_the_caller_may_have_chosen_global() -> None:
    assert not LOCAL.fits(EITHER)


@given(LOCALITIES)
def test_only_a_global_value_is_certain_not_to_be_local(mode: Locality) -> None:
    assert mode.may_be_local is (mode is not GLOBAL)


@pytest.mark.parametrize(
    ("mutable", "global_", "expected"),
    [(False, False, LOCAL), (True, False, GLOBAL), (False, True, GLOBAL)],
)
def test_a_field_of_a_local_block_is_local_unless_mutable_or_declared_global(
    mutable: bool, global_: bool, expected: Locality
) -> None:
    assert LOCAL.of_field(mutable, global_) is expected


@given(LOCALITIES, LOCALITIES, LOCALITIES)
def test_the_join_fits_where_both_do(a: Locality, b: Locality, expected: Locality) -> None:
    assert join(a, b).fits(expected) is (a.fits(expected) and b.fits(expected))
