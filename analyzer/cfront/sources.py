"""The files of one project: found, read and cut into tokens once."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping

from analyzer.cfront.declarations import ParsedDeclarations
from analyzer.cfront.known_names import OCAML_HEADERS
from analyzer.cfront.tokens import TokenFile, scan
from runtime_sim.model.profile import Profile

_SKIPPED_FOLDERS = frozenset({"_build", "_opam", "_esy", "node_modules"})
_HEADER_ENDINGS = (".h", ".hh", ".inc", ".tbl", ".def", ".c")
_FOLDER_LIMIT = 5_000
"""Folders looked through for a header that is in none of the usual places."""


def decode(data: bytes) -> str:
    """UTF-8 where it is that, else Latin-1, in which every byte means something."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


class Sources:
    """Reads the headers of one project and remembers them; for the use of one thread.

    `unsaved` are files, by their real paths, that hold something else than what is on the disk.
    """

    def __init__(
        self, root: str, profile: Profile, unsaved: Mapping[str, bytes] | None = None
    ) -> None:
        self.root = root
        self.profile = profile
        self.declarations = ParsedDeclarations()
        self._unsaved = unsaved or {}
        self._real_root = os.path.realpath(root)
        self._files: dict[str, TokenFile | None] = {}
        self._found: dict[tuple[str, str, bool, tuple[str, ...]], str | None] = {}
        self._index: dict[str, list[str]] | None = None

    def read(self, path: str) -> TokenFile | None:
        """A header's tokens; None when it cannot be read or is no text."""
        if path not in self._files:
            self._files[path] = self._read(path)
        return self._files[path]

    def _read(self, path: str) -> TokenFile | None:
        data = self._unsaved.get(os.path.realpath(path)) if self._unsaved else None
        if data is None:
            try:
                with open(path, "rb") as file:
                    data = file.read()
            except OSError:
                return None
        return None if b"\0" in data else scan(decode(data), path)

    def find(self, name: str, includer: str, quoted: bool, folders: tuple[str, ...]) -> str | None:
        """Where the header `name` is, None when it is not the project's.

        Looked for beside the file that includes it, in `folders`, at the root, and, if it is
        `quoted`, at last anywhere in the project if there is just one.
        """
        key = (name, os.path.dirname(includer), quoted, folders)
        if key not in self._found:
            self._found[key] = self._find(*key)
        return self._found[key]

    def _find(self, name: str, beside: str, quoted: bool, folders: tuple[str, ...]) -> str | None:
        if _is_ocaml_header(name):
            return None
        places = [beside, *folders] if quoted else [*folders, beside]
        for folder in [*places, self.root]:
            path = os.path.normpath(os.path.join(folder, name))
            if os.path.isfile(path) and self._may_read(path, folders):
                return self._shown(path, beside)
        if not quoted:
            return None  # most likely the system's or a library's
        ending = os.path.sep + os.path.normpath(name)
        candidates = [
            path
            for path in self._headers().get(os.path.basename(name), ())
            if path.endswith(ending) and self._may_read(path, folders)
        ]
        return self._shown(candidates[0], beside) if len(candidates) == 1 else None

    def _may_read(self, path: str, folders: tuple[str, ...]) -> bool:
        real = os.path.realpath(path)
        return any(
            real.startswith(os.path.join(folder, ""))
            for folder in (self._real_root, *map(os.path.realpath, folders))
        )

    @staticmethod
    def _shown(path: str, beside: str) -> str:
        """Name a header as the file that includes it was named: relative or absolute."""
        if os.path.isabs(beside) or not os.path.isabs(path):
            return path
        relative = os.path.relpath(path)
        return path if relative.startswith(os.pardir) else relative

    def _headers(self) -> dict[str, list[str]]:
        """All headers below the root, by the last part of their name."""
        if self._index is None:
            self._index = {}
            walk = os.walk(self.root)
            for folder, folders, files in itertools.islice(walk, _FOLDER_LIMIT):
                folders[:] = sorted(
                    name
                    for name in folders
                    if name not in _SKIPPED_FOLDERS and not name.startswith(".")
                )
                for name in files:
                    if name.endswith(_HEADER_ENDINGS):
                        self._index.setdefault(name, []).append(os.path.join(folder, name))
        return self._index


def _is_ocaml_header(name: str) -> bool:
    folder, _, base = name.rpartition("/")
    stem = base.removesuffix(".h")
    if folder == "caml":
        return stem in OCAML_HEADERS
    return not folder and stem in ("mlvalues", "unixsupport", "bigarray")
