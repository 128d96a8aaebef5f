"""What the checker makes of the corpus: how much it reads, what it finds, where it fails."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from analyzer import InternalFailure, check_project
from analyzer.options import Options, SourceFile
from analyzer.rules import RULES
from runtime_sim.model.profile import Profile
from tools.corpus.lint import Lint
from tools.corpus.syntax import function_definitions

_LIMIT = 30.0  # seconds for one file, some hundred times what the slowest should need
_SLOWEST = 10


class _TooSlow(BaseException):
    """Not an Exception, so that nothing that recovers from a fault in one function catches it."""


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise _TooSlow

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@dataclass(slots=True)
class Alone:
    """Each file analysed alone: its CPU seconds, the files that did not end, internal errors."""

    seconds: dict[str, float] = field(default_factory=dict)
    endless: list[str] = field(default_factory=list)
    failures: list[InternalFailure] = field(default_factory=list)

    def report(self) -> str:
        """The slowest files, and each kind of failure with the first file that shows it."""
        slowest = sorted(self.seconds.items(), key=lambda item: (-item[1], item[0]))[:_SLOWEST]
        lines = ["slowest files:", *(f"  {1000 * s:8.0f} ms {path}" for path, s in slowest)]
        lines += [f"did not end in {_LIMIT:.0f} s: {path}" for path in self.endless]
        numbers = Counter(failure.message for failure in self.failures)
        first = {failure.message: failure for failure in reversed(self.failures)}
        lines.append(f"internal errors: {len(self.failures)}")
        for message, number in numbers.most_common():
            failure = first[message]
            lines += [f"{number} such, {failure.path}: {failure.function}:", message.rstrip()]
        return "\n".join(lines)


def analyse_each(corpus: Path, paths: Sequence[str]) -> Alone:
    alone = Alone()
    for path in paths:
        options = Options(profile=Profile.OCAML_5, root=str(corpus / Path(path).parts[0]))
        started = time.process_time()
        try:
            with _limited(_LIMIT):
                result = check_project([SourceFile(str(corpus / path))], options)
        except _TooSlow:
            alone.endless.append(path)
            continue
        alone.seconds[path] = time.process_time() - started
        alone.failures += result.errors
    return alone


def summarise(corpus: Path, paths: Sequence[str], lint: Lint) -> str:
    """What was read and found."""
    document, findings = lint.document, lint.findings
    in_text = sum(len(function_definitions((corpus / path).read_bytes())) for path in paths)
    found = Counter((finding["rule"], finding["severity"]) for finding in findings)
    silent = sorted({module.RULE.name for module in RULES} - {rule for rule, _ in found})
    lines = [
        f"files: {len(paths)}, read with {document['files'] - len(paths)} others, "
        f"{len(document['skipped'])} skipped",
        *(f"  skipped: {skip['path']}: {skip['reason']}" for skip in document["skipped"]),
        f"functions: {document['functions']} read; {in_text} in the text, macros unexpanded",
        f"findings: {len(findings)}",
        *(
            f"  {number:6} {severity:<8} {rule}"
            for (rule, severity), number in sorted(found.items(), key=lambda i: (-i[1], i[0]))
        ),
        f"rules that found nothing: {', '.join(silent) or 'none'}",
        f"time: {lint.finished.cpu:.2f} s CPU, {lint.finished.wall:.2f} s wall",
    ]
    lost = [finding for finding in findings if finding["rule"] == "parse-error"]
    lines += [f"  {f['path']}:{f['line']}: {f['function']}: {f['message']}" for f in lost]
    if lint.finished.status:
        lines += [
            f"stubcheck ended with {lint.finished.status}; the end of what it said:",
            lint.finished.errors[-2000:].rstrip(),
        ]
    return "\n".join(lines)
