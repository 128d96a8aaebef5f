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

_HEAP_HEADERS = frozenset({"caml/alloc.h", "caml/memory.h", "caml/minor_gc.h", "caml/major_gc.h"})
_THREAD_HEADER = "caml/threads.h"

_MANY = 5
"""A library may replace a function or two of the heap's and consist of stubs all the same."""


def runtime_folders(units: Sequence[Unit], api: Api) -> frozenset[str]:
    """The folders that define functions which allocate, collect or run threads for all."""
    found: set[str] = set()
    of_heap: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        for function in unit.functions:
            if not (function.external and function.name.startswith("caml_")):
                continue
            row = api.get(function.name)
            if row is None or row.kind is not Kind.FUNCTION:
                continue
            folder = os.path.dirname(function.symbol.position.path)
            if row.header == _THREAD_HEADER:
                found.add(folder)
            elif row.header in _HEAP_HEADERS:
                of_heap[folder].add(function.name)
    found.update(folder for folder, names in of_heap.items() if len(names) >= _MANY)
    return frozenset(found)
