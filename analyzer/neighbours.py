"""The sources of a folder as text: where a name may stand that no definition was seen of."""

from __future__ import annotations

import os
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
        self._files = files
        self._folders = tuple(map(os.path.abspath, folders))
        self._texts: dict[str, bytes] = {}

    def text(self, folder: str) -> bytes:
        """All sources of a folder, one after the other; what cannot be read is left out."""
        if folder not in self._texts:
            self._texts[folder] = b"\n".join(self._contents(folder))
        return self._texts[folder]

    def _contents(self, folder: str) -> Iterator[bytes]:
        given = {f.path: f for f in self._files if os.path.dirname(f.path) == folder}
        for path in sorted({*given, *self._listed(folder)}):
            content = given[path].content if path in given else None
            try:
                if content is None:
                    with open(path, "rb") as file:
                        content = file.read()
                    self.read.append(path)
            except OSError:
                continue
            yield content

    def _listed(self, folder: str) -> Iterator[str]:
        absolute = os.path.abspath(folder)
        if not any(os.path.commonpath((absolute, given)) == given for given in self._folders):
            return
        try:
            names = os.listdir(absolute)
        except OSError:
            return
        for name in names:
            if name.endswith(SOURCES):
                yield os.path.join(folder, name)
