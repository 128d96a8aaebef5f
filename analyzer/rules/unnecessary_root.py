"""A function opens a frame of local roots that no collection can see.

Why: The frame macros cost a few stores at each call, and they tell the reader that something may
collect.  Where nothing does while a root is live they can go, and the function says what it is: a
reader.  It is a matter of taste, hence pedantic: a frame does no harm, and is there when an
allocation is added later.

Bad:
    value width(value rect)
    {
      CAMLparam1(rect);
      CAMLreturn(Field(rect, 2));
    }

Good:
    value width(value rect)
    {
      return Field(rect, 2);
    }

Limits: A function that calls anything whose code is not known, and that gets or gives values, is
taken to need its frame.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import UselessFrame
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="unnecessary-root", severity=Severity.NOTE, pedantic=True)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(UselessFrame):
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.macro}' opens a frame that costs time at each call and that no collection"
            " can see",
            trace=(Step(fact.position, "the frame is opened here"),),
            help="remove the frame macros and return plainly",
        )
