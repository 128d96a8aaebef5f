"""What every row of the API table has to agree with, and what the most used ones say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runtime_sim.model.api import (
    Api,
    ApiRow,
    Collects,
    Contents,
    Heap,
    Kind,
    LockUse,
    Raises,
    Result,
    Role,
    load_api,
)
from runtime_sim.model.api.reader import arity
from runtime_sim.model.memory import CONSTANTS
from runtime_sim.model.profile import Profile

API = load_api(Profile.OCAML_5)
ROWS = {name: found for name in sorted(API.names()) if (found := API.get(name)) is not None}
FRESH = (Result.FRESH, Result.FRESH_OR_NULL, Result.FRESH_LOCAL)


def row(name: str) -> ApiRow:
    return ROWS[name]


def offenders(wrong: Callable[[ApiRow], object]) -> list[str]:
    return [name for name, each in ROWS.items() if wrong(each)]


def test_a_name_without_a_row_is_not_known() -> None:
    assert API.get("caml_no_such_function") is None
    assert not API.exists("caml_no_such_function")


def test_what_always_raises_never_returns() -> None:
    assert offenders(lambda r: r.raises is Raises.ALWAYS and r.result is not Result.NEVER) == []


def test_what_never_returns_raises_or_ends_the_process() -> None:
    ends = {"caml_fatal_error", "caml_bad_caml_state"}
    never = {name for name, r in ROWS.items() if r.result is Result.NEVER}
    assert ends == {name for name in never if row(name).raises is not Raises.ALWAYS}


def test_an_allocation_collects_or_lies_outside_the_minor_heap() -> None:
    quiet = offenders(lambda r: r.result in FRESH and r.collects is Collects.NO)
    assert [name for name in quiet if row(name).heap is not Heap.MAJOR] == []


def test_an_allocation_names_its_tag_or_takes_it() -> None:
    varies = {
        "caml_make_vect",
        "caml_obj_block",
        "caml_obj_dup",
        "caml_unix_alloc_sockaddr",
    }
    known = {
        name
        for name, r in ROWS.items()
        if r.result in FRESH and not r.tag and Role.TAG not in (r.params or ())
    }
    assert varies == {name for name in known if row(name).kind is not Kind.LEGACY}


def test_a_tag_is_a_number_or_a_constant() -> None:
    tags = {r.tag for r in ROWS.values() if r.tag}
    assert set() == {tag for tag in tags if not tag.isdecimal() and tag not in CONSTANTS}


def test_a_legacy_row_has_the_effect_of_its_replacement() -> None:
    def differs(old: ApiRow) -> bool:
        new = ROWS.get(old.replacement)
        keys = ("collects", "raises", "lock", "result", "params", "pure", "contents", "tag")
        return new is None or any(getattr(old, key) != getattr(new, key) for key in keys)

    assert offenders(lambda r: r.kind is Kind.LEGACY and differs(r)) == []


def test_what_is_pure_neither_collects_nor_raises() -> None:
    assert (
        offenders(
            lambda r: r.pure and (r.collects is not Collects.NO or r.raises is not Raises.NO)
        )
        == []
    )


def test_stores_are_not_pure() -> None:
    stores = offenders(lambda r: r.pure and Role.STORED in (r.params or ()))
    assert [*stores, *offenders(lambda r: r.pure and r.name.startswith("Store_"))] == []


def test_there_is_a_role_for_every_argument_of_a_function() -> None:
    called = (Kind.FUNCTION, Kind.INLINE, Kind.PRIMITIVE)
    assert (
        offenders(
            lambda r: (
                r.kind in called and (r.params is None or arity(r.signature) != len(r.params))
            )
        )
        == []
    )


def test_the_variable_arguments_of_a_function_have_a_role() -> None:
    assert (
        offenders(
            lambda r: "..." in r.signature and r.variadic_role is None and r.kind is not Kind.MACRO
        )
        == []
    )


def test_releases_are_in_order() -> None:
    assert offenders(lambda r: r.since and r.until and r.since > r.until) == []


def test_a_condition_stands_where_something_is_unlikely() -> None:
    assert offenders(lambda r: (r.collects is Collects.UNLIKELY) != bool(r.collects_if)) == []
    assert offenders(lambda r: (r.raises is Raises.UNLIKELY) != bool(r.raises_if)) == []


def test_what_runs_ocaml_may_collect() -> None:
    assert offenders(lambda r: r.runs_ocaml and r.collects is Collects.NO) == []


def test_what_touches_the_lock_may_collect() -> None:
    asks = (LockUse.RELEASES, LockUse.ACQUIRES, LockUse.BLOCKS)
    assert offenders(lambda r: r.lock in asks and r.collects is not Collects.YES) == []


@pytest.mark.parametrize(
    "name",
    ["Val_int", "Int_val", "Is_block", "Val_unit", "caml_stat_free", "Double_tag"],
)
def test_what_reads_no_block_needs_no_lock(name: str) -> None:
    assert LockUse.NONE is row(name).lock


@pytest.mark.parametrize("name", ["Field", "String_val", "Tag_val", "caml_string_length"])
def test_what_reads_a_block_needs_the_lock(name: str) -> None:
    assert LockUse.NEEDS is row(name).lock


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("caml_copy_string", (Role.TEXT_LATE,)),
        ("caml_stat_strdup", (Role.TEXT,)),
        ("caml_alloc_boxed", (Role.UNROOTED,)),
        ("Store_field", (Role.BLOCK, Role.INDEX, Role.STORED)),
        ("caml_modify", (Role.FIELD, Role.STORED)),
        ("Alloc_small", (Role.PLACE, Role.WOSIZE, Role.TAG)),
        ("caml_register_global_root", (Role.ROOT,)),
        ("caml_callbackN", (Role.VALUE, Role.DATA, Role.VALUES)),
        ("caml_alloc_custom", (Role.OPERATIONS, Role.BYTES, Role.MEMORY, Role.MAXIMUM)),
    ],
)
def test_arguments_have_their_roles(name: str, roles: tuple[Role, ...]) -> None:
    assert roles == row(name).params


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("caml_alloc", Contents.UNIT),
        ("caml_alloc_small", Contents.GARBAGE),
        ("caml_alloc_shr", Contents.GARBAGE),
        ("caml_alloc_string", Contents.RAW),
        ("caml_copy_string", Contents.DEFINED),
    ],
)
def test_a_fresh_block_holds_what_its_row_says(name: str, contents: Contents) -> None:
    assert contents is row(name).contents


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("copy_string", {Profile.OCAML_4_14}),
        ("caml_alloc_1", {Profile.OCAML_5, Profile.OXCAML}),
        ("caml_alloc_local", {Profile.OXCAML}),
        ("caml_stat_memdup", set()),
        ("uerror", set(Profile)),
        ("caml_alloc", set(Profile)),
    ],
)
def test_a_name_exists_in_the_profiles_that_have_it(name: str, where: set[Profile]) -> None:
    assert where == {profile for profile in Profile if load_api(profile).exists(name)}


@pytest.mark.parametrize("profile", Profile)
def test_a_name_exists_whether_its_row_was_asked_for_or_not(profile: Profile) -> None:
    asked: Api = load_api(profile)
    for name in asked.names():
        asked.get(name)
    assert load_api(profile).declared() == asked.declared()


def test_the_constants_exist_as_macros() -> None:
    unknown = {name for name in CONSTANTS if name not in ROWS}
    assert set() == unknown
    assert [name for name in CONSTANTS if row(name).kind is not Kind.MACRO] == []
