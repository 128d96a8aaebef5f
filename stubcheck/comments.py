"""The comments of a C or an OCaml file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_C_LEXEME = re.compile(
    r"""/\*.*?(?:\*/|\Z)|//[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""", re.DOTALL
)

# Names are lexemes for the sake of their quotes; strings hide comments, and hide their ends too.
_ML_LEXEME = re.compile(
    r"""(?P<start>\(\*)|(?P<end>\*\))|"(?:[^"\\]|\\.)*"|[^\W\d][\w']*"""
    r"""|'(?:[^'\\\n]|\\[^\n][^'\n]*)'|\{(?:%%?[\w.]+\s*)?(?P<id>[a-z_]*)\|.*?\|(?P=id)\}""",
    re.DOTALL,
)
_VISIBLE = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment: what it says between its marks, and where it is."""

    body: str
    start: int
    end: int


def c_comments(text: str) -> Iterator[Comment]:
    """Each comment, in order."""
    for lexeme in _C_LEXEME.finditer(text):
        if lexeme[0][0] == "/":
            yield Comment(lexeme[0][2:].removesuffix("*/"), *lexeme.span())


def ml_comments(text: str) -> Iterator[Comment]:
    """Each comment, in order; one within another is a part of it."""
    start = depth = 0
    for lexeme in _ML_LEXEME.finditer(text):
        if lexeme["start"]:
            if depth == 0:
                start = lexeme.start()
            depth += 1
        elif lexeme["end"] and depth > 0:
            depth -= 1
            if depth == 0:
                yield Comment(text[start + 2 : lexeme.start()], start, lexeme.end())


def blanked(text: str, comments: Iterable[Comment]) -> str:
    """The text with blanks for its comments: all else stays where it is."""
    parts: list[str] = []
    end = 0
    for comment in comments:
        parts += text[end : comment.start], _VISIBLE.sub(" ", text[comment.start : comment.end])
        end = comment.end
    return "".join([*parts, text[end:]])


def without_c_comments(text: str) -> str:
    """C code with neither comments nor strings."""
    return _C_LEXEME.sub("", text)
