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
_THREADS = "caml_thread_"

_MANY = 5
"""A library may replace a function or two of the runtime's and consist of stubs all the same."""


def runtime_folders(units: Sequence[Unit], api: Api) -> frozenset[str]:
    """The folders that define functions which allocate, collect or run threads for all."""
    of_heap: dict[str, set[str]] = defaultdict(set)
    of_threads: dict[str, set[str]] = defaultdict(set)
    for unit in units:
        for function in unit.functions:
            name = function.name
            if not (function.external and name.startswith("caml_")):
                continue
            folder = os.path.dirname(function.symbol.position.path)
            if name.startswith(_THREADS):
                of_threads[folder].add(name)
            row = api.get(name)
            if row is not None and row.kind is Kind.FUNCTION and row.header in _HEAP_HEADERS:
                of_heap[folder].add(name)
    return frozenset(
        folder
        for found in (of_heap, of_threads)
        for folder, names in found.items()
        if len(names) >= _MANY
    )
