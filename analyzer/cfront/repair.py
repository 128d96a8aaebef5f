"""Repair of token sequences in which a word's meaning is hidden in a header that is not there.

An unknown word among the names of a declaration is an attribute of some sort and is dropped; a
statement macro without a semicolon gets one.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.cfront.known_names import TYPE_NAMES
from analyzer.cfront.shapes import (
    PARENS,
    Edit,
    Shaped,
    Span,
    apply_edits,
    closing,
    declarator_parts,
)
from analyzer.cfront.tokens import Token

# Names before something that starts a type are attributes.
_BEFORE_KEYWORD = re.compile(r"(?<=i)[tscTy]|(?<=i)f[fqc]*(?:[ts]|ii|i\*)")
_BEFORE_QUALIFIER = re.compile(r"q(?<=[;{}(,]iq)q*(?:[ts]|ii)")
# Names in a row. The first is a type unless a type or a tag's keyword stands before.
_NAMES = re.compile(r"ii+(?:(?<=iii)|(?<=[t*]ii))")
_NAMES_BEFORE_STAR = re.compile(r"ii+(?=\*)")
_NAMES_AFTER_PARAMETERS = re.compile(rf"(?<=[it*])i{PARENS}(i+(?=\{{)|i(?:{PARENS})?(?=[;{{]))")
_BEHIND_STRING = re.compile(rf"S(i(?:{PARENS})?)(?=[S,);\]}}])")
_BEFORE_STRING = re.compile(r"S(?<=[(,=?:+r\[{]iS)")
# A macro call where only a type can stand.
_TYPE_MACRO = re.compile(
    rf"(?<=[;{{}}cq])i{PARENS}(?=\*+q*i[;,=\[(])|(?<=[(,q])i{PARENS}(?=\*+q*\))"
)
_PARAMETER_TYPE_MACRO = re.compile(rf"(?<=[(,q])i{PARENS}(?=\*+q*i?[,)\[])")
_STATEMENT_MACRO = re.compile(
    rf"(?:(?<=[;}}])|(?<=[);}}w:]\{{)|(?<=[);}}w:]\{{\{{))(?:i{PARENS}(?=[iktscqTfyrgCw{{}}])|i(?=[}}kwrgC]))"
)
_LONE_NAME = re.compile(r"(?<=[;{}])i(?=i)")
_CALL_OUTSIDE = re.compile(r"(?<=[;}])[cqf]*i(?=\()")
_CALL = re.compile(r"[cqf]*i\(")
_OLD_STYLE_PARAMETERS = re.compile(r"(?:[^;{}()=]+;)+\{")
_DECLARED_BEHIND = re.compile(r"i[;=,\[]")
_LONE_MEMBER = re.compile(r"(?<=[;{])i(?=;)")
_PLAIN_TYPE = re.compile(r"[itscq*]+")


class Repaired(NamedTuple):
    """The repaired text.

    `unknown` are the calls of unknown macros outside of functions, by first and last token.
    """

    text: Shaped
    unknown: list[tuple[Token, Token]]


def repair(text: Shaped, spans: list[Span]) -> Repaired:
    """Make plain C of what unknown macros do to declarations and statements."""
    tokens, shape = text
    edits: list[Edit] = []
    unknown: list[tuple[Token, Token]] = []
    for match in _BEFORE_KEYWORD.finditer(shape):
        _drop_before(tokens, shape, match.start(), edits)
    for match in _BEFORE_QUALIFIER.finditer(shape):
        if not _is_type(tokens[match.start() - 1].value):
            _drop(tokens, shape, match.start() - 1, match.start(), edits)
    for match in _NAMES.finditer(shape):
        if shape[match.start() - 1 : match.start()] not in (".", "i"):
            _drop_attributes(tokens, shape, match.start(), match.end(), edits)
    for match in _NAMES_BEFORE_STAR.finditer(shape):
        if shape[match.start() - 1 : match.start()] not in ("g", "i", ".", "*"):
            _drop_from_type(tokens, shape, match.start(), match.end(), edits)
    edits += [(match.start(1), match.end(1), []) for match in _BEHIND_STRING.finditer(shape)]
    edits += [(match.start() - 1, match.start(), []) for match in _BEFORE_STRING.finditer(shape)]
    edits += [(match.start() + 1, match.end(), []) for match in _TYPE_MACRO.finditer(shape)]
    for start, end in declarator_parts(shape, spans):
        for match in _NAMES_AFTER_PARAMETERS.finditer(shape, start, end):
            _drop(tokens, shape, match.start(1), match.end(1), edits)
        types = _PARAMETER_TYPE_MACRO.finditer(shape, start, end)
        edits += [(match.start() + 1, match.end(), []) for match in types]
    for start, end in spans:
        for match in _LONE_MEMBER.finditer(shape, start, end):
            unknown.append((tokens[match.start()], tokens[match.start()]))
            edits.append((match.start(), match.end() + 1, []))
        position = start
        for match in _CALL_OUTSIDE.finditer(shape, start, end):
            if match.start() >= position:
                position = _drop_calls(tokens, shape, match.start(), edits, unknown)
    if "{" in shape:
        _end_statement_macros(tokens, shape, spans, edits)
    return Repaired(apply_edits(text, edits), unknown)


class _Call(NamedTuple):
    """A call outside of functions, by indexes; `end` is behind it and its semicolon if any."""

    start: int
    opening: int
    end: int


def _drop_calls(
    tokens: list[Token],
    shape: str,
    start: int,
    edits: list[Edit],
    unknown: list[tuple[Token, Token]],
) -> int:
    """Drop calls that stand in a row outside of functions; return the index behind them.

    The last is none of them when it is the head of a function; what it declares, or what stands
    behind it, may have the call before as its type.
    """
    calls: list[_Call] = []
    position = start
    while match := _CALL.match(shape, position):
        opening = match.end() - 1
        end = closing(shape, opening) + 1
        if not end or (shape[end : end + 1] == ";" and shape[position] != "i"):
            break
        end += shape[end : end + 1] == ";"
        calls.append(_Call(position, opening, end))
        position = end
    if not calls:
        return start
    behind = shape[position : position + 1]
    ended = shape[position - 1] == ";"
    if not ended and (behind == "{" or _OLD_STYLE_PARAMETERS.match(shape, position)):
        head = calls.pop()
        if calls and _unwrap_type(tokens, shape, calls[-1], edits, 1):
            calls.pop()
        else:
            first = tokens[head.start]
            implicit = Token("INT", "int", first.line, first.column, first.file)
            edits.append((head.start, head.start, [implicit]))
    elif ended and len(calls) > 1 and _unwrap_type(tokens, shape, calls[-2], edits, 0):
        del calls[-2:]
    elif not ended and _DECLARED_BEHIND.match(shape, position):
        if _unwrap_type(tokens, shape, calls[-1], edits, 0):
            calls.pop()
    elif not ended and behind and behind not in "itscqTf":
        return position
    if calls:
        unknown.append((tokens[calls[0].opening - 1], tokens[calls[-1].end - 1]))
        edits.append((calls[0].start, calls[-1].end, []))
    return position


def _unwrap_type(
    tokens: list[Token], shape: str, call: _Call, edits: list[Edit], lines: int
) -> bool:
    """Put the type that is a macro's argument in the place of the call.

    It has to be one, and what it is the type of may be as many lines further down.
    """
    closing_ = call.end - 1
    if not _PLAIN_TYPE.fullmatch(shape, call.opening + 1, closing_):
        return False
    if tokens[call.end].line > tokens[closing_].line + lines:
        return False
    edits += [(call.opening - 1, call.opening + 1, []), (closing_, call.end, [])]
    return True


def _drop_before(tokens: list[Token], shape: str, end: int, edits: list[Edit]) -> None:
    """Drop the names that stand directly before the keyword of a declaration at `end`.

    Storage and function specifiers may stand behind a type as well.
    """
    start = end - 1
    if shape[end] in "cf":
        if _is_type(tokens[start].value) or shape[start - 1 : start] == "i":
            return
    else:
        while shape[start - 1 : start] == "i":
            start -= 1
    if shape[start - 1 : start] not in ("s", "g", "."):
        _drop(tokens, shape, start, end, edits)


def _is_type(name: str) -> bool:
    return name in TYPE_NAMES or name.endswith("_t")


def _is_attribute(name: str) -> bool:
    return name.startswith("__") or (name.isupper() and len(name) > 1)


def _drop(tokens: list[Token], shape: str, start: int, end: int, edits: list[Edit]) -> None:
    """Drop unknown words; one that says so makes the declaration's function never return."""
    edits.append((start, end, []))
    for token in tokens[start:end]:
        if "noreturn" in token.value.lower() and not shape.count("{", 0, start) > shape.count(
            "}", 0, start
        ):
            front = max(shape.rfind(code, 0, start) for code in ";{}") + 1
            made = Token("_NORETURN", "_Noreturn", token.line, token.column, token.file)
            edits.append((front, front, [made]))


def _drop_attributes(
    tokens: list[Token], shape: str, start: int, end: int, edits: list[Edit]
) -> None:
    """Of names in a row keep the type (where one is due) and the one that is declared."""
    before = shape[start - 1 : start]
    indexes = list(range(start, end))
    if before == "s":
        indexes = indexes[1:]  # the tag
    kept = set()
    if not before or before not in "st*":
        types = [i for i in indexes[:-1] if _is_type(tokens[i].value)]
        plain = [i for i in indexes[:-1] if not _is_attribute(tokens[i].value)]
        kept.add(types[0] if types else plain[0] if plain else indexes[-2])
    names = [i for i in indexes if i not in kept and not _is_attribute(tokens[i].value)]
    kept.add(names[-1] if names else indexes[-1])
    for index in indexes:
        if index not in kept:
            _drop(tokens, shape, index, index + 1, edits)


def _drop_from_type(
    tokens: list[Token], shape: str, start: int, end: int, edits: list[Edit]
) -> None:
    """Of names before a `*` keep one: the tag, or the type."""
    indexes = list(range(start, end))
    if shape[start - 1 : start] == "s":
        kept = start
    else:
        types = [i for i in indexes if _is_type(tokens[i].value)]
        plain = [i for i in indexes if not _is_attribute(tokens[i].value)]
        kept = types[0] if types else plain[-1] if plain else indexes[-1]
    for index in indexes:
        if index != kept:
            _drop(tokens, shape, index, index + 1, edits)


def _end_statement_macros(
    tokens: list[Token], shape: str, spans: list[tuple[int, int]], edits: list[Edit]
) -> None:
    """Insert the semicolon of statement macros, between the stretches of declarations."""
    for (_, start), (end, _) in zip(spans, [*spans[1:], (len(shape), 0)], strict=True):
        for match in _STATEMENT_MACRO.finditer(shape, start, end + 1):
            behind = match.end()
            last = tokens[behind - 1]
            edits.append((behind, behind, [Token("SEMI", ";", last.line, last.column, last.file)]))
        for match in _LONE_NAME.finditer(shape, start, end + 1):
            # A type does not stand on a line of its own inside of a function.
            behind = match.end()
            last = tokens[behind - 1]
            if last.line < tokens[behind].line and last.line > tokens[behind - 2].line:
                semicolon = Token("SEMI", ";", last.line, last.column, last.file)
                edits.append((behind, behind, [semicolon]))
