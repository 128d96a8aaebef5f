"""Where C files define functions, in any configuration and by their text alone.

This is a judge of the analyzer, so it shares nothing with it: a definition counts in every branch
of every conditional, and a macro stands for whatever some file says it does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

_COMMENT_OR_LITERAL = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'", re.DOTALL
)
_CONTINUED = re.compile(r"(?:[^\n]*\\[ \t]*\r?\n)+[^\n]*")
_SPLICE = re.compile(r"\\[ \t]*\r?\n")
_DIRECTIVE = re.compile(r"^[ \t]*#.*$", re.MULTILINE)
_DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(?:\(([^)]*)\))?(.*)$", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_]\w*")
# A body, perhaps behind the types of parameters that the parentheses only name.
_BODY = re.compile(r"\s*(?:[A-Za-z_][\w\s*,\[\]]*;\s*)*\{")
_STATIC = re.compile(r"\bstatic\b")
# What a macro may give that makes a function or its name.
_MAKES = re.compile(r"##|\{|^\s*[A-Za-z_]\w*\s*$")
_OPERAND = re.compile(r"(##\s*)?\b([A-Za-z_]\w*)\b(?=(\s*##)?)")
_PASTE = re.compile(r"\s*##\s*")
_WORLDS = 4  # how many replacements of one name are tried


@dataclass(frozen=True, slots=True, order=True)
class Place:
    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Macro:
    """`params` is None for a macro that is no function."""

    params: tuple[str, ...] | None
    body: str


def find_definitions(
    files: Mapping[str, bytes], names: Collection[str]
) -> dict[str, frozenset[Place]]:
    """Those of the names that are defined as functions that other files can call, and where."""
    texts = {path: logical_lines(content) for path, content in files.items()}
    code = {path: _DIRECTIVE.sub("", text) for path, text in texts.items()}
    found: dict[str, set[Place]] = defaultdict(set)
    for world in ({}, *_worlds(macros_in(texts.values()))):
        for path, text in code.items():
            for name, line in defined(expanded(text, world), names):
                found[name].add(Place(path, line))
    return {name: frozenset(places) for name, places in found.items()}


def logical_lines(content: bytes) -> str:
    """A file without comments and literals, continued lines joined; lines keep their numbers."""
    text = _CONTINUED.sub(_join, content.decode("utf-8", errors="replace"))
    return _COMMENT_OR_LITERAL.sub(_blank, text)


def _join(match: re.Match[str]) -> str:
    return _SPLICE.sub(" ", match[0]) + "\n" * match[0].count("\n")


def _blank(match: re.Match[str]) -> str:
    token = match[0]
    if token.startswith("/"):
        return " " + "\n" * token.count("\n")
    return '""' if token.startswith('"') else "0"


def defined(code: str, names: Collection[str]) -> Iterator[tuple[str, int]]:
    """The names that a text without comments and directives defines, with their lines."""
    for match in _WORD.finditer(code):
        if match[0] not in names:
            continue
        params = _arguments(code, match.end())
        if params is not None and _BODY.match(code, params[1]):
            start = max(code.rfind(mark, 0, match.start()) for mark in ";{}")
            if not _STATIC.search(code, start + 1, match.start()):
                yield match[0], code.count("\n", 0, match.start()) + 1


def _arguments(code: str, at: int) -> tuple[tuple[str, ...], int] | None:
    """What stands between the parentheses that open here, and where they end."""
    while code[at : at + 1].isspace():
        at += 1
    if code[at : at + 1] != "(":
        return None
    depth, start = 0, at + 1
    arguments: list[str] = []
    for offset in range(at, len(code)):
        character = code[offset]
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if not depth:
                return (*arguments, code[start:offset]), offset + 1
        elif character == "," and depth == 1:
            arguments.append(code[start:offset])
            start = offset + 1
    return None


def macros_in(texts: Iterable[str]) -> dict[str, list[Macro]]:
    """The macros that may make a function or its name, with all replacements of each."""
    macros: dict[str, list[Macro]] = {}
    for text in texts:
        for match in _DEFINE.finditer(text):
            params = match[2] and tuple(param.strip() for param in match[2].split(","))
            macro = Macro(None if match[2] is None else params or (), match[3])
            if macro not in macros.setdefault(match[1], []):
                macros[match[1]].append(macro)
    makers: set[str] = set()
    while more := {
        name
        for name, some in macros.items()
        if name not in makers
        and any(_MAKES.search(m.body) or makers & {*_WORD.findall(m.body)} for m in some)
    }:
        makers |= more
    return {name: some for name, some in macros.items() if name in makers}


def _worlds(macros: Mapping[str, list[Macro]]) -> Iterator[dict[str, Macro]]:
    """Choices of one replacement for each name, in which every replacement has its turn."""
    for turn in range(min(max(map(len, macros.values()), default=0), _WORLDS)):
        yield {name: some[turn % len(some)] for name, some in macros.items()}


def expanded(code: str, macros: Mapping[str, Macro], active: frozenset[str] = frozenset()) -> str:
    """The text with its macros replaced where they stand; lines keep their numbers."""
    parts = []
    at = 0
    for match in _WORD.finditer(code):
        name = match[0]
        macro = macros.get(name)
        if match.start() < at or macro is None or name in active:
            continue
        end, body = match.end(), macro.body
        if macro.params is not None:
            called = _arguments(code, end)
            if called is None:
                continue
            arguments, end = called
            flat = [" ".join(argument.split()) for argument in arguments]
            given = dict(zip(macro.params, flat, strict=False))
            body = _substituted(body, given, macros, active)
        body = expanded(_PASTE.sub("", body), macros, active | {name})
        parts += [code[at : match.start()], body, "\n" * code.count("\n", match.start(), end)]
        at = end
    return "".join((*parts, code[at:]))


def _substituted(
    body: str, given: Mapping[str, str], macros: Mapping[str, Macro], active: frozenset[str]
) -> str:
    def replacement(match: re.Match[str]) -> str:
        pasted, name, pastes = match.groups()
        if name not in given:
            return match[0]
        # only what is not pasted is expanded before it is put in
        argument = given[name] if pasted or pastes else expanded(given[name], macros, active)
        return (pasted or "") + argument

    return _OPERAND.sub(replacement, body)
