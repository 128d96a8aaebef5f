"""Each external with the C function that answers it, and what that function may do."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.analysis import Analysis
from analyzer.flow.summary import Chain, Summary
from analyzer.flow.types.contracts import Contracts
from analyzer.ir.nodes import Function
from analyzer.mlfront import DeclaredExternal
from analyzer.result import Primitive, any_of
from runtime_sim.model.api.row import Collects, LockUse, Raises

_RAISES = (Raises.YES, Raises.ALWAYS, Raises.OUT_OF_MEMORY, Raises.HANDLERS)


def describe_primitives(analysis: Analysis) -> tuple[Primitive, ...]:
    """Every external of the project, in the order of the files."""
    contracts = analysis.contracts
    if contracts is None:
        return ()
    return tuple(_describe(analysis, contracts, declared) for declared in contracts.declared)


def _describe(analysis: Analysis, contracts: Contracts, declared: DeclaredExternal) -> Primitive:
    name = declared.external.native_name
    functions = contracts.definitions(declared, name)
    if not functions:
        return _of_runtime(analysis, declared, name)
    summaries = [analysis.summary(function) for function in functions]
    steps = [step for summary in summaries for step in _reasons(summary)]
    return Primitive(
        declared.external,
        declared.ml_name,
        declared.position,
        _first(functions).symbol.position,
        may_collect=any_of(*map(_may_collect, summaries)),
        may_raise=any_of(*map(_may_raise, summaries)),
        releases_lock=any(summary.releases_first for summary in summaries),
        why=tuple(dict.fromkeys(steps)),
    )


def _first(functions: tuple[Function, ...]) -> Function:
    return min(functions, key=lambda function: function.symbol.position)


def _may_collect(summary: Summary) -> bool | None:
    """Whether a path that returns may collect."""
    collects = summary.collects
    if collects is not None and not (collects.doubt and summary.unseen):
        return True
    return None if summary.unseen and summary.returns else False


def _may_raise(summary: Summary) -> bool | None:
    if summary.raises is not None:
        return True
    return None if summary.unseen else False


def _reasons(summary: Summary) -> list[Step]:
    """The calls through which a function collects, raises and releases the lock, or may do so for
    all that is known."""
    steps: list[Step] = []
    if summary.collects is not None and _may_collect(summary):
        steps += _ending(summary.collects.chain, "which may collect")
    if summary.raises is not None:
        steps += _ending(summary.raises.chain, "which may raise")
    steps += _ending(summary.releases_first, "which releases the lock")
    if None in (_may_collect(summary), _may_raise(summary)):
        steps += summary.unseen
    return steps


def _ending(chain: Chain, effect: str) -> Chain:
    """The way to an effect, with its name at the end."""
    if not chain:
        return chain
    *before, last = chain
    return (*before, Step(last.position, f"{last.message}, {effect}"))


def _of_runtime(analysis: Analysis, declared: DeclaredExternal, name: str) -> Primitive:
    """A primitive of the runtime itself, or one whose definition is not among the files."""
    row = analysis.api.get(name)
    return Primitive(
        declared.external,
        declared.ml_name,
        declared.position,
        None,
        may_collect=None if row is None else row.collects is Collects.YES,
        may_raise=None if row is None else row.raises in _RAISES,
        releases_lock=row is not None and row.lock is LockUse.BLOCKS,
    )
