"""C text to tokens: one regular expression, one dictionary look-up a token.

Every distinct word is classified once and remembered, so that the loop over a file does nothing
but count positions.  Token types are those of pycparser's grammar, with a few of our own for words
that are dealt with before the parser sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from analyzer.cfront.words import KEYWORDS, PUNCTUATORS


class Token:
    """A token, which is also its own position: trees refer to tokens as their coordinates.

    `line` and `column` (in code points) count from 1.  A token made by a macro stands where the
    macro is used.
    """

    __slots__ = ("column", "file", "line", "type", "value")

    def __init__(self, type_: str, value: str, line: int, column: int, file: str) -> None:
        self.type = type_
        self.value = value
        self.line = line
        self.column = column
        self.file = file

    def __eq__(self, other: object) -> bool:
        """Whether it is the same word at the same place, be it a name or a type there."""
        return (
            isinstance(other, Token)
            and self.value == other.value
            and self.line == other.line
            and self.column == other.column
            and self.file == other.file
        )

    def __hash__(self) -> int:
        return hash((self.value, self.line, self.column, self.file))

    def __repr__(self) -> str:
        return f"{self.file}:{self.line}:{self.column} {self.type} {self.value!r}"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def place(self) -> tuple[int, int, str]:
        return (self.line, self.column, self.file)


class Run(NamedTuple):
    """Tokens between two directives, and their words as a set."""

    tokens: list[Token]
    names: frozenset[str]


class Directive(NamedTuple):
    """`#name tokens`, anything but a conditional."""

    name: str
    token: Token
    tokens: list[Token]


@dataclass(slots=True)
class Branch:
    """What one `#if`, `#elif` or `#else` guards; `size` counts all its tokens."""

    directive: Directive
    items: list[Item] = field(default_factory=list)
    size: int = 0


class Conditional(NamedTuple):
    """`#if` to `#endif`."""

    branches: list[Branch]


Item = Run | Directive | Conditional


class Fault(NamedTuple):
    """A place where the text is broken whatever the configuration."""

    token: Token
    message: str


class TokenFile(NamedTuple):
    """A file's tokens, cut at its directives and nested by its conditionals."""

    path: str
    items: list[Item]
    faults: list[Fault]


# A word that is no ASCII starts like a name; negated sets are the cheap way to say so.
_WORD = re.compile(
    r"""([ \t\r\f\v]*)
    ( [A-Za-z_][^\0-\#%-/:-@\[-^`{-\x7f]*+ | [(),;{}\[\]]
    | \n
    | \.?\d(?:[eEpP][+-]|[\w.]|'(?=\w))*+
    | "(?:[^"\\\n]|\\[\s\S])*+" | '(?:[^'\\\n]|\\[\s\S])++'
    | /(?:\*(?:[^*]++|\*(?!/))*+(?:\*/)? | /(?:[^\\\n]|\\[\s\S])*+ | =?)
    | \.\.\.|<<=|>>=|->|\+\+|--|&&|\|\||<<|>>|[-+*%&|^=!<>]=|\#\#|::
    | ["'][^\n]*+
    | \\\r?\n
    | [^\0-\#%-@\[-^`{-\x7f][^\0-\#%-/:-@\[-^`{-\x7f]*+
    | [\s\S]
    )""",
    re.VERBOSE | re.ASCII,
)

_TYPES: dict[str, str] = {**KEYWORDS, **PUNCTUATORS, "\n": "NEWLINE", "#": "HASH", "##": "PASTE"}
_CONDITIONALS = frozenset(
    {"if", "ifdef", "ifndef", "elif", "elifdef", "elifndef", "else", "endif"}
)
_OPENING = frozenset({"if", "ifdef", "ifndef"})
_STRING_PREFIXES = {"L": "W", "u8": "U8", "u": "U16", "U": "U32"}
_FLOAT = re.compile(r"0[xX][\da-fA-F'.]*[.pP]|(?!0[xXbB])[\d']*(?:[.eE])")
_SPLICE = re.compile(r"\\\r?\n")
_LIMIT = 200_000
"""Words remembered; beyond that the memory is emptied, so that endless input cannot fill it."""


def word_type(word: str) -> str:
    """Classify a word that `_WORD` matched; blanks, comments and line splices are BLANK."""
    first = word[0]
    if first.isidentifier() or first == "$":
        return "ID"
    if first.isdigit() or (first == "." and word[1:2].isdigit()):
        return _number_type(word)
    if first == '"':
        return "STRING_LITERAL" if len(word) > 1 and word[-1] == '"' else "BAD_STRING"
    if first == "'":
        return "CHAR_CONST" if len(word) > 2 and word[-1] == "'" else "BAD_CHAR"
    if first == "/" and len(word) > 1:
        if word[1] == "*" and not (len(word) > 3 and word.endswith("*/")):
            return "BAD_COMMENT"
        return "BLANK"
    if first in "\\ \t\r\f\v" and len(word) > 1:
        return "BLANK"
    return "BLANK" if first.isspace() or first == "\ufeff" else "STRAY"


def _number_type(word: str) -> str:
    if _FLOAT.match(word):
        return "FLOAT_CONST"
    if word[:2] in ("0x", "0X"):
        return "INT_CONST_HEX"
    if word[:2] in ("0b", "0B"):
        return "INT_CONST_BIN"
    return "INT_CONST_OCT" if word[0] == "0" and word[1:2].isdigit() else "INT_CONST_DEC"


def split_words(text: str) -> list[str]:
    """The words of a piece of text, without blanks and comments: for `##` and `-D`."""
    words = [word for _, word in _WORD.findall(text)]
    return [word for word in words if word != "\n" and type_of(word) != "BLANK"]


def type_of(word: str) -> str:
    """The token type of a word, remembered."""
    kind = _TYPES.get(word)
    if kind is None:
        kind = word_type(word)
        if len(_TYPES) > _LIMIT:
            _forget_words()
        _TYPES[word] = kind
    return kind


def _forget_words() -> None:
    fixed = {**KEYWORDS, **PUNCTUATORS, "\n": "NEWLINE", "#": "HASH", "##": "PASTE"}
    _TYPES.clear()
    _TYPES.update(fixed)


def scan(text: str, path: str) -> TokenFile:
    """Cut a file into tokens, directives and conditionals."""
    builder = _Builder(path)
    current: list[Token] = []
    append = current.append
    directive: Token | None = None
    get = _TYPES.get
    line, start, position = 1, -1, 0  # `start` is one before the line's first character
    for blank, word in _WORD.findall(text):
        position += len(blank)
        kind = get(word) or type_of(word)
        if kind not in _UNUSUAL:
            append(Token(kind, word, line, position - start, path))
            position += len(word)
            continue
        if kind == "NEWLINE":
            line += 1
            start = position
            position += 1
            if directive is not None:
                builder.directive(directive, current)
                directive = None
                current = []
                append = current.append
            continue
        token = Token(kind, word, line, position - start, path)
        if kind == "HASH":
            if directive is not None or (current and current[-1].line == line):
                append(token)
            else:
                if current:
                    builder.run(current)
                    current = []
                    append = current.append
                directive = token
        else:
            if kind == "BAD_COMMENT":
                builder.faults.append(Fault(token, "unterminated comment"))
            elif kind != "BLANK":
                _add_literal(current, token)
            newlines = word.count("\n")
            if newlines:
                line += newlines
                start = position + word.rindex("\n")
        position += len(word)
    if directive is not None:
        builder.directive(directive, current)
    elif current:
        builder.run(current)
    return builder.finish()


_UNUSUAL = frozenset({"NEWLINE", "BLANK", "HASH", "STRING_LITERAL", "CHAR_CONST", "BAD_COMMENT"})
"""Words that are no tokens, or not by themselves, or that may hold a newline."""


def _add_literal(current: list[Token], token: Token) -> None:
    """Append a literal; `L`, `u8`, `u` or `U` directly before it becomes part of it."""
    if "\n" in token.value:
        token.value = _SPLICE.sub("", token.value)
    if current:
        before = current[-1]
        prefix = _STRING_PREFIXES.get(before.value)
        if (
            prefix is not None
            and before.line == token.line
            and before.column + len(before.value) == token.column
        ):
            token.type = prefix + token.type
            token.value = before.value + token.value
            token.column = before.column
            current.pop()
    current.append(token)


class _Builder:
    """Nests what a file consists of by its conditionals."""

    __slots__ = ("_items", "_open", "_path", "_top", "faults")

    def __init__(self, path: str) -> None:
        self._path = path
        self._top: list[Item] = []
        self._items = self._top
        self._open: list[Conditional] = []
        self.faults: list[Fault] = []

    def run(self, tokens: list[Token]) -> None:
        self._items.append(Run(tokens, frozenset([token.value for token in tokens])))
        if self._open:
            self._open[-1].branches[-1].size += len(tokens)

    def directive(self, hash_token: Token, tokens: list[Token]) -> None:
        if not tokens:
            return
        directive = Directive(tokens[0].value, tokens[0], tokens[1:])
        if directive.name not in _CONDITIONALS:
            self._items.append(directive)
        elif directive.name in _OPENING:
            self._open.append(Conditional([Branch(directive)]))
            self._items.append(self._open[-1])
            self._items = self._open[-1].branches[-1].items
        elif not self._open:
            self.faults.append(Fault(hash_token, f"#{directive.name} without #if"))
        elif directive.name == "endif":
            self._close()
        else:
            if self._open[-1].branches[-1].directive.name == "else":
                self.faults.append(Fault(hash_token, f"#{directive.name} after #else"))
            self._open[-1].branches.append(Branch(directive))
            self._items = self._open[-1].branches[-1].items

    def _close(self) -> None:
        done = self._open.pop()
        if self._open:
            self._open[-1].branches[-1].size += sum(branch.size for branch in done.branches)
            self._items = self._open[-1].branches[-1].items
        else:
            self._items = self._top

    def finish(self) -> TokenFile:
        while self._open:
            token = self._open[-1].branches[0].directive.token
            self.faults.append(Fault(token, f"#{token.value} without #endif"))
            self._close()
        return TokenFile(self._path, self._top, self.faults)
