"""Run the installed `stubcheck` over files of the corpus and read its JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.corpus.process import Finished, run_measured
from tools.corpus.stub_files import files_beside, ocaml_files

Finding = dict[str, Any]
"""A finding as the JSON output has it."""


class LintError(Exception):
    """`stubcheck` did not come to a result."""


@dataclass(frozen=True, slots=True)
class Lint:
    """One run of `stubcheck`: the document it printed, and what it cost."""

    document: dict[str, Any]
    finished: Finished

    @property
    def findings(self) -> list[Finding]:
        findings: list[Finding] = self.document["findings"]
        return findings


def run_stubcheck(
    corpus: Path,
    paths: Sequence[str],
    options: Sequence[str] = (),
    *,
    environment: Mapping[str, str] | None = None,
) -> Finished:
    """Check files of the corpus, named relative to it: results compare between machines.

    Status 3, an internal error in some file, still comes with the results of the others.
    """
    command = [sys.executable, "-P", "-m", "stubcheck", "check", "--format", "json", "--exit-zero"]
    finished = run_measured([*command, *options, *paths], cwd=corpus, environment=environment)
    if finished.status not in (0, 3):
        raise LintError(f"stubcheck ended with {finished.status}:\n{finished.errors[-4000:]}")
    return finished


def lint(corpus: Path, paths: Sequence[str], options: Sequence[str] = ("--no-cache",)) -> Lint:
    """Check stub files with what belongs to them: the other C files of their folders and the OCaml
    side of their packages."""
    everything = [*paths, *files_beside(corpus, paths), *ocaml_files(corpus, paths)]
    finished = run_stubcheck(corpus, everything, options)
    return Lint(json.loads(finished.output), finished)


@contextmanager
def own_cache() -> Iterator[Mapping[str, str]]:
    """The environment in which `stubcheck` has an empty cache of its own."""
    with tempfile.TemporaryDirectory(prefix="corpus-cache-") as folder:
        yield {"XDG_CACHE_HOME": folder}
