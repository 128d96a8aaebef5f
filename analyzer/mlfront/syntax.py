"""The tree-sitter grammars of OCaml, and what every reader of their trees needs."""

from __future__ import annotations

from functools import cache

import tree_sitter
import tree_sitter_ocaml
from tree_sitter import Node

from analyzer.mlfront.lexical import without_comments

_EXTRAS = frozenset({"comment", "attribute", "line_number_directive"})


@cache
def _parser(interface: bool) -> tree_sitter.Parser:
    grammar = (
        tree_sitter_ocaml.language_ocaml_interface
        if interface
        else tree_sitter_ocaml.language_ocaml
    )
    return tree_sitter.Parser(tree_sitter.Language(grammar()))


def parse(text: bytes, interface: bool = False) -> Node:
    return _parser(interface).parse(text).root_node


def parts(node: Node) -> list[Node]:
    """The children that the grammar asks for; comments and attributes may stand anywhere."""
    return [child for child in node.children if child.type not in _EXTRAS]


def spelled(node: Node) -> str:
    """The text of a node."""
    return (node.text or b"").decode(errors="replace")


def squeezed(node: Node) -> str:
    """The text of a path without the blanks and comments that may stand in it."""
    text = node.text or b""
    if b"(*" in text:
        text = without_comments(text)
    return "".join(text.decode(errors="replace").split())


def attribute_name(attribute: Node) -> str:
    """The name of `[@name ...]`, without the `ocaml.` that may stand before it."""
    return full_attribute_name(attribute).removeprefix("ocaml.")


def full_attribute_name(attribute: Node) -> str:
    return next(
        (squeezed(child) for child in attribute.children if child.type == "attribute_id"), ""
    )
