"""What checking costs, beside what gcc needs to read the same files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tools.corpus.gcc import check_syntax
from tools.corpus.lint import own_cache, run_stubcheck
from tools.corpus.process import Finished
from tools.corpus.stub_files import ocaml_files


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds over the files that gcc accepts, and the whole corpus with two jobs."""

    files: int
    accepted: int
    gcc: float
    cold: float
    without: float
    cached_cold: float
    warm: float
    whole: Finished
    failed: bool

    def report(self) -> str:
        def row(what: str, seconds: float) -> str:
            each = 1000 * seconds / self.accepted
            ratio = seconds / self.gcc
            return f"{what:<34} {seconds:8.2f} s {each:8.2f} ms a file {ratio:7.3f} of gcc"

        return "\n".join(
            [
                f"CPU time over the {self.accepted} of {self.files} files that gcc accepts",
                row("gcc -fsyntax-only", self.gcc),
                row("stubcheck --no-cache, one job", self.cold),
                row("the same, C files alone", self.without),
                row("stubcheck, empty cache, one job", self.cached_cold),
                row("stubcheck, warm cache, one job", self.warm),
                f"all {self.files} files, no cache, two jobs: {self.whole.wall:.2f} s wall, "
                f"{self.whole.cpu:.2f} s CPU, largest process {self.whole.peak / 2**20:.0f} MiB",
                *(["internal errors: the figures miss some work"] if self.failed else []),
            ]
        )


def accepted_files(corpus: Path, paths: Sequence[str]) -> list[str]:
    return [path for path in paths if check_syntax(corpus, path).status == 0]


def measure_cost(corpus: Path, paths: Sequence[str], repeat: int) -> Cost:
    """Measure in turns, as a machine that slows down then slows all of it; take the medians."""
    accepted = accepted_files(corpus, paths)
    gcc: list[float] = []
    cold: list[float] = []
    without: list[float] = []
    cached_cold: list[float] = []
    warm: list[float] = []
    one_job = ("--jobs", "1")
    ours = [*accepted, *ocaml_files(corpus, accepted)]
    run_stubcheck(corpus, accepted[:1], ("--no-cache",))  # compiles our modules to byte code
    for _ in range(repeat):
        gcc.append(sum(check_syntax(corpus, path).cpu for path in accepted))
        cold.append(run_stubcheck(corpus, ours, ("--no-cache", *one_job)).cpu)
        without.append(run_stubcheck(corpus, accepted, ("--no-cache", *one_job)).cpu)
        with own_cache() as cache:
            for figures in (cached_cold, warm):
                finished = run_stubcheck(corpus, ours, one_job, environment=cache)
                figures.append(finished.cpu)
    everything = [*paths, *ocaml_files(corpus, paths)]
    whole = run_stubcheck(corpus, everything, ("--no-cache", "--jobs", "2"))
    return Cost(
        files=len(paths),
        accepted=len(accepted),
        gcc=median(gcc),
        cold=median(cold),
        without=median(without),
        cached_cold=median(cached_cold),
        warm=median(warm),
        whole=whole,
        failed=whole.status != 0,
    )
