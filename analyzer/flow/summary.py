"""What a caller has to know of a function: the effects of a call, each with a witness path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analyzer.diagnostics import Step
from analyzer.flow.blocks import Block
from analyzer.flow.facts import Collection
from analyzer.flow.values import UNKNOWN, AbsVal
from analyzer.ir.nodes import Expr, Position
from runtime_sim.model.api.row import Raises

Chain = tuple[Step, ...]
MAX_CHAIN = 6

FieldStore = tuple[int, int | None, int | None, str]
"""Parameter, index if constant, else the parameter that is the index, and what stores."""


@dataclass(frozen=True, slots=True)
class Raise:
    """An exception may leave the call; `locked`: the callee has acquired the lock by then."""

    kind: Raises
    chain: Chain
    locked: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """The effects of a call on a path that returns, unless said otherwise.

    Parameters are numbered from 0.  `collects` is None when no returning path may collect.
    `needs_lock` is where the heap is first used with the lock as the caller left it;
    `enters_released`: the first thing it does with the lock is to acquire it.
    `leaves` is the lock on return when that is not as the caller left it.  `out` gives what is
    stored through pointer parameters: (parameter, members...) to the value.  `block` is what is
    known of a fresh block that is the result.  `checks` are parameters
    that are no encoded exception when it returns; `narrows` bounds numbers and pointers given, on
    return, and `raising` where it raises.  `numbers` are value parameters taken for OCaml ints.
    `computes` is the expression that is all a function does, in terms of its parameters.
    `registers` says of a root registered through a pointer parameter whether it is generational.
    `opens` are value parameters that an accessor is applied to, whatever they are.
    `lodges` are value parameters put where they outlive a region, in a block of another parameter
    if one is named.
    When only some results come without a collection, those are `quiet` and the others `loud`.
    `unseen` is the way to code that may use the runtime, and of which not all is known.
    """

    returns: bool = True
    collects: Collection | None = None
    raises: Raise | None = None
    result: AbsVal = UNKNOWN
    block: Block | None = None
    result_memory: str = ""
    result_release: str = ""
    tests_exception: frozenset[int] = frozenset()
    checks: frozenset[int] = frozenset()
    narrows: Mapping[int, tuple[int | None, int | None]] = field(default_factory=dict)
    raising: Mapping[int, tuple[int | None, int | None]] = field(default_factory=dict)
    computes: Expr | None = None
    needs_lock: Chain = ()
    releases_first: Chain = ()
    acquires_first: Chain = ()
    leaves: int | None = None
    escapes: Mapping[int, Chain] = field(default_factory=dict)
    writes: frozenset[int] = frozenset()
    fills: frozenset[int] = frozenset()
    fields: frozenset[FieldStore] = frozenset()
    c_safe: frozenset[int] = frozenset()
    plain_stores: Mapping[int, Position] = field(default_factory=dict)
    frees: frozenset[int] = frozenset()
    keeps: frozenset[int] = frozenset()
    registers: Mapping[tuple[int | str, ...], bool] = field(default_factory=dict)
    removes: frozenset[tuple[int | str, ...]] = frozenset()
    out: Mapping[tuple[int | str, ...], AbsVal] = field(default_factory=dict)
    unused: frozenset[int] = frozenset()
    numbers: frozenset[int] = frozenset()
    quiet: AbsVal | None = None
    loud: AbsVal | None = None
    late_reads: frozenset[int] = frozenset()
    opens: Mapping[int, tuple[str, Chain]] = field(default_factory=dict)
    lodges: Mapping[int, tuple[int | None, Chain]] = field(default_factory=dict)
    unseen: Chain = ()

    @property
    def is_idle(self) -> bool:
        """Whether a call does nothing but give a result."""
        return not any(getattr(self, name) for name in _EFFECTS) and self.leaves is None


_EFFECTS = (
    "collects",
    "raises",
    "needs_lock",
    "releases_first",
    "acquires_first",
    "escapes",
    "writes",
    "fills",
    "fields",
    "plain_stores",
    "frees",
    "keeps",
    "registers",
    "removes",
    "out",
    "late_reads",
    "lodges",
)

NOTHING = Summary()
"""A call that does nothing the analysis cares for."""


def extend(step: Step, chain: Chain) -> Chain:
    """A witness path with one more call in front, kept short."""
    return (step, *chain)[:MAX_CHAIN]
