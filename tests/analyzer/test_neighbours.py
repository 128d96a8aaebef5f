"""What stands in the files beside the C files."""

from __future__ import annotations

from pathlib import Path

from analyzer.neighbours import Neighbours


def test_the_sources_of_a_folder_are_read_in_order(tmp_path: Path) -> None:
    for name, text in {"b.cc": "two", "a.c": "one", "c.ml": "no", "d.s": "three"}.items():
        (tmp_path / name).write_text(text)
    neighbours = Neighbours()
    assert neighbours.text(str(tmp_path)) == b"one\ntwo\nthree"
    assert neighbours.read == [str(tmp_path / name) for name in ("a.c", "b.cc", "d.s")]


def test_a_folder_is_read_once(tmp_path: Path) -> None:
    neighbours = Neighbours()
    assert neighbours.text(str(tmp_path)) == b""
    (tmp_path / "a.c").write_text("late")
    assert neighbours.text(str(tmp_path)) == b""


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.c").symlink_to(tmp_path / "gone.c")
    neighbours = Neighbours()
    assert neighbours.text(str(tmp_path)) == b""
    assert neighbours.text(str(tmp_path / "nowhere")) == b""
    assert neighbours.read == []
