"""Labelled cases are scored by what running them shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from runtime_sim.build import build_runtime
from runtime_sim.model.profile import Profile
from tools.cases.__main__ import main
from tools.cases.labels import read_case

HEADERS = """\
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
"""
CASE = """\
/* bad: unrooted-value; also stale-pointer */
value late(value v)
{
  caml_alloc_string(8);
  return Val_int(Byte_u(v, 0));
}

/* good: it is read before */
value early(value v)
{
  int first = Byte_u(v, 0);
  caml_alloc_string(8);
  return Val_int(first);
}
"""
ORDER = """\
static value second(value made, int read)
{
  return Val_int(read);
}

/* good: gcc reads before it allocates */
value order(value v)
{
  return second(caml_alloc_string(8), Byte_u(v, 0));
}
"""


@pytest.fixture
def folder(tmp_path: Path, runtime_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for cases, and a runtime to run them on."""
    build_runtime(runtime_folder)
    monkeypatch.setenv("STUBCHECK_CACHE_DIR", str(runtime_folder))
    (tmp_path / "unrooted-value").mkdir()
    return tmp_path


def write(folder: Path, text: str, name: str = "a.c") -> None:
    (folder / "unrooted-value" / name).write_text(text)


def score(
    folder: Path, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, list[str], list[str]]:
    """The exit status, what is listed, and the row of all."""
    words = (*words, "--compiler", "cc") if "--compiler" not in words else words
    status = main([str(folder), "--list", "--calls", "30", *words])
    listed, _, table = capsys.readouterr().out.rpartition("\n| group")
    row = [cell.strip() for cell in table.splitlines()[-1].split("|")[2:-1]]
    return status, [line for line in listed.splitlines() if line], row


def test_a_label_names_the_function_below_it(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("/* case: profile=ocaml-4.14 */\n" + CASE)
    case = read_case(tmp_path / "a.c")
    assert case.profile is Profile.OCAML_4_14
    assert [(one.function, one.is_bad) for one in case.labels] == [
        ("late", True),
        ("early", False),
    ]
    assert case.labels[0].rules == {"unrooted-value", "stale-pointer"}
    assert [4 in case.bodies[name].lines for name in ("late", "early")] == [True, False]


def test_what_is_labelled_right_scores_in_full(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, HEADERS + CASE)
    assert score(folder, capsys) == (0, [], ["2", "2 (100 %)", "1", "1 (100 %)", "1", "1 (100 %)"])


def test_another_rule_does_not_show_a_bad_function(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, HEADERS + CASE.replace("unrooted-value; also stale-pointer", "bad-tag"))
    status, (listed,), row = score(folder, capsys)
    assert (status, row[2:4]) == (1, ["1", "0 (0 %)"])
    assert listed.startswith(
        "missed | bad | unrooted-value/a.c: late | every-point, cc | unrooted-value: "
    )


def test_a_good_function_that_is_not_is_blamed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, HEADERS + CASE.replace("bad: unrooted-value; also", "good:"))
    status, (listed,), row = score(folder, capsys)
    assert (status, row[4:]) == (1, ["2", "1 (50 %)"])
    assert listed.startswith(
        "blamed | good | unrooted-value/a.c: late | every-point, cc | unrooted-value: "
    )


def test_a_static_function_is_shown_by_its_caller(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = CASE.replace("value late", "static value late")
    write(
        folder,
        HEADERS + text + "\n/* good: that is late */\n"
        "value calls(value v)\n{\n  return late(v);\n}\n",
    )
    assert score(folder, capsys) == (0, [], ["3", "3 (100 %)", "1", "1 (100 %)", "2", "2 (100 %)"])


def test_a_later_call_shows_what_an_earlier_one_left(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """\
static value kept = Val_unit;

/* bad: unregistered-global-root */
value keep(value v)
{
  kept = v;
  return Val_int(Byte_u(v, 0));
}

/* good: it is not its fault */
value look(value v)
{
  return Val_int(kept == Val_unit ? 0 : Byte_u(kept, 0));
}
"""
    write(folder, HEADERS + text)
    status, listed, row = score(folder, capsys, "--calls", "80")
    assert (status, listed, row[2:]) == (0, [], ["1", "1 (100 %)", "1", "1 (100 %)"])


def test_what_cannot_be_compiled_does_not_count(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, HEADERS + CASE.replace("Byte_u(v, 0)", "undeclared", 1))
    status, listed, row = score(folder, capsys)
    assert (status, row) == (0, ["0", "0", "0", "0", "0", "0"])
    assert [line.split(" | ")[0] for line in listed] == ["not compiled"] * 2


def test_groups_may_be_chosen(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(folder, HEADERS + CASE)
    status, listed, row = score(folder, capsys, "--rule", "bad-tag")
    assert (status, listed, row[0]) == (0, [], "0")


def test_a_function_is_run_under_each_policy(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder, HEADERS + CASE)
    assert score(folder, capsys, "--policy", "nth:1000")[2][3] == "0 (0 %)"
    both = score(folder, capsys, "--policy", "nth:1000", "--policy", "every-point")
    assert both == (0, [], ["2", "2 (100 %)", "1", "1 (100 %)", "1", "1 (100 %)"])


def test_each_way_in_which_a_good_function_is_blamed_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if shutil.which("gcc") is None or shutil.which("clang") is None:
        pytest.skip("two compilers are needed")
    write(folder, HEADERS + ORDER)
    words = ("--policy", "nth:1000", "--policy", "every-point")
    _, listed, row = score(folder, capsys, *words, "--compiler", "gcc", "--compiler", "clang")
    assert row[4:] == ["1", "0 (0 %)"]
    assert [line.split(" | ")[3] for line in listed] == ["every-point, clang"]


def test_what_a_bad_function_has_led_to_is_no_others_fault(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = """\
/* good: what it is given is alive */
static value first(value v)
{
  return Val_int(Byte_u(v, 0));
}

/* bad: arity-mismatch */
value calls(value v)
{
  caml_alloc_string(8);
  return first(v);
}
"""
    write(folder, HEADERS + text)
    status, (listed,), row = score(folder, capsys)
    assert (status, row[4:]) == (1, ["1", "1 (100 %)"])
    assert listed.startswith("missed | bad | unrooted-value/a.c: calls | ")
