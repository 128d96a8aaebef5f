"""Type definitions."""

from __future__ import annotations

from collections.abc import Iterable

from tree_sitter import Node

from analyzer.mlfront.kinds import read_kind
from analyzer.mlfront.syntax import attribute_name, parse, parts, spelled, squeezed
from analyzer.mlfront.types import Kinds, annotated, quantified, read_type, variable_name
from runtime_sim.model.kinds import IMMEDIATE, IMMEDIATE64, Kind
from runtime_sim.model.types import (
    Constructor,
    Extensible,
    Field,
    Record,
    Type,
    TypeDefinition,
    Variant,
)

_PROMISES = {"immediate": IMMEDIATE, "immediate64": IMMEDIATE64}


def read_definition(name: str, text: bytes) -> TypeDefinition:
    """A definition, from what follows `type`; abstract if it cannot be read."""
    root = parse(b"type " + text)
    binding = _first(root, "type_binding")
    if binding is None:
        return TypeDefinition(name)
    params, kinds = _parameters(binding)
    attributes = [attribute_name(node) for node in _attributes(root, binding)]
    return TypeDefinition(
        name,
        params,
        _body(binding, kinds),
        unboxed="unboxed" in attributes,
        kind=_promised(binding, attributes),
    )


def _first(node: Node, kind: str) -> Node | None:
    """The first node of a kind, whatever stands around it."""
    pending = [node]
    while pending:
        node = pending.pop()
        if node.type == kind:
            return node
        pending.extend(reversed(node.children))
    return None


def _attributes(root: Node, binding: Node) -> Iterable[Node]:
    """Those of the definition.

    One with a single `@` that stands last belongs to the last constructor, but is meant for the
    type; for the grammar it may stand anywhere, so its place in the tree is outside.
    """
    places = [binding, *([binding.parent] if binding.parent else []), root]
    for place in places:
        for node in place.children:
            if node.type in ("attribute", "item_attribute"):
                yield node


def _parameters(binding: Node) -> tuple[tuple[str, ...], dict[str, Kind]]:
    """The names of the parameters, and the kinds that are told of them."""
    names: list[str] = []
    kinds: dict[str, Kind] = {}
    named = binding.child_by_field_name("name")
    for part in parts(binding):
        if part == named:
            break
        if part.type == "type_variable":
            names.append(variable_name(part))
        elif part.type == "kind_annotated_type_variable":
            name, kind = annotated(part)
            names.append(name)
            if kind is not None:
                kinds[name] = kind
        elif names and part.is_named and (kind := read_kind(part)) is not None:
            kinds[names[-1]] = kind
    return tuple(names), kinds


def _promised(binding: Node, attributes: list[str]) -> Kind | None:
    """The kind that an annotation after the name or an attribute promises."""
    kind = None
    named = binding.child_by_field_name("name")
    for part in binding.children_by_field_name("kind"):
        if named is None or part.start_byte > named.start_byte:
            kind = read_kind(part)
    for attribute in attributes:
        promise = _PROMISES.get(attribute)
        if promise is not None:
            kind = promise if kind is None else promise.meet(kind)
    return kind


# --- bodies ------------------------------------------------------------------------------------


def _body(binding: Node, kinds: Kinds) -> Record | Variant | Extensible | Type | None:
    body = binding.child_by_field_name("body")
    if body is None:
        return None
    match body.type:
        case "variant_declaration":
            declared = [part for part in parts(body) if part.type == "constructor_declaration"]
            return Variant(tuple(_constructor(node, kinds) for node in declared))
        case "record_declaration":
            return _record(body, kinds)
        case "..":
            return Extensible()
        case "external_declaration":
            return None
        case _:
            return read_type(body, kinds)


def _record(node: Node, kinds: Kinds) -> Record:
    declared = [part for part in parts(node) if part.type == "field_declaration"]
    fields = tuple(_field(field, kinds) for field in declared)
    return Record(fields, unboxed=node.children[0].type == "#{")


def _field(node: Node, kinds: Kinds) -> Field:
    words = {part.type for part in parts(node)}
    name = next((spelled(part) for part in parts(node) if part.type == "field_name"), "")
    type_ = node.child_by_field_name("type")
    global_ = "global_" in words or any(_is_global(part) for part in parts(node))
    return Field(
        name,
        read_type(type_ if type_ is not None else node, kinds),
        "mutable" in words,
        global_,
    )


def _is_global(node: Node) -> bool:
    return node.type == "modality" and spelled(node) == "global"


def _constructor(node: Node, kinds: Kinds) -> Constructor:
    children = parts(node)
    types = [child.type for child in children]
    start = next((i for i, kind in enumerate(types) if kind in ("of", ":", "=")), len(types))
    name = "".join(squeezed(child) for child in children[:start])
    if name.startswith("(") and name != "()":
        name = name[1:-1]
    if start == len(types) or types[start] == "=":
        return Constructor(name)
    if "." in types:
        kinds = {**kinds, **quantified(node)}
        start = types.index(".")
    arguments = children[start + 1 :]
    if ":" in types:  # its own result type stands last
        arguments = arguments[: _index(arguments, "->")]
    if arguments and arguments[0].type == "record_declaration":
        return Constructor(name, _record(arguments[0], kinds).fields, record=True)
    return Constructor(name, _arguments(arguments, kinds))


def _index(nodes: list[Node], kind: str) -> int:
    """The place of the last node of a kind; 0 if there is none."""
    return max((i for i, node in enumerate(nodes) if node.type == kind), default=0)


def _arguments(nodes: list[Node], kinds: Kinds) -> tuple[Field, ...]:
    """Types between `*`, each with `global_` before or modalities behind it."""
    groups: list[list[Node]] = [[]]
    for node in nodes:
        if node.type == "*":
            groups.append([])
        else:
            groups[-1].append(node)
    fields = []
    for group in groups:
        type_ = next((n for n in group if n.is_named and n.type != "modality"), None)
        if type_ is not None:
            global_ = any(node.type == "global_" or _is_global(node) for node in group)
            fields.append(Field("", read_type(type_, kinds), global_=global_))
    return tuple(fields)
