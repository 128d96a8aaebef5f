"""The sources of a folder as text: where a name may stand that no definition was seen of."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence

from analyzer.options import SourceFile

SOURCES = (".c", ".h", ".cpp", ".cc", ".cxx", ".C", ".m", ".mm", ".cu", ".s", ".S", ".in", ".p")
"""Where a function may be defined that is not seen as a definition: C in branches that were not
read or before it is generated, other languages that are linked with C."""


class Neighbours:
    """The texts of a folder's sources, each folder read once and when asked for.

    Below `folders` all sources there are count, elsewhere those among `files`: nothing is read
    that was not given.  `read` are the files that were read.
    """

    def __init__(self, files: Sequence[SourceFile] = (), folders: Sequence[str] = ()) -> None:
        self.read: list[str] = []
        # By folder and name rather than path: that of a given file may be spelled in many ways.
        self._given: dict[str, dict[str, SourceFile]] = defaultdict(dict)
        for file in files:
            given_in, name = os.path.split(os.path.abspath(file.path))
            self._given[given_in][name] = file
        self._folders = tuple(map(os.path.abspath, folders))
        self._texts: dict[str, bytes] = {}

    def covers(self, path: str) -> bool:
        """Whether all files of the folder that a file is in were given."""
        absolute = os.path.abspath(os.path.dirname(path))
        return any(_is_below(absolute, given) for given in self._folders)

    def text(self, folder: str) -> bytes:
        """All sources of a folder, one after the other; what cannot be read is left out."""
        if folder not in self._texts:
            self._texts[folder] = b"\n".join(self._contents(folder))
        return self._texts[folder]

    def _contents(self, folder: str) -> Iterator[bytes]:
        absolute = os.path.abspath(folder)
        given = self._given.get(absolute, {})
        for name in sorted({*given, *self._listed(absolute)}):
            file = given.get(name) or SourceFile(os.path.join(folder, name))
            content = file.content
            try:
                if content is None:
                    with open(file.path, "rb") as handle:
                        content = handle.read()
                    self.read.append(file.path)
            except OSError:
                continue
            yield content

    def _listed(self, folder: str) -> Iterator[str]:
        if not any(_is_below(folder, given) for given in self._folders):
            return
        try:
            names = os.listdir(folder)
        except OSError:
            return
        yield from (name for name in names if name.endswith(SOURCES))


def _is_below(path: str, folder: str) -> bool:
    try:
        return os.path.commonpath((path, folder)) == folder
    except ValueError:
        # On Windows they may be on two drives, which have nothing in common.
        return False
