"""The externals in a tree that `ocamlc -dparsetree` prints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_VALUE = re.compile(
    r'value_description "(?P<name>.*)" \(.*\) \(.*\[\d+,(?P<at>-?\d+\+-?\d+)\]\.\.'
)
_ATTRIBUTE = re.compile(r'attribute "(?P<name>[^"]*)"')
_DOCUMENTATION = ("ocaml.doc", "ocaml.text")
_DIRECT = ("unboxed", "untagged")
_PERIOD = 36
_LEAVES = ("Ptyp_", "[]", '"', "Nolabel", "Labelled", "Optional")
_BARE = ("Ptyp_any", "Ptyp_var")
_PARTS = {
    "Ptyp_arrow": ("core_type", 2),
    "Ptyp_alias": ("core_type", 1),
    "Ptyp_poly": ("core_type", 1),
    "Ptyp_constr": ("[", 1),
    "Ptyp_tuple": ("[", 1),
}
"""What stands below a type besides its form, and how often."""


@dataclass(frozen=True, slots=True, order=True)
class Declared:
    """An external: `at` is its offset in the file, `direct` what is unboxed or untagged.

    There is one of `direct` for each parameter, and one for the result.
    """

    at: int
    name: str
    names: tuple[str, ...]
    direct: tuple[str, ...]
    attributes: tuple[str, ...]

    @property
    def arity(self) -> int:
        return len(self.direct) - 1


@dataclass(slots=True)
class _Line:
    """A line of the dump with those that are indented below it."""

    text: str
    below: list[_Line] = field(default_factory=list)


def externals_in(dump: str) -> list[Declared]:
    """What the compiler takes for externals, in the order of the text."""
    return sorted(
        _declared(line, match)
        for line in _lines(dump)
        if (match := _VALUE.match(line.text)) and _strings(line)
    )


def _lines(dump: str) -> list[_Line]:
    """Every line, each with what is below it.

    The compiler indents by the depth modulo 36, so a depth is the greatest that the indentation
    allows, unless the line would be one too many for an arrow.
    """
    around: list[_Line] = []
    made = []
    for text in dump.splitlines():
        bare = text.lstrip(" ")
        line = _Line(bare)
        depth = (len(text) - len(bare)) // 2
        depth += max(0, len(around) - depth) // _PERIOD * _PERIOD
        while depth >= _PERIOD and _is_full(around[depth - 1]):
            depth -= _PERIOD
        del around[depth:]
        if around:
            around[-1].below.append(line)
        around.append(line)
        made.append(line)
    return made


def _is_full(line: _Line) -> bool:
    """Whether nothing more can stand below a line of a type."""
    if line.text.startswith(_LEAVES):
        return True
    below = [inner.text for inner in line.below]
    form = next((text.split()[0] for text in below if text.startswith("Ptyp_")), "")
    wanted, count = _PARTS.get(form, ("", 1))
    return sum(text.startswith(wanted) for text in below if wanted) == count or form in _BARE


def _strings(value: _Line) -> tuple[str, ...]:
    """The names after the `=`: the list that stands last."""
    lists = [line for line in value.below if line.text == "["]
    return tuple(line.text[1:-1] for line in lists[-1].below) if lists else ()


def _declared(line: _Line, match: re.Match[str]) -> Declared:
    begin, column = match["at"].split("+")
    return Declared(
        int(begin) + int(column),
        match["name"],
        _strings(line),
        tuple(_direct(next(below for below in line.below if below.text.startswith("core_type")))),
        tuple(name for name in _attributes(line.below) if name not in _DOCUMENTATION),
    )


def _attributes(lines: Sequence[_Line]) -> list[str]:
    return [match["name"] for line in lines if (match := _ATTRIBUTE.match(line.text))]


def _direct(type_: _Line) -> Iterator[str]:
    """The attributes of parameters and result; as the compiler does, it looks for arrows alone."""
    while any(line.text == "Ptyp_arrow" for line in type_.below):
        param, type_ = [line for line in type_.below if line.text.startswith("core_type")]
        yield direct_word(_attributes(param.below))
    yield direct_word(_attributes(type_.below))


def direct_word(attributes: Sequence[str]) -> str:
    """How a number is passed: "" for a `value`."""
    bare = {attribute.removeprefix("ocaml.") for attribute in attributes}
    return " ".join(word for word in _DIRECT if word in bare)
