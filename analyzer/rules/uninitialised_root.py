"""A local variable becomes a root before it has a value.

Why: From the moment of registration every collection reads the variable and follows what it finds.
An uninitialised `value` holds what was left on the stack: most often an old pointer, which the
collector then takes for a block.  `CAMLlocal` initialises what it declares; `CAMLparam` and
`CAMLxparam` do not.

Bad:
    value pack(value a)
    {
      value res;
      CAMLparam1(a);
      CAMLxparam1(res);
      res = caml_alloc_some(a);
      CAMLreturn(res);
    }

Good:
    value pack(value a)
    {
      CAMLparam1(a);
      CAMLlocal1(res);
      res = caml_alloc_some(a);
      CAMLreturn(res);
    }

Limits: Storage registered as a global root before it has a value is global-root-misuse.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rule 2.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import GarbageRoot
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="uninitialised-root", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(GarbageRoot):
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.macro}' makes '{fact.name}' a root before it has a value, and a collection"
            " will follow garbage",
            trace=(
                Step(fact.declared, f"'{fact.name}' is declared here without a value"),
                Step(fact.position, "registered here"),
            ),
            help=f"declare '{fact.name}' with CAMLlocal1, or initialise it with Val_unit",
        )
