"""What can be told of OCaml text without parsing it: comments, strings, one keyword."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CHAR = rb"(?<![\w'])'(?:[^\\'\n]|\\(?:[^\n]{1,3}|o[0-7]{3}|u\{[^}\n]*\}))'"
_QUOTED = rb"\{(?:%%?[\w.]+[ \t]*)?(?P<id>[a-z_]*)\|"
_KEYWORD = rb"(?P<keyword>(?<![\w'.])external(?![\w']))"
_IN_CODE = re.compile(rb"\(\*|\"|%b|%b|%b" % (_QUOTED, _CHAR, _KEYWORD))
_IN_COMMENT = re.compile(rb"\(\*|\*\)|\"|%b|%b" % (_QUOTED, _CHAR))
_STRING_REST = re.compile(rb'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_MAYBE_DECLARED = re.compile(rb"(?<![\w'.])external(?:\s*[\[(%]|\s+[^\s:(]+\s*(?::|\(\*))")
_DIRECTIVE = re.compile(
    rb"^[ \t]*#[ \t]*(?:(?:if|ifdef|ifndef|elif|else|endif|define|undef|include|error|warning|ext"
    rb"|endext)\b(?:[^\n\\]|\\.)*|(?:line[ \t]+)?[0-9]+[ \t]*(?:\"[^\"\n]*\")?[^\n]*)",
    re.MULTILINE | re.DOTALL,
)
_CAMLP4_CONDITION = re.compile(
    rb"^[ \t]*(?:IFN?DEF[ \t]+\w+[ \t]+THEN|ELSE|ENDIF|END)[ \t;]*$", re.MULTILINE
)
_NOT_LINE_END = re.compile(rb"[^\r\n]")
_SOFT_END = re.compile(
    rb"\n[ \t]*(?:let|val|type|external|open|end|exception|include|class|module|and)\b|\Z"
)
_BLANKS = re.compile(rb"\s*")
_ATTRIBUTE = re.compile(rb"\[@@[^@]")


def as_utf8(content: bytes) -> bytes:
    """The text in UTF-8: what is not valid is taken for Latin-1, as older compilers did."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1").encode()
    return content


def blanked_directives(text: bytes) -> bytes:
    """The text without the lines that are for a preprocessor, every offset kept.

    All branches of a condition stay.  So does a line that would open or close a comment or a
    string: it is no directive.
    """
    if b"#" in text:
        text = _DIRECTIVE.sub(_blank, text)
    if b"IFDEF" in text or b"IFNDEF" in text:
        text = _CAMLP4_CONDITION.sub(_blank, text)
    return text


def _blank(match: re.Match[bytes]) -> bytes:
    line = match[0]
    if line.count(b"(*") != line.count(b"*)") or line.count(b'"') % 2:
        return line
    return _NOT_LINE_END.sub(b" ", line)


def keywords(text: bytes) -> list[int]:
    """Where the word `external` stands outside comments and strings."""
    found = []
    position = 0
    while match := _IN_CODE.search(text, position):
        if match["keyword"] is not None:
            found.append(match.start())
        position = _skipped(text, match)
    return found


def may_declare_external(text: bytes) -> bool:
    """Whether parsing could find one: most files that have the word have it in a comment."""
    return bool(_MAYBE_DECLARED.search(text)) and bool(keywords(text))


def _skipped(text: bytes, match: re.Match[bytes]) -> int:
    """The end of what a match begins."""
    start = match[0]
    if start == b"(*":
        return _comment_end(text, match.end())
    if start == b'"':
        rest = _STRING_REST.match(text, match.end())
        return rest.end() if rest else len(text)
    if start[:1] == b"{":
        end = text.find(b"|%b}" % match["id"], match.end())
        return match.end() if end < 0 else end + len(match["id"]) + 2
    return match.end()


def _comment_end(text: bytes, position: int) -> int:
    depth = 1
    while depth:
        match = _IN_COMMENT.search(text, position)
        if match is None:
            return len(text)
        if match[0] == b"(*":
            depth += 1
            position = match.end()
        elif match[0] == b"*)":
            depth -= 1
            position = match.end()
        else:
            position = _skipped(text, match)
    return position


def without_comments(text: bytes) -> bytes:
    """The text with every comment made blank."""
    pieces = []
    position = kept = 0
    while match := _IN_CODE.search(text, position):
        position = _skipped(text, match)
        if match[0] == b"(*":
            pieces.append(text[kept : match.start()])
            kept = position
    return b" ".join((*pieces, text[kept:]))


def external_extent(text: bytes, start: int) -> int | None:
    """The end of the declaration that `external` begins: after its strings and attributes."""
    limit = _SOFT_END.search(text, start + 1)
    bound = limit.start() if limit else len(text)
    end = None
    position = start
    for first, after in _strings(text, start, bound):
        between = without_comments(text[position:first]).strip()
        if end is None and between.endswith(b"="):
            end = after
        elif end is not None:
            if between:
                break
            end = after
        position = after
    return None if end is None else _after_attributes(text, end)


def _strings(text: bytes, position: int, bound: int) -> Iterator[tuple[int, int]]:
    while (match := _IN_CODE.search(text, position)) and match.start() < bound:
        position = _skipped(text, match)
        if match[0][:1] in (b'"', b"{"):
            yield match.start(), position


def _after_attributes(text: bytes, end: int) -> int:
    while True:
        blanks = _BLANKS.match(text, end)
        start = blanks.end() if blanks else end
        if not _ATTRIBUTE.match(text, start):
            return end
        close = text.find(b"]", start)
        if close < 0:
            return end
        end = close + 1
