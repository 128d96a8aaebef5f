"""A path leaves a function without closing its frame of local roots.

Why: `CAMLparam` links a record on the C stack into the runtime's list of roots, and only
`CAMLreturn` takes it off.  A plain `return`, or falling off the end, leaves the record in the list
while its memory is given to the next call: the next collection follows whatever is there then.

Bad:
    value find(value table, value key)
    {
      CAMLparam2(table, key);
      if (Wosize_val(table) == 0) return Val_none;
      CAMLreturn(lookup(table, key));
    }

Good:
    value find(value table, value key)
    {
      CAMLparam2(table, key);
      if (Wosize_val(table) == 0) CAMLreturn(Val_none);
      CAMLreturn(lookup(table, key));
    }

Limits: A path that ends in a function that never returns (caml_failwith, exit) need not close the
frame: raising restores the list.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rule 1.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import OpenFrameLeft
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import closing_macro

RULE = Rule(name="missing-camlreturn", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(OpenFrameLeft):
        way = "the end of the function" if fact.implicit else "'return'"
        macro = closing_macro("value" if fact.returns_value else fact.result)
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{way} leaves the frame of '{fact.macro}' open, and the next collection will follow"
            " roots on a dead stack frame",
            trace=(
                Step(fact.opened, f"'{fact.macro}' opens the frame here"),
                Step(fact.position, "the function is left here with the frame open"),
            ),
            help=f"end the function with {macro}" if fact.implicit else f"write {macro} instead",
        )
