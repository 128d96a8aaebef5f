from __future__ import annotations

import pytest

from runtime_sim.model.profile import Profile
from stubcheck.bounds import profile_of_dune_project, profile_of_opam

FOUR, FIVE = Profile.OCAML_4_14, Profile.OCAML_5


@pytest.mark.parametrize(
    ("depends", "expected"),
    [
        ("(depends dune)", None),
        ("", None),
        ("(depends ocaml)", None),
        ("(depends (ocaml (>= 4.08)))", FIVE),
        ("(depends (ocaml (< 5.0)))", FOUR),
        ("(depends (ocaml (< 5)))", FOUR),
        ("(depends (ocaml (<= 4.14.2)))", FOUR),
        ("(depends (ocaml (and (>= 4.08) (< 5.0.0))))", FOUR),
        ("(depends (ocaml (or (< 5.0) (>= 5.2))))", FIVE),
        ("(depends (ocaml (= 5.1.0)))", FIVE),
        ("(depends (ocaml (>= 4.08) (< 5.0)))", FOUR),
        ("(depends (ocaml (and :with-test (< 5.0))))", FOUR),
    ],
)
def test_the_bounds_of_a_dune_project_decide(depends: str, expected: Profile | None) -> None:
    assert profile_of_dune_project(f"(lang dune 3.0)(package (name a) {depends})") is expected


def test_a_project_one_of_whose_packages_is_for_ocaml_5_is_for_ocaml_5() -> None:
    text = "(package (depends (ocaml (< 5.0))))(package (depends (ocaml (>= 5.0))))"
    assert profile_of_dune_project(text) is FIVE


@pytest.mark.parametrize(
    ("dependency", "expected"),
    [
        ('"dune" {< "5.0"}', None),
        ('"ocaml"', None),
        ('"ocaml" {>= "4.08"}', FIVE),
        ('"ocaml" {>= "4.08" & < "5.0~~"}', FOUR),
        ('"ocaml" {< "4.06.0" | >= "5.0"}', FIVE),
        ('"ocaml" {(< "4.06.0" | >= "5.0") & < "5"}', FOUR),
        ('"ocaml" {build & < "5.0.0"}', FOUR),
        ('"ocaml-base-compiler" {= "4.14.1"}', FOUR),
        ('"ocaml" {}', None),
        ('"ocaml" {& |}', FIVE),
    ],
)
def test_the_filter_of_an_opam_file_decides(dependency: str, expected: Profile | None) -> None:
    assert profile_of_opam(f'depends: [\n  {dependency}\n  "dune" {{>= "2.0"}}\n]') is expected
