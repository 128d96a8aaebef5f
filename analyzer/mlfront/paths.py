"""Paths as OCaml writes them, and which file of a project a module's name means."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import NamedTuple

_SUFFIXES = (".ml", ".mli")  # the implementation knows how values are represented


def split_path(path: str) -> tuple[str, ...]:
    """`M.F(X.Y).t` in three; `M.(N.t)`, a name looked up in M first, in two."""
    pieces = []
    depth = start = 0
    for index, char in enumerate(path):
        if char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
        elif char == "." and depth == 0:
            pieces.append(path[start:index])
            start = index + 1
    pieces.append(path[start:])
    return tuple(pieces)


class Unit(NamedTuple):
    """A module that is a file or two: the `.ml` before the `.mli`."""

    folder: str
    files: tuple[str, ...]


class Units:
    """The files of a project as modules."""

    def __init__(self, paths: Iterable[str]) -> None:
        found: dict[tuple[str, str], list[str]] = {}
        for path in sorted(paths):
            pure = PurePosixPath(path.replace("\\", "/"))
            if pure.suffix in _SUFFIXES and pure.stem:
                name = pure.stem[0].upper() + pure.stem[1:]
                found.setdefault((name, str(pure.parent)), []).append(path)
        self._units: dict[str, list[Unit]] = {}
        for (name, folder), files in found.items():
            self._units.setdefault(name, []).append(Unit(folder, tuple(files)))

    def beside(self, path: str, name: str) -> Unit | None:
        """The module of this name in the folder of a file."""
        folder = _folder(path)
        return next((u for u in self._units.get(name, ()) if u.folder == folder), None)

    def nearest(self, path: str, name: str) -> Unit | None:
        """The module of this name whose folder is the fewest steps away, the first of those."""
        units = self._units.get(name)
        if not units:
            return None
        folder = PurePosixPath(_folder(path)).parts
        return min(units, key=lambda unit: (_distance(folder, unit.folder), unit.folder))

    def implementation(self, path: str) -> str | None:
        """The `.ml` beside an `.mli`."""
        stem = PurePosixPath(path.replace("\\", "/")).stem
        unit = self.beside(path, stem[:1].upper() + stem[1:]) if path.endswith(".mli") else None
        return next((file for file in unit.files if file.endswith(".ml")), None) if unit else None


def _folder(path: str) -> str:
    return str(PurePosixPath(path.replace("\\", "/")).parent)


def _distance(folder: tuple[str, ...], other: str) -> int:
    parts = PurePosixPath(other).parts
    common = 0
    for one, two in zip(folder, parts, strict=False):
        if one != two:
            break
        common += 1
    return len(folder) + len(parts) - 2 * common
