"""What the files to check hold, as far as it is needed again."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.options import OcamlFile
from stubcheck.cache import hash_content
from stubcheck.suppress import MARK

_EXTERNAL = b"external"
_MARK = MARK.encode()


class Contents:
    """The hash of each file, if `hashed`, and the text of those that are looked into.

    C files are kept.  OCaml files are many and large: only those are kept that may declare an
    external or carry a comment for us.
    """

    def __init__(self, hashed: bool) -> None:
        self.kept: dict[str, bytes] = {}
        self._hashed = hashed
        self._hashes: dict[str, str] = {}

    def add(self, path: str, content: bytes) -> None:
        """Keep a file that is to be known under this path."""
        self.kept[path] = content
        self._hash(path, content)

    def read(self, path: str) -> None:
        """Read and keep a C file."""
        self.add(path, _content(path))

    def read_ocaml(self, path: str) -> OcamlFile:
        """Read an OCaml file, and keep it if it is one to look into."""
        content = _content(path)
        may_declare = _EXTERNAL in content
        if not may_declare and _MARK not in content:
            self._hash(path, content)
            return OcamlFile(path, may_declare=False)
        self.add(path, content)
        return OcamlFile(path, content, may_declare)

    def _hash(self, path: str, content: bytes) -> None:
        if self._hashed:
            self._hashes[path] = hash_content(content)

    def hash_of(self, path: str) -> str:
        """The hash of a file that has been read."""
        return self._hashes[path]

    def size_of(self, paths: Iterable[str]) -> int:
        """How much there is to look into in these files."""
        return sum(len(self.kept.get(path, b"")) for path in paths)


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
