"""Braces that do not pair up: what is missing is added where the next definition starts."""

from __future__ import annotations

import re

from analyzer.cfront.shapes import PARENS, Edit, apply_edits
from analyzer.cfront.tokens import Token

_EVENT = re.compile(rf"[{{}}]|(?<=[;}}])[cqfNtsi*]*[it*]i{PARENS}(?=\{{)")


def balance(tokens: list[Token], shape: str) -> tuple[list[Token], list[tuple[Token, str]]]:
    """The tokens with every brace paired, and what had to be done for that.

    A function definition cannot stand inside of another one, so that where one seems to, the
    braces open there have no end.
    """
    if _is_balanced(shape):
        return tokens, []
    edits: list[Edit] = []
    faults: list[tuple[Token, str]] = []
    opened: list[Token] = []
    for match in _EVENT.finditer(shape):
        index = match.start()
        token = tokens[index]
        if shape[index] == "{":
            opened.append(token)
        elif shape[index] == "}":
            if opened:
                opened.pop()
            else:
                faults.append((token, "'}' without '{' is skipped"))
                edits.append((index, index + 1, []))
        elif opened:
            _close(opened, tokens[index - 1], index, edits)
            faults.append((opened[0], f"'{{' is not closed before line {token.line}"))
            opened.clear()
    if opened:
        _close(opened, tokens[-1], len(tokens), edits)
        faults.append((opened[0], "'{' is not closed"))
    return apply_edits(tokens, edits), faults


def _is_balanced(shape: str) -> bool:
    if shape.count("{") != shape.count("}"):
        return False
    depth = 0
    for match in re.finditer(r"[{}]", shape):
        depth += 1 if match[0] == "{" else -1
        if depth < 0:
            return False
    return True


def _close(opened: list[Token], last: Token, index: int, edits: list[Edit]) -> None:
    brace = [Token("RBRACE", "}", last.line, last.column, last.file) for _ in opened]
    edits.append((index, index, brace))
