"""Which C names are tied to their definitions, and why others are not."""

from __future__ import annotations

from pathlib import Path

from analyzer.ir.nodes import Position
from stubcheck.primitives import list_primitives
from stubcheck.settings import Settings
from tools.corpus.ties import PackageTies, Ties, answers_in, ties_of


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_names_for_bytecode_and_native_code_are_tied_in_any_branch(tmp_path: Path) -> None:
    write(
        tmp_path / "lib",
        {
            "lib.opam": "",
            "a.ml": 'external f : int -> int = "lib_f_byte" "lib_f" [@@noalloc]\n'
            'external same : int -> int = "%identity"\n',
            "a.c": "#ifdef HAVE_F\nvalue lib_f(value v) { return v; }\n#else\n"
            "value lib_f(value v) { return Val_int(0); }\n#endif\n",
            "b/b.c": "#define BYTE(f) value f##_byte(value v) { return f(v); }\nBYTE(lib_f)\n",
        },
    )
    assert ties_of(tmp_path, "lib") == PackageTies("lib", ("lib_f", "lib_f_byte"))


def test_a_definition_in_another_project_of_the_package_is_told(tmp_path: Path) -> None:
    write(
        tmp_path / "lib",
        {
            "one/dune-project": "",
            "one/a.ml": '\nexternal f : int -> int = "lib_f"\n',
            "two/dune-project": "",
            "two/a.c": "value lib_f(value v) { return v; }\n",
        },
    )
    ties = Ties((ties_of(tmp_path, "lib"),))
    lib = tmp_path / "lib"
    assert ties.faults == [
        f"{lib}/two/a.c:1: lib_f is not tied to the external at {lib}/one/a.ml:2"
    ]


def test_names_without_a_definition_in_c_are_counted_by_cause(tmp_path: Path) -> None:
    names = ("caml_hash", "unix_exit", "sqrt", "lib_cxx", "lib_generated")
    write(
        tmp_path,
        {
            "lib/a.ml": "".join(f'external {n} : int -> int = "{n}"\n' for n in names),
            "lib/a.cc": 'extern "C" value lib_cxx(value v) { return v; }\n',
            "ocaml/otherlibs/unix/exit.c": "CAMLprim value unix_exit(value n) { return n; }\n",
        },
    )
    measured = ties_of(tmp_path, "lib")
    assert measured.elsewhere == {
        "in OCaml's runtime and libraries": ("caml_hash", "unix_exit"),
        "in C++ files of their package": ("lib_cxx",),
        "in no file": ("lib_generated",),
        "in C's <math.h>": ("sqrt",),
    }
    assert Ties((measured, PackageTies("other", ("f",)))).report() == (
        "| C names | |\n"
        "| ---: | --- |\n"
        "| 6 | in externals |\n"
        "| 1 | defined in C files of their package |\n"
        "| 1 | of these tied to the definition |\n"
        "| 1 | in C's <math.h>: lib 1 |\n"
        "| 1 | in C++ files of their package: lib 1 |\n"
        "| 2 | in OCaml's runtime and libraries: lib 2 |\n"
        "| 1 | in no file: lib 1 |"
    )


def test_the_answers_are_those_that_the_command_shows(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.ml": 'external f : int -> int = "f"\nexternal g : int -> int = "g"\n',
            "a.c": "value f(value v) { return v; }\n",
        },
    )
    shown = list_primitives([str(tmp_path)], Settings(), 1).primitives
    answers, errors = answers_in(tmp_path)
    assert errors == []
    assert answers == {
        (one.position, one.external.native_name): (one.definition,) if one.definition else ()
        for one in shown
    }
    c_file = str(tmp_path / "a.c")
    assert [answer for answer in answers.values() if answer] == [(Position(c_file, 1, 7),)]
