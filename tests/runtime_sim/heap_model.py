"""What the blocks that the mutator's places lead to must be, as Python objects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeAlias

ROOTS, ARRAY, PLACES = 8, 12, 14
LARGE = 300


@dataclass(eq=False)
class Node:
    """A block: `form` is how the mutator prints it, up to its fields.

    The fields of an ephemeron are its data and its keys, None where they are empty.
    """

    form: str
    fields: list[Value | None] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.form[0]


Value: TypeAlias = int | Node


def block(tag: int, fields: Iterable[Value]) -> Node:
    """A block of values; without fields, an atom."""
    fields = list(fields)
    return Node(f"b{tag}.{len(fields)}", list(fields)) if fields else Node(f"a{tag}")


class HeapModel:
    """The places, what they hold, and what becomes of it in a collection."""

    def __init__(self) -> None:
        self.places: list[Value] = [0] * PLACES
        self.absent: set[int] = set()
        """Places that are no roots now."""
        self.customs: list[Node] = []

    def custom(self, number: int) -> Node:
        node = Node(f"c{number}")
        self.customs.append(node)
        return node

    def present(self, kinds: str = "") -> list[int]:
        """The places that are roots, perhaps those that hold blocks of some kinds."""
        return [
            place
            for place, value in enumerate(self.places)
            if place not in self.absent
            and (not kinds or (isinstance(value, Node) and value.kind in kinds))
        ]

    def node(self, place: int) -> Node:
        value = self.places[place]
        assert isinstance(value, Node)
        return value

    def collect(self) -> list[int]:
        """Empty the ephemerons' keys that nothing reaches; returns whose finalisers run."""
        live = self._live()
        for node in live:
            if node.kind == "e":
                keys = node.fields[1:]
                if any(isinstance(key, Node) and key not in live for key in keys):
                    node.fields[0] = None
                node.fields[1:] = [
                    None if isinstance(key, Node) and key not in live else key for key in keys
                ]
        dead = [node for node in self.customs if node not in live]
        self.customs = [node for node in self.customs if node in live]
        return [int(node.form[1:]) for node in dead]

    def _live(self) -> dict[Node, None]:
        """The blocks that are reached; an ephemeron's data counts when all its keys do."""
        live: dict[Node, None] = {}
        pending = [value for value in self.places if isinstance(value, Node)]
        while pending:
            while pending:
                node = pending.pop()
                if node not in live:
                    live[node] = None
                    if node.kind != "e":
                        pending += [f for f in node.fields if isinstance(f, Node)]
            for node in live:
                if node.kind == "e" and isinstance(data := node.fields[0], Node):
                    keys = [key for key in node.fields[1:] if isinstance(key, Node)]
                    if data not in live and all(key in live for key in keys):
                        pending.append(data)
        return live

    def print(self) -> str:
        """As the mutator prints it: blocks in the order in which they are first met."""
        seen: dict[Node, int] = {}
        words = []
        pending: list[Value | None] = [*reversed(self.places)]
        while pending:
            value = pending.pop()
            if value is None:
                words.append("_")
            elif isinstance(value, int):
                words.append(str(value))
            elif value in seen:
                words.append(f"#{seen[value]}")
            else:
                if value.kind != "a":
                    seen[value] = len(seen)
                words.append(value.form)
                pending += reversed(value.fields)
        return " ".join(words) + " "


def marshalled(value: Value) -> Value | None:
    """A copy with the same sharing; None for what cannot be written."""
    copies: dict[Node, Node] = {}

    def copied(part: Value | None) -> Value | None:
        if not isinstance(part, Node):
            return part
        if part not in copies:
            copies[part] = Node(part.form)
            pending.append(part)
        return copies[part]

    pending: list[Node] = []
    result = copied(value)
    while pending:
        node = pending.pop()
        if node.kind in "cef":
            return None
        copies[node].fields = [copied(part) for part in node.fields]
    return result
