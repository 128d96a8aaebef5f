"""From the paths given and the settings to jobs: what there is to look at, read and grouped."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from analyzer.options import Flags, OcamlFile, Options, SourceFile
from stubcheck.contents import Contents
from stubcheck.errors import UserError
from stubcheck.files import CXX_SUFFIXES, ML_SUFFIXES, Listing, list_files
from stubcheck.flags import parse_flags
from stubcheck.jobs import Job
from stubcheck.patterns import matcher
from stubcheck.project import Project, group_projects
from stubcheck.settings import Settings

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Inputs:
    """Jobs and the contents of their files; what was left out, and what the user is told."""

    jobs: tuple[Job, ...]
    contents: Contents
    skipped: tuple[tuple[str, str], ...]
    unopened: tuple[str, ...]
    warnings: tuple[str, ...]


def read_inputs(
    paths: Sequence[str],
    settings: Settings,
    *,
    stdin_path: str | None = None,
    ocaml_alone: bool = False,
    hashed: bool = False,
) -> Inputs:
    """Read all files that the paths come to; `-` is standard input if there is a name for it.

    It stands for the file of that name, which an editor has not saved yet: that is not read.
    The OCaml files of a project without C files are counted and not read, unless `ocaml_alone`.
    `hashed` is whether the hashes of the files will be asked for.
    """
    given = list(paths)
    contents = Contents(hashed)
    named = [path for path in paths if path != STDIN or stdin_path is None]
    listing = list_files(named, _excluded(settings))
    unsaved = None
    if stdin_path is not None and STDIN in given:
        unsaved = _read_stdin(stdin_path, contents)
        given[given.index(STDIN)] = stdin_path
        listing.sources = [p for p in listing.sources if not _is_same(p, stdin_path)]
    files = _read(listing, contents)
    if unsaved is not None:
        files.append(unsaved)
    user = parse_flags([f"-D{define}" for define in settings.define], os.curdir)
    user = Flags(user.defines, user.undefines, settings.include)
    folders = tuple(listing.folders)
    jobs: list[Job] = []
    warnings: list[str] = []
    for project in group_projects(files, listing.ocaml, given, user):
        if project.files or ocaml_alone:
            ocaml = _read_ocaml(project, contents, listing)
            warnings += project.warnings
        else:
            ocaml = tuple(map(OcamlFile, project.ocaml))
        for profile in settings.profile or (project.profile,):
            options = Options(profile, project.root, settings.function, folders)
            jobs.append(Job(project.files, options, ocaml))
    return Inputs(
        tuple(jobs),
        contents,
        tuple(listing.skipped),
        tuple(listing.unopened),
        tuple(dict.fromkeys(warnings)),
    )


def _read_stdin(path: str, contents: Contents) -> SourceFile:
    """Standard input, as the C file of this name."""
    if path.endswith((*ML_SUFFIXES, *CXX_SUFFIXES)):
        raise UserError(f"standard input is read as C, and '{path}' is no name of a C file")
    content = sys.stdin.buffer.read()
    contents.add(path, content)
    return SourceFile(path, content=content)


def _is_same(path: str, other: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(other)


def _read(listing: Listing, contents: Contents) -> list[SourceFile]:
    files = []
    for path in listing.sources:
        try:
            contents.read(path)
            files.append(SourceFile(path))
        except OSError as error:
            listing.skipped.append((path, f"cannot be opened: {error.strerror}"))
    return files


def _read_ocaml(project: Project, contents: Contents, listing: Listing) -> tuple[OcamlFile, ...]:
    files = []
    for path in project.ocaml:
        try:
            files.append(contents.read_ocaml(path))
        except OSError as error:
            listing.skipped.append((path, f"cannot be opened: {error.strerror}"))
    return tuple(files)


def _excluded(settings: Settings) -> Callable[[str], bool]:
    if not settings.exclude:
        return lambda path: False
    return matcher(settings.exclude, settings.base)
