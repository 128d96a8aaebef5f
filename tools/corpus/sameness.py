"""Whether the output is the same byte for byte, however the work is done."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from tools.corpus.lint import own_cache, run_stubcheck
from tools.corpus.stub_files import ocaml_files


def outputs(corpus: Path, paths: Sequence[str]) -> dict[str, bytes]:
    """The output of each way of doing the same work, by what is particular to the way."""
    everything = [*paths, *ocaml_files(corpus, paths)]
    seen = {}
    for jobs in (1, 2):
        for seed in (0, 1):
            with own_cache() as cache:
                environment = {**cache, "PYTHONHASHSEED": str(seed)}
                for state in ("cold", "warm"):
                    options = ("--jobs", str(jobs))
                    finished = run_stubcheck(corpus, everything, options, environment=environment)
                    seen[f"jobs={jobs} hash-seed={seed} {state}"] = finished.output
    return seen


def differences(seen: dict[str, bytes]) -> list[str]:
    """The ways whose output is not the first one's, with the first line that differs."""
    (first, expected), *others = seen.items()
    found = []
    for way, output in others:
        if output == expected:
            continue
        pairs = zip_longest(expected.splitlines(True), output.splitlines(True), fillvalue=b"")
        number, line = next((n, new) for n, (old, new) in enumerate(pairs, 1) if old != new)
        found.append(f"{way} differs from {first} in line {number}: {line[:200]!r}")
    return found
