"""Declarations that were parsed before.

A header is parsed once for all files that include it, and what two configurations of a file have
in common once for both: the trees are shared.
"""

from __future__ import annotations

from typing import NamedTuple

from pycparser import c_ast

from analyzer.cfront.tokens import Token


class _Declaration(NamedTuple):
    """A parsed declaration. The tree depends on its tokens, and on which `words` are types."""

    tokens: list[Token]
    words: frozenset[str]
    types: frozenset[str]
    nodes: list[c_ast.Node]


class ParsedDeclarations:
    """Finds the tree of a declaration whose tokens were seen before at the same place."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, str], list[_Declaration]] = {}

    def find(
        self, tokens: list[Token], start: int, names: set[str]
    ) -> tuple[list[c_ast.Node], int] | None:
        """The tree of the declaration at `start` and the index behind it, if it is known."""
        for known in self._known.get(tokens[start].place, ()):
            end = start + len(known.tokens)
            if known.tokens == tokens[start:end] and known.words & names == known.types:
                return known.nodes, end
        return None

    def add(
        self,
        tokens: list[Token],
        start: int,
        end: int,
        names: set[str],
        nodes: list[c_ast.Node],
    ) -> None:
        """Remember a tree."""
        used = tokens[start:end]
        words = frozenset([token.value for token in used])
        known = _Declaration(used, words, words & names, nodes)
        self._known.setdefault(used[0].place, []).append(known)
