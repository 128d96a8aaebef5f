"""Groups the files to check into projects, each with its root, its profile and its flags."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.options import Flags, SourceFile
from runtime_sim.model.profile import Profile
from stubcheck.bounds import profile_of_dune_project, profile_of_opam
from stubcheck.flags import BuildFlags, merge_flags
from stubcheck.sexp import SexpError

DEFAULT_PROFILE = Profile.OCAML_5


@dataclass(frozen=True, slots=True)
class Project:
    """Files that are linked together. `root` and the files are spelled as the user's paths are.

    `ocaml` are the paths of its OCaml files; a project may have those alone.
    """

    root: str
    files: tuple[SourceFile, ...]
    ocaml: tuple[str, ...]
    profile: Profile
    warnings: tuple[str, ...]


def group_projects(
    files: Sequence[SourceFile], ocaml: Sequence[str], given: Sequence[str], user: Flags
) -> list[Project]:
    """The projects of C and OCaml files found below the paths `given`, by root.

    A file belongs to the nearest folder above it that has a dune-project, an opam file or a .git,
    and without one to the common folder of the paths given.
    """
    finder = _RootFinder()
    common: dict[str, str] = {}

    def root_of(path: str) -> str:
        root = finder.root_of(path)
        if root is None and not common:
            common.update(common_folders(given))
        return root or common.get(_drive(path)) or os.getcwd()

    c_side: dict[str, list[SourceFile]] = {}
    for file in files:
        c_side.setdefault(root_of(file.path), []).append(file)
    ocaml_side: dict[str, list[str]] = {}
    for path in ocaml:
        ocaml_side.setdefault(root_of(path), []).append(path)
    relative = not any(os.path.isabs(path) for path in given)
    return [
        _project(
            os.path.relpath(root) if relative else root,
            c_side.get(root, ()),
            ocaml_side.get(root, ()),
            user,
        )
        for root in sorted({*c_side, *ocaml_side})
    ]


def _project(root: str, files: Sequence[SourceFile], ocaml: Sequence[str], user: Flags) -> Project:
    build = BuildFlags(root)
    flagged = tuple(
        SourceFile(file.path, merge_flags(build.of(file.path), user), file.content)
        for file in sorted(files, key=lambda file: file.path)
    )
    profile = _profile(root, build.warnings)
    return Project(
        root, flagged, tuple(sorted(ocaml)), profile or DEFAULT_PROFILE, tuple(build.warnings)
    )


def common_folders(given: Sequence[str]) -> dict[str, str]:
    """The folder that all paths are in; on Windows one for each drive."""
    by_drive: dict[str, set[str]] = {}
    for path in map(os.path.abspath, given):
        folder = path if os.path.isdir(path) else os.path.dirname(path)
        by_drive.setdefault(_drive(path), set()).add(folder)
    return {drive: os.path.commonpath(folders) for drive, folders in by_drive.items()}


def _drive(path: str) -> str:
    return os.path.normcase(os.path.splitdrive(os.path.abspath(path))[0])


class _RootFinder:
    """Finds the roots of projects, looking at each folder once."""

    def __init__(self) -> None:
        self._roots: dict[str, str | None] = {}

    def root_of(self, path: str) -> str | None:
        """The root of the project that a file is in."""
        return self._root_above(os.path.dirname(os.path.abspath(path)))

    def _root_above(self, folder: str) -> str | None:
        if folder not in self._roots:
            parent = os.path.dirname(folder)
            if _is_root(folder):
                self._roots[folder] = folder
            else:
                self._roots[folder] = self._root_above(parent) if parent != folder else None
        return self._roots[folder]


def _is_root(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(
                entry.name in ("dune-project", ".git")
                or (_is_opam(entry.name) and entry.is_file())
                for entry in entries
            )
    except OSError:
        return False


def _is_opam(name: str) -> bool:
    return name == "opam" or name.endswith(".opam")


def _profile(root: str, warnings: list[str]) -> Profile | None:
    """What the bounds in its dune-project and opam files allow."""
    try:
        opam = sorted(filter(_is_opam, os.listdir(root)))
    except OSError:
        opam = []
    found = []
    for name in ("dune-project", *opam):
        path = os.path.join(root, name)
        read = profile_of_dune_project if name == "dune-project" else profile_of_opam
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                found.append(read(file.read()))
        except SexpError as error:
            warnings.append(f"{path}:{error}")
        except OSError:
            continue
    if Profile.OCAML_5 in found:
        return Profile.OCAML_5
    return next((profile for profile in found if profile), None)
