"""Names that the OCaml distribution keeps for itself."""

from __future__ import annotations

import pytest

from runtime_sim.model.api import load_api
from runtime_sim.model.api.families import _WITHOUT_ROWS, family, is_of_distribution
from runtime_sim.model.profile import Profile


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("caml_ml_input_char", True),
        ("caml_md5_string", True),
        ("caml_alloc_later", True),
        ("caml__alloc_later", True),
        ("caml_zmq_poll", False),
        ("caml_zmq", False),
        ("caml", False),
    ],
)
def test_a_name_is_of_the_distribution_if_others_of_its_family_are(name: str, known: bool) -> None:
    assert is_of_distribution(name) is known


def test_families_that_the_table_has_are_not_listed_again() -> None:
    words = _WITHOUT_ROWS.split()
    rows = {family(name) for name in load_api(Profile.OCAML_5).names()}
    assert words == sorted(set(words))
    assert [word for word in words if f"caml_{word}" in rows] == []
