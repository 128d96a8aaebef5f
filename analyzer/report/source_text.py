"""The text of the files that findings point into."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"[^\W\d]\w*|\d[\w.]*|\S")
_CALL = re.compile(r"\s*\(")
_NESTED = re.compile(r"""[()]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'""")


class SourceText:
    """Reads files once; lines and columns count from 1, columns in code points.

    `given` is content that stands in no file.  A file that is gone has no lines: what was found in
    it is reported all the same.
    """

    def __init__(self, given: Mapping[str, bytes] | None = None) -> None:
        self._contents = dict(given or {})
        self._lines: dict[str, list[str]] = {}

    def text(self, path: str) -> str:
        """The whole file."""
        return "\n".join(self.lines(path))

    def lines(self, path: str) -> list[str]:
        """Its lines without their ends."""
        if path not in self._lines:
            text = decode(self.content(path))
            self._lines[path] = [line.removesuffix("\r") for line in text.split("\n")]
        return self._lines[path]

    def line(self, path: str, number: int) -> str:
        """One line, empty where there is none."""
        lines = self.lines(path)
        return lines[number - 1] if 1 <= number <= len(lines) else ""

    def end_column(self, path: str, line: int, column: int) -> int:
        """Where what begins there ends on its line, exclusive.

        That is the token, or the whole call where one begins: an identifier and what stands in the
        parentheses after it.
        """
        text = self.line(path, line)
        token = _TOKEN.match(text, column - 1)
        if token is None:
            return column
        call = _CALL.match(text, token.end())
        if call is not None and (token[0][0].isalpha() or token[0][0] == "_"):
            return (_closing(text, call.end()) or token.end()) + 1
        return token.end() + 1

    def content(self, path: str) -> bytes:
        """The file as it is stored."""
        if path not in self._contents:
            try:
                with open(path, "rb") as file:
                    self._contents[path] = file.read()
            except OSError:
                self._contents[path] = b""
        return self._contents[path]


def decode(content: bytes) -> str:
    """A source file is UTF-8, perhaps with a mark that says so, or else Latin-1."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _closing(text: str, start: int) -> int | None:
    """The end of the parentheses that are open at `start`, if it is on this line."""
    depth = 1
    for match in _NESTED.finditer(text, start):
        if match[0] == "(":
            depth += 1
        elif match[0] == ")":
            depth -= 1
            if depth == 0:
                return match.end()
    return None
