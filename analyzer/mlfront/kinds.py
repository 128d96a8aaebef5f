"""Kind annotations: `value mod external_`, `float64 & bits32`."""

from __future__ import annotations

from tree_sitter import Node

from analyzer.mlfront.syntax import parts, spelled, squeezed
from runtime_sim.model.kinds import ABBREVIATIONS, VALUE, Kind, Layout, bounded

_DEEPEST = 50


def read_kind(node: Node, depth: int = 0) -> Kind | None:
    """The kind, or None for one that has a name of its own or is not written out."""
    children = parts(node) if depth < _DEEPEST else []
    match node.type:
        case "kind_path":
            return ABBREVIATIONS.get(squeezed(node).rpartition(".")[2])
        case "product_kind":
            return Kind(Layout.PRODUCT)
        case "parenthesized_kind" if len(children) == 3:
            return read_kind(children[1], depth + 1)
        case "mod_bounded_kind" if children:
            base = read_kind(children[0], depth + 1)
            modes = tuple(spelled(child) for child in children if child.type == "mode")
            return None if base is None else bounded(base, modes)
        case "with_bounded_kind" if children:
            # What the types after `with` are like may take back any promise.
            base = read_kind(children[0], depth + 1)
            return base.join(VALUE) if base and base.layout is Layout.VALUE else base
        case _:
            return None
