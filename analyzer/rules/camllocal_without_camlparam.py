"""Local roots are registered where no frame is open.

Why: `CAMLlocal` and `CAMLxparam` add a record to the runtime's list of roots, and rely on the
frame around them to take it off again.  Without `CAMLparam` before them the record stays in the
list when the function has returned, and the next collection follows a dead stack frame (or the
code does not compile: that depends on the OCaml version).

Bad:
    value greeting(value unit)
    {
      CAMLlocal1(s);
      s = caml_copy_string("hello");
      return s;
    }

Good:
    value greeting(value unit)
    {
      CAMLparam0();
      CAMLlocal1(s);
      s = caml_copy_string("hello");
      CAMLreturn(s);
    }

Limits: None known within a function; the frame macros cannot span functions.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rules 1 and 2.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import LocalWithoutFrame
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="camllocal-without-camlparam", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(LocalWithoutFrame):
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.macro}' registers roots where no frame is open, and nothing will take them"
            " off the list",
            trace=(Step(fact.position, "no frame is open here"),),
            help="move CAMLparam before it, and before any jump that leads here"
            if fact.opened_later
            else "open a frame with CAMLparam0() first and leave with CAMLreturn",
        )
