"""What a primitive is called with, as text that can be repeated: `zip_read(zip_open("a"), 3)`.

A term says how a value is made, not what it is: a value of an abstract type is what a primitive
returned. The text is read by `parse_term` and written by `str`:

    3  -1  2.5  3l  3L  3n          an immediate, a float, an int32, an int64, a nativeint
    "abc\\x00"                       a string, or bytes
    [1, 2]  [|1, 2|]                a list, an array
    [16 * "a"]                      a list of so many alike, each a block of its own
    #1(2, "a")  #0()                a block with its tag; without fields, the atom
    #0("a" | 2.5, 3)                a mixed block: values, then flat words
    #floats(1.0, 2.0)               an array or a record of flat floats
    #bigarray(float64, 3, 4)        a bigarray of a kind, with its dimensions
    #fun(1)  #fun(2, "a")           a function of so many arguments, and what it returns
    #raises(1)                      a function of so many arguments that raises Not_found
    #null                           the null of or_null
    #global("a")                    a value of the heap in a block that may be local
    zip_open("a")  unix_pipe(0)#1   what a primitive returned, and a field of that
    x  x#1                          what a name was given to

A program is calls with `;` between them, of which some give what they return a name:

    x = zip_open("a"); zip_seek(x, 3); zip_read(x)

One is none of a primitive, and says that in the last call the second call of C's library fails:

    fail_library_call(2); zip_open("a")
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

__all__ = [
    "FAIL_LIBRARY_CALL",
    "Array",
    "Bigarray",
    "Block",
    "Boxed",
    "Call",
    "Double",
    "Floats",
    "Function",
    "Global",
    "Integer",
    "List",
    "Null",
    "Program",
    "Project",
    "Statement",
    "Term",
    "TermError",
    "Text",
    "Variable",
    "parse_program",
]

FAIL_LIBRARY_CALL = "fail_library_call"

MAX_DEPTH = 100
MAX_LENGTH = 100_000
_FEW = 3
MAX_TAG = 255


class TermError(ValueError):
    """A text that is no term; the column, from 1, is in the message."""


class Integer(NamedTuple):
    number: int

    def __str__(self) -> str:
        return str(self.number)


class Double(NamedTuple):
    number: float

    def __str__(self) -> str:
        return repr(self.number)


_SUFFIXES = {"int32": "l", "int64": "L", "nativeint": "n"}


class Boxed(NamedTuple):
    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.number}{_SUFFIXES[self.kind]}"


class Text(NamedTuple):
    content: bytes

    def __str__(self) -> str:
        return '"' + "".join(map(_escaped, self.content)) + '"'


@dataclass(frozen=True, slots=True)
class List:
    elements: tuple[Term, ...]

    def __str__(self) -> str:
        return f"[{_elements(self.elements)}]"


@dataclass(frozen=True, slots=True)
class Array:
    elements: tuple[Term, ...]

    def __str__(self) -> str:
        return f"[|{_elements(self.elements)}|]"


@dataclass(frozen=True, slots=True)
class Block:
    tag: int
    fields: tuple[Term, ...]
    flat: tuple[Integer | Double, ...] = ()

    def __str__(self) -> str:
        flat = f" | {_joined(self.flat)}" if self.flat else ""
        return f"#{self.tag}({_joined(self.fields)}{flat})"


class Floats(NamedTuple):
    numbers: tuple[float, ...]

    def __str__(self) -> str:
        return f"#floats({', '.join(map(repr, self.numbers))})"


class Bigarray(NamedTuple):
    """A bigarray in C's layout, its elements counted from 0 up."""

    kind: str
    dimensions: tuple[int, ...]

    def __str__(self) -> str:
        return f"#bigarray({', '.join([self.kind, *map(str, self.dimensions)])})"


@dataclass(frozen=True, slots=True)
class Function:
    """A closure; without a result it raises."""

    arity: int
    result: Term | None

    def __str__(self) -> str:
        if self.result is None:
            return f"#raises({self.arity})"
        return f"#fun({self.arity}, {self.result})"


class Null(NamedTuple):
    def __str__(self) -> str:
        return "#null"


@dataclass(frozen=True, slots=True)
class Global:
    """What a block has in a mutable or a global field: never a local value."""

    of: Term

    def __str__(self) -> str:
        return f"#global({self.of})"


@dataclass(frozen=True, slots=True)
class Call:
    primitive: str
    arguments: tuple[Term, ...]

    def __str__(self) -> str:
        return f"{self.primitive}({_joined(self.arguments)})"


class Variable(NamedTuple):
    """What a call before has returned."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Project:
    """A field of what a call returned."""

    of: Call | Project | Variable
    index: int

    def __str__(self) -> str:
        return f"{self.of}#{self.index}"


Term: TypeAlias = (
    Integer
    | Double
    | Boxed
    | Text
    | List
    | Block
    | Floats
    | Array
    | Bigarray
    | Function
    | Null
    | Global
    | Call
    | Project
    | Variable
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A call; what it returns may have a name from then on."""

    call: Call
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} = {self.call}" if self.name else str(self.call)


@dataclass(frozen=True, slots=True)
class Program:
    """Calls one after the other, the last of which is the one that matters."""

    statements: tuple[Statement, ...]

    @property
    def primitive(self) -> str:
        """What is called last."""
        return self.statements[-1].call.primitive

    def __str__(self) -> str:
        return "; ".join(map(str, self.statements))


def parse_program(text: str) -> Program:
    """Calls with `;` between them; `TermError` for anything else."""
    tokens = _Tokens(text)
    statements = [_statement(tokens)]
    while tokens.skip(";"):
        statements.append(_statement(tokens))
    tokens.expect("")
    return Program(tuple(statements))


def _joined(terms: Sequence[Term]) -> str:
    return ", ".join(map(str, terms))


def _elements(terms: tuple[Term, ...]) -> str:
    """The elements of a list or an array, shortened where all are alike."""
    if len(terms) > _FEW and terms.count(terms[0]) == len(terms):
        return f"{len(terms)} * {terms[0]}"
    return _joined(terms)


def _escaped(byte: int) -> str:
    character = chr(byte)
    if character in '"\\':
        return "\\" + character
    return character if 0x20 <= byte < 0x7F else f"\\x{byte:02x}"


# --- reading -----------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"(?:[^"\\]|\\["\\]|\\x[0-9a-fA-F]{2})*")
    | (?P<number>-?(?:inf|nan|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)[lLn]?(?!\w))
    | (?P<made>\#(?:\d+|floats|bigarray|fun|raises|null|global))
    | (?P<name>[A-Za-z_]\w*)
    | (?P<mark>\[\||\|\]|[][(),;|=*])
    | (?P<end>$)
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r'\\(["\\]|x[0-9a-fA-F]{2})')


class _Token(NamedTuple):
    what: str
    text: str
    column: int


class _Tokens:
    """The tokens of a text, the next one looked at."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokenize(text))
        self._next = 0
        self.depth = 0

    @property
    def next(self) -> _Token:
        return self._tokens[self._next]

    @property
    def after(self) -> _Token:
        return self._tokens[min(self._next + 1, len(self._tokens) - 1)]

    @property
    def last(self) -> str:
        return self._tokens[self._next - 1].text

    def take(self, what: str) -> str:
        token = self.next
        if token.what != what:
            raise _unexpected(token)
        self._next += 1
        return token.text

    def skip(self, mark: str) -> bool:
        if self.next.text != mark or self.next.what not in ("mark", "end"):
            return False
        self._next += self.next.what != "end"
        return True

    def expect(self, mark: str) -> None:
        if not self.skip(mark):
            raise _unexpected(self.next)


def _unexpected(token: _Token) -> TermError:
    found = f"'{token.text}'" if token.text else "the end"
    return TermError(f"column {token.column}: {found} is not expected here")


def _tokenize(text: str) -> Iterator[_Token]:
    at = 0
    while True:
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise TermError(f"column {at + 1}: '{text[at:].strip()[:1]}' is not understood")
        what = match.lastgroup
        yield _Token(what, match[what], match.start(what) + 1)
        if what == "end":
            return
        at = match.end()


def _statement(tokens: _Tokens) -> Statement:
    name = tokens.take("name")
    if not tokens.skip("="):
        return Statement(Call(name, tuple(_arguments(tokens))))
    return Statement(Call(tokens.take("name"), tuple(_arguments(tokens))), name)


def _term(tokens: _Tokens) -> Term:
    tokens.depth += 1
    if tokens.depth > MAX_DEPTH:
        raise TermError(f"column {tokens.next.column}: this is nested too deeply")
    try:
        return _READERS.get(tokens.next.what, _other)(tokens)
    finally:
        tokens.depth -= 1


def _number(tokens: _Tokens) -> Term:
    text = tokens.take("number")
    kind = next((kind for kind, suffix in _SUFFIXES.items() if text.endswith(suffix)), "")
    if kind and text.removeprefix("-")[:-1].isdigit():
        return Boxed(kind, int(text[:-1]))
    return Integer(int(text)) if text.removeprefix("-").isdigit() else Double(_float(text))


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise TermError(f"'{text}' is no number") from None


def _text(tokens: _Tokens) -> Text:
    inner = tokens.take("text")[1:-1]

    def unescaped(match: re.Match[str]) -> str:
        return chr(int(match[1][1:], 16)) if match[1][0] == "x" else match[1]

    return Text(_ESCAPE.sub(unescaped, inner).encode("latin-1", "replace"))


def _made(tokens: _Tokens) -> Term:
    column = tokens.next.column
    kind = tokens.take("made")[1:]
    if kind == "null":
        return Null()
    if kind == "bigarray":
        return _bigarray(tokens)
    if kind.isdigit():
        return _block(int(kind), tokens, column)
    arguments = tuple(_arguments(tokens))
    if kind == "floats":
        numbers = [each.number for each in arguments if isinstance(each, Double)]
        if len(numbers) == len(arguments):
            return Floats(tuple(numbers))
    elif kind == "global":
        if len(arguments) == 1:
            return Global(arguments[0])
    else:
        first, *rest = arguments or (Null(),)
        if isinstance(first, Integer) and len(rest) == (1 if kind == "fun" else 0):
            return Function(first.number, rest[0] if rest else None)
    raise TermError(f"column {column}: this is no '#{kind}'")


def _block(tag: int, tokens: _Tokens, column: int) -> Block:
    if tag > MAX_TAG:
        raise TermError(f"column {column}: {tag} is no tag")
    tokens.expect("(")
    fields = tuple(_until(("|", ")"), tokens))
    if tokens.last != "|":
        return Block(tag, fields)
    flat = tuple(_until((")",), tokens))
    if not all(isinstance(word, Integer | Double) for word in flat):
        raise TermError(f"column {column}: flat words are numbers")
    return Block(tag, fields, tuple(word for word in flat if isinstance(word, Integer | Double)))


def _bigarray(tokens: _Tokens) -> Bigarray:
    tokens.expect("(")
    kind = tokens.take("name")
    dimensions = []
    while tokens.skip(","):
        text = tokens.take("number")
        if not text.isdigit():
            raise TermError(f"'{text}' is no dimension")
        dimensions.append(int(text))
    tokens.expect(")")
    return Bigarray(kind, tuple(dimensions))


def _result(tokens: _Tokens) -> Term:
    name = tokens.take("name")
    is_call = tokens.next.text == "(" and tokens.next.what == "mark"
    term: Call | Project | Variable
    term = Call(name, tuple(_arguments(tokens))) if is_call else Variable(name)
    while tokens.next.what == "made" and tokens.next.text[1:].isdigit():
        term = Project(term, int(tokens.take("made")[1:]))
    return term


def _other(tokens: _Tokens) -> Term:
    if tokens.skip("["):
        return List(_repeated("]", tokens))
    if tokens.skip("[|"):
        return Array(_repeated("|]", tokens))
    raise _unexpected(tokens.next)


_READERS: dict[str, Callable[[_Tokens], Term]] = {
    "number": _number,
    "text": _text,
    "made": _made,
    "name": _result,
}


def _arguments(tokens: _Tokens) -> Iterator[Term]:
    tokens.expect("(")
    yield from _until((")",), tokens)


def _repeated(mark: str, tokens: _Tokens) -> tuple[Term, ...]:
    """The elements of a list or an array."""
    first = tokens.next
    if not (first.text.isdigit() and tokens.after.text == "*"):
        return tuple(_until((mark,), tokens))
    count = int(tokens.take("number"))
    tokens.expect("*")
    if count > MAX_LENGTH:
        raise TermError(f"column {first.column}: {count} elements are too many")
    element = _term(tokens)
    tokens.expect(mark)
    return (element,) * count


def _until(marks: tuple[str, ...], tokens: _Tokens) -> Iterator[Term]:
    """Terms with commas between them, and one of the marks behind."""
    if any(map(tokens.skip, marks)):
        return
    yield _term(tokens)
    while not any(map(tokens.skip, marks)):
        tokens.expect(",")
        yield _term(tokens)
