"""What the runtime says of a fault, told with what debugging information adds.

The runtime knows addresses, of code and of variables. Which line or variable that is decides now
and then which rule was broken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runtime_sim.native import Native
from runtime_sim.outcome import Fault, Place
from runtime_sim.stubs import StubLibrary


class Explainer:
    """Explains the faults of a runtime by the libraries that are loaded at the time."""

    def __init__(self, native: Native, libraries: Sequence[StubLibrary]) -> None:
        self._text = native.text
        self._libraries = libraries

    def explain(self, found: Any, primitive: Any) -> Fault:
        """What the runtime's `fault` says of the call of a primitive, given by its address."""
        trace = (self._place(found.trace[i]) for i in range(found.depth))
        calls = tuple(place for place in trace if place is not None)
        site = self._place(found.site) or (calls[0] if calls else self._start(primitive))
        holder = self._variable_with(found.moved) if found.moved else ""
        rule = self._rule(found, holder, site, calls)
        return Fault(
            rule,
            self._message(found, holder, rule),
            site,
            calls,
            self._text(found.made_by),
            self._place(found.made_at),
            self._text(found.moved_by),
            self._place(found.moved_at),
            found.collection,
            holder,
            self._text(found.failed),
            self._place(found.failed_at),
        )

    def _rule(self, found: Any, holder: str, site: Place | None, calls: tuple[Place, ...]) -> str:
        rule = self._text(found.rule)
        if rule == "unrooted-value" and holder:
            return "unregistered-global-root"  # a registered one would have been corrected
        if rule == "pointer-escape" and self._has_value(holder):
            return "unregistered-global-root"
        given, moved = self._place(found.given_at), self._place(found.moved_at)
        # One line asks for the address, collects, and uses it: the order is the compiler's choice.
        is_unordered = given is not None and given == moved and given in (site, *calls)
        return "unsequenced-gc" if rule == "stale-pointer" and is_unordered else rule

    def _message(self, found: Any, holder: str, rule: str) -> str:
        message = self._text(found.message)
        if found.keeper:
            kept = self._place(found.keeper_at)
            message = f"{message}: it is from {self._text(found.keeper)}"
            return f"{message}, line {kept.line}" if kept else message
        if rule == "unregistered-global-root" and self._text(found.rule) == "pointer-escape":
            return f"a value is left in '{holder}', which is no registered root"
        return f"{message}; '{holder}' (a static variable) keeps it" if holder else message

    def _has_value(self, variable: str) -> bool:
        return any(library.has_value(variable) for library in self._libraries)

    def _place(self, address: Any) -> Place | None:
        places = (library.place(address) for library in self._libraries)
        return next((place for place in places if place is not None), None)

    def _start(self, function: Any) -> Place | None:
        places = (library.start(function) for library in self._libraries)
        return next((place for place in places if place is not None), None)

    def _variable_with(self, word: int) -> str:
        names = (library.variable_with(word) for library in self._libraries)
        return next(filter(None, names), "")
