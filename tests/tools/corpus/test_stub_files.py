"""Which C files count as stubs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.corpus.packages import Entry
from tools.corpus.stub_files import StubFile, count_differences, is_stub, stub_files


@pytest.mark.parametrize(
    "text",
    [
        b"#include <caml/mlvalues.h>\n",
        b'  #  include "caml/alloc.h"\n',
        b"#include <mlvalues.h>\n",
        b'#include "../runtime/caml/memory.h"\n',
        b'#include "ours.h"\nCAMLprim value f(value v) { return v; }\n',
        b'#include "ours.h"\nvalue f(value v) { CAMLparam1 (v); CAMLreturn(v); }\n',
    ],
)
def test_a_file_with_ocaml_headers_or_primitives_is_a_stub(text: bytes) -> None:
    assert is_stub(text)


@pytest.mark.parametrize(
    "text",
    [
        b"#include <stdio.h>\nint value;\n",
        b'#include "camlp4.h"\n',
        b"#define BEGIN(a) CAMLparam1(a)\n",
        b"BEGIN(a) CAMLreturn(Val_unit); END\n",
    ],
)
def test_other_files_are_not(text: bytes) -> None:
    assert not is_stub(text)


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


STUB = "#include <caml/mlvalues.h>\n\n"


def test_stub_files_come_in_order_with_their_lines(tmp_path: Path) -> None:
    write(tmp_path, {"zip/b.c": STUB, "zip/a/a.c": STUB, "zip/a.h": STUB, "zip/plain.c": "int i;"})
    assert stub_files(tmp_path, (Entry("zip", "1", 2, 4),)) == (
        StubFile("zip/a/a.c", "zip", 2),
        StubFile("zip/b.c", "zip", 2),
    )


def test_a_package_in_parts_is_split_by_first_folder(tmp_path: Path) -> None:
    write(tmp_path, {"ocaml/runtime/a.c": STUB, "ocaml/stdlib/b.c": STUB})
    entries = (Entry("ocaml:other", "1", 1, 2), Entry("ocaml:runtime", "1", 1, 2))
    assert [(file.path, file.entry) for file in stub_files(tmp_path, entries)] == [
        ("ocaml/runtime/a.c", "ocaml:runtime"),
        ("ocaml/stdlib/b.c", "ocaml:other"),
    ]


def test_a_whole_package_is_not_split(tmp_path: Path) -> None:
    write(tmp_path, {"zip/runtime/a.c": STUB})
    assert [file.entry for file in stub_files(tmp_path, (Entry("zip", "1", 1, 2),))] == ["zip"]


def test_a_link_is_not_counted(tmp_path: Path) -> None:
    write(tmp_path, {"zip/a.c": STUB})
    (tmp_path / "zip" / "b.c").symlink_to(tmp_path / "zip" / "a.c")
    assert [file.path for file in stub_files(tmp_path, (Entry("zip", "1", 1, 2),))] == ["zip/a.c"]


def test_counts_that_differ_from_the_table_are_named() -> None:
    entries = (Entry("a", "1", 1, 2), Entry("b", "1", 1, 2))
    assert count_differences((StubFile("a/x.c", "a", 2), StubFile("b/x.c", "b", 3)), entries) == [
        "b: 1 files, 3 lines; the table has 1 files, 2 lines"
    ]
