"""A CAMLreturn of one kind stands in a function of another.

Why: `CAMLreturn(x)` returns a `value`, `CAMLreturn0` returns nothing, `CAMLreturnT(t, x)`
returns a `t`.  Where that is not what the function returns the caller reads a register that was
never set, or the bits of one type as another: a `double` pushed through `value` is cut to an
integer.

Bad:
    static double ratio(value f)
    {
      CAMLparam1(f);
      CAMLreturn(Double_val(caml_callback(f, Val_unit)));
    }

Good:
    static double ratio(value f)
    {
      CAMLparam1(f);
      CAMLreturnT(double, Double_val(caml_callback(f, Val_unit)));
    }

Limits: Types that the front end knows by name alone are compared by name; two names of one type in
a system header count as fitting.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rule 1.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import ReturnKindMismatch
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import closing_macro

RULE = Rule(name="camlreturn-kind", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(ReturnKindMismatch):
        effect = (
            "its caller will read a result that was never set"
            if fact.given == "void"
            else "its caller will take one for the other"
        )
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.macro}' returns '{fact.given}' from a function that returns"
            f" '{fact.declared}', and {effect}",
            trace=(
                Step(fn.function.symbol.position, f"declared to return '{fact.declared}' here"),
                Step(fact.position, f"returns '{fact.given}' here"),
            ),
            help=f"write {closing_macro(fact.declared)}",
        )
