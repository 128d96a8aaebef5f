"""Function definitions as a parser that expands no macros sees them in the raw text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import tree_sitter
import tree_sitter_c


@dataclass(frozen=True, slots=True)
class Definition:
    """A function definition with its first and last line."""

    name: str
    first: int
    last: int


_MACRO = re.compile(rb"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_c.language()))


def _declared_name(node: tree_sitter.Node) -> str | None:
    """The name inside pointers, parentheses and parameter lists, if it declares a function."""
    is_function = False
    inner: tree_sitter.Node | None = node.child_by_field_name("declarator")
    while inner is not None and inner.type != "identifier":
        is_function = is_function or inner.type == "function_declarator"
        nested = inner.child_by_field_name("declarator")
        if nested is None:  # parentheses and attributes have no field for what they enclose
            nested = next(
                (
                    c
                    for c in inner.named_children
                    if "declarator" in c.type or c.type == "identifier"
                ),
                None,
            )
        inner = nested
    return inner.text.decode() if inner is not None and inner.text and is_function else None


def function_definitions(text: bytes) -> list[Definition]:
    """The definitions in both branches of every conditional, in the order of the text.

    The use of a macro that makes a function looks like a definition of the macro's name, and
    an `if` behind a brace of another branch like one of `if`: neither is a function.
    """
    definitions = []
    macros = {match[1].decode() for match in _MACRO.finditer(text)} | {"if"}
    pending = [_parser().parse(text).root_node]
    while pending:
        node = pending.pop()
        if node.type != "function_definition":
            pending.extend(reversed(node.named_children))
        elif (name := _declared_name(node)) and name not in macros:
            first, last = node.start_point.row + 1, node.end_point.row + 1
            definitions.append(Definition(name, first, last))
    return definitions
