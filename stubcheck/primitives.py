"""`stubcheck primitives`: from the paths given to what each external's C function may do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analyzer import InternalFailure
from analyzer.ir.nodes import Position
from analyzer.result import Primitive, PrimitivesResult, any_of
from stubcheck.executor import LocalPool
from stubcheck.inputs import read_inputs
from stubcheck.jobs import Job, do_jobs
from stubcheck.settings import Settings

if TYPE_CHECKING:
    from analyzer.check import Mapper


@dataclass(frozen=True, slots=True)
class Listed:
    """The primitives by where they are declared, and what the user has to be told besides."""

    primitives: tuple[Primitive, ...]
    failures: tuple[InternalFailure, ...]
    warnings: tuple[str, ...]
    unopened: tuple[str, ...]


def list_primitives(paths: Sequence[str], settings: Settings, processes: int) -> Listed:
    """List the primitives of everything that the paths come to."""
    inputs = read_inputs(paths, settings, ocaml_alone=True)
    jobs = [job for job in inputs.jobs if job.ocaml]
    with LocalPool(processes) as pool:
        results = do_jobs(_list, _failed, jobs, pool)
    return Listed(
        _merge(primitive for result in results for primitive in result.primitives),
        tuple(failure for result in results for failure in result.errors),
        inputs.warnings,
        inputs.unopened,
    )


def _list(job: Job, read_units: Mapper | None) -> PrimitivesResult:
    from analyzer.check import list_primitives

    return list_primitives(job.files, job.options, job.ocaml, read_units)


def _failed(failure: InternalFailure) -> PrimitivesResult:
    return PrimitivesResult(errors=(failure,))


def _merge(found: Iterable[Primitive]) -> tuple[Primitive, ...]:
    """Each once and in order: what it may do under one of several profiles, it may do."""
    by_place: dict[tuple[Position, str], Primitive] = {}
    for primitive in found:
        place = primitive.position, primitive.ml_name
        known = by_place.get(place)
        by_place[place] = primitive if known is None else _either(known, primitive)
    return tuple(by_place[place] for place in sorted(by_place))


def _either(one: Primitive, other: Primitive) -> Primitive:
    return replace(
        one,
        definition=one.definition or other.definition,
        may_collect=any_of(one.may_collect, other.may_collect),
        may_raise=any_of(one.may_raise, other.may_raise),
        releases_lock=one.releases_lock or other.releases_lock,
        why=tuple(dict.fromkeys((*one.why, *other.why))),
    )
