"""`stubcheck run` from outside: what it prints, in which form, and what it exits with."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runtime_sim.build import build_runtime
from stubcheck.cli import main

Write = Callable[[str, str], Path]
Run = Callable[..., tuple[int, Any]]

HEADERS = """\
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/custom.h>
#include <caml/fail.h>
"""
LENGTH = "value length(value v) { return Val_long(caml_string_length(v)); }\n"
STALE = """\
value stale(value v)
{
  caml_alloc_string(8);
  return Val_int(Byte_u(v, 0));
}
"""
EXTERNALS = """\
external length : string -> int = "length"
external stale : string -> int = "stale"
"""


@pytest.fixture(scope="session")
def cache(runtime_folder: Path) -> Path:
    """A folder with the runtime, compiled once for the tests of a session."""
    build_runtime(runtime_folder)
    return runtime_folder


@pytest.fixture(autouse=True)
def compiled(folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the runtime be found compiled."""
    monkeypatch.setenv("STUBCHECK_CACHE_DIR", str(cache))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """The exit status of `stubcheck run`, and its JSON document."""

    def run_json(*words: str) -> tuple[int, Any]:
        status = main(["run", "--format", "json", "--calls", "20", *words])
        return status, json.loads(capsys.readouterr().out)

    return run_json


def rows(document: Any, *fields: str) -> list[tuple[Any, ...]]:
    """Some fields of each primitive."""
    return [tuple(row[field] for field in fields) for row in document["primitives"]]


def test_what_is_good_is_clean(write: Write, run: Run) -> None:
    write("a.c", HEADERS + LENGTH)
    write("a.ml", 'external length : string -> int = "length"')
    status, document = run(".")
    assert status == 0
    assert {key: document[key] for key in ("version", "profile", "policy", "seed")} == {
        "version": 1,
        "profile": "ocaml-5",
        "policy": "every-point",
        "seed": 1,
    }
    (row,) = document["primitives"]
    assert row.pop("collections") >= 20
    assert row == {
        "name": "length",
        "path": "a.c",
        "line": 7,
        "types": "declared",
        "calls": 20,
        "status": "clean",
        "reason": "",
        "violations": [],
    }


def test_a_violation_is_told_with_the_way_there(write: Write, run: Run) -> None:
    write("a.c", HEADERS + LENGTH + STALE)
    write("a.ml", EXTERNALS)
    status, document = run(".")
    assert status == 1
    assert rows(document, "name", "status") == [("length", "clean"), ("stale", "violation")]
    (violation,) = document["primitives"][1]["violations"]
    steps = [(step["line"], step["message"]) for step in violation.pop("trace")]
    assert violation == {
        "rule": "unrooted-value",
        "message": "a string is read after it was moved",
        "path": "a.c",
        "line": 11,
        "function": "stale",
        "command": "stubcheck run . --call 'stale(\"\")'",
        "suppressed": None,
    }
    assert steps == [
        (8, 'called: stale("")'),
        (10, "caml_alloc_string collects, and the block is moved (collection 1)"),
        (11, "a string is read after it was moved"),
    ]


def test_a_comment_suppresses_what_is_seen_on_its_line(write: Write, run: Run) -> None:
    above = "  /* stubcheck: ignore[unrooted-value] nothing is moved */\n  return"
    write("a.c", HEADERS + STALE.replace("  return", above) + STALE.replace("stale", "other"))
    write("a.ml", EXTERNALS + 'external other : string -> int = "other"')
    status, document = run(".", "--primitive", "stale", "--primitive", "other")
    assert status == 1
    assert rows(document, "name", "status") == [("stale", "clean"), ("other", "violation")]
    told = [row["violations"][0]["suppressed"] for row in document["primitives"]]
    assert told == ["nothing is moved", None]


def test_a_comment_in_a_function_suppresses_what_is_seen_when_it_is_left(
    write: Write, run: Run
) -> None:
    text = """\
value set(value old, value young)
{
  /* stubcheck: ignore[missing-write-barrier] it is an integer */
  Field(old, 0) = young;
  return Val_unit;
}
"""
    write("a.c", HEADERS + text)
    write("a.ml", 'external set : string ref -> string -> unit = "set"')
    status, document = run(".", "--primitive", "set")
    assert (status, rows(document, "status")) == (0, [("clean",)])
    (violation,) = document["primitives"][0]["violations"]
    assert (violation["rule"], violation["line"]) == ("missing-write-barrier", 7)


def test_the_command_repeats_the_violation(write: Write, run: Run) -> None:
    write("a.c", HEADERS + STALE)
    write("a.ml", 'external stale : string -> int = "stale"')
    _, document = run(".")
    (violation,) = document["primitives"][0]["violations"]
    _, _, *words = shlex.split(violation["command"])
    status, again = run(*words)
    assert status == 1
    assert again["primitives"][0]["violations"] == [violation]


def test_text_is_for_people(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("a.c", HEADERS + STALE)
    write("a.ml", 'external stale : string -> int = "stale"')
    assert main(["run", "--calls", "5", "--exit-zero", "a.c", "a.ml"]) == 0
    first, *_, last = capsys.readouterr().out.splitlines()
    told = "unrooted-value: a string is read after it was moved"
    assert first == f"a.c:10: {told}"
    assert last.startswith("1 primitive: 1 violation (")


def test_one_primitive_may_be_chosen(write: Write, run: Run) -> None:
    write("a.c", HEADERS + LENGTH + STALE)
    write("a.ml", EXTERNALS)
    status, document = run("--primitive", "length", ".")
    assert (status, rows(document, "name")) == (0, [("length",)])


def test_what_a_call_returns_is_told(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("a.c", HEADERS + LENGTH)
    write("a.ml", 'external length : string -> int = "length"')
    assert main(["run", "--call", 'length("abc")', "."]) == 0
    assert capsys.readouterr().out.startswith('length("abc") returned 3\n')


def test_a_call_that_cannot_be_read_is_refused_at_its_column(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", HEADERS + LENGTH)
    assert main(["run", "--call", "length(1", "a.c"]) == 2
    assert capsys.readouterr().err.startswith("stubcheck: error: --call: column 9: ")


@pytest.mark.parametrize(
    ("policy", "status"), [("nth:1", 1), ("nth:1000", 0), ("random", 1), ("every-point", 1)]
)
def test_a_policy_says_when_to_collect(write: Write, run: Run, policy: str, status: int) -> None:
    write("a.c", HEADERS + STALE)
    write("a.ml", 'external stale : string -> int = "stale"')
    assert run("--policy", policy, ".")[0] == status


def test_the_command_names_the_policy(write: Write, run: Run) -> None:
    write("a.c", HEADERS + STALE)
    write("a.ml", 'external stale : string -> int = "stale"')
    _, document = run("--policy", "nth:1", ".")
    (violation,) = document["primitives"][0]["violations"]
    assert violation["command"].startswith("stubcheck run . --policy nth:1 --call ")


@pytest.mark.parametrize("policy", ["sometimes", "nth:0", "nth:x"])
def test_an_unknown_policy_is_refused(
    write: Write, capsys: pytest.CaptureFixture[str], policy: str
) -> None:
    write("a.c", HEADERS + LENGTH)
    assert main(["run", "--policy", policy, "a.c"]) == 2
    assert f"'{policy}' is no policy" in capsys.readouterr().err


def test_a_file_that_cannot_be_compiled_leaves_the_others(write: Write, run: Run) -> None:
    write("a.c", HEADERS + LENGTH)
    write("b.c", HEADERS + "value stale(value v) { return undeclared; }\n")
    write("a.ml", EXTERNALS)
    status, document = run(".")
    assert status == 0
    length, stale = sorted(document["primitives"], key=lambda row: row["name"])
    assert (length["status"], stale["status"]) == ("clean", "not-runnable")
    assert "b.c cannot be compiled" in stale["reason"]


def test_what_is_missing_ends_only_the_calls_that_need_it(write: Write, run: Run) -> None:
    write(
        "a.c",
        HEADERS + LENGTH + "extern int lib_get(int);\n"
        "value stale(value v) { return Val_int(lib_get(Int_val(v))); }\n",
    )
    write("a.ml", EXTERNALS.replace("stale : string", "stale : int"))
    _, document = run(".")
    length, stale = document["primitives"]
    assert (length["status"], stale["status"]) == ("clean", "not-runnable")
    assert "lib_get" in stale["reason"]


@pytest.mark.parametrize(
    ("external", "reason"),
    [
        ('external gone : int -> int = "gone"', "no file given defines 'gone'"),
        (
            'type t\nexternal length : t -> int = "length"',
            "no primitive gives a value of type t",
        ),
    ],
)
def test_it_is_told_why_something_is_not_run(
    write: Write, run: Run, external: str, reason: str
) -> None:
    write("a.c", HEADERS + LENGTH)
    write("a.ml", external)
    status, document = run(".")
    told = dict(rows(document, "status", "reason"))
    assert (status, told["not-runnable"]) == (0, reason)


def test_a_function_that_nothing_declares_is_not_run(write: Write, run: Run) -> None:
    write("a.c", HEADERS + LENGTH + "static value own(value v) { return v; }\n")
    _, document = run("a.c")
    reason = "no external declares it: its types are unknown"
    assert rows(document, "name", "types", "status", "reason") == [
        ("length", "", "not-runnable", reason)
    ]


def test_without_a_compiler_nothing_is_run(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    write("a.c", HEADERS + LENGTH)
    assert main(["run", "a.c"]) == 2
    assert "there is no C compiler 'no-such-compiler'" in capsys.readouterr().err


def test_what_a_mutable_field_has_is_never_local(write: Write, run: Run) -> None:
    write("a.c", HEADERS + "value get(value v) { return Field(v, 0); }\n")
    write("a.ml", 'external get : string ref @ local -> string = "get"')
    status, document = run("--profile", "oxcaml", ".")
    assert (status, rows(document, "status")) == (0, [("clean",)])


def test_what_the_collector_keeps_away_from_is_no_block_of_the_heap(
    write: Write, run: Run
) -> None:
    text = """\
value boxed(value unit) { return caml_copy_nativeint(16); }
value tagged(value unit) { return (value) 16 | 1; }
value set(value slot, value handle) { Field(slot, 0) = handle; return Val_unit; }
"""
    write("a.c", HEADERS + text)
    types = """\
type handle : value mod external_
external boxed : unit -> handle = "boxed"
external tagged : unit -> handle = "tagged"
external set : handle ref -> handle -> unit = "set"
"""
    write("a.ml", types)
    _, document = run("--profile", "oxcaml", ".")
    found = {
        row["name"]: [one["rule"] for one in row["violations"]] for row in document["primitives"]
    }
    assert found == {"boxed": ["external-kind-violation"], "tagged": [], "set": []}


def test_what_nothing_gives_and_the_collector_keeps_away_from_is_an_integer(
    write: Write, run: Run
) -> None:
    write("a.c", HEADERS + "value same(value handle) { return handle; }\n")
    write("a.ml", 'type h : value mod external_\nexternal same : h -> int = "same"\n')
    _, document = run("--profile", "oxcaml", ".")
    assert rows(document, "name", "status") == [("same", "clean")]


def test_what_is_left_in_an_argument_is_of_its_type(write: Write, run: Run) -> None:
    text = """\
value number(value cell) { Store_field(cell, 0, Val_int(3)); return Val_unit; }
value next(value cell, value text) { Store_field(cell, 0, text); return Val_unit; }
value null(value cell) { Store_field(cell, 0, Val_null); return Val_unit; }
"""
    write("a.c", HEADERS + text)
    externals = [
        f'external {name} : string ref -> {types} = "{name}"\n'
        for name, types in (("number", "unit"), ("next", "string -> unit"), ("null", "unit"))
    ]
    write("a.ml", "".join(externals))
    _, document = run("--profile", "oxcaml", ".")
    found = {
        row["name"]: [(one["rule"], one["message"]) for one in row["violations"]]
        for row in document["primitives"]
    }
    told = 'argument 1 becomes {"tag": 0, "fields": [%s]}, which is no string ref'
    assert found == {
        "number": [("type-mismatch", told % "3")],
        "next": [],
        "null": [("null-returned", told % '{"null": true}')],
    }


# --- guessed types -----------------------------------------------------------------------------


def test_guessed_types_are_told_as_such(
    write: Write, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", HEADERS + LENGTH + STALE)
    status, document = run("--guess-types", "a.c")
    assert status == 1
    assert rows(document, "name", "types", "status") == [
        ("length", "guessed", "clean"),
        ("stale", "guessed", "violation"),
    ]
    (violation,) = document["primitives"][1]["violations"]
    assert violation["rule"] == "unrooted-value"
    assert violation["command"].startswith("stubcheck run a.c --guess-types --call ")
    assert main(["run", "--guess-types", "a.c"]) == 1
    assert "called with guessed types: stale(" in capsys.readouterr().out


def test_what_is_declared_keeps_its_types(write: Write, run: Run) -> None:
    write("a.c", HEADERS + LENGTH)
    write("a.ml", 'external length : string -> int = "length"')
    _, document = run("--guess-types", ".")
    assert rows(document, "name", "types") == [("length", "declared")]


def test_a_parameter_that_nothing_gives_is_guessed(write: Write, run: Run) -> None:
    write("a.c", HEADERS + LENGTH)
    write("a.ml", 'type t\nexternal length : t -> int = "length"')
    _, document = run("--guess-types", ".")
    assert rows(document, "name", "types", "status") == [("length", "guessed", "clean")]


def test_what_is_missing_has_a_stand_in(write: Write, run: Run) -> None:
    write(
        "a.c",
        HEADERS + "extern int lib_open(const char *);\n"
        "value opened(value v)\n{\n"
        '  if (lib_open(String_val(v)) == 17) caml_failwith("busy");\n'
        "  return Val_unit;\n}\n",
    )
    status, document = run("--guess-types", "a.c")
    assert (status, rows(document, "name", "status")) == (0, [("opened", "clean")])


def test_nothing_stands_in_for_what_a_release_of_ocaml_lacks(write: Write, run: Run) -> None:
    text = 'extern void failwith(const char *);\nvalue fails(value v) { failwith("no"); }\n'
    write("a.c", HEADERS + text)
    _, document = run("--guess-types", "--profile", "ocaml-5", "a.c")
    (primitive,) = document["primitives"]
    assert primitive["status"] == "not-runnable"
    assert "'failwith' is called" in primitive["reason"]


def test_a_stand_in_can_be_made_to_repeat_what_it_did(write: Write, run: Run) -> None:
    text = (
        "extern int lib_step(void);\n"
        "value step(value v)\n{\n"
        "  CAMLparam1(v);\n"
        "  if (lib_step() == 17) return Val_unit;\n"
        "  CAMLreturn(Val_unit);\n}\n"
    )
    write("a.c", HEADERS + text)
    _, document = run("--guess-types", "a.c")
    (violation,) = document["primitives"][0]["violations"]
    assert (violation["rule"], violation["line"]) == ("missing-camlreturn", 10)
    _, _, *words = shlex.split(violation["command"])
    _, again = run(*words)
    assert again["primitives"][0]["violations"] == [violation]


def test_a_name_is_registered_in_some_programs_and_not_in_others(write: Write, run: Run) -> None:
    text = (
        "value with(value v)\n{\n"
        '  if (caml_named_value("hook") != NULL) caml_alloc_string(8);\n'
        "  return Val_int(Byte_u(v, 0));\n}\n"
        "value without(value v)\n{\n"
        '  if (caml_named_value("hook") == NULL) caml_alloc_string(8);\n'
        "  return Val_int(Byte_u(v, 0));\n}\n"
        'value called(value v) { return caml_callback(*caml_named_value("hook"), v); }\n'
    )
    write("a.c", HEADERS + text)
    _, document = run("--guess-types", "a.c")
    statuses = {row["name"]: row["status"] for row in document["primitives"]}
    assert (statuses["with"], statuses["without"]) == ("violation", "violation")


def test_what_another_primitive_leaves_behind_is_found(write: Write, run: Run) -> None:
    text = (
        "static value kept = Val_unit;\n"
        "value keep(value v) { kept = v; return Val_long(caml_string_length(v)); }\n"
        "value kept_length(value v)\n"
        "{ return Val_long(kept == Val_unit ? 0 : caml_string_length(kept)); }\n"
    )
    write("a.c", HEADERS + text)
    _, document = run("--guess-types", "--calls", "80", ".")
    found = {one["rule"] for row in document["primitives"] for one in row["violations"]}
    assert found == {"unregistered-global-root"}


BOX = """\
#define Number_val(v) (*(long *) Data_custom_val(v))
static int compare(value a, value b) { COMPARED return Number_val(a) < Number_val(b); }
static struct custom_operations ops = {
  "box", custom_finalize_default, compare, custom_hash_default,
  custom_serialize_default, custom_deserialize_default,
  custom_compare_ext_default, custom_fixed_length_default };
value box(value v)
{
  value made = caml_alloc_custom(&ops, sizeof(long), 0, 1);
  Number_val(made) = Long_val(v);
  return made;
}
"""


@pytest.mark.parametrize(
    ("compared", "rules"),
    [
        ("caml_alloc_string(8);", {"finaliser-uses-runtime"}),
        # One that is equal to no number by chance.
        ('if (Number_val(a) == 1234) caml_failwith("no");', {"finaliser-uses-runtime"}),
        ("", set()),
    ],
)
def test_results_are_compared(compared: str, rules: set[str], write: Write, run: Run) -> None:
    write("a.c", HEADERS + BOX.replace("COMPARED", compared))
    _, document = run("--guess-types", "--calls", "40", "a.c")
    assert {one["rule"] for one in document["primitives"][0]["violations"]} == rules


def test_a_crash_on_data_that_is_made_up_proves_nothing(write: Write, run: Run) -> None:
    text = (
        "struct node { struct node *next; long number; };\n"
        "#define Node_val(v) (*(struct node **) Data_custom_val(v))\n"
        "value far(value v)\n{\n"
        "  struct node *node = Node_val(v);\n"
        "  for (int i = 0; i < 9; i++) node = node->next;\n"
        "  return Val_long(node->number);\n}\n"
        "value near(value v)\n{\n"
        "  struct node *node = Node_val(v);\n"
        "  caml_alloc_string(8);\n"
        "  return Val_long(node->number + Node_val(v)->number);\n}\n"
    )
    write("a.c", HEADERS + text)
    _, document = run("--guess-types", "a.c")
    assert rows(document, "name", "status") == [("far", "not-runnable"), ("near", "violation")]


def test_the_readme_shows_what_is_printed(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    top = Path(__file__).parents[2]
    monkeypatch.chdir(top)
    command = "run demo --primitive ringlog_save"
    shown = (top / "README.md").read_text().split(f"$ stubcheck {command}\n")[1]
    assert main(command.split()) == 1
    assert capsys.readouterr().out == shown.partition("```")[0]
