"""The command line from outside: arguments, streams, exit status."""

from __future__ import annotations

import gc
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from stubcheck import VERSION
from stubcheck.cli import main

Write = Callable[..., Path]

CLEAN = "#include <caml/mlvalues.h>\nvalue f(value v) { return Val_unit; }\n"
BROKEN = "value f(value v) { return ((; }\n"
STALE = """\
#include <caml/mlvalues.h>
#include <caml/alloc.h>
value f(value v)
{
  value s = caml_alloc_string(8);
  return Field(v, 0);
}
"""


def test_a_clean_file_exits_with_0(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("a.c", CLEAN)
    assert main(["a.c"]) == 0
    assert capsys.readouterr().out == "nothing found in 1 file (1 function, ocaml-5)\n"


def test_check_is_what_a_path_alone_means(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", BROKEN)
    assert main(["a.c"]) == 1
    alone = capsys.readouterr().out
    assert main(["check", "a.c"]) == 1
    assert capsys.readouterr().out == alone


def test_what_cannot_be_parsed_is_a_finding(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", BROKEN)
    assert main(["--format", "json", "a.c"]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["rule"], finding["severity"], finding["line"]) == ("parse-error", "warning", 1)


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ([], 1),
        (["--fail-on", "error"], 1),
        (["--exit-zero"], 0),
        (["--ignore", "unrooted-value"], 0),
        (["--select", "bad-tag,stale-pointer"], 0),
        (["--select", "unrooted-value"], 1),
    ],
)
def test_the_exit_status_tells_whether_something_that_counts_was_found(
    write: Write, options: list[str], status: int
) -> None:
    write("a.c", STALE)
    assert main([*options, "a.c"]) == status


def test_a_warning_does_not_fail_a_run_that_fails_on_errors(write: Write) -> None:
    write("a.c", BROKEN)
    assert main(["--fail-on", "error", "a.c"]) == 0


def test_a_missing_path_exits_with_2_after_the_others(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", CLEAN)
    assert main(["gone", "a.c"]) == 2
    told = capsys.readouterr()
    assert told.err == "stubcheck: error: cannot open 'gone': No such file or directory\n"
    assert told.out.startswith("nothing found in 1 file")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no path given"),
        (["frobnicate"], "cannot open 'frobnicate'"),
        (["--jobs", "0", "."], "'0' is no number of processes"),
        (["--format", "xml", "."], "invalid choice: 'xml'"),
        (["--frob", "."], "unrecognized arguments: --frob"),
        (["--profile", "ocaml-3", "."], "'ocaml-3' is no profile"),
        (["--select", "bad-tga", "."], "'bad-tga' is no rule; is 'bad-tag' meant?"),
        (["--config", "gone.toml", "."], "cannot open 'gone.toml'"),
        (["--output", "gone/x", "."], "cannot write 'gone/x'"),
        (["explain", "bad-tga"], "'bad-tga' is no rule; is 'bad-tag' meant?"),
        (["primitives", "gone"], "cannot open 'gone'"),
        (["primitives", "--profile", "ocaml-3", "."], "'ocaml-3' is no profile"),
    ],
)
def test_wrong_usage_exits_with_2_and_says_why(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status: object = main(arguments)
    except SystemExit as left:
        status = left.code
    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert "stubcheck: error: " in told.err
    assert message in told.err


def test_standard_input_is_checked_under_the_name_given(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("src/dune-project", "(package (depends (ocaml (< 5.0))))")
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(BROKEN.encode())))
    assert main(["-", "--stdin-path", "src/x.c", "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [finding["path"] for finding in document["findings"]] == ["src/x.c"]
    assert document["profile"] == "ocaml-4.14"


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["sd", "-", "--stdin-path", "sd/x.c"], ["sd/y.c"]),
        (["-", "sd", "--stdin-path", "sd/../sd/x.c"], ["sd/y.c"]),
        (["sd/x.c", "sd/y.c", "-", "--stdin-path", "sd/x.c"], ["sd/y.c"]),
        (["sd", "-", "--stdin-path", "sd/z.c"], ["sd/x.c", "sd/y.c"]),
        (["sd", "--stdin-path", "sd/x.c"], ["sd/x.c", "sd/y.c"]),
    ],
)
def test_standard_input_stands_for_the_file_of_its_name(
    write: Write,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    found: list[str],
) -> None:
    write("sd/x.c", BROKEN)
    write("sd/y.c", BROKEN)
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(CLEAN.encode())))
    assert main([*arguments, "--format", "json", "--jobs", "1"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [finding["path"] for finding in document["findings"]] == found


@pytest.mark.parametrize("name", ["x.ml", "x.mli", "x.cpp"])
def test_standard_input_is_no_file_of_another_language(
    write: Write,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"let x = 1")))
    assert main(["-", "--stdin-path", name]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"stubcheck: error: standard input is read as C, and '{name}' is no name of a C file\n"
    )


def test_settings_are_found_above_the_first_path(write: Write) -> None:
    write("src/stubcheck.toml", 'ignore = ["parse-error"]')
    write("src/a.c", BROKEN)
    assert main(["src/a.c"]) == 0


def test_definitions_reach_the_file(write: Write) -> None:
    write("a.c", "#ifndef FINE\n#error not fine\nvalue f(value v) { ((; }\n#endif\n" + CLEAN)
    assert main(["-D", "FINE", "a.c"]) == 0


def test_several_profiles_are_named(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("a.c", BROKEN)
    assert main(["--profile", "ocaml-5,ocaml-4.14", "--format", "json", "a.c"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["profile"] == "ocaml-4.14,ocaml-5"
    assert [f["profile"] for f in document["findings"]] == ["ocaml-4.14,ocaml-5"]


@pytest.mark.parametrize("format", ["text", "json", "sarif", "github", "html"])
def test_output_goes_to_a_file(
    write: Write, format: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", BROKEN)
    assert main(["a.c", "--format", format, "--output", "report"]) == 1
    assert capsys.readouterr().out == ""
    assert "parse-error" in (folder / "report").read_text()


def test_colours_are_used_when_asked_for(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("a.c", BROKEN)
    main(["a.c"])
    assert "\x1b" not in capsys.readouterr().out
    main(["a.c", "--color", "always"])
    assert "\x1b[" in capsys.readouterr().out


def test_an_ocaml_file_alone_is_counted_and_nothing_is_missing(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.ml", 'external f : int -> int = "gone" (* stubcheck: ignore[bad-tag] x *)\n')
    assert main(["a.ml"]) == 0
    assert capsys.readouterr().out == "nothing found in 1 file (0 functions, ocaml-5)\n"


def test_a_build_file_of_a_project_without_a_c_side_is_no_concern(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.ml")
    write("dune-project", "(lang")
    assert main(["."]) == 0
    assert capsys.readouterr().err == ""


def test_ocaml_files_are_counted_beside_c_files(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", CLEAN)
    write("a.ml", "type t\n")
    assert main(["."]) == 0
    assert capsys.readouterr().out == "nothing found in 2 files (1 function, ocaml-5)\n"


def test_a_primitive_that_no_file_defines_is_found_in_the_ocaml_file(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", CLEAN.replace("f(", "ring_f("))
    write("a.ml", 'external f : int -> int = "ring_f"\nexternal g : int -> int = "ring_gone"\n')
    assert main(["--format", "json", "."]) == 1
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    keys = ("rule", "path", "line", "column", "end_column", "function")
    assert [finding[key] for key in keys] == ["missing-primitive", "a.ml", 2, 1, 9, ""]


def test_a_comment_in_an_ocaml_file_suppresses_what_is_found_there(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("a.c", CLEAN.replace("f(", "ring_f("))
    write(
        "a.ml",
        'external f : int -> int = "ring_f" (* stubcheck: ignore[missing-primitive] not so *)\n'
        "(* stubcheck: ignore[missing-primitive] the plugin has it *)\n"
        'external g : int -> int = "ring_gone"\n',
    )
    assert main(["--format", "json", "."]) == 0
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(f["rule"], f["path"], f["line"], f["suppressed"]) for f in findings] == [
        ("unused-suppression", "a.ml", 1, None),
        ("missing-primitive", "a.ml", 3, "the plugin has it"),
    ]


@pytest.mark.parametrize(
    ("path", "text"), [("a.ml", "type t = int\n"), ("b.ml", "type t\n"), ("a.mli", "")]
)
def test_an_ocaml_file_that_changes_or_appears_ends_what_is_kept(
    write: Write, tmp_path: Path, path: str, text: str
) -> None:
    write("a.c", CLEAN)
    write("a.ml", "type t\n")
    for _ in range(2):
        main(["."])
        assert len(list((tmp_path / "cache").iterdir())) == 1
    write(path, text)
    main(["."])
    assert len(list((tmp_path / "cache").iterdir())) == 2


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_cold_and_warm_runs_print_the_same_in_any_number_of_processes(
    write: Write, capsys: pytest.CaptureFixture[str], jobs: str
) -> None:
    for name in ("p/a.c", "p/b.c", "q/c.c"):
        write(name, STALE + BROKEN.replace("f(", name[2] + "("))
    write("p/dune-project")
    write("q/dune-project")
    arguments = ["--format", "json", "p", "q"]
    main([*arguments, "--no-cache", "--jobs", "1"])
    expected = capsys.readouterr().out
    for _ in range(2):
        main([*arguments, "--jobs", jobs])
        assert capsys.readouterr().out == expected


def test_a_build_file_that_cannot_be_read_is_a_warning(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write("dune", "(library")
    write("a.c", CLEAN)
    write("dune-project")
    assert main(["a.c"]) == 0
    told = capsys.readouterr().err
    assert told == "stubcheck: warning: dune:1:1: '(' is never closed\n"


def test_explain_prints_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "unrooted-value"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("unrooted-value: ")
    assert [line for line in page.splitlines() if line in {"Why", "Bad", "Good", "Limits"}] == (
        ["Why", "Bad", "Good", "Limits"]
    )
    assert main(["explain", "unrooted-value", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["severity"]["ocaml-5"] == "error"


def test_rules_lists_every_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert main(["rules", "--format", "json"]) == 0
    assert [rule["rule"] for rule in json.loads(capsys.readouterr().out)] == names
    assert "parse-error" in names


def run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stubcheck", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)  # type: ignore[call-overload,no-any-return]


def test_the_package_runs_as_a_module() -> None:
    assert run("--version").stdout == f"stubcheck {VERSION}\n"


def test_a_reader_that_leaves_early_is_no_error(write: Write) -> None:
    write("a.c", CLEAN)
    command = f"{sys.executable} -m stubcheck rules | true"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_fault_of_ours_exits_with_3_and_names_the_file(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.c", STALE)
    write("b.c", BROKEN)

    def fail(*_: object) -> None:
        raise AssertionError("a fault of ours")

    monkeypatch.setattr("analyzer.check.run_rules", fail)
    assert main(["--format", "json", "--jobs", "1", "."]) == 3
    told = capsys.readouterr()
    assert "stubcheck: internal error: a.c: f: " in told.err
    assert [f["path"] for f in json.loads(told.out)["findings"]] == ["b.c"]


def test_options_may_stand_between_paths(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write("a.c", CLEAN)
    write("b.c", BROKEN)
    assert main(["a.c", "--format", "json", "b.c", "--jobs", "1"]) == 1
    assert json.loads(capsys.readouterr().out)["files"] == 2


@pytest.mark.skipif(sys.platform != "linux", reason="the pool's processes are forks on Linux only")
def test_a_process_that_is_killed_is_an_internal_error(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("p", "q"):
        write(f"{name}/dune-project")
        write(f"{name}/a.c", CLEAN)
    monkeypatch.setattr("analyzer.check.check_project", lambda *_: os._exit(9))
    assert main(["--jobs", "2", "p", "q"]) == 3
    told = capsys.readouterr()
    assert "stubcheck: internal error: p: " in told.err
    assert told.out.endswith("; 2 internal errors\n")


def test_a_fault_outside_the_analysis_exits_with_3(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("a fault of ours")

    monkeypatch.setattr("stubcheck.check.check", fail)
    assert main(["."]) == 3
    assert "a fault of ours" in capsys.readouterr().err


@pytest.mark.parametrize(("command", "collects"), [("check", False), ("run", True)])
def test_cycles_are_looked_for_where_many_are_made(
    command: str, collects: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["stubcheck", command, "nothing.c"])
    assert gc.isenabled()
    try:
        main()
        assert gc.isenabled() is collects
    finally:
        gc.enable()
