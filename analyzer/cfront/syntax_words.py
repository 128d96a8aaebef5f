"""Words that stand for syntax: the macros of the OCaml headers that are not plain C, attributes.

Afterwards the frame macros are ordinary calls beside the declarations they make, and the rest is
gone, or is a function specifier of the declaration it belongs to.
"""

from __future__ import annotations

import re

from analyzer.cfront.shapes import Edit, Shaped, apply_edits, closing, commas
from analyzer.cfront.tokens import Token
from analyzer.cfront.words import (
    FRAME_ENDS,
    FRAME_LOCALS,
    FRAME_PARAMS,
    FRAME_RETURNS,
    ROOTS_BEGIN,
    ROOTS_END,
)

_WORDS = re.compile(r"[MNGD]|\[\[")
_STATEMENT_MARK = re.compile(r"[;{}]")


def rewrite_syntax_words(text: Shaped) -> Shaped:
    """Put plain C in the place of every such word."""
    tokens, shape = text
    edits: list[Edit] = []
    depth = 0
    counted = 0
    for match in _WORDS.finditer(shape):
        index = match.start()
        depth += shape.count("{", counted, index) - shape.count("}", counted, index)
        counted = index
        token = tokens[index]
        kind = token.type
        if kind == "OCAML":
            _rewrite_macro(tokens, shape, index, depth, edits)
        elif kind == "NORETURN":
            _remove_noreturn(shape, index, index + 1, token, depth, edits)
        elif kind == "DROPPED":
            edits.append((index, index + 1, []))
        else:
            _remove_attribute(tokens, shape, index, depth, edits)
    return apply_edits(text, edits)


def _made(type_: str, value: str, place: Token) -> Token:
    return Token(type_, value, place.line, place.column, place.file)


def _rewrite_macro(
    tokens: list[Token], shape: str, index: int, depth: int, edits: list[Edit]
) -> None:
    token = tokens[index]
    name = token.value
    code = shape[index + 1 : index + 2]
    end = closing(shape, index + 1) if code == "(" else index
    if end < 0:
        edits.append((index, index + 1, [_made("ID", name, token)]))
        return
    call: list[Token] = [_made("ID", name, token)]
    if code != "(":
        call += [_made("LPAREN", "(", token), _made("RPAREN", ")", token)]
    behind = end + 1
    if name in FRAME_RETURNS:
        edits.append((index, index + 1, [_made("RETURN", "return", token), *call]))
        separators = commas(shape, index + 2, end) if name == "CAMLreturnT" else []
        if separators:
            comma = separators[0]
            opening, closing_ = _made("LPAREN", "(", token), _made("RPAREN", ")", token)
            edits.append((index + 2, index + 2, [opening]))
            edits.append((comma, comma + 1, [closing_, opening]))
            edits.append((end, end, [closing_]))
        _add_semicolon(tokens, shape, behind, edits)
    elif name in FRAME_LOCALS:
        edits.append((index, index + 1, [*_declared(tokens, shape, index, end), *call]))
        _add_semicolon(tokens, shape, behind, edits)
    elif name in FRAME_PARAMS or name in FRAME_ENDS:
        edits.append((index, index + 1, call))
        _add_semicolon(tokens, shape, behind, edits)
    elif name in ROOTS_BEGIN:
        edits.append((index, index + 1, [_made("LBRACE", "{", token), *call]))
        _add_semicolon(tokens, shape, behind, edits)
    elif name in ROOTS_END:
        edits.append((index, index + 1, call))
        semicolon = shape[behind : behind + 1] == ";"
        brace = [_made("SEMI", ";", token), _made("RBRACE", "}", token)]
        edits.append((behind, behind + semicolon, brace))
    elif name == "CAMLprim":
        edits.append((index, index + 1, [_made("INLINE", name, token)]))
    elif name == "CAMLextern":
        edits.append((index, index + 1, [_made("EXTERN", "extern", token)]))
    elif name in ("CAMLnoreturn_start", "CAMLnoret", "Noreturn"):
        _remove_noreturn(shape, index, behind, token, depth, edits)
    else:
        edits.append((index, behind, []))


def _add_semicolon(tokens: list[Token], shape: str, index: int, edits: list[Edit]) -> None:
    """Put a missing semicolon behind the call that ends before `index`."""
    if shape[index : index + 1] not in (";", ",", ")"):
        edits.append((index, index, [_made("SEMI", ";", tokens[index - 1])]))


def _declared(tokens: list[Token], shape: str, index: int, end: int) -> list[Token]:
    """The declaration that a CAMLlocal macro makes of its arguments."""
    macro = tokens[index]
    start = index + 2
    if start >= end or _STATEMENT_MARK.search(shape, start, end):
        return []
    semicolon = _made("SEMI", ";", macro)
    if macro.value == "CAMLlocalresult":
        return [_made("ID", "caml_result", macro), *tokens[start:end], semicolon]
    type_ = _made("ID", "value", macro)
    if macro.value == "CAMLlocalN":
        separators = commas(shape, start, end)
        if not separators:
            return []
        comma = separators[0]
        size = [_made("LBRACKET", "[", macro), *tokens[comma + 1 : end]]
        return [type_, *tokens[start:comma], *size, _made("RBRACKET", "]", macro), semicolon]
    return [type_, *tokens[start:end], semicolon]


def _remove_attribute(
    tokens: list[Token], shape: str, index: int, depth: int, edits: list[Edit]
) -> None:
    """Take out `__attribute__((...))`, `asm volatile (...)` or `[[...]]`."""
    if shape[index] == "[":
        end = shape.find("]]", index) + 2
        if end < 2 or _STATEMENT_MARK.search(shape, index, end):
            return
    else:
        end = index + 1
        while shape[end : end + 1] in ("q", "g", "f"):
            end += 1
        if shape[end : end + 1] == "(":
            last = closing(shape, end)
            if last >= 0 and not _STATEMENT_MARK.search(shape, end, last):
                end = last + 1
    words = [token.value.strip("_") for token in tokens[index:end]]
    if "noreturn" in words:
        _remove_noreturn(shape, index, end, tokens[index], depth, edits)
    else:
        edits.append((index, end, []))


def _remove_noreturn(
    shape: str, index: int, end: int, place: Token, depth: int, edits: list[Edit]
) -> None:
    """Move it to the front of a declaration outside of functions; elsewhere it says nothing."""
    edits.append((index, end, []))
    if depth == 0:
        start = max(shape.rfind(code, 0, index) for code in ";{}") + 1
        edits.append((start, start, [_made("_NORETURN", "_Noreturn", place)]))
