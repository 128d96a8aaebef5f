"""The C function of a noalloc external does what the attribute rules out.

Why: For a `[@@noalloc]` external native code makes a bare C call: the allocation pointer stays in
a register and nothing describes the caller's frame.  A collection in the call overwrites what was
allocated last and misses the caller's values; an exception or another thread goes on with a heap
in that state.

Bad:
    /* external ratio : int -> float = "ratio" [@@noalloc] */
    value ratio(value id)
    {
      return caml_copy_double(counter(Int_val(id)) / 1000.0);
    }

Good:
    /* external ratio : int -> (float[@unboxed]) = "ratio_byte" "ratio" [@@noalloc] */
    double ratio(value id)
    {
      return counter(Int_val(id)) / 1000.0;
    }

Limits: The bytecode function of the external may allocate.  A callee whose code is not known, and
which gets or gives values, is reported under --pedantic alone.

References: OCaml manual, "Interfacing C with OCaml", "Cheaper C call".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import AllocEffect, NoallocBroken
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from

RULE = Rule(name="noalloc-violation", severity=Severity.ERROR)

# What goes wrong, and the repair.
_EFFECTS = {
    AllocEffect.COLLECTS: (
        "the caller of a noalloc external has not saved its values for that",
        "drop [@@noalloc], or return something that needs no allocation",
    ),
    AllocEffect.RAISES: (
        "the caller of a noalloc external has not saved its state for a handler",
        "drop [@@noalloc], or tell of the failure in the result",
    ),
    AllocEffect.RELEASES: (
        "another thread may collect while the caller of a noalloc external has not saved its"
        " values",
        "drop [@@noalloc], or keep the lock",
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(NoallocBroken):
        consequence, help = _EFFECTS[fact.effect]
        callee = f"'{fact.name}'" + (", whose code is not known," if fact.doubt else "")
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{callee} {fact.effect.value}, and {consequence}",
            trace=(
                came_from(fact.declared),
                Step(fact.position, f"{callee} {fact.effect.value} here"),
                *fact.chain,
            ),
            help=help,
            doubt=fact.doubt,
        )
