"""`stubcheck primitives` from outside: arguments, streams, exit status."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stubcheck.cli import main

Write = Callable[..., Path]

C_SIDE = """\
#include <caml/mlvalues.h>
#include <caml/alloc.h>
#include <caml/fail.h>
#include <caml/threads.h>
value make(value v) { return caml_copy_double(Long_val(v)); }
value check(value v) { if (v == Val_int(0)) caml_failwith("zero"); return v; }
value size(value v) { return Val_long(Wosize_val(v)); }
value pause(value v)
{
  caml_release_runtime_system();
  caml_acquire_runtime_system();
  return v;
}
"""
OCAML_SIDE = """\
external make : int -> float = "make"
external check : int -> int = "check"
external size : string -> int = "size" [@@noalloc]
module Low = struct
  external pause : unit -> unit = "pause"
end
external same : 'a -> 'a = "%identity"
external hash : int -> int -> 'a -> int = "caml_hash" [@@noalloc]
"""


def listed(*arguments: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main(["primitives", "--format", "json", *arguments]) == 0
    rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return rows


def test_each_external_comes_with_its_c_function(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("src/a.c", C_SIDE)
    write("src/a.ml", OCAML_SIDE)
    keys = ("ml_name", "ml_line", "c_name", "path", "line", "arity", "noalloc")
    rows = listed("src", capsys=capsys)
    assert [tuple(row[key] for key in keys) for row in rows] == [
        ("make", 1, "make", "src/a.c", 5, 1, False),
        ("check", 2, "check", "src/a.c", 6, 1, False),
        ("size", 3, "size", "src/a.c", 7, 1, True),
        ("Low.pause", 5, "pause", "src/a.c", 8, 1, False),
        ("hash", 8, "caml_hash", None, None, 3, True),
    ]
    assert {row["ml_path"] for row in rows} == {"src/a.ml"}
    assert [row["type"] for row in rows[:2]] == ["int -> float", "int -> int"]


@pytest.mark.parametrize(
    ("name", "effect", "has"),
    [
        ("make", "may_collect", True),
        ("make", "may_raise", False),
        ("make", "releases_lock", False),
        ("check", "may_raise", True),
        ("size", "may_collect", False),
        ("size", "may_raise", False),
        ("Low.pause", "releases_lock", True),
    ],
)
def test_what_a_function_may_do_is_told(
    write: Write, capsys: pytest.CaptureFixture[str], name: str, effect: str, has: bool
) -> None:
    write("a.c", C_SIDE)
    write("a.ml", OCAML_SIDE)
    (row,) = (row for row in listed(".", capsys=capsys) if row["ml_name"] == name)
    assert row[effect] is has


def test_the_calls_that_are_the_reason_are_told(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", C_SIDE)
    write("a.ml", OCAML_SIDE)
    make, _, size, *_ = listed(".", capsys=capsys)
    assert {(step["path"], step["line"]) for step in make["why"]} == {("a.c", 5)}
    assert "'caml_copy_double'" in make["why"][-1]["message"]
    assert size["why"] == []


def test_people_are_told_the_same(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("a.c", C_SIDE)
    write("a.ml", OCAML_SIDE)
    assert main(["primitives", "."]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ["a.ml", "  make       make, a.c:5: may collect"]
    assert "  size       size, a.c:7: neither collects nor raises, declared noalloc" in told


def test_without_a_c_side_no_definition_is_known(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.mli", OCAML_SIDE)
    rows = listed("a.mli", capsys=capsys)
    assert [(row["c_name"], row["path"]) for row in rows] == [
        (name, None) for name in ("make", "check", "size", "pause", "caml_hash")
    ]


def test_where_there_is_no_ocaml_there_are_no_externals(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", C_SIDE)
    assert main(["primitives", "a.c"]) == 0
    assert capsys.readouterr().out == "no externals\n"


def test_what_it_may_do_under_one_of_several_profiles_it_may_do(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", f"{C_SIDE}\n")
    write("a.ml", OCAML_SIDE)
    one = listed("--profile", "ocaml-5", ".", capsys=capsys)
    both = listed("--profile", "ocaml-4.14,ocaml-5", ".", capsys=capsys)
    assert [row["ml_name"] for row in both] == [row["ml_name"] for row in one]
    for alone, together in zip(one, both, strict=True):
        assert together["may_collect"] >= alone["may_collect"]


def test_definitions_reach_the_c_files(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    text = "#include <caml/alloc.h>\nvalue f(value v) { return LATER; }\n"
    write("a.c", text)
    write("a.ml", 'external f : int -> float = "f"\n')
    assert [row["may_collect"] for row in listed("-D", "LATER=v", ".", capsys=capsys)] == [False]
    assert [
        row["may_collect"]
        for row in listed("-D", "LATER=caml_copy_double(1.0)", ".", capsys=capsys)
    ] == [True]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "the following arguments are required: PATH"),
        (["--format", "sarif", "."], "invalid choice: 'sarif'"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_why(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["primitives", *arguments])
    told = capsys.readouterr().err
    assert left.value.code == 2
    assert "stubcheck primitives: error: " in told
    assert message in told


def test_output_goes_to_a_file(
    write: Write, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", C_SIDE)
    write("a.ml", OCAML_SIDE)
    assert main(["primitives", ".", "--output", "list"]) == 0
    assert capsys.readouterr().out == ""
    assert (folder / "list").read_text().startswith("a.ml\n")


def test_a_missing_path_exits_with_2_after_the_others(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", C_SIDE)
    write("a.ml", OCAML_SIDE)
    assert main(["primitives", "gone", "."]) == 2
    told = capsys.readouterr()
    assert told.err == "stubcheck: error: cannot open 'gone': No such file or directory\n"
    assert told.out.startswith("a.ml\n")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_any_number_of_processes_prints_the_same(
    write: Write, capsys: pytest.CaptureFixture[str], jobs: str
) -> None:
    for name in ("p", "q"):
        write(f"{name}/dune-project")
        write(f"{name}/a.c", C_SIDE)
        write(f"{name}/b.c", C_SIDE.replace("value ", "static value "))
        write(f"{name}/a.ml", OCAML_SIDE)
    rows = listed("--jobs", jobs, "q", "p", capsys=capsys)
    assert [row["ml_path"] for row in rows] == ["p/a.ml"] * 5 + ["q/a.ml"] * 5
    assert [row["path"] for row in rows if row["ml_name"] == "make"] == ["p/a.c", "q/a.c"]


@pytest.mark.skipif(sys.platform != "linux", reason="the pool's processes are forks on Linux only")
def test_a_process_that_is_killed_is_an_internal_error(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("p", "q"):
        write(f"{name}/dune-project")
        write(f"{name}/a.ml", OCAML_SIDE)
    monkeypatch.setattr("analyzer.check.list_primitives", lambda *_: os._exit(9))
    assert main(["primitives", "--jobs", "2", "p", "q"]) == 3
    assert "stubcheck: internal error: p: " in capsys.readouterr().err
