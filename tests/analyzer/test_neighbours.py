"""What stands in the sources of a folder."""

from __future__ import annotations

import ntpath
from pathlib import Path
from types import SimpleNamespace

import pytest

from analyzer.neighbours import Neighbours
from analyzer.options import SourceFile


def test_the_sources_of_a_given_folder_are_read_in_order(tmp_path: Path) -> None:
    for name, text in {"b.cc": "two", "a.c": "one", "c.ml": "no", "d.s": "three"}.items():
        (tmp_path / name).write_text(text)
    neighbours = Neighbours(folders=[str(tmp_path.parent)])
    assert neighbours.text(str(tmp_path)) == b"one\ntwo\nthree"
    assert neighbours.read == [str(tmp_path / name) for name in ("a.c", "b.cc", "d.s")]


def test_beside_files_that_were_given_nothing_is_read(tmp_path: Path) -> None:
    for name, text in {"a.c": "one", "b.c": "two", "c.c": "old"}.items():
        (tmp_path / name).write_text(text)
    files = [SourceFile(str(tmp_path / "c.c"), content=b"new"), SourceFile(str(tmp_path / "a.c"))]
    assert Neighbours(files, [str(tmp_path / "other")]).text(str(tmp_path)) == b"one\nnew"


def test_a_given_file_counts_for_the_one_on_disk_however_it_is_spelled(tmp_path: Path) -> None:
    for name in ("a.c", "b.c"):
        (tmp_path / name).write_text("old")
    files = [SourceFile(f"{tmp_path}/sub/../b.c", content=b"new")]
    assert Neighbours(files, [str(tmp_path)]).text(str(tmp_path)) == b"old\nnew"


def test_on_another_drive_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.neighbours.os", SimpleNamespace(path=ntpath))
    neighbours = Neighbours(folders=[r"D:\stubs"])
    assert neighbours.text(r"C:\stubs") == b""


def test_a_folder_is_read_once(tmp_path: Path) -> None:
    neighbours = Neighbours(folders=[str(tmp_path)])
    assert neighbours.text(str(tmp_path)) == b""
    (tmp_path / "a.c").write_text("late")
    assert neighbours.text(str(tmp_path)) == b""


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.c").symlink_to(tmp_path / "gone.c")
    neighbours = Neighbours(folders=[str(tmp_path)])
    assert neighbours.text(str(tmp_path)) == b""
    assert neighbours.text(str(tmp_path / "nowhere")) == b""
    assert neighbours.read == []
