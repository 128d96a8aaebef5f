"""Checks projects: from the cache, else by the analyzer, in as many processes as allowed."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer import InternalFailure, ProjectResult
from analyzer.options import Options, SourceFile
from stubcheck.cache import Cache, hash_content, header_names, make_key, own_state
from stubcheck.executor import Executor, Progress

if TYPE_CHECKING:
    from analyzer.check import FileResult, Mapper


@dataclass(frozen=True, slots=True)
class Job:
    """Files to check together under one profile."""

    files: tuple[SourceFile, ...]
    options: Options


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job."""

    job: Job
    result: ProjectResult


def run_jobs(
    jobs: Sequence[Job], contents: dict[str, bytes], cache: Cache | None, executor: Executor
) -> list[Outcome]:
    """Check every job, in their order; `contents` are the files' contents by path."""
    results: dict[int, ProjectResult] = {}
    keys: dict[int, str] = {}
    if cache is not None:
        state = own_state()
        for number, job in enumerate(jobs):
            keys[number] = _key(state, job, contents)
            kept = cache.load(keys[number])
            if kept is not None:
                results[number] = kept
    missing = [number for number in range(len(jobs)) if number not in results]
    # Largest first, so that no process is left with a large one at the end.
    missing.sort(key=lambda number: -sum(len(contents[f.path]) for f in jobs[number].files))
    checked = _check_all([jobs[number] for number in missing], executor)
    for number, result in zip(missing, checked, strict=True):
        results[number] = result
        if cache is not None:
            cache.save(keys[number], result)
    if cache is not None:
        cache.prune()
    return [Outcome(job, results[number]) for number, job in enumerate(jobs)]


def _check_all(jobs: Sequence[Job], executor: Executor) -> list[ProjectResult]:
    """Several projects side by side; of a single one, its files."""
    if not jobs:
        return []
    # Loaded here, so that the processes of a pool have it already.
    import analyzer.check  # noqa: F401

    if len(jobs) == 1:
        return [_check(jobs[0], executor)]
    results = []
    try:
        for result in Progress("projects").over(executor.map(_check, jobs), len(jobs)):
            results.append(result)  # noqa: PERF402 - what came before a failure is kept
    except RuntimeError as error:
        # A process of the pool was killed, for want of memory for instance.
        results += [_failed(job, str(error)) for job in jobs[len(results) :]]
    return results


def _check(job: Job, executor: Executor | None = None) -> ProjectResult:
    from analyzer.check import check_project

    read_units = None if executor is None else _mapper(executor)
    try:
        return check_project(job.files, job.options, read_units)
    except Exception:
        return _failed(job, traceback.format_exc())


def _failed(job: Job, message: str) -> ProjectResult:
    return ProjectResult(errors=(InternalFailure(job.options.root, "", message),))


def _mapper(executor: Executor) -> Mapper:
    def over_files(
        function: Callable[[SourceFile], FileResult], files: Sequence[SourceFile]
    ) -> Iterable[FileResult]:
        return Progress("files").over(executor.map(function, files), len(files))

    return over_files


def _key(state: str, job: Job, contents: dict[str, bytes]) -> str:
    root = os.path.abspath(job.options.root)
    includes = dict.fromkeys(folder for file in job.files for folder in file.flags.includes)
    files = [(file.path, file.flags, hash_content(contents[file.path])) for file in job.files]
    return make_key((state, root, header_names(root, includes), job.options, files))
