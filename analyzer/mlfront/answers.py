"""Questions that lead to other questions, perhaps to themselves, each answered once.

OCaml's modules do not depend on themselves, but a name that was taken for the wrong file's makes
it look so.  A question that is asked while it is being answered has the answer "unknown".  What
was found by way of such an answer depends on which question was asked first; it is kept only till
that one is answered, so that the order of questions does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_DEEPEST = 60  # questions within questions: Python's stack is finite

T = TypeVar("T")


class Asking:
    """What is being asked just now, by all who share it."""

    def __init__(self) -> None:
        self.depth = 0
        self.is_cut = False  # whether "unknown" stood in for an answer
        self.provisional: list[dict[Hashable, object]] = []


class Answers(Generic[T]):
    """The answers to one sort of question."""

    def __init__(self, asking: Asking, unknown: T) -> None:
        self._asking = asking
        self._unknown = unknown
        self._final: dict[Hashable, T] = {}
        self._provisional: dict[Hashable, T] = {}

    def ask(self, question: Hashable, answer: Callable[[], T]) -> T:
        """The answer to a question, worked out if it is new."""
        if question in self._final:
            return self._final[question]
        asking = self._asking
        if question in self._provisional or asking.depth > _DEEPEST:
            asking.is_cut = True
            return self._provisional.get(question, self._unknown)
        if not self._provisional:
            asking.provisional.append(self._provisional)  # type: ignore[arg-type]
        self._provisional[question] = self._unknown
        was_cut, asking.is_cut = asking.is_cut, False
        asking.depth += 1
        try:
            found = answer()
        finally:
            asking.depth -= 1
        if asking.is_cut:
            self._provisional[question] = found
        else:
            del self._provisional[question]
            self._final[question] = found
        asking.is_cut = asking.is_cut or was_cut
        if asking.depth == 0:
            self._forget()
        return found

    def _forget(self) -> None:
        asking = self._asking
        asking.is_cut = False
        for provisional in asking.provisional:
            provisional.clear()
        asking.provisional.clear()
