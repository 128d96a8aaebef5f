"""Reads dune's s-expressions: atoms, strings, lists and its three kinds of comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

Sexp: TypeAlias = "str | list[Sexp]"

_TOKEN = re.compile(
    r"""\s+
    |(?P<line>;[^\n]*)
    |(?P<open>\()
    |(?P<close>\))
    |(?P<hash>\#;)
    |(?P<block>\#\|)
    |(?P<long>"\\[|>][^\n]*)
    |"(?P<string>(?:[^"\\]|\\.)*)"
    |(?P<atom>(?:[^\s()";#]|\#(?![;|]))+)""",
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"#\||\|#")
_ESCAPE = re.compile(r"\\(\n[ \t]*|\d{3}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b"}


class SexpError(ValueError):
    """The text is no s-expression; says where."""

    def __init__(self, text: str, offset: int, message: str) -> None:
        line = text.count("\n", 0, offset) + 1
        column = offset - text.rfind("\n", 0, offset)
        super().__init__(f"{line}:{column}: {message}")


def parse_sexps(text: str) -> list[Sexp]:
    """All the expressions of a file."""
    done: list[Sexp] = []
    stack: list[tuple[list[Sexp], int]] = [(done, 0)]
    dropped: list[tuple[list[Sexp], int]] = []  # the list a `#;` stands in, and its length there
    for kind, content, offset in _tokens(text):
        current = stack[-1][0]
        if kind == "open":
            inner: list[Sexp] = []
            current.append(inner)
            stack.append((inner, offset))
        elif kind == "close":
            if len(stack) == 1:
                raise SexpError(text, offset, "')' closes nothing")
            stack.pop()
        elif kind == "hash":
            dropped.append((current, len(current)))
        else:
            current.append(content)
        while dropped and stack[-1][0] is dropped[-1][0] and len(stack[-1][0]) > dropped[-1][1]:
            dropped.pop()[0].pop()
    if len(stack) > 1:
        raise SexpError(text, stack[-1][1], "'(' is never closed")
    return done


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise SexpError(text, offset, "a string is never closed")
        start, offset = offset, match.end()
        kind = match.lastgroup
        if kind == "block":
            offset = _end_of_block(text, start)
        elif kind == "string":
            yield kind, _ESCAPE.sub(_unescape, match["string"]), start
        elif kind == "long":
            yield kind, match["long"][3:].strip(), start
        elif kind is not None and kind != "line":
            yield kind, match[0], start


def _end_of_block(text: str, start: int) -> int:
    depth = 0
    for edge in _BLOCK_EDGE.finditer(text, start):
        depth += 1 if edge[0] == "#|" else -1
        if depth == 0:
            return edge.end()
    raise SexpError(text, start, "a comment is never closed")


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] == "\n":
        return ""
    if code.isdigit() and len(code) == 3:
        return chr(int(code))
    if code[0] == "x" and len(code) == 3:
        return chr(int(code[1:], 16))
    return _ESCAPED.get(code, code)


def stanzas(sexps: Sequence[Sexp], name: str) -> Iterator[list[Sexp]]:
    """The fields or stanzas `(name ...)` among these, each without its name."""
    for sexp in sexps:
        if isinstance(sexp, list) and sexp and sexp[0] == name:
            yield sexp[1:]


def atoms(sexp: Sexp) -> Iterator[str]:
    """Every atom and string in it, in order."""
    if isinstance(sexp, str):
        yield sexp
    else:
        for inner in sexp:
            yield from atoms(inner)
