"""What findings came and went between two runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tools.corpus.lint import Finding


@dataclass(frozen=True, slots=True)
class Change:
    """The findings of one run only."""

    gone: tuple[Finding, ...]
    new: tuple[Finding, ...]

    def report(self) -> str:
        rules = Counter(finding["rule"] for finding in self.new)
        rules.subtract(finding["rule"] for finding in self.gone)
        lines = [f"{len(self.gone)} gone, {len(self.new)} new"]
        lines += [f"{rule}: {number:+}" for rule, number in sorted(rules.items())]
        for sign, findings in (("-", self.gone), ("+", self.new)):
            lines += [
                f"{sign} {f['path']}:{f['line']}: {f['severity']}: {f['rule']}: {f['message']}"
                for f in findings
            ]
        return "\n".join(lines)


def compare(old: Iterable[Finding], new: Iterable[Finding]) -> Change:
    """Match findings by file and fingerprint, so that a shifted line is no change."""

    def keyed(findings: Iterable[Finding]) -> dict[tuple[str, str], Finding]:
        return {(finding["path"], finding["fingerprint"]): finding for finding in findings}

    before, after = keyed(old), keyed(new)
    return Change(
        gone=tuple(before[key] for key in sorted(before.keys() - after.keys())),
        new=tuple(after[key] for key in sorted(after.keys() - before.keys())),
    )
