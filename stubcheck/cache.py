"""Keeps the results of projects between runs, by content.

A result is found by a key made of everything that went into it and is known beforehand: our own
version, the settings, the files' paths and contents, and which headers there are to be found.
Which of them are read is known only once the files have been, so their hashes stand in the entry
and are compared when it is read.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from analyzer.diagnostics import Diagnostic, Edit, Fix, Severity, Step
from analyzer.ir.nodes import Position
from analyzer.neighbours import SOURCES as NEIGHBOURS
from analyzer.result import ProjectResult

LIMIT = 128 * 1024 * 1024
"""Bytes; when more is kept, the entries that were not used for longest go."""

FOLDER_LIMIT = 20_000
SOURCES = (*NEIGHBOURS, ".hh", ".inc", ".tbl", ".def")
"""What the analyzer may look into beyond the files given."""

_DIGEST = 16
PACKAGES = ("analyzer", "runtime_sim", "stubcheck")


class Cache:
    """Entries in one folder, a file each. Whatever is wrong with an entry makes it no entry."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._written = False

    def load(self, key: str) -> ProjectResult | None:
        """The result kept under a key, if the headers it rests on are still the same."""
        path = self._path(key)
        try:
            with open(path, "rb") as file:
                digest, _, body = file.read().partition(b"\n")
            if digest.decode() != _hash(body):
                return None
            entry = json.loads(body)
            if any(hash_file(header) != told for header, told in entry["headers"].items()):
                return None
            os.utime(path)
            return _result(entry)
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def save(self, key: str, result: ProjectResult) -> None:
        """Keep a result, unless something of ours failed; if that cannot be done, do without."""
        if result.errors:
            return
        body = json.dumps(_entry(result), separators=(",", ":")).encode()
        path = self._path(key)
        temporary = f"{path}.{os.getpid()}"
        try:
            os.makedirs(self._folder, exist_ok=True)
            with open(temporary, "wb") as file:
                file.write(f"{_hash(body)}\n".encode() + body)
            os.replace(temporary, path)
            self._written = True
        except OSError:
            return

    def prune(self, limit: int = LIMIT) -> None:
        """Remove the oldest entries if this run has made the cache too large."""
        if not self._written:
            return
        try:
            with os.scandir(self._folder) as entries:
                files = [(entry.stat().st_mtime_ns, entry.path, entry.stat()) for entry in entries]
            total = sum(stat.st_size for _, _, stat in files)
            for _, path, stat in sorted(files, key=lambda file: file[:2]):
                if total <= limit:
                    break
                os.unlink(path)
                total -= stat.st_size
        except OSError:
            return

    def _path(self, key: str) -> str:
        return os.path.join(self._folder, f"{key}.json")


def default_folder() -> str:
    """Where results are kept, unless STUBCHECK_CACHE_DIR says otherwise."""
    chosen = os.environ.get("STUBCHECK_CACHE_DIR")
    if chosen:
        return chosen
    import platformdirs

    return platformdirs.user_cache_dir("stubcheck", appauthor=False)


def make_key(parts: Iterable[object]) -> str:
    """The key of whatever goes into a result; each part tells itself by its `repr`."""
    return _hash("\0".join(map(repr, parts)).encode("utf-8", "surrogatepass"))


def hash_content(content: bytes) -> str:
    """The hash that stands for a file's content."""
    return _hash(content)


def hash_file(path: str) -> str:
    """The hash of a file's content, empty if there is no such file."""
    try:
        with open(path, "rb") as file:
            return _hash(file.read())
    except OSError:
        return ""


def header_names(root: str, includes: Iterable[str]) -> str:
    """Changes when a header appears or goes where the analyzer looks for headers."""
    names = [os.path.join(folder, name) for folder in includes for name in _listed(folder)]
    for seen, (folder, folders, files) in enumerate(os.walk(root)):
        if seen == FOLDER_LIMIT:
            break
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names += [os.path.join(folder, name) for name in sorted(files) if name.endswith(SOURCES)]
    return make_key(names)


def _listed(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def own_state() -> str:
    """Changes whenever our own code does, without reading it."""
    import analyzer

    top = os.path.dirname(os.path.dirname(os.path.abspath(analyzer.__file__)))
    state = []
    for package in PACKAGES:
        for folder, folders, files in os.walk(os.path.join(top, package)):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            for name in sorted(files):
                if name.endswith((".py", ".toml")):
                    stat = os.stat(os.path.join(folder, name))
                    state.append(
                        (os.path.relpath(folder, top), name, stat.st_mtime_ns, stat.st_size)
                    )
    return make_key(state)


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=_DIGEST).hexdigest()


def _entry(result: ProjectResult) -> dict[str, Any]:
    return {
        "headers": {header: hash_file(header) for header in result.headers},
        "functions": result.functions,
        "skipped": result.skipped,
        "extents": result.extents,
        "diagnostics": [_plain(diagnostic) for diagnostic in result.diagnostics],
    }


def _plain(diagnostic: Diagnostic) -> list[Any]:
    fix = diagnostic.fix
    return [
        diagnostic.rule,
        int(diagnostic.severity),
        diagnostic.position,
        diagnostic.function,
        diagnostic.message,
        [(step.position, step.message) for step in diagnostic.trace],
        diagnostic.help,
        None
        if fix is None
        else (fix.description, [(e.path, e.start, e.end, e.text) for e in fix.edits]),
        diagnostic.pedantic,
    ]


def _result(entry: Mapping[str, Any]) -> ProjectResult:
    return ProjectResult(
        diagnostics=tuple(_diagnostic(*plain) for plain in entry["diagnostics"]),
        functions=entry["functions"],
        skipped=tuple((path, reason) for path, reason in entry["skipped"]),
        headers=tuple(entry["headers"]),
        extents={
            path: tuple((name, first, last) for name, first, last in extents)
            for path, extents in entry["extents"].items()
        },
    )


def _diagnostic(
    rule: str,
    severity: int,
    position: list[Any],
    function: str,
    message: str,
    trace: list[list[Any]],
    help: str,
    fix: list[Any] | None,
    pedantic: bool,
) -> Diagnostic:
    return Diagnostic(
        rule,
        Severity(severity),
        Position(*position),
        function,
        message,
        tuple(Step(Position(*place), text) for place, text in trace),
        help,
        None if fix is None else Fix(fix[0], tuple(_edit(*edit) for edit in fix[1])),
        pedantic,
    )


def _edit(path: str, start: list[int], end: list[int], text: str) -> Edit:
    return Edit(path, (start[0], start[1]), (end[0], end[1]), text)
