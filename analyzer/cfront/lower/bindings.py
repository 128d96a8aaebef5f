"""What each name means at the place that is being read."""

from __future__ import annotations

from typing import Any

from analyzer.cfront.lower.constants import Enumerator
from analyzer.cfront.lower.signatures import NAMED_TYPES
from analyzer.ir.nodes import Symbol
from analyzer.ir.types import CType

Named = Symbol | Enumerator
"""What an identifier can stand for."""


class Bindings:
    """Names and typedefs in scope: a table each, and a log by which leaving a scope undoes it."""

    __slots__ = ("_log", "names", "typedefs")

    def __init__(self) -> None:
        self.names: dict[str, Named] = {}
        self.typedefs: dict[str, CType] = dict(NAMED_TYPES)
        self._log: list[tuple[dict[str, Any], str, Any]] = []

    def bind(self, name: str, named: Named) -> None:
        self._log.append((self.names, name, self.names.get(name)))
        self.names[name] = named

    def bind_type(self, name: str, ctype: CType) -> None:
        """Enter a typedef. What OCaml calls a `value` is one, even where its header is read."""
        if name == "value":
            return
        self._log.append((self.typedefs, name, self.typedefs.get(name)))
        self.typedefs[name] = ctype

    def mark(self) -> int:
        """Where a scope begins."""
        return len(self._log)

    def restore(self, mark: int) -> None:
        """Forget what was bound since `mark`."""
        log = self._log
        while len(log) > mark:
            table, name, before = log.pop()
            if before is None:
                del table[name]
            else:
                table[name] = before
