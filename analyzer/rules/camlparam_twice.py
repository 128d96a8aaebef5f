"""A frame of local roots is opened while one of the same function is open.

Why: Each `CAMLparam` saves the head of the list of roots under the same name, and the next
`CAMLreturn` restores the innermost one it can see.  With two frames open it closes the inner one
alone: the outer frame's records stay in the list when the function has returned.

Bad:
    value f(value a, value b, value c, value d, value e, value x)
    {
      CAMLparam5(a, b, c, d, e);
      if (Is_block(x)) {
        CAMLparam1(x);
        CAMLreturn(g(a, x));
      }
      CAMLreturn(a);
    }

Good:
    value f(value a, value b, value c, value d, value e, value x)
    {
      CAMLparam5(a, b, c, d, e);
      CAMLxparam1(x);
      if (Is_block(x)) CAMLreturn(g(a, x));
      CAMLreturn(a);
    }

Limits: An inner block that opens a frame and closes it with CAMLdrop before the block ends is fine
and not reported.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rule 1.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import FrameReopened
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="camlparam-twice", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(FrameReopened):
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.macro}' opens a second frame, and no 'CAMLreturn' will close the first",
            trace=(
                Step(fact.opened, "the first frame is opened here"),
                Step(fact.position, "a second frame is opened here"),
            ),
            help="use CAMLxparam for further parameters and CAMLlocal for locals",
        )
