from __future__ import annotations

import ntpath
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from analyzer.options import Flags, SourceFile
from runtime_sim.model.profile import Profile
from stubcheck.project import Project, common_folders, group_projects

Write = Callable[..., Path]


def projects(
    paths: list[str],
    given: list[str],
    user: Flags = Flags(),  # noqa: B008 - it is frozen
    ocaml: tuple[str, ...] = (),
) -> list[Project]:
    return group_projects([SourceFile(path) for path in paths], ocaml, given, user)


@pytest.mark.parametrize("marker", ["dune-project", "a.opam", "opam", ".git"])
def test_a_project_is_the_nearest_folder_with_a_marker(write: Write, marker: str) -> None:
    write(f"p/{marker}")
    write("p/src/a.c")
    (project,) = projects(["p/src/a.c"], ["p/src"])
    assert (project.root, [file.path for file in project.files]) == ("p", ["p/src/a.c"])


def test_a_folder_named_opam_is_no_marker(write: Write) -> None:
    write("dune-project")
    write("p/opam/opam")
    write("p/a.c")
    (project,) = projects(["p/a.c"], ["p"])
    assert project.root == "."


def test_a_project_inside_another_is_one_of_its_own(write: Write) -> None:
    for name in ("dune-project", "a.c", "vendor/dune-project", "vendor/b.c"):
        write(name)
    assert [project.root for project in projects(["a.c", "vendor/b.c"], ["."])] == [".", "vendor"]


def test_files_without_a_marker_belong_to_the_common_folder(write: Write) -> None:
    for name in ("x/a/a.c", "x/b/b.c"):
        write(name)
    (project,) = projects(["x/a/a.c", "x/b/b.c"], ["x/a/a.c", "x/b"])
    assert project.root == "x"


def test_paths_on_two_drives_have_two_common_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stubcheck.project.os", SimpleNamespace(path=ntpath))
    given = [r"C:\x\a\a.c", r"c:\x\b\b.c", r"D:\y\c.c"]
    assert {drive: folder.lower() for drive, folder in common_folders(given).items()} == {
        "c:": r"c:\x",
        "d:": r"d:\y",
    }


def test_a_root_that_cannot_be_listed_has_no_bounds(write: Write) -> None:
    (project,) = projects(["gone/a.c"], ["gone/a.c"])
    assert (project.root, project.profile) == ("gone", Profile.OCAML_5)


def test_absolute_paths_stay_absolute(write: Write) -> None:
    path = write("p/a.c")
    (project,) = projects([str(path)], [str(path.parent)])
    assert project.root == str(path.parent)


@pytest.mark.parametrize(
    ("name", "text", "profile"),
    [
        ("dune-project", "(package (depends (ocaml (< 5.0))))", Profile.OCAML_4_14),
        ("a.opam", 'depends: ["ocaml" {< "5.0"}]', Profile.OCAML_4_14),
        ("a.opam", 'depends: ["ocaml" {>= "5.0"}]', Profile.OCAML_5),
        ("dune-project", "(lang dune 3.0)", Profile.OCAML_5),
    ],
)
def test_the_profile_is_that_of_the_bounds(
    write: Write, name: str, text: str, profile: Profile
) -> None:
    write(name, text)
    (project,) = projects(["a.c"], ["."])
    assert project.profile is profile


def test_a_broken_dune_project_is_a_warning(write: Write) -> None:
    write("p/dune-project", "(lang")
    (project,) = projects(["p/a.c"], ["p"])
    assert project.warnings == ("p/dune-project:1:1: '(' is never closed",)
    assert project.profile is Profile.OCAML_5


def test_flags_of_the_build_and_of_the_user_are_joined(write: Write) -> None:
    write("dune-project")
    write("src/dune", "(library (c_names a) (c_flags -DA -DB))")
    (project,) = projects(["src/a.c"], ["src"], Flags((("B", "2"),)))
    assert project.files == (SourceFile("src/a.c", Flags((("B", "2"), ("A", "1")))),)


def test_ocaml_files_belong_to_projects_as_c_files_do(write: Write) -> None:
    for name in ("p/dune-project", "p/stubs/a.c", "p/b.ml", "p/a.ml", "q/q.opam", "q/c.ml"):
        write(name)
    grouped = projects(["p/stubs/a.c"], ["."], ocaml=("p/b.ml", "p/a.ml", "q/c.ml", "d.ml"))
    assert [
        (project.root, [file.path for file in project.files], project.ocaml) for project in grouped
    ] == [
        (".", [], ("d.ml",)),
        ("p", ["p/stubs/a.c"], ("p/a.ml", "p/b.ml")),
        ("q", [], ("q/c.ml",)),
    ]
