"""Each external with the C function that answers it, and what that function may do."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.analysis import Analysis
from analyzer.flow.summary import Chain, Summary
from analyzer.flow.types.contracts import Contracts
from analyzer.ir.nodes import Function
from analyzer.mlfront import DeclaredExternal
from analyzer.result import Primitive
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
        may_collect=any(_may_collect(summary) for summary in summaries),
        may_raise=any(summary.raises is not None for summary in summaries),
        releases_lock=any(summary.releases_first for summary in summaries),
        why=tuple(dict.fromkeys(steps)),
    )


def _first(functions: tuple[Function, ...]) -> Function:
    return min(functions, key=lambda function: function.symbol.position)


def _may_collect(summary: Summary) -> bool:
    """Whether a path that returns may collect, for all that is known of the callees."""
    return summary.collects is not None and not summary.collects.doubt


def _reasons(summary: Summary) -> list[Step]:
    """The calls through which a function collects, raises and releases the lock."""
    steps: list[Step] = []
    if summary.collects is not None and not summary.collects.doubt:
        steps += _ending(summary.collects.chain, "which may collect")
    if summary.raises is not None:
        steps += _ending(summary.raises.chain, "which may raise")
    return [*steps, *_ending(summary.releases_first, "which releases the lock")]


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
        may_collect=row is not None and row.collects is Collects.YES,
        may_raise=row is not None and row.raises in _RAISES,
        releases_lock=row is not None and row.lock is LockUse.BLOCKS,
    )
