from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.options import Flags
from stubcheck.flags import BuildFlags, merge_flags, parse_flags

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("cc -DA -D B=2 -DC= -c x.c", Flags(defines=(("A", "1"), ("B", "2"), ("C", "")))),
        ("-DA -UA -U B", Flags(undefines=("A", "B"))),
        ("-UA -DA=1", Flags(defines=(("A", "1"),))),
        ("-Iinc -I ../up -isystem sys -Iinc", Flags(includes=("w/inc", "up", "w/sys"))),
        ("-D", Flags(defines=(("", "1"),))),
        ("-Wall -O2 -Dx", Flags(defines=(("x", "1"),))),
    ],
)
def test_compiler_arguments_are_understood(arguments: str, expected: Flags) -> None:
    assert parse_flags(arguments.split(), "w") == expected


def test_the_users_flags_win() -> None:
    project = Flags((("A", "1"), ("B", "1")), ("C",), ("inc",))
    user = Flags((("C", "3"), ("A", "3")), ("B",), ("mine",))
    assert merge_flags(project, user) == Flags((("C", "3"), ("A", "3")), ("B",), ("mine", "inc"))


def test_a_compilation_database_above_the_file_is_used(write: Write) -> None:
    commands = [
        {"directory": "src", "file": "a.c", "command": "cc -D'A=x y' -I../inc a.c"},
        {"directory": ".", "file": "src/b.c", "arguments": ["cc", "-D", "B", "src/b.c"]},
        {"directory": "src", "file": "a.c", "command": "cc -DSECOND a.c"},
    ]
    write("p/compile_commands.json", json.dumps(commands))
    write("p/src/a.c")
    build = BuildFlags("p")
    assert build.of("p/src/a.c") == Flags((("A", "x y"),), (), ("p/inc",))
    assert build.of("p/src/b.c") == Flags((("B", "1"),))
    assert build.of("p/src/c.c") == Flags()


def test_folders_outside_the_project_are_left_out(write: Write) -> None:
    commands = [{"directory": ".", "file": "a.c", "command": "cc -I/usr/include -I.. -I. a.c"}]
    write("p/compile_commands.json", json.dumps(commands))
    assert BuildFlags("p").of("p/a.c").includes == ("p",)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("{", "Expecting property name"),
        ("{}", "not a list of commands"),
        ("[1]", "a command names no file"),
        ('[{"file": "a.c", "command": "cc \'"}]', "No closing quotation"),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_broken_compilation_database_is_a_warning(write: Write, text: str, warning: str) -> None:
    write("p/compile_commands.json", text)
    build = BuildFlags("p")
    assert build.of("p/a.c") == Flags()
    (told,) = build.warnings
    assert told.startswith("p/compile_commands.json: ")
    assert warning in told


FOREIGN_STUBS = """
(library
 (name lib)
 (foreign_stubs
  (language c)
  (names a sub/b)
  (include_dirs inc %{lib:other})
  (flags (:standard -DA=1 -I up (:include flags.sexp) %{env:X=1})))
 (foreign_stubs (language cxx) (names c) (flags -DCXX)))
"""


def test_dune_flags_are_those_of_the_stanza_that_names_the_file(write: Write) -> None:
    write("p/src/dune", FOREIGN_STUBS)
    build = BuildFlags("p")
    expected = Flags((("A", "1"),), (), ("p/src/up", "p/src/inc"))
    assert build.of("p/src/a.c") == expected
    assert build.of("p/src/sub/b.c") == expected
    assert build.of("p/src/c.c") == Flags()


@pytest.mark.parametrize(
    "stanza",
    [
        "(library (c_names a) (c_flags (:standard -DA)))",
        "(foreign_library (archive_name x) (language c) (names :standard a) (flags -DA))",
        "(executable (foreign_stubs (language c) (flags -DA)))",
    ],
)
def test_other_stanzas_give_flags_too(write: Write, stanza: str) -> None:
    write("p/dune", stanza)
    assert BuildFlags("p").of("p/a.c") == Flags((("A", "1"),))


def test_a_dune_file_that_cannot_be_read_is_a_warning(write: Write) -> None:
    write("p/dune", "(library\n (name")
    build = BuildFlags("p")
    assert build.of("p/a.c") == Flags()
    assert build.of("p/b.c") == Flags()
    assert build.warnings == ["p/dune:2:2: '(' is never closed"]


def test_a_dune_file_in_ocaml_gives_no_flags(write: Write) -> None:
    write("p/dune", '(* -*- tuareg -*- *)\nlet () = "("')
    build = BuildFlags("p")
    assert (build.of("p/a.c"), build.warnings) == (Flags(), [])


def test_build_files_above_the_project_are_not_read(write: Write) -> None:
    write("dune", "(library (c_names a) (c_flags -DA))")
    assert BuildFlags("p").of("p/a.c") == Flags()
