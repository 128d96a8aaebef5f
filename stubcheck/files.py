"""Which files the paths given on the command line come to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

C_SUFFIX = ".c"
ML_SUFFIXES = (".ml", ".mli")
CXX_SUFFIXES = (".cpp", ".cc", ".cxx", ".C", ".c++")
WALKED_SUFFIXES = (C_SUFFIX, *ML_SUFFIXES, *CXX_SUFFIXES)
SKIPPED_FOLDERS = frozenset({"_build", "_opam", ".git"})

Excluded = Callable[[str], bool]
"""Whether the settings leave out this path; a folder's ends in a slash."""


@dataclass(slots=True)
class Listing:
    """C files and OCaml files in the order found; files left out and why; paths given that are
    folders, and those that cannot be opened."""

    sources: list[str] = field(default_factory=list)
    ocaml: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    unopened: list[str] = field(default_factory=list)


def is_ocaml(path: str) -> bool:
    """Whether its name is that of an OCaml file; what a preprocessor makes into one is none."""
    return path.endswith(ML_SUFFIXES)


def list_files(paths: Sequence[str], excluded: Excluded) -> Listing:
    """Walk folders, take files as they are; each file once, under the first name it was met by."""
    listing = Listing()
    seen: set[str] = set()
    links: list[str] = []
    for path in paths:
        if os.path.isdir(path):
            listing.folders.append(path)
            for found in _walk(path, excluded, listing, links):
                _add(found, seen, listing)
        else:
            _add_given(path, seen, listing)
    for path in links:
        if os.path.realpath(path) not in seen:
            _add(path, seen, listing)
    return listing


def _add(path: str, seen: set[str], listing: Listing) -> None:
    absolute = os.path.abspath(path)
    if absolute in seen:
        return
    seen.add(absolute)
    if path.endswith(CXX_SUFFIXES):
        listing.skipped.append((path, "C++"))
    elif not os.access(path, os.R_OK):
        listing.skipped.append((path, "cannot be opened"))
    elif is_ocaml(path):
        listing.ocaml.append(path)
    else:
        listing.sources.append(path)


def _add_given(path: str, seen: set[str], listing: Listing) -> None:
    if not os.access(path, os.R_OK):
        listing.unopened.append(f"cannot open '{path}': {_why_not(path)}")
        return
    if path.endswith((*WALKED_SUFFIXES, ".h")):
        _add(path, seen, listing)
    else:
        listing.skipped.append((path, "neither C nor OCaml"))


def _why_not(path: str) -> str | None:
    """What the system says against opening a file."""
    try:
        with open(path, "rb"):
            return None
    except OSError as error:
        return error.strerror


def _walk(folder: str, excluded: Excluded, listing: Listing, links: list[str]) -> Iterator[str]:
    """The C, C++ and OCaml files below a folder.

    Symbolic links to folders are not followed, so that no file is met twice and no cycle entered;
    those to files are put aside, for what they point to may be met under its own name.
    """
    ignored = _ignored_by_git(folder)
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            with os.scandir(current) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            listing.skipped.append((current, f"cannot be opened: {error.strerror}"))
            continue
        if current is not folder and any(entry.name == ".git" for entry in listed):
            ignored |= _ignored_by_git(current)
        folders = []
        for entry in listed:
            path = entry.name if current == os.curdir else entry.path
            if entry.is_dir(follow_symlinks=False):
                if (
                    entry.name not in SKIPPED_FOLDERS
                    and path not in ignored
                    and not excluded(path + "/")
                ):
                    folders.append(path)
            elif entry.name.endswith(WALKED_SUFFIXES):
                if path in ignored or excluded(path) or not entry.is_file():
                    continue
                if entry.is_symlink():
                    links.append(path)
                else:
                    yield path
        pending.extend(reversed(folders))


def _ignored_by_git(folder: str) -> set[str]:
    """What git leaves out below a folder, files and whole folders; nothing outside a repository.

    A folder that is itself ignored was asked for by name, so everything in it counts.
    """
    if not _is_in_repository(folder):
        return set()
    import subprocess

    command = ["git", "-C", folder, "-c", "core.fsmonitor=false", "ls-files"]
    command += ["--others", "--ignored", "--exclude-standard", "--directory", "-z"]
    # A git hook that runs us has set these, for a repository that need not be this one.
    environment = {
        name: content
        for name, content in os.environ.items()
        if name not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
    }
    try:
        done = subprocess.run(command, capture_output=True, env=environment, check=True)
    except (OSError, subprocess.CalledProcessError):
        return set()
    names = os.fsdecode(done.stdout).split("\0")
    prefix = "" if folder == os.curdir else folder
    return {os.path.join(prefix, name.rstrip("/")) for name in names if name not in ("", "./")}


def _is_in_repository(folder: str) -> bool:
    current = os.path.abspath(folder)
    while not os.path.exists(os.path.join(current, ".git")):
        parent = os.path.dirname(current)
        if parent == current:
            return False
        current = parent
    return True
