"""Comments in the source that suppress findings: `/* stubcheck: ignore[rule] reason */`.

In an OCaml file it is `(* stubcheck: ignore[rule] reason *)`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from analyzer.diagnostics import Diagnostic, Severity
from analyzer.ir.nodes import Position
from stubcheck.comments import (
    Comment,
    blanked,
    c_comments,
    ml_comments,
    without_c_comments,
)
from stubcheck.files import is_ocaml

UNUSED = "unused-suppression"
MARK = "stubcheck:"

Extents = Sequence[tuple[str, int, int]]

_DIRECTIVE = re.compile(r"\W*?stubcheck:\s*(\w+)\s*(?:\[([^\]]*)\])?(.*)", re.DOTALL)
_MARGIN = re.compile(r"\n\s*\*")


@dataclass(slots=True)
class Suppression:
    """A comment: the rules it names, the reason it gives, the lines it is about.

    `used` are those of its rules that it has kept from being reported; `fault` is why it has no
    effect at all.  `function` is the one it stands in.
    """

    position: Position
    rules: tuple[str, ...]
    reason: str
    first: int
    last: int
    fault: str = ""
    function: str = ""
    used: set[str] = field(default_factory=set)

    def covers(self, diagnostic: Diagnostic) -> bool:
        """Whether it is about this finding."""
        return (
            not self.fault
            and diagnostic.rule in self.rules
            and self.first <= diagnostic.position.line <= self.last
        )


def read_suppressions(path: str, text: str, extents: Extents) -> list[Suppression]:
    """The suppressions of a file, in order; `extents` are its functions' names and lines."""
    if MARK not in text:
        return []
    comments = list((ml_comments if is_ocaml(path) else c_comments)(text))
    code = blanked(text, comments)
    return [
        suppression
        for comment in comments
        if MARK in comment.body
        for suppression in _read(path, text, code, comment, extents)
    ]


def _read(
    path: str, text: str, code: str, comment: Comment, extents: Extents
) -> Iterator[Suppression]:
    directive = _DIRECTIVE.match(comment.body)
    if directive is None:
        return
    word, rules, reason = directive.groups()
    line = text.count("\n", 0, comment.start) + 1
    column = comment.start - text.rfind("\n", 0, comment.start)
    first, last = _lines(text, code, comment, extents)
    names = tuple(filter(None, (name.strip() for name in (rules or "").split(","))))
    told = " ".join(_MARGIN.sub(" ", reason).split()).lstrip(":- ")
    fault = ""
    if word != "ignore":
        fault = f"'{word}' is no word of ours: write 'stubcheck: ignore[rule] reason'"
    elif not names:
        fault = "the suppression names no rule: write 'stubcheck: ignore[rule] reason'"
    elif not told:
        fault = "the suppression gives no reason, so it has no effect"
    inside = next((name for name, start, end in extents if start <= line <= end), "")
    yield Suppression(Position(path, line, column), names, told, first, last, fault, inside)


def _lines(text: str, code: str, comment: Comment, extents: Extents) -> tuple[int, int]:
    """The lines that a comment is about; `code` is the text with its comments blanked.

    One that shares its line with code is about that line.  One that stands alone is about the
    next line, and about the whole function if the next thing below it is a function's definition.
    """
    start = text.rfind("\n", 0, comment.start) + 1
    end = text.find("\n", comment.end)
    end = len(text) if end < 0 else end
    first = text.count("\n", 0, comment.start) + 1
    last = first + text.count("\n", comment.start, comment.end)
    if code[start:end].strip():
        return first, last
    below = last + 1 + _comment_lines(text, code, end + 1)
    for _, name_line, end_line in sorted(extents, key=lambda extent: extent[1]):
        if name_line >= below:
            head = "\n".join(code[end + 1 :].split("\n")[below - last - 1 : name_line - last - 1])
            if not re.search(r"[;{}]", without_c_comments(head)):
                return first, end_line
            break
    return first, below


def _comment_lines(text: str, code: str, start: int) -> int:
    """How many lines from `start` on hold nothing but comments, before a blank one or code."""
    count = 0
    while (end := text.find("\n", start)) >= 0:
        if code[start:end].strip() or not text[start:end].strip():
            break
        count += 1
        start = end + 1
    return count


def suppress(
    diagnostics: Sequence[Diagnostic], suppressions: Mapping[str, Sequence[Suppression]]
) -> list[str | None]:
    """For each finding the reason it is suppressed for, None if it is not; marks what was used."""
    reasons: list[str | None] = []
    for diagnostic in diagnostics:
        reason = None
        for suppression in suppressions.get(diagnostic.position.path, ()):
            if suppression.covers(diagnostic):
                suppression.used.add(diagnostic.rule)
                reason = reason or suppression.reason
        reasons.append(reason)
    return reasons


def unused(
    suppression: Suppression, known: Collection[str], active: Collection[str]
) -> Iterator[Diagnostic]:
    """What is to be said of a suppression; nothing about rules that this run does not look at."""
    if suppression.fault:
        yield _finding(suppression, suppression.fault)
        return
    for rule in suppression.rules:
        if rule not in known:
            yield _finding(suppression, f"'{rule}' is no rule")
        elif rule in active and rule not in suppression.used:
            yield _finding(suppression, f"nothing here is reported as '{rule}'")


def _finding(suppression: Suppression, message: str) -> Diagnostic:
    return Diagnostic(
        UNUSED,
        Severity.NOTE,
        suppression.position,
        suppression.function,
        message,
        help="give a reason, mend the name, or take the comment away",
    )
