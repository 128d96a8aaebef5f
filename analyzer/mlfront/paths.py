"""Paths as OCaml writes them, and which file of a project a module's name means."""

from __future__ import annotations

from collections.abc import Iterable
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

    @property
    def interfaces(self) -> tuple[str, ...]:
        """The files that others see of it: the `.mli` if there is one."""
        return tuple(file for file in self.files if file.endswith(".mli")) or self.files


class Units:
    """The files of a project as modules."""

    def __init__(self, paths: Iterable[str]) -> None:
        found: dict[tuple[str, str], list[str]] = {}
        for path in sorted(paths, key=_precedence):
            if path.endswith(_SUFFIXES):
                found.setdefault((_module_name(path), _folder(path)), []).append(path)
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
        folder = _folder(path).split("/")
        return min(units, key=lambda unit: (_distance(folder, unit.folder), unit.folder))

    def implementation(self, path: str) -> str | None:
        """The `.ml` beside an `.mli`."""
        unit = self.beside(path, _module_name(path)) if path.endswith(".mli") else None
        return next((file for file in unit.files if file.endswith(".ml")), None) if unit else None


def _precedence(path: str) -> tuple[bool, int, str]:
    """Implementations come first, and `m.ml` before `m.cppo.ml`."""
    return path.endswith(".mli"), _split(path)[1].count("."), path


def _module_name(path: str) -> str:
    stem = _split(path)[1].partition(".")[0]
    return stem[:1].upper() + stem[1:]


def _folder(path: str) -> str:
    return _split(path)[0]


def _split(path: str) -> tuple[str, str]:
    """The folder and the name of a file; there are too many paths for `pathlib`."""
    folder, _, name = path.replace("\\", "/").rpartition("/")
    return folder, name


def _distance(folder: list[str], other: str) -> int:
    parts = other.split("/")
    common = 0
    for one, two in zip(folder, parts, strict=False):
        if one != two:
            break
        common += 1
    return len(folder) + len(parts) - 2 * common
