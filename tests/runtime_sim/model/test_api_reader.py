"""Users' rows: what the reader takes, and how it says what it does not."""

from __future__ import annotations

import re

import pytest

from runtime_sim.model.api import Collects, Kind, Result, Role, load_api, parse_rows
from runtime_sim.model.api.packed import pack, unpack
from runtime_sim.model.api.reader import RowError, arity
from runtime_sim.model.profile import Profile

GOOD = """\
[my_alloc]
signature = "value (mlsize_t, tag_t)"
params = ["wosize", "tag"]
collects = "yes"
result = "fresh"
contents = "garbage"
since = "4.06"
"""


def fault(text: str) -> RowError:
    with pytest.raises(RowError) as caught:
        parse_rows(text, "rows.toml")
    return caught.value


def test_a_row_is_read_with_its_defaults() -> None:
    (row,) = parse_rows(GOOD, "rows.toml")
    assert (row.name, row.kind, row.collects) == ("my_alloc", Kind.FUNCTION, Collects.YES)
    assert (row.params, row.since) == ((Role.WOSIZE, Role.TAG), (4, 6))


def test_a_row_takes_what_it_does_not_say_from_another_one() -> None:
    copy, plain = parse_rows(
        '[copy]\nlike = "caml_copy_string"\n[plain]\nlike = "copy"\nnote = "mine"', "rows.toml"
    )
    assert (Role.TEXT_LATE,) == copy.params == plain.params
    assert (copy.note, plain.note) == ("", "mine")


def test_a_key_outside_a_table_holds_for_the_whole_file() -> None:
    rows = parse_rows('result = "data"\n[a]\n[b]\nresult = "immediate"', "rows.toml")
    assert [row.result for row in rows] == [Result.DATA, Result.IMMEDIATE]


def test_users_rows_go_before_ours() -> None:
    mine = parse_rows('[caml_alloc]\nresult = "data"', "rows.toml")
    row = load_api(Profile.OCAML_5, mine).get("caml_alloc")
    assert row is not None
    assert Result.DATA is row.result


@pytest.mark.parametrize(
    ("text", "line", "key", "problem"),
    [
        ('[f]\n\ncolects = "yes"', 3, "colects", "unknown key"),
        ('[f]\ncollects = "maybe"', 2, "collects", "expected one of no, yes"),
        ("[f]\npure = 1", 2, "pure", "expected true or false"),
        ("[f]\nsize = true", 2, "size", "expected a number"),
        ("[f]\nnote = 3", 2, "note", "expected a string"),
        ('[f]\nsince = "5"', 2, "since", "expected a release"),
        ('[f]\nparams = "value"', 2, "params", "expected a list of roles"),
        ('[f]\nparams = ["values", "valu"]', 2, "params", "expected one of"),
        ('[f]\nsignature = "value (value)"', 1, "result", "missing"),
        ('[f]\nlike = "no_such_row"', 2, "like", "there is no row 'no_such_row'"),
        ('[f]\nlike = "g"\n[g]\nlike = "f"', 4, "like", "in a circle"),
        ('[f]\nresult = "void"\nraises = "always"', 2, "result", "never returns"),
        ('[f]\nresult = "void"\ncollects = "unlikely"', 1, "collects_if", "goes with"),
        ('[f]\nresult = "data"\ncollects = "yes"\npure = true', 4, "pure", "collects or raises"),
        ('[f]\nresult = "derived"', 1, "result_of", "missing"),
        ('[f]\nresult = "argument"\nresult_of = 1\nparams = ["value"]', 3, "result_of", "no such"),
        ('[f]\nresult = "void"\nsince = "5.0"\nuntil = "4.14"', 4, "until", "before since"),
        (
            '[f]\nsignature = "void (value)"\nparams = ["value", "value"]',
            3,
            "params",
            "the signature has 1",
        ),
    ],
)
def test_a_fault_names_the_file_the_line_the_row_and_the_key(
    text: str, line: int, key: str, problem: str
) -> None:
    error = fault(text)
    assert ("rows.toml", line, key) == (error.source, error.line, error.key)
    assert re.match(rf"rows\.toml:{line}: [fg]\.{key}: .*{re.escape(problem)}", str(error))


def test_a_file_that_is_not_toml_is_a_fault_of_the_file() -> None:
    error = fault("[f")
    assert (error.source, error.line, error.row) == ("rows.toml", None, "")


@pytest.mark.parametrize(
    ("signature", "count"),
    [
        ("value (void)", 0),
        ("value (mlsize_t, tag_t)", 2),
        ("value (int, ...)", 1),
        ("value (value (*funct) (char const *), char const ** array)", 2),
        ("struct custom_operations * (void (*fn)(value))", 1),
        ("(v, i)", 2),
        ("()", 0),
        ("void (*)(void)", None),
        ("", None),
    ],
)
def test_the_arguments_of_a_signature_are_counted(signature: str, count: int | None) -> None:
    assert count == arity(signature)


def test_a_packed_row_unfolds_to_itself() -> None:
    data = {
        "kind": "macro",
        "collects": "no",
        "raises": "out-of-memory",
        "lock": "needs",
        "params": ("value", "tag"),
        "result": "argument",
        "result_of": 0,
        "since": (4, 10),
        "pure": True,
        "note": "a = b",
    }
    name, _, fields = pack("f", data).partition("|")
    assert ("f", data) == (name, unpack(fields))


def test_a_packed_row_refuses_what_would_not_unfold() -> None:
    with pytest.raises(ValueError, match="separates"):
        pack("f", {"note": "a | b"})
