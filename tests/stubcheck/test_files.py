from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from stubcheck.files import Listing, list_files

Write = Callable[..., Path]


def listed(*paths: str, excluded: Callable[[str], bool] = lambda path: False) -> Listing:
    return list_files(paths, excluded)


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


def test_folders_are_walked_in_order_and_files_named_as_given(write: Write) -> None:
    for name in ("src/b.c", "src/a/z.c", "src/c.c", "src/c.h", "src/d.ml", "e.c"):
        write(name)
    assert listed("src").sources == ["src/b.c", "src/c.c", "src/a/z.c"]
    assert listed(".").sources == ["e.c", "src/b.c", "src/c.c", "src/a/z.c"]
    assert listed("./src/a").sources == ["./src/a/z.c"]


def test_a_file_given_twice_is_listed_once(write: Write) -> None:
    write("src/a.c")
    assert listed("src/a.c", "src", "./src/a.c").sources == ["src/a.c"]


def test_build_folders_are_left_out(write: Write) -> None:
    for name in ("_build/a.c", "_opam/b.c", ".git/c.c", "d.c"):
        write(name)
    assert listed(".").sources == ["d.c"]


def test_c_plus_plus_is_skipped_and_said_so(write: Write) -> None:
    for name in ("a.cpp", "b.cc", "c.cxx", "d.C"):
        write(name)
    assert listed(".", "d.C").skipped == [
        (name, "C++") for name in ("a.cpp", "b.cc", "c.cxx", "d.C")
    ]


def test_a_header_counts_only_when_it_is_named(write: Write) -> None:
    write("a.h")
    assert listed(".").sources == []
    assert listed("a.h").sources == ["a.h"]


def test_ocaml_files_are_listed_beside_c_files(write: Write) -> None:
    for name in ("src/b.ml", "src/b.c", "src/a/z.mli", "src/c.mli"):
        write(name)
    listing = listed("src")
    assert (listing.sources, listing.ocaml) == (
        ["src/b.c"],
        ["src/b.ml", "src/c.mli", "src/a/z.mli"],
    )


def test_ocaml_files_are_accepted_by_name_and_others_skipped(write: Write) -> None:
    for name in ("a.ml", "a.mli", "a.txt"):
        write(name)
    listing = listed("a.ml", "a.mli", "a.txt", "./a.ml")
    assert (listing.sources, listing.ocaml) == ([], ["a.ml", "a.mli"])
    assert listing.skipped == [("a.txt", "neither C nor OCaml")]


def test_what_a_program_makes_into_ocaml_is_not_read(write: Write) -> None:
    for name in ("a.mll", "b.mly", "c.mlp", "d.ml.in", "e.eliom", "f.ml"):
        write(name)
    assert listed(".").ocaml == ["f.ml"]


def test_ocaml_files_are_left_out_as_c_files_are(write: Write) -> None:
    git("init", "-q")
    write(".gitignore", "*_gen.ml\n")
    for name in ("_build/a.ml", "_opam/b.ml", "c_gen.ml", "vendor/d.ml", "e.ml"):
        write(name)
    assert listed(".", excluded=lambda path: path == "vendor/").ocaml == ["e.ml"]


def test_a_link_to_an_ocaml_file_counts_where_the_file_itself_is_not_met(write: Write) -> None:
    write("src/a.ml")
    os.symlink("a.ml", "src/0.ml")
    write("elsewhere/b.ml")
    os.symlink("../elsewhere/b.ml", "src/b.ml")
    assert listed("src").ocaml == ["src/a.ml", "src/b.ml"]


def test_a_path_that_is_missing_is_told_and_the_others_listed(write: Write) -> None:
    write("a.c")
    listing = listed("gone.c", "a.c")
    assert listing.unopened == ["cannot open 'gone.c': No such file or directory"]
    assert listing.sources == ["a.c"]


def test_links_to_folders_are_not_followed(write: Write) -> None:
    write("src/a.c")
    os.symlink("..", "src/up")
    os.symlink("src", "other")
    assert listed(".").sources == ["src/a.c"]
    assert listed("other").sources == ["other/a.c"]


def test_a_link_to_a_file_counts_where_the_file_itself_is_not_met(write: Write) -> None:
    write("src/a.c")
    os.symlink("a.c", "src/0.c")
    write("elsewhere/b.c")
    os.symlink("../elsewhere/b.c", "src/b.c")
    assert listed("src").sources == ["src/a.c", "src/b.c"]


def test_what_git_ignores_is_left_out(write: Write) -> None:
    git("init", "-q")
    write(".gitignore", "generated/\n*_gen.c\n!kept_gen.c\n")
    for name in ("generated/a.c", "src/b_gen.c", "src/kept_gen.c", "src/c.c"):
        write(name)
    write("src/nested/d_gen.c")
    write("src/nested/e.c")
    assert listed(".").sources == ["src/c.c", "src/kept_gen.c", "src/nested/e.c"]
    assert listed("src").sources == ["src/c.c", "src/kept_gen.c", "src/nested/e.c"]


def test_a_repository_inside_another_has_its_own_ignored_files(write: Write) -> None:
    git("init", "-q")
    write("inner/a.c")
    write("inner/b.c")
    git("init", "-q", "inner")
    write("inner/.gitignore", "b.c\n")
    assert listed(".").sources == ["inner/a.c"]


def test_an_ignored_folder_that_is_asked_for_is_walked(write: Write) -> None:
    git("init", "-q")
    write(".gitignore", "corpus/\n")
    write("corpus/p/a.c")
    assert listed("corpus").sources == ["corpus/p/a.c"]
    assert listed("corpus/p").sources == ["corpus/p/a.c"]


def test_git_is_asked_about_the_folder_even_from_within_a_hook(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("init", "-q", "repository")
    write("repository/.gitignore", "a.c\n")
    write("repository/a.c")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    assert listed("repository").sources == []


def test_a_repository_git_cannot_read_is_walked_whole(write: Write) -> None:
    write(".git", "gitdir: /nowhere\n")
    write("a.c")
    assert listed(".").sources == ["a.c"]


def test_excluded_files_and_folders_are_left_out_of_folders(write: Write) -> None:
    write("vendor/a.c")
    write("b.c")
    assert listed(".", excluded=lambda path: path == "vendor/").sources == ["b.c"]
    assert listed("b.c", excluded=lambda path: True).sources == ["b.c"]
