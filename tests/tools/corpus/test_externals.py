"""Our externals beside those of a compiler."""

from __future__ import annotations

from pathlib import Path

from tools.corpus.externals import differences, ml_files, read_all
from tools.corpus.parsetree import Declared

F = Declared(0, "f", ("f",), ("", "untagged"), ("noalloc",))
G = Declared(9, "g", ("g",), ("", ""), ())


def test_equal_externals_are_no_difference() -> None:
    assert differences("a.ml", [F, G], [F, G]) == ([], [])


def test_what_is_missed_invented_or_different_is_told() -> None:
    other = Declared(0, "f", ("f",), ("", ""), ("noalloc",))
    assert differences("a.ml", [F], [G]) == ([f"a.ml: missed {F}"], [f"a.ml: {G} is none"])
    assert differences("a.ml", [F], [other]) == ([], [f"a.ml: {other} is {F}"])


def test_files_with_the_word_are_read_and_offsets_are_those_of_their_bytes(
    tmp_path: Path,
) -> None:
    text = '(* é *) external f : int -> (int [@untagged]) = "f" [@@noalloc]'
    for name, encoding in (("a.ml", "utf-8"), ("b.mli", "latin-1")):
        (tmp_path / name).write_text(text, encoding=encoding)
    (tmp_path / "c.ml").write_text("let x = 1")
    paths = ml_files([tmp_path])
    found, _ = read_all(paths)
    assert [path.name for path in paths] == ["a.ml", "b.mli"]
    assert [(one.at, one.direct) for (one,) in found] == [(9, F.direct), (8, F.direct)]
