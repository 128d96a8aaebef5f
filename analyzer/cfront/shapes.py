"""Token sequences as strings, and edits of token lists."""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.cfront.tokens import Token
from analyzer.cfront.words import SHAPE_CODE

PARENS = r"\([^()]*+(?:\([^()]*+(?:\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)[^()]*+)*+\)[^()]*+)*+\)"
"""Balanced parentheses, four deep: enough for what repair looks at."""

_PAREN = re.compile(r"[()]")
_BRACE = re.compile(r"[{}]")

Span = tuple[int, int]
"""From the first index up to the second."""

Edit = tuple[int, int, list[Token]]
"""Replace the tokens from the first index up to the second by others."""


def shape_of(tokens: list[Token]) -> str:
    """One character a token; see `words.SHAPE_CODE`."""
    code = SHAPE_CODE
    return "".join([code[token.type] for token in tokens])


def closing(shape: str, opening: int) -> int:
    """The index of the parenthesis that closes the one at `opening`, -1 if none does."""
    depth = 0
    for match in _PAREN.finditer(shape, opening):
        depth += 1 if match[0] == "(" else -1
        if depth == 0:
            return match.start()
    return -1


def commas(shape: str, start: int, end: int) -> list[int]:
    """The indexes of the commas between `start` and `end` that no bracket encloses."""
    found: list[int] = []
    depth = 0
    for index in range(start, end):
        code = shape[index]
        if code in "([{":
            depth += 1
        elif code in ")]}":
            depth -= 1
        elif code == "," and depth == 0:
            found.append(index)
    return found


class Shaped(NamedTuple):
    """Tokens and their shape."""

    tokens: list[Token]
    shape: str


def apply_edits(text: Shaped, edits: list[Edit]) -> Shaped:
    """The tokens with all edits made.

    At one place insertions come before replacements; what lies inside of a replacement is void.
    """
    if not edits:
        return text
    edits.sort(key=lambda edit: edit[:2])
    tokens, shape = text
    out: list[Token] = []
    parts: list[str] = []
    position = 0
    for start, end, replacement in edits:
        if start < position:
            continue
        out += tokens[position:start]
        parts.append(shape[position:start])
        if replacement:
            out += replacement
            parts.append(shape_of(replacement))
        position = end
    out += tokens[position:]
    parts.append(shape[position:])
    return Shaped(out, "".join(parts))


def declaration_spans(shape: str) -> list[Span]:
    """The stretches of the shape in which only declarations stand.

    They are outside of all braces, or inside none but those of structures; the brace that opens
    or closes something belongs to the stretch.
    """
    spans: list[Span] = []
    start = 0
    inside = 0  # braces that are not a structure's
    structs = 0
    for match in _BRACE.finditer(shape):
        index = match.start()
        if match[0] == "{":
            if inside:
                inside += 1
            elif shape[index - 1 : index] == "s" or shape[max(index - 2, 0) : index] == "si":
                structs += 1
            else:
                spans.append((start, index + 1))
                inside = 1
        elif inside:
            inside -= 1
            if not inside:
                start = index
        elif structs:
            structs -= 1
    if not inside:
        spans.append((start, len(shape)))
    return spans


def declarator_parts(shape: str, spans: list[Span]) -> list[Span]:
    """The parts of stretches of declarations that are no initialisers."""
    parts: list[Span] = []
    for start, end in spans:
        while start < end:
            stop = shape.find(";", start, end) + 1 or end
            equals = shape.find("=", start, stop)
            parts.append((start, stop if equals < 0 else equals))
            start = stop
    return parts
