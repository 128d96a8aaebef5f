"""Declarations of externals."""

from __future__ import annotations

import re

from tree_sitter import Node

from analyzer.mlfront.lexical import without_comments
from analyzer.mlfront.syntax import (
    attribute_name,
    full_attribute_name,
    parts,
    spelled,
    squeezed,
)
from analyzer.mlfront.types import Kinds, labelled, optional, quantified, read_type
from runtime_sim.model.modes import Locality
from runtime_sim.model.types import External, Slot

_ESCAPE = re.compile(
    r"\\(?:(?P<newline>\r?\n[ \t]*)|(?P<decimal>[0-9]{3})|x(?P<hex>[0-9a-fA-F]{2})"
    r"|o(?P<octal>[0-3][0-7]{2})|u\{(?P<code>[0-9a-fA-F]+)\}|(?P<plain>.))",
    re.DOTALL,
)
_PLAIN = {"n": "\n", "t": "\t", "b": "\b", "r": "\r"}
_NAMES = ("value_name", "parenthesized_operator")
_WRAPPERS = ("parenthesized_type", "local_type")


def read_external(node: Node) -> External | None:
    """An `external` node, or None if something in it could not be read."""
    type_ = node.child_by_field_name("type")
    name = next((part for part in parts(node) if part.type in _NAMES), None)
    names = tuple(_string(part) for part in parts(node) if part.type in _STRINGS)
    if node.has_error or type_ is None or name is None or not names:
        return None
    params, result = _slots(type_, [part for part in parts(node) if part.type == "mode"])
    return External(
        name=squeezed(name).removeprefix("(").removesuffix(")")
        if name.type == "parenthesized_operator"
        else spelled(name),
        params=params,
        result=result,
        names=names,
        attributes=tuple(_attributes(node, name)),
        text=_text(type_),
    )


def _attributes(node: Node, name: Node) -> list[str]:
    """`external[@here] name : type = "c" [@@and_here]`; those of the type are between."""
    return [
        full_attribute_name(child)
        for child in node.children
        if child.type == "item_attribute"
        or (child.type == "attribute" and child.end_byte <= name.start_byte)
    ]


def _text(type_: Node) -> str:
    """The type as written."""
    text = type_.text or b""
    if b"(*" in text:
        text = without_comments(text)
    return " ".join(text.decode(errors="replace").split())


# --- the type ----------------------------------------------------------------------------------


def _slots(type_: Node, modes: list[Node]) -> tuple[tuple[Slot, ...], Slot]:
    """The parameters and the result: one for each arrow written, in parentheses or not."""
    kinds: Kinds = {}
    params: list[Slot] = []
    while True:
        inner = _unwrapped(type_)
        if inner.type == "polymorphic_type" and (body := inner.child_by_field_name("type")):
            kinds = {**kinds, **quantified(inner)}
            type_ = body
            continue
        domain = inner.child_by_field_name("domain")
        codomain = inner.child_by_field_name("codomain")
        if inner.type != "function_type" or domain is None or codomain is None:
            return tuple(params), _slot("", type_, modes, kinds)
        before, modes = _modes(inner)
        params.append(_slot(*labelled(domain), before, kinds))
        type_ = codomain


def _modes(arrow: Node) -> tuple[list[Node], list[Node]]:
    """The modes of the parameter and those of the result."""
    before: list[Node] = []
    after: list[Node] = []
    into = before
    for part in arrow.children:
        if part.type == "->":
            into = after
        elif part.type == "mode":
            into.append(part)
    return before, after


def _unwrapped(node: Node) -> Node:
    while node.type in _WRAPPERS:
        node = next((part for part in parts(node) if part.is_named), node.children[-1])
    return node


def _slot(label: str, node: Node, modes: list[Node], kinds: Kinds) -> Slot:
    """A parameter or result, with the attributes inside its parentheses."""
    attributes = set()
    locality = Locality.GLOBAL
    if any(spelled(mode) == "local" for mode in modes):
        locality = Locality.LOCAL
    outer = node
    while outer.type in _WRAPPERS:
        if outer.type == "local_type":
            locality = Locality.LOCAL
        attributes |= {
            attribute_name(child) for child in outer.children if child.type == "attribute"
        }
        outer = next((part for part in parts(outer) if part.is_named), outer.children[-1])
    return Slot(
        type=optional(label, read_type(node, kinds)),
        label=label,
        locality=Locality.EITHER if "local_opt" in attributes else locality,
        unboxed="unboxed" in attributes,
        untagged="untagged" in attributes,
        unpacked="unpacked" in attributes,
        unextended="unsafe_unextended" in attributes,
    )


# --- strings -----------------------------------------------------------------------------------

_STRINGS = ("string", "quoted_string")


def _string(node: Node) -> str:
    """What a string literal stands for."""
    text = spelled(node)
    if node.type == "string":
        return _ESCAPE.sub(_unescaped, text[1:-1])
    start = text.index("|") + 1
    return text[start : len(text) - start]


def _unescaped(match: re.Match[str]) -> str:
    if match["newline"]:
        return ""
    if match["decimal"]:
        return chr(int(match["decimal"]))
    if match["octal"]:
        return chr(int(match["octal"], 8))
    if digits := match["hex"] or match["code"]:
        code = int(digits, 16)
        return chr(code) if code <= 0x10FFFF else "?"
    return _PLAIN.get(match["plain"], match["plain"])
