"""Externals whose C function no file defines, though those beside them have theirs."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzer.flow.facts import Origin
from analyzer.flow.types.contracts import Contracts
from analyzer.flow.types.facts import MissingPrimitive
from analyzer.ir.nodes import Function, Position, Storage, Symbol
from analyzer.ir.types import UNKNOWN
from analyzer.mlfront import DeclaredExternal

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
    told: set[str] = set()
    for path in sorted(by_file, key=lambda path: (path.endswith(".mli"), path)):
        siblings = _siblings(contracts, by_file[path])
        missing = [
            (declared, name, role, siblings[_prefix(name)])
            for declared in by_file[path]
            for name, role in _names(declared)
            if _prefix(name) in siblings and not _is_known(analysis, name)
        ]
        missing = [one for one in missing if not _is_mentioned(analysis, one[1], one[3][0])]
        for declared, name, role, others in missing:
            # Where far more are missing, they come from elsewhere: they are generated, perhaps.
            alike = {one[1] for one in missing if _prefix(one[1]) == _prefix(name)}
            if name in told or len(alike) > 2 * len(others):
                continue
            told.add(name)
            sibling = others[0]
            origin = Origin(sibling.symbol.position, f"'{sibling.name}' is defined")
            yield (
                NO_FUNCTION,
                MissingPrimitive(
                    declared.position_of(name),
                    name,
                    declared.ml_name,
                    role,
                    Origin(declared.position, f"'{declared.ml_name}' is declared"),
                    origin,
                ),
            )


def _is_known(analysis: Analysis, name: str) -> bool:
    """Whether the project or the runtime has the function."""
    known = analysis.program.is_defined(name) or analysis.api.get(name) is not None
    return known or name.startswith("caml_")


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
    """What the C functions of one library have in common."""
    head, separator, _ = name.lstrip("_").partition("_")
    return head if separator else name[:3]


def _is_mentioned(analysis: Analysis, name: str, sibling: Function) -> bool:
    """Whether the files beside a function speak of a name that none of them defines.

    It may come out of a macro, be meant for another system, or be written in another language.
    A prototype says nothing of where it is.
    """
    text = analysis.neighbours.text(os.path.dirname(sibling.symbol.position.path))
    prototype = _PROTOTYPE % re.escape(name).encode()
    if re.search(rb"\b%b\b" % re.escape(name).encode(), re.sub(prototype, b"", text)):
        return True
    parts = name.split("_")
    tails = ["_".join(parts[start:]) for start in range(1, len(parts) - 1)]
    return any(re.search(_PASTED % re.escape(tail).encode(), text) for tail in tails)


_PROTOTYPE = rb"\b(?:value|CAMLprim|extern)\b[\w\s*]*\b%b\s*\([^()]*\)\s*;"
_PASTED = rb"(?m)^\w+[ \t]*\((?:[^;{}]*[(,\s])?%b[),\s]"
"""A macro at file level that is given the end of a name: it puts the beginning before it."""
