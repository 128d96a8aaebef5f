from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.report import SourceText


@pytest.mark.parametrize(
    ("line", "column", "marked"),
    [
        ("  f(a, b) + 1", 3, "f(a, b)"),
        ("f (g(1), ')', \")\") + 1", 1, "f (g(1), ')', \")\")"),
        ("f(a,", 1, "f"),
        ("x->field", 1, "x"),
        ("x = 12", 5, "12"),
        ("12 (x)", 1, "12"),
        ("}", 1, "}"),
        ("\tété(1);", 2, "été(1)"),
        ("_f(1)", 1, "_f(1)"),
    ],
)
def test_a_finding_ends_with_its_token_or_its_call(line: str, column: int, marked: str) -> None:
    sources = SourceText({"a.c": line.encode()})
    assert line[column - 1 : sources.end_column("a.c", 1, column) - 1] == marked


@pytest.mark.parametrize(("line", "column"), [(1, 9), (7, 1), (0, 1)])
def test_a_finding_where_no_text_is_has_no_length(line: int, column: int) -> None:
    assert SourceText({"a.c": b"x"}).end_column("a.c", line, column) == column


def test_lines_end_only_where_c_ends_them() -> None:
    text = "a\r\nb\x0cc\u2028d\n".encode()
    assert SourceText({"a.c": text}).lines("a.c") == ["a", "b\x0cc\u2028d", ""]


def test_a_file_that_is_not_utf_8_is_latin_1(tmp_path: Path) -> None:
    path = tmp_path / "a.c"
    path.write_bytes(b"/* caf\xe9 */")
    assert SourceText().text(str(path)) == "/* caf\xe9 */"


def test_a_file_that_is_gone_has_no_lines(tmp_path: Path) -> None:
    assert SourceText().line(str(tmp_path / "gone.c"), 1) == ""
