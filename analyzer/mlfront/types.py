"""Type expressions."""

from __future__ import annotations

from collections.abc import Mapping

from tree_sitter import Node

from analyzer.mlfront.kinds import read_kind
from analyzer.mlfront.syntax import parts, spelled, squeezed
from runtime_sim.model.kinds import Kind
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Opaque,
    PolyVariant,
    Tuple,
    Type,
    TypeVar,
)

Kinds = Mapping[str, Kind]
"""The kinds of the type variables in scope."""


_DEEPEST = 150  # types within types: nobody writes more, and Python's stack is finite


def read_type(node: Node, kinds: Kinds) -> Type:
    """A type; what is not one of those that decide a representation is kept as text."""
    return Opaque(one_line(node)) if _is_too_deep(node) else _read(node, kinds)


def _is_too_deep(node: Node) -> bool:
    if node.end_byte - node.start_byte < _DEEPEST:
        return False
    level = node.children
    for _ in range(_DEEPEST):
        level = [child for parent in level for child in parent.children]
        if not level:
            return False
    return True


def _read(node: Node, kinds: Kinds) -> Type:
    match node.type:
        case "type_constructor_path":
            return Constr(squeezed(node))
        case "constructed_type":
            *arguments, path = _types(node)
            return Constr(squeezed(path), tuple(_read(one, kinds) for one in arguments))
        case "type_variable" | "any_type":
            return read_variable(node, kinds)
        case "kind_annotated_type_variable":
            name, kind = annotated(node)
            return TypeVar(name, kind)
        case "function_type":
            return _arrow(node, kinds)
        case "tuple_type":
            items = tuple(_read(_inner(node), kinds) for node in _types(node))
            return Tuple(items, unboxed=node.children[0].type == "#(")
        case "polymorphic_variant_type":
            return _variant(node, kinds)
        case "polymorphic_type":
            return _read(_inner(node), {**kinds, **quantified(node)})
        case "parenthesized_type" | "aliased_type" | "local_type":
            return _read(_inner(node), kinds)
        case "local_open_type":
            return _opened(node, kinds)
        case "object_type" | "hash_type":
            return Opaque(one_line(node), "object")
        case "package_type":
            return Opaque(one_line(node), "package")
        case _:
            return Opaque(one_line(node))


def one_line(node: Node) -> str:
    """The text with its blanks made single."""
    return " ".join(spelled(node).split())


def _types(node: Node) -> list[Node]:
    return [part for part in parts(node) if part.is_named]


def _inner(node: Node) -> Node:
    """The type inside a label, parentheses, an alias or a quantifier."""
    if (field := node.child_by_field_name("type")) is not None:
        return field
    if node.type not in ("parenthesized_type", "local_type", "polymorphic_type"):
        return node
    types = _types(node)
    return types[-1] if types else node.children[-1]


# --- variables ---------------------------------------------------------------------------------


def read_variable(node: Node, kinds: Kinds) -> TypeVar:
    name = variable_name(node)
    return TypeVar(name, kinds.get(name))


def variable_name(node: Node) -> str:
    """The name without its quote, "" for `_`."""
    return spelled(node).removeprefix("'") if spelled(node) != "_" else ""


def annotated(node: Node) -> tuple[str, Kind | None]:
    """The name and kind of `('a : kind)`."""
    variable = next((part for part in parts(node) if part.type == "type_variable"), None)
    kind = node.child_by_field_name("kind")
    return variable_name(variable) if variable else "", read_kind(kind) if kind else None


def quantified(node: Node) -> dict[str, Kind]:
    """The variables of `('a : kind) 'b. type` that have a kind."""
    told = {}
    for part in parts(node):
        if part.type == "kind_annotated_type_variable":
            name, kind = annotated(part)
            if kind is not None:
                told[name] = kind
    return told


# --- arrows ------------------------------------------------------------------------------------


def labelled(domain: Node) -> tuple[str, Node]:
    """The label of a parameter ("x", "?x" or "") and what stands behind it."""
    if domain.type != "labeled_argument_type":
        return "", domain
    name = domain.child_by_field_name("type")
    label = "".join(spelled(part) for part in parts(domain) if part.type in ("?", "label_name"))
    return label.removesuffix(":"), name if name is not None else domain.children[-1]


def optional(label: str, type_: Type) -> Type:
    """What is passed for a parameter: an option, if it is optional."""
    return Constr("option", (type_,)) if label.startswith("?") else type_


def _arrow(node: Node, kinds: Kinds) -> Type:
    domain, codomain = (
        node.child_by_field_name("domain"),
        node.child_by_field_name("codomain"),
    )
    if domain is None or codomain is None:
        return Opaque(one_line(node))
    label, inner = labelled(domain)
    return Arrow(optional(label, _read(inner, kinds)), _read(codomain, kinds), label)


# --- polymorphic variants ----------------------------------------------------------------------


def _variant(node: Node, kinds: Kinds) -> PolyVariant:
    tags = []
    inherits = []
    for part in _types(node):
        if part.type == "tag_specification":
            tag, *arguments = _types(part)
            name = spelled(tag).removeprefix("`")
            tags.append((name, tuple(_read(argument, kinds) for argument in arguments)))
        elif part.type != "tag":  # those after > are among the others
            inherits.append(_read(part, kinds))
    return PolyVariant(tuple(tags), tuple(inherits), open=node.children[0].type == "[>")


# --- local opens -------------------------------------------------------------------------------


def _opened(node: Node, kinds: Kinds) -> Type:
    """`M.(type)`: each name in it is looked up in `M` first, which `M.(name)` says."""
    module = squeezed(node.children[0])
    return _renamed(_read(_inner(node), kinds), module)


def _renamed(type_: Type, module: str) -> Type:
    match type_:
        case Constr(name, args):
            return Constr(f"{module}.({name})", tuple(_renamed(arg, module) for arg in args))
        case Arrow(param, result, label):
            return Arrow(_renamed(param, module), _renamed(result, module), label)
        case Tuple(items, unboxed):
            return Tuple(tuple(_renamed(item, module) for item in items), unboxed)
        case PolyVariant(tags, inherits, is_open):
            return PolyVariant(
                tuple((tag, tuple(_renamed(t, module) for t in types)) for tag, types in tags),
                tuple(_renamed(inherited, module) for inherited in inherits),
                is_open,
            )
        case _:
            return type_
