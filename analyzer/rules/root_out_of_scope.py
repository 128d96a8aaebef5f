"""A local root's block ends while its frame stays open.

Why: `CAMLlocal` and `CAMLxparam` declare a record with the life time of the block they stand in,
and put it in the list of roots, where it stays until the frame is closed.  When the inner block
has ended the compiler may use the record's memory for something else, and the next collection
follows it.

Bad:
    value describe(value v)
    {
      CAMLparam1(v);
      if (Is_block(v)) {
        CAMLlocal1(s);
        s = caml_copy_string("block");
        log_value(s);
      }
      caml_minor_collection();
      CAMLreturn(v);
    }

Good:
    value describe(value v)
    {
      CAMLparam1(v);
      CAMLlocal1(s);
      if (Is_block(v)) {
        s = caml_copy_string("block");
        log_value(s);
      }
      caml_minor_collection();
      CAMLreturn(v);
    }

Limits: A block that is left by CAMLreturn only is fine and not reported.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rule 2.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import RootOutOfScope
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="root-out-of-scope", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(RootOutOfScope):
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.macro}' leaves the record of '{fact.name}' in the list of roots when its"
            " block ends, and the next collection will follow what lies there then",
            trace=(
                Step(fact.position, f"'{fact.name}' is registered here"),
                Step(fact.end, "its block is left here with the frame open"),
            ),
            help=f"register '{fact.name}' in the outermost block of the function",
        )
