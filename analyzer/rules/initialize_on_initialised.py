"""caml_initialize works on a field that may already hold a block.

Why: `caml_initialize` writes without looking at what was there.  If the field held a block while
the collector is marking, that block is lost to it although OCaml code may have read it a moment
ago; and if the field held a young block it is noted twice.

Bad:
    value replace(value slot, value x)
    {
      caml_initialize(&Field(slot, 0), x);
      return Val_unit;
    }

Good:
    value replace(value slot, value x)
    {
      caml_modify(&Field(slot, 0), x);
      return Val_unit;
    }

Limits: A block of `caml_alloc` holds unit in its fields, which caml_initialize may overwrite:
that is not reported.

References: OCaml manual, "Interfacing C with OCaml", "Low-level interface", rules 5 and 6.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import InitializeAgain
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from

RULE = Rule(name="initialize-on-initialised", severity=Severity.WARNING)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(InitializeAgain):
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'caml_initialize' overwrites '{fact.place}', which {fact.why}, and a marking"
            " collector will lose the block it held",
            trace=(came_from(fact.origin), Step(fact.position, "overwritten here")),
            help=f"use caml_modify(&{fact.place}, ...)",
        )
