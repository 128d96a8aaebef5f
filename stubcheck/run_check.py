"""Checks projects: from the cache, else by the analyzer, in as many processes as allowed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer import InternalFailure, ProjectResult
from stubcheck.cache import Cache, header_names, make_key, own_state
from stubcheck.contents import Contents
from stubcheck.executor import Executor
from stubcheck.jobs import Job, do_jobs

if TYPE_CHECKING:
    from analyzer.check import Mapper


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job."""

    job: Job
    result: ProjectResult


def run_jobs(
    jobs: Sequence[Job], contents: Contents, cache: Cache | None, executor: Executor
) -> list[Outcome]:
    """Check every job, in their order.  In one that has no C file there is nothing to check."""
    results = {number: ProjectResult() for number, job in enumerate(jobs) if not job.files}
    keys: dict[int, str] = {}
    if cache is not None:
        state = own_state()
        for number, job in enumerate(jobs):
            if number in results:
                continue
            keys[number] = _key(state, job, contents)
            kept = cache.load(keys[number])
            if kept is not None:
                results[number] = kept
    missing = [number for number in range(len(jobs)) if number not in results]
    # Largest first, so that no process is left with a large one at the end.
    missing.sort(key=lambda number: -contents.size_of(jobs[number].paths))
    checked = do_jobs(_check, _failed, [jobs[number] for number in missing], executor)
    for number, result in zip(missing, checked, strict=True):
        results[number] = result
        if cache is not None:
            cache.save(keys[number], result)
    if cache is not None:
        cache.prune()
    return [Outcome(job, results[number]) for number, job in enumerate(jobs)]


def _check(job: Job, read_units: Mapper | None) -> ProjectResult:
    from analyzer.check import check_project

    return check_project(job.files, job.options, read_units, job.ocaml)


def _failed(failure: InternalFailure) -> ProjectResult:
    return ProjectResult(errors=(failure,))


def _key(state: str, job: Job, contents: Contents) -> str:
    root = os.path.abspath(job.options.root)
    includes = dict.fromkeys(folder for file in job.files for folder in file.flags.includes)
    flags = [file.flags for file in job.files]
    files = [(path, contents.hash_of(path)) for path in job.paths]
    return make_key((state, root, header_names(root, includes), job.options, flags, files))
