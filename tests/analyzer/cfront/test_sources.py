"""Only the project's own headers are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.cfront import Parsed, Sources, parse_file
from analyzer.options import Flags
from runtime_sim.model.profile import Profile
from tests.analyzer.cfront.trees import code, reports


def project(root: Path, files: dict[str, str | bytes]) -> Sources:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Sources(str(root), Profile.OCAML_5)


def parse(sources: Sources, name: str, flags: Flags | None = None) -> Parsed:
    path = f"{sources.root}/{name}"
    return parse_file(path, Path(path).read_bytes(), sources, flags or Flags())[0]


@pytest.mark.parametrize(
    ("include", "header"),
    [
        ('"h.h"', "src/h.h"),
        ("<h.h>", "src/h.h"),
        ('"h.h"', "h.h"),
        ('"../inc/h.h"', "inc/h.h"),
        ('"h.h"', "other/deep/h.h"),
        ('"deep/h.h"', "other/deep/h.h"),
        ('"h.inc"', "src/h.inc"),
        ('"h.c"', "src/h.c"),
    ],
)
def test_a_header_of_the_project_is_found(tmp_path: Path, include: str, header: str) -> None:
    sources = project(tmp_path, {"src/a.c": f"#include {include}\n", header: "int x;\n"})
    parsed = parse(sources, "src/a.c")
    assert code(parsed) == "int x;"
    assert parsed.headers == (str(tmp_path / header),)


@pytest.mark.parametrize(
    "include", ["<stdio.h>", "<sub/h.h>", '"nowhere.h"', "<caml/mlvalues.h>", "MACRO"]
)
def test_a_header_of_somebody_else_is_ignored(tmp_path: Path, include: str) -> None:
    files = {"a.c": f"#include {include}\nint x;\n", "other/sub/h.h": "int y;\n"}
    sources = project(tmp_path, files)
    parsed = parse(sources, "a.c")
    assert (code(parsed), parsed.headers, parsed.problems) == ("int x;", (), ())


def test_a_copy_of_an_ocaml_header_is_not_read(tmp_path: Path) -> None:
    files = {"a.c": '#include "caml/mlvalues.h"\n', "caml/mlvalues.h": "int x;\n"}
    assert parse(project(tmp_path, files), "a.c").headers == ()


def test_a_header_outside_of_the_root_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "h.h").write_text("int x;")
    sources = project(tmp_path / "root", {"a.c": '#include "../h.h"\n'})
    assert parse(sources, "a.c").headers == ()


def test_a_link_that_leads_out_of_the_root_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "h.h").write_text("int x;")
    sources = project(tmp_path / "root", {"a.c": '#include "h.h"\n'})
    (tmp_path / "root" / "h.h").symlink_to(tmp_path / "h.h")
    assert parse(sources, "a.c").headers == ()


def test_a_folder_of_the_flags_may_be_outside(tmp_path: Path) -> None:
    (tmp_path / "inc").mkdir()
    (tmp_path / "inc" / "h.h").write_text("int x;")
    sources = project(tmp_path / "root", {"a.c": "#include <h.h>\n"})
    flags = Flags(includes=(str(tmp_path / "inc"),))
    assert parse(sources, "a.c", flags).headers == (str(tmp_path / "inc" / "h.h"),)


def test_of_several_candidates_elsewhere_none_is_taken(tmp_path: Path) -> None:
    files = {"src/a.c": '#include "h.h"\n', "x/h.h": "int x;\n", "y/h.h": "int y;\n"}
    assert parse(project(tmp_path, files), "src/a.c").headers == ()


def test_headers_may_include_one_another(tmp_path: Path) -> None:
    files = {
        "a.c": '#include "x.h"\n#include "x.h"\nint a;\n',
        "x.h": '#include "y.h"\nint x;\n',
        "y.h": '#include "x.h"\nint y;\n',
    }
    parsed = parse(project(tmp_path, files), "a.c")
    assert code(parsed) == "int y; int x; int y; int x; int a;"
    assert parsed.problems == ()


@pytest.mark.parametrize("guard", ["#pragma once\n{}", "#ifndef H\n#define H\n{}#endif\n"])
def test_a_guarded_header_is_read_once(tmp_path: Path, guard: str) -> None:
    files = {"a.c": '#include "h.h"\n#include "h.h"\n', "h.h": guard.format("int x;\n")}
    assert code(parse(project(tmp_path, files), "a.c")) == "int x;"


def test_an_endless_chain_of_headers_is_cut_off(tmp_path: Path) -> None:
    files = {f"h{n}.h": f'#include "h{n + 1}.h"\nint x{n};\n' for n in range(80)}
    files["a.c"] = '#include "h0.h"\nint a;\n'
    parsed = parse(project(tmp_path, files), "a.c")
    assert [problem.message for problem in parsed.problems] == [
        "'h60.h' is included too deeply and skipped"
    ]


def test_a_table_may_be_included_with_different_macros(tmp_path: Path) -> None:
    files = {
        "a.c": '#define X(n) int n;\n#include "t.tbl"\n#undef X\n#define X(n) int get_##n(void);\n'
        '#include "t.tbl"\n',
        "t.tbl": "X(a) X(b)\n",
    }
    parsed = parse(project(tmp_path, files), "a.c")
    assert code(parsed) == "int a; int b; int get_a(void); int get_b(void);"


def test_a_name_made_by_a_macro_is_followed(tmp_path: Path) -> None:
    files = {"a.c": '#define H "h.h"\n#include H\n', "h.h": "int x;\n"}
    assert code(parse(project(tmp_path, files), "a.c")) == "int x;"


def test_a_binary_header_is_reported(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.c": '#include "h.h"\nint a;\n', "h.h": b"\0\1"}
    parsed = parse(project(tmp_path, files), "a.c")
    assert code(parsed) == "int a;"
    assert reports(parsed) == ["1:2: 'h.h' is not a text file and is skipped"]


def test_positions_in_a_header_name_it(tmp_path: Path) -> None:
    files = {"a.c": '#include "h.h"\n', "h.h": "\nint = 3;\n"}
    (problem,) = parse(project(tmp_path, files), "a.c").problems
    assert problem.position == (str(tmp_path / "h.h"), 2, 5)


def test_a_header_is_named_relative_when_the_file_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project(tmp_path, {"src/a.c": '#include "h.h"\n', "inc/h.h": "int x;\n"})
    monkeypatch.chdir(tmp_path)
    sources = Sources(str(tmp_path), Profile.OCAML_5)
    parsed = parse_file("src/a.c", b'#include "h.h"\n', sources, Flags())[0]
    assert parsed.headers == ("inc/h.h",)


def test_a_header_is_parsed_once_for_all_files(tmp_path: Path) -> None:
    files = {
        "a.c": '#include "h.h"\nint a;\n',
        "b.c": '#include "h.h"\nint b;\n',
        "h.h": "struct s { int f; };\nstatic inline int get(struct s *p) { return p->f; }\n",
    }
    sources = project(tmp_path, files)
    first, second = parse(sources, "a.c"), parse(sources, "b.c")
    assert first.ast.ext[:2] == second.ast.ext[:2]
    assert list(first.ends.values()) == list(second.ends.values())


def test_a_header_whose_types_differ_is_parsed_anew(tmp_path: Path) -> None:
    files = {
        "a.c": 'typedef int t;\n#include "h.h"\n',
        "b.c": 'int t;\n#include "h.h"\n',
        "h.h": "int x = (t) - 1;\n",
    }
    sources = project(tmp_path, files)
    assert code(parse(sources, "a.c")) == "typedef int t; int x = (t) (-1);"
    assert code(parse(sources, "b.c")) == "int t; int x = t - 1;"
