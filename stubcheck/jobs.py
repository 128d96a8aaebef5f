"""Work on projects, one job each, in as many processes as allowed."""

from __future__ import annotations

import gc
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from analyzer import InternalFailure
from analyzer.options import OcamlFile, Options, SourceFile
from stubcheck.executor import Executor, Progress

if TYPE_CHECKING:
    from analyzer.check import AnyFile, FileResult, Mapper

R = TypeVar("R")

MAX_NEW_OBJECTS = 2_000_000
"""How many objects may be left over, a few hundred megabytes, before cycles among them are
looked for where that is not done all the time."""


@dataclass(frozen=True, slots=True)
class Job:
    """The files of one project, to be looked at under one profile."""

    files: tuple[SourceFile, ...]
    options: Options
    ocaml: tuple[OcamlFile, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """Where its files are, those of the C side first."""
        return (*(file.path for file in self.files), *(file.path for file in self.ocaml))


Work: TypeAlias = "Callable[[Job, Mapper | None], R]"
"""What is done in a job; its files may be read by the mapper.  Picklable, like its result."""


def do_jobs(
    work: Work[R],
    failed: Callable[[InternalFailure], R],
    jobs: Sequence[Job],
    executor: Executor,
) -> list[R]:
    """Several projects side by side; of a single one, its files. The results are in their order.

    `failed` makes the result of a job whose work has failed.
    """
    if not jobs:
        return []
    # Loaded here, so that the processes of a pool have it already.
    import analyzer.check  # noqa: F401

    if len(jobs) == 1:
        return [_guarded(work, failed, jobs[0], _mapper(executor))]
    results: list[R] = []
    done = executor.map(partial(_guarded, work, failed), jobs)
    try:
        for result in Progress("projects").over(done, len(jobs)):
            results.append(result)  # noqa: PERF402 - what came before a failure is kept
    except RuntimeError as error:
        # A process of the pool was killed, for want of memory for instance.
        results += [failed(_failure(job, str(error))) for job in jobs[len(results) :]]
    return results


def _guarded(
    work: Work[R],
    failed: Callable[[InternalFailure], R],
    job: Job,
    read_units: Mapper | None = None,
) -> R:
    try:
        return work(job, read_units)
    except Exception:
        return failed(_failure(job, traceback.format_exc()))
    finally:
        if not gc.isenabled() and gc.get_count()[0] > MAX_NEW_OBJECTS:
            gc.collect()


def _failure(job: Job, message: str) -> InternalFailure:
    return InternalFailure(job.options.root, "", message)


def _mapper(executor: Executor) -> Mapper:
    def over_files(
        function: Callable[[AnyFile], FileResult], files: Sequence[AnyFile]
    ) -> Iterable[FileResult]:
        return Progress("files").over(executor.map(function, files), len(files))

    return over_files
