"""Telling the OCaml runtime's own sources from stubs.

The rules are about code that runs between collections, on a heap that is whole.  The collector and
the allocator work on it while it is not; what a rule says of them is true of the text and wrong
of the program, so it is told only to those who ask for everything.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence

from analyzer.ir.nodes import Unit
from runtime_sim.model.api import Api
from runtime_sim.model.api.row import Kind

_HEAP_HEADERS = frozenset(
    {"caml/alloc.h", "caml/memory.h", "caml/minor_gc.h", "caml/major_gc.h", "caml/threads.h"}
)


_MANY = 5
"""A library may replace a function or two of the runtime and consist of stubs all the same."""


def runtime_folders(units: Sequence[Unit], api: Api) -> frozenset[str]:
    """The folders that define many functions which allocate, collect or run threads for all."""
    found: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        for function in unit.functions:
            if function.external and function.name.startswith("caml_"):
                row = api.get(function.name)
                if row is not None and row.kind is Kind.FUNCTION and row.header in _HEAP_HEADERS:
                    found[os.path.dirname(function.symbol.position.path)].add(function.name)
    return frozenset(folder for folder, names in found.items() if len(names) >= _MANY)
