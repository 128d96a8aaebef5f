"""Stub files are compiled against OCaml's headers and against ours, and what is said compared."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from runtime_sim.model.profile import Profile
from tools.corpus.headers import Said, measure_headers, parse_said, worse
from tools.corpus.stub_files import StubFile

SAID = """\
In file included from p/a.c:1:
p/a.h:4:2: warning: no return statement in function returning non-void [-Wreturn-type]
p/a.c: In function 'f':
p/a.c:7:10: error: 'Vall_int' undeclared (first use in this function)
p/a.c:7:10: note: each undeclared identifier is reported only once
p/a.c:9:2: warning: #warning old
"""


def test_errors_and_warnings_are_read_with_their_places() -> None:
    assert parse_said(SAID) == [
        Said("p/a.h", 4, "-Wreturn-type"),
        Said("p/a.c", 7, "error: 'Vall_int' undeclared (first use in this function)"),
        Said("p/a.c", 9, "#warning old"),
    ]


def test_only_what_ours_alone_give_rise_to_counts() -> None:
    old, warning = Said("a.c", 1, "-Wunused-variable"), Said("a.c", 2, "-Wunused-variable")
    error = Said("a.c", 3, "error: expected ';'")
    assert worse([old], [old]) is None
    assert worse([old], []) is None
    assert worse([old], [old, warning]) == warning
    assert worse([old], [warning, error]) == error


@pytest.mark.skipif(not (shutil.which("gcc") and shutil.which("ocamlc")), reason="no OCaml")
def test_headers_are_found_in_the_package_or_made(tmp_path: Path) -> None:
    (tmp_path / "p/src/deep").mkdir(parents=True)
    (tmp_path / "p/src/own.h").write_text("#include <caml/memory.h>\n#define ONE Val_int(1)\n")
    good = (
        '#include "own.h"\n#include "../made/config.h"\nvalue one(value v) { return ONE + v; }\n'
    )
    (tmp_path / "p/src/deep/good.c").write_text(good)
    (tmp_path / "p/src/bad.c").write_text("value f(value v) { return v; }\n")
    (tmp_path / "p/src/ours.c").write_text(
        "#include <caml/version.h>\n#ifdef CAML_SIM_VERSION\n#error ours\n#endif\n"
    )
    names = ("p/src/bad.c", "p/src/deep/good.c", "p/src/ours.c")
    files = [StubFile(name, "p", 1) for name in names]
    measured = measure_headers(tmp_path, files, None, Profile.OCAML_4_14)
    refused = Said("p/src/ours.c", 3, "error: #error ours")
    assert measured.refused == {"p": [("p/src/ours.c", refused)]}
    assert (
        measured.report()
        .splitlines()[0]
        .endswith("2 files compile, 1 of them (50.0 %) also against the headers of ocaml-4.14")
    )
    assert measured.report().splitlines()[1:] == [
        "  p: 1 of 2 files do not",
        "    p/src/ours.c: p/src/ours.c:3: error: #error ours",
    ]
