"""The files beside the C files: where a name may stand that no definition was seen of."""

from __future__ import annotations

import os
from collections.abc import Iterator

SOURCES = (".c", ".h", ".cpp", ".cc", ".cxx", ".C", ".m", ".mm", ".cu", ".s", ".S", ".in", ".p")
"""Where a function may be defined that is not seen as a definition: C in branches that were not
read or before it is generated, other languages that are linked with C."""


class Neighbours:
    """The texts of a folder's sources, each folder read once and when asked for.

    `read` are the files that were read, for whoever keeps results.
    """

    def __init__(self) -> None:
        self.read: list[str] = []
        self._texts: dict[str, bytes] = {}

    def text(self, folder: str) -> bytes:
        """All sources of a folder, one after the other; what cannot be read is left out."""
        if folder not in self._texts:
            self._texts[folder] = b"\n".join(self._contents(folder))
        return self._texts[folder]

    def _contents(self, folder: str) -> Iterator[bytes]:
        try:
            names = sorted(os.listdir(folder or os.curdir))
        except OSError:
            return
        for name in names:
            if not name.endswith(SOURCES):
                continue
            path = os.path.join(folder, name)
            try:
                with open(path, "rb") as file:
                    content = file.read()
            except OSError:
                continue
            self.read.append(path)
            yield content
