"""Externals whose C function no file defines, though those beside them have theirs."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.flow.facts import Origin
from analyzer.flow.types.contracts import Contracts
from analyzer.flow.types.facts import MissingPrimitive
from analyzer.ir.nodes import Function, Position, Storage, Symbol
from analyzer.ir.types import UNKNOWN
from analyzer.mlfront import DeclaredExternal
from analyzer.neighbours import Neighbours
from runtime_sim.model.api.families import family, is_of_distribution

if TYPE_CHECKING:
    from analyzer.flow.analysis import Analysis

NO_FUNCTION = Function(
    Symbol("", UNKNOWN, Storage.FUNCTION, Position("", 1, 1)),
    (),
    (),
    external=False,
    primitive=False,
    incomplete=False,
    temps=0,
    end=Position("", 1, 1),
)
"""Stands for no C function: what is wrong is that there is none."""


def find(analysis: Analysis) -> Iterator[tuple[Function, MissingPrimitive]]:
    """The externals without a definition; each C name once, the implementation before the .mli."""
    contracts = analysis.contracts
    if contracts is None:
        return
    by_file: dict[str, list[DeclaredExternal]] = defaultdict(list)
    for declared in contracts.declared:
        by_file[declared.position.path].append(declared)
    mentions = _Mentions(analysis.neighbours)
    told: set[str] = set()
    for path in sorted(by_file, key=lambda path: (path.endswith(".mli"), path)):
        siblings = _siblings(contracts, by_file[path])
        missing = [
            (declared, name, role, siblings[_prefix(name)])
            for declared in by_file[path]
            for name, role in _names(declared)
            if _prefix(name) in siblings and not _is_known(analysis, name)
        ]
        missing = [one for one in missing if not mentions.of(one[1], one[3][0])]
        alike = Counter(map(_prefix, {name for _, name, _, _ in missing}))
        for declared, name, role, others in missing:
            # Where far more are missing, they come from elsewhere: they are generated, perhaps.
            if name in told or alike[_prefix(name)] > 2 * len(others):
                continue
            told.add(name)
            sibling = others[0]
            origin = Origin(sibling.symbol.position, f"'{sibling.name}' is defined")
            yield (
                NO_FUNCTION,
                MissingPrimitive(
                    declared.position,
                    name,
                    declared.ml_name,
                    role,
                    Origin(declared.position_of(name), f"'{name}' is named"),
                    origin,
                    not analysis.neighbours.covers(sibling.symbol.position.path),
                ),
            )


def _is_known(analysis: Analysis, name: str) -> bool:
    """Whether the project has the function, or the runtime, or one of OCaml's own libraries."""
    if analysis.program.is_defined(name) or analysis.api.get(name) is not None:
        return True
    return name.startswith("caml_") and is_of_distribution(name)


def _names(declared: DeclaredExternal) -> tuple[tuple[str, str], ...]:
    external = declared.external
    if external.bytecode_name == external.native_name:
        return ((external.native_name, ""),)
    return ((external.bytecode_name, "bytecode"), (external.native_name, "native"))


def _siblings(contracts: Contracts, declared: list[DeclaredExternal]) -> dict[str, list[Function]]:
    """The functions of the project that answer externals of the same file, by their prefix."""
    found: dict[str, dict[str, Function]] = defaultdict(dict)
    for one in declared:
        for name, _ in _names(one):
            for function in contracts.definitions(one, name):
                found[_prefix(name)].setdefault(name, function)
    return {prefix: list(functions.values()) for prefix, functions in found.items()}


def _prefix(name: str) -> str:
    """What the C functions of one library have in common; `caml_` is common to many libraries."""
    if name.startswith("caml_"):
        return family(name)
    head, separator, _ = name.lstrip("_").partition("_")
    return head if separator else name[:3]


class _Mentions:
    """What the sources of a folder speak of; each folder is taken apart once."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self._words: dict[str, tuple[frozenset[bytes], frozenset[bytes]]] = {}

    def of(self, name: str, sibling: Function) -> bool:
        """Whether the files beside a function speak of a name that none of them defines.

        It may come out of a macro, be meant for another system, or be written in another language.
        A prototype says nothing of where it is.
        """
        folder = os.path.dirname(sibling.symbol.position.path)
        if folder not in self._words:
            text = self._neighbours.text(folder)
            self._words[folder] = _words(text), _pasted(text)
        words, pasted = self._words[folder]
        parts = name.encode().split(b"_")
        tails = (b"_".join(parts[start:]) for start in range(1, len(parts) - 1))
        return name.encode() in words or any(tail in pasted for tail in tails)


def _words(text: bytes) -> frozenset[bytes]:
    """The words outside prototypes of functions that OCaml may call."""
    return frozenset(re.findall(rb"\w+", _PROTOTYPE.sub(b" ", text)))


def _pasted(text: bytes) -> frozenset[bytes]:
    """What macros at file level are given: they may put the beginning of a name before its end."""
    return frozenset(
        word for given in _GIVEN_TO_MACRO.findall(text) for word in _MACRO_ARGUMENT.findall(given)
    )


# None goes back over what it has read: a folder's text may be long.
_PROTOTYPE = re.compile(rb"\b(?:value|CAMLprim|extern)\b[\w\s*]*+\([^()]*+\)\s*+;")
_GIVEN_TO_MACRO = re.compile(rb"^\w++[ \t]*+(\([^;{}]*+)", re.MULTILINE)
_MACRO_ARGUMENT = re.compile(rb"(?<=[(,\s])\w+(?=[),\s])")
