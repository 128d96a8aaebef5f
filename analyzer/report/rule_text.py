"""What a rule's docstring says, in parts."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

SECTIONS = ("Why", "Bad", "Good", "Limits", "References")
_HEADING = re.compile(rf"^({'|'.join(SECTIONS)}):[ \t]*\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule's summary and its sections, in the order of `SECTIONS`; code is dedented."""

    summary: str
    why: str
    bad: str
    good: str
    limits: str
    references: str

    @property
    def sections(self) -> tuple[tuple[str, str], ...]:
        """Each section with its heading."""
        texts = (self.why, self.bad, self.good, self.limits, self.references)
        return tuple(zip(SECTIONS, texts, strict=True))


def read_rule_text(docstring: str) -> RuleText:
    """Take a rule module's docstring apart."""
    summary, *parts = _HEADING.split(docstring)
    texts = dict(zip(parts[::2], parts[1::2], strict=True))
    return RuleText(summary.strip(), *(_tidy(name, texts.get(name, "")) for name in SECTIONS))


def _tidy(name: str, text: str) -> str:
    """Code as it stands, prose as paragraphs of one line each."""
    if name in ("Bad", "Good"):
        return textwrap.dedent(text).strip("\n").rstrip()
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))
