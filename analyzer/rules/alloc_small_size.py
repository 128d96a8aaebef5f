"""caml_alloc_small is asked for a size that a small block cannot have.

Why: `caml_alloc_small` takes its memory from the minor heap without looking at the size.  With 0
it makes a block that the collector cannot handle; with more than `Max_young_wosize` words the
block reaches beyond what the runtime has reserved.

Bad:
    value make_row(value v_n)
    {
      long n = Long_val(v_n);
      value row = caml_alloc_small(n, 0);
      ...

Good:
    value make_row(value v_n)
    {
      long n = Long_val(v_n);
      value row = caml_alloc(n, 0);    /* any size, fields filled */
      ...

Limits: A size counts as known to be within bounds when a test on the path says so; a bound that
holds for reasons outside the function is not seen.

References: OCaml manual, "Interfacing C with OCaml", "Low-level interface".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import SmallSize
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="alloc-small-size", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(SmallSize):
        if fact.known:
            when, here = f"with a size of {fact.size}", "allocated here"
        else:
            when = f"when '{fact.size}' is 0 or above 'Max_young_wosize'"
            here = "allocated here, where nothing has checked the size"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.callee}' corrupts the minor heap {when}",
            trace=(Step(fact.position, here),),
            help="use Atom for the empty block" if fact.size == "0" else "use caml_alloc",
        )
