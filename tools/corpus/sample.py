"""Draw findings at random, with what a reader needs to judge them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.corpus.lint import Finding
from tools.corpus.syntax import function_definitions

_AROUND = 12  # lines shown around each line that matters
_UNJUDGED = frozenset({"parse-error", "unused-suppression"})


def draw(
    findings: Iterable[Finding], number: int, seed: int, rules: Sequence[str] = ()
) -> list[Finding]:
    """A sample of the errors and warnings.

    Each finding's place in the draw depends on the seed and itself alone, so that a change that
    adds or removes other findings leaves the rest of the sample as it was.
    """

    def rank(finding: Finding) -> str:
        key = f"{seed}:{finding['path']}:{finding['fingerprint']}"
        return hashlib.sha256(key.encode()).hexdigest()

    candidates = [
        finding
        for finding in findings
        if finding["severity"] != "note"
        and not finding["suppressed"]
        and (finding["rule"] in rules if rules else finding["rule"] not in _UNJUDGED)
    ]
    return sorted(candidates, key=rank)[:number]


def _marks(finding: Finding) -> dict[int, list[str]]:
    """What is said of which line of the finding's file."""
    marks: dict[int, list[str]] = {}
    for number, step in enumerate(finding["trace"], 1):
        if step["path"] == finding["path"]:
            marks.setdefault(step["line"], []).append(f"({number}) {step['message']}")
    marks.setdefault(finding["line"], []).append(f"<== {finding['rule']}")
    return marks


def source_context(text: bytes, finding: Finding) -> str:
    """The enclosing function, numbered and marked; of a long one, the lines near the marks."""
    marks = _marks(finding)
    source = text.decode(errors="replace").split("\n")
    wanted = {n for mark in marks for n in range(mark - _AROUND, mark + _AROUND + 1)}
    for definition in function_definitions(text):
        if definition.first <= finding["line"] <= definition.last:
            wanted |= {definition.first, definition.first + 1, definition.last}
            wanted &= set(range(definition.first, definition.last + 1)) | marks.keys()
    lines = []
    previous = None
    for number in sorted(wanted):
        if not 1 <= number <= len(source):
            continue
        if previous is not None and number != previous + 1:
            lines.append("      ...")
        previous = number
        lines.append(f"{number:5} {source[number - 1]}".rstrip())
        lines += [f"      ^^^ {mark}" for mark in marks.get(number, ())]
    return "\n".join(lines)


def render(corpus: Path, findings: Sequence[Finding]) -> str:
    """The sample as Markdown, a section a finding."""
    sections = []
    for number, finding in enumerate(findings, 1):
        place = f"{finding['path']}:{finding['line']}:{finding['column']}"
        steps = [
            f"{index}. {step['path']}:{step['line']}: {step['message']}"
            for index, step in enumerate(finding["trace"], 1)
        ]
        context = source_context((corpus / finding["path"]).read_bytes(), finding)
        body = [
            f"## {number}. {finding['rule']} ({finding['severity']}) in `{finding['function']}`",
            "",
            f"{place}: {finding['message']}",
            *(["", *steps] if steps else []),
            "",
            "```c",
            context,
            "```",
        ]
        sections.append("\n".join(body))
    return "\n\n".join(sections)
