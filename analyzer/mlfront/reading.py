"""Reading one file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from analyzer.ir.nodes import Position, Problem
from analyzer.mlfront.externals import read_external
from analyzer.mlfront.lexical import (
    as_utf8,
    blanked_directives,
    external_extent,
    keywords,
    may_declare_external,
)
from analyzer.mlfront.nodes import DeclaredExternal, MlFile, Scope, ScopeKind
from analyzer.mlfront.outline import FoundExternal, Outline, innermost
from analyzer.mlfront.syntax import parse
from runtime_sim.model.types import External

_WORD = re.compile(rb"external")
_UNREADABLE = "this external could not be read; its calls are not checked"


def read_ml(path: str, content: bytes) -> MlFile:
    """The externals of an `.ml` or `.mli` file, and its outline if it has any."""
    text = blanked_directives(as_utf8(content))
    if not may_declare_external(text):
        return MlFile(path, (), (), ())
    return _Reading(path, text).file()


def read_outline(path: str, content: bytes) -> tuple[Scope, ...]:
    """The scopes of a file."""
    text = blanked_directives(as_utf8(content))
    return Outline(_parse(path, text), text, _words(text)).scopes()


def _parse(path: str, text: bytes) -> Node:
    return parse(text, path.endswith(".mli"))


def _words(text: bytes) -> list[int]:
    return [match.start() for match in _WORD.finditer(text)]


class _Reading:
    def __init__(self, path: str, text: bytes) -> None:
        self.path = path
        self.text = text
        self.lines = _Lines(path, text)
        self.externals: list[DeclaredExternal] = []
        self.problems: list[Problem] = []

    def file(self) -> MlFile:
        words = _words(self.text)
        root = _parse(self.path, self.text)
        outline = Outline(root, self.text, words)
        scopes = outline.scopes()
        for found in outline.externals:
            self._read(found, scopes)
        self._recover(root, scopes, words, outline.externals)
        self.externals.sort(key=lambda declared: declared.at)
        self.problems.sort(key=lambda problem: problem.position)
        return MlFile(self.path, tuple(self.externals), tuple(self.problems), scopes)

    def _read(self, found: FoundExternal, scopes: Sequence[Scope]) -> None:
        node = found.node
        external, end = read_external(node), node.end_byte
        if external is None:
            external, end = self._read_alone(node.start_byte)
        self._declare(external, node.start_byte, end, scopes, found)

    def _recover(
        self,
        root: Node,
        scopes: Sequence[Scope],
        words: Sequence[int],
        found: Sequence[FoundExternal],
    ) -> None:
        """Each `external` that the tree does not have as such is read without what is around."""
        known = {external.node.start_byte for external in found}
        missed = [offset for offset in words if offset not in known]
        if not missed or (not root.has_error and all(_is_no_keyword(root, o) for o in missed)):
            return
        for offset in keywords(self.text):
            if offset not in known:
                external, end = self._read_alone(offset)
                scope = innermost(scopes, offset)
                in_signature = scopes[scope].kind is ScopeKind.SIGNATURE
                around = FoundExternal(root, scope, in_signature)
                self._declare(external, offset, end, scopes, around)

    def _read_alone(self, offset: int) -> tuple[External | None, int]:
        end = external_extent(self.text, offset)
        if end is None:
            return None, offset
        node = next(iter(parse(self.text[offset:end]).children), None)
        if node is None or node.type != "external":
            return None, offset
        return read_external(node), end

    def _declare(
        self,
        external: External | None,
        start: int,
        end: int,
        scopes: Sequence[Scope],
        found: FoundExternal,
    ) -> None:
        position = self.lines.position(start)
        if external is None:
            self.problems.append(Problem(position, _UNREADABLE, ""))
            return
        declared = DeclaredExternal(
            external=external,
            module=scopes[found.scope].names,
            position=position,
            name_positions=tuple(self._name_positions(external, start, end)),
            end_line=self.lines.position(end).line,
            in_signature=found.in_signature,
            scope=found.scope,
            at=start,
        )
        self.externals.append(declared)

    def _name_positions(self, external: External, start: int, end: int) -> Iterator[Position]:
        """Where the C names stand; a name written with escapes is not looked for."""
        at = start
        for name in external.names:
            found = self.text.find(b'"%b"' % name.encode(), at, end)
            at = start if found < 0 else found + 1
            yield self.lines.position(at)


def _is_no_keyword(root: Node, offset: int) -> bool:
    """Whether a sound tree has something else at a place where `external` is written."""
    node = root.descendant_for_byte_range(offset, offset + 1)
    return node is not None and node.type != "external"


class _Lines:
    """Lines and columns of offsets."""

    def __init__(self, path: str, text: bytes) -> None:
        self.path = path
        self._text = text
        self._offset = 0
        self._line = 1

    def position(self, offset: int) -> Position:
        if offset < self._offset:
            self._offset, self._line = 0, 1
        self._line += self._text.count(b"\n", self._offset, offset)
        self._offset = offset
        start = self._text.rfind(b"\n", 0, offset) + 1
        column = len(self._text[start:offset].decode(errors="replace")) + 1
        return Position(self.path, self._line, column)
