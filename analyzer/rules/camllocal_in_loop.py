"""A local root is registered more than once with one frame.

Why: `CAMLlocal` declares a record on the C stack and puts it at the head of the list of roots.  In
a loop the record is the same memory at every turn, so at the second turn it is linked to itself:
the next collection walks the list for ever.

Bad:
    value each(value f, int n)
    {
      CAMLparam1(f);
      for (int i = 0; i < n; i++) {
        CAMLlocal1(s);
        s = caml_copy_string(name_of(i));
        caml_callback(f, s);
      }
      CAMLreturn(Val_unit);
    }

Good:
    value each(value f, int n)
    {
      CAMLparam1(f);
      CAMLlocal1(s);
      for (int i = 0; i < n; i++) {
        s = caml_copy_string(name_of(i));
        caml_callback(f, s);
      }
      CAMLreturn(Val_unit);
    }

Limits: None known; a loop whose every turn opens a frame and drops it again is fine.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rule 2.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import RootAgain
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="camllocal-in-loop", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(RootAgain):
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.macro}' registers '{fact.name}' again in the same frame, and the list of"
            " roots will link to itself",
            trace=(
                Step(fact.opened, "the frame is opened here"),
                Step(fact.position, f"'{fact.name}' is registered here each time round"),
            ),
            help=f"register '{fact.name}' before the loop, or give its body a function of its own",
        )
