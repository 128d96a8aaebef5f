"""A barrier is paid for a field that the collector may ignore.

Why: `caml_modify` marks, looks at ages and remembers fields, for values that may be blocks of the
heap.  A field whose kind says `external_` never holds one, and the compiler itself assigns it
plainly.

Bad:
    /* type handle : value mod external_
       type slot = { mutable handle : handle } */
    Store_field(slot, 0, handle);

Good:
    /* type handle : value mod external_
       type slot = { mutable handle : handle } */
    Field(slot, 0) = handle;

Limits: For `external64` the barrier is needed on 32-bit targets, and nothing is said.  The rule
speaks under --pedantic: the barrier costs time and does no harm.

References: OxCaml, "Kinds", "Externality"; runtime/caml/memory.h.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import NeedlessBarrier
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, ocaml_type, quoted
from runtime_sim.model.profile import Profile

RULE = Rule(
    name="write-barrier-unneeded",
    severity=Severity.NOTE,
    profiles=frozenset({Profile.OXCAML}),
    pedantic=True,
)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(NeedlessBarrier):
        place = quoted(fact.place)
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.callee}' pays for a barrier on {place}, which the collector may ignore since"
            f" the kind of {ocaml_type(fact.type)} says 'external_'",
            trace=(came_from(fact.declared), Step(fact.position, f"{place} is written here")),
            help="assign the field plainly",
        )
