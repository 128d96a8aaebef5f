"""Unpacking source packages."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from tools.corpus.sources import Corpus, SourceError, unpack_archives


def archive(downloads: Path, name: str, files: dict[str, str]) -> None:
    """Write a compressed archive with these files."""
    downloads.mkdir(exist_ok=True)
    content = downloads / "content"
    with tarfile.open(downloads / name, "w:gz") as tar:
        for member, text in files.items():
            content.write_text(text)
            tar.add(content, member)
    content.unlink()


def unpacked(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_folder_that_everything_stands_in_is_left_out(tmp_path: Path) -> None:
    archive(tmp_path / "had", "a_1.orig.tar.gz", {"a-1/x.c": "x", "a-1/src/y.c": "y"})
    unpack_archives(tmp_path / "had", tmp_path / "a")
    assert unpacked(tmp_path / "a") == {"x.c": "x", "src/y.c": "y"}


def test_an_archive_without_such_a_folder_is_unpacked_as_it_is(tmp_path: Path) -> None:
    archive(tmp_path / "had", "a_1.orig.tar.gz", {"x.c": "x", "src/y.c": "y"})
    unpack_archives(tmp_path / "had", tmp_path / "a")
    assert unpacked(tmp_path / "a") == {"x.c": "x", "src/y.c": "y"}


def test_a_component_is_unpacked_in_a_folder_of_its_name(tmp_path: Path) -> None:
    archive(tmp_path / "had", "a_1.orig.tar.gz", {"a-1/x.c": "x"})
    archive(tmp_path / "had", "a_1.orig-gnulib.tar.gz", {"gnulib/y.c": "y"})
    unpack_archives(tmp_path / "had", tmp_path / "a")
    assert unpacked(tmp_path / "a") == {"x.c": "x", "gnulib/y.c": "y"}


def test_a_download_without_an_archive_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no archive"):
        unpack_archives(tmp_path, tmp_path / "a")


def test_a_package_without_a_stamp_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert Corpus(tmp_path).version("a") is None
