"""Braces that do not pair up: what is missing is added where the next definition starts."""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.cfront.shapes import PARENS, Edit, Shaped, apply_edits
from analyzer.cfront.tokens import Token

_PARAMETERS = PARENS.replace("[^()]", "[^(){};]")
_EVENT = re.compile(rf"[{{}}]|(?<![cqfNtsi*])[cqfNtsi*]*[it*]i{_PARAMETERS}(?=\{{)")


class BraceFault(NamedTuple):
    """A brace without its other half; `function` is the definition that it opens, "" if none."""

    token: Token
    message: str
    function: str


def balance(text: Shaped) -> tuple[Shaped, list[BraceFault]]:
    """The tokens with every brace paired, and what had to be done for that.

    A function definition cannot stand inside of another one, so that where one seems to, the
    braces open there have no end.
    """
    tokens, shape = text
    if _is_balanced(shape):
        return text, []
    edits: list[Edit] = []
    faults: list[BraceFault] = []
    opened: list[int] = []
    for match in _EVENT.finditer(shape):
        index = match.start()
        token = tokens[index]
        if shape[index] == "{":
            opened.append(index)
        elif shape[index] == "}":
            if opened:
                opened.pop()
            else:
                faults.append(BraceFault(token, "'}' without '{' is skipped", ""))
                edits.append((index, index + 1, []))
        elif opened:
            message = f"'{{' is not closed before line {token.line}"
            faults.append(BraceFault(tokens[opened[0]], message, _head(tokens, shape, opened[0])))
            edits.append(_closing_braces(opened, tokens, index))
            opened.clear()
    if opened:
        message = "'{' is not closed"
        faults.append(BraceFault(tokens[opened[0]], message, _head(tokens, shape, opened[0])))
        edits.append(_closing_braces(opened, tokens, len(tokens)))
    return apply_edits(text, edits), faults


def _is_balanced(shape: str) -> bool:
    if shape.count("{") != shape.count("}"):
        return False
    depth = 0
    for match in re.finditer(r"[{}]", shape):
        depth += 1 if match[0] == "{" else -1
        if depth < 0:
            return False
    return True


def _closing_braces(opened: list[int], tokens: list[Token], index: int) -> Edit:
    """Close what is open, and the declaration with it if it is no function."""
    last = tokens[index - 1]
    words = [("RBRACE", "}")] * len(opened) + [("SEMI", ";")]
    return index, index, [Token(*word, last.line, last.column, last.file) for word in words]


def _head(tokens: list[Token], shape: str, brace: int) -> str:
    """The name of the function whose body the brace opens."""
    depth = 0
    for index in range(brace - 1, -1, -1):
        depth += {")": 1, "(": -1}.get(shape[index], 0)
        if depth <= 0:
            is_head = shape[index : index + 1] == "(" and shape[index - 1 : index] == "i"
            return tokens[index - 1].value if is_head else ""
    return ""
