"""What is written in a case: its labels, and which function calls which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runtime_sim.model.profile import Profile

_LABEL = re.compile(r"/\*\s*(bad|good):(.*?)\*/", re.DOTALL)
_HEAD = re.compile(r"\b([A-Za-z_]\w*)\s*\((?:[^(){};#]|\([^(){};#]*\))*\)\s*\{")
_TABLE = re.compile(r"\b(\w+)(?:\[\w*\])*\s*=\s*\{(.*?)\};", re.DOTALL)
_NAME = re.compile(r"\b[A-Za-z_]\w*\b")
_KEYWORDS = frozenset({"if", "for", "while", "switch"})
_PROFILE = re.compile(r"\bprofile=([\w.-]+)")


@dataclass(frozen=True, slots=True)
class Label:
    """What is written above a function, and the rules that it may break if it is bad."""

    function: str
    is_bad: bool
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a function, its head included, and everything that they name.

    A table of functions has no lines; whoever names it may call what it names.
    """

    lines: range
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Case:
    """A C file, its functions and the labels of some."""

    path: Path
    profile: Profile
    labels: tuple[Label, ...]
    bodies: Mapping[str, Body]

    @property
    def group(self) -> str:
        """The rule that the case is about."""
        return self.path.parent.name

    def callers(self, function: str) -> set[str]:
        """A function with those that lead to it."""
        found = {function}
        while more := {
            name
            for name, body in self.bodies.items()
            if name not in found and not found.isdisjoint(body.names)
        }:
            found |= more
        return found


def read_case(path: Path) -> Case:
    """A C file's labels, each with the function that follows."""
    text = path.read_text(encoding="utf-8", errors="replace")
    profile = _PROFILE.search(text.partition("\n")[0])
    heads = [head for head in _HEAD.finditer(text) if head[1] not in _KEYWORDS]
    return Case(
        path,
        Profile(profile[1]) if profile else Profile.OCAML_5,
        tuple(_labels(text, heads)),
        dict(_bodies(text, heads)),
    )


def _labels(text: str, heads: Sequence[re.Match[str]]) -> Iterator[Label]:
    for label in _LABEL.finditer(text):
        head = next((one for one in heads if one.start() > label.end()), None)
        if head is not None:
            rules = re.findall(r"[\w-]+", re.sub(r";\s*also\b", ",", label[2]))
            yield Label(head[1], label[1] == "bad", frozenset(rules))


def _bodies(text: str, heads: Sequence[re.Match[str]]) -> Iterator[tuple[str, Body]]:
    for head in heads:
        closed = text.find("\n}", head.end())
        closed = len(text) if closed < 0 else closed
        # The type of what it returns may stand on a line of its own.
        first = text.count("\n", 0, head.start())
        lines = range(first, text.count("\n", 0, closed) + 3)
        yield head[1], Body(lines, frozenset(_NAME.findall(text, head.end(), closed)))
    for table in _TABLE.finditer(text):
        yield table[1], Body(range(0), frozenset(_NAME.findall(table[2])))
