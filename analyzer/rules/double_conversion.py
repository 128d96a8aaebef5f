"""A conversion is applied to what it would have given.

Why: `Val_int` of a value and `Int_val` of a C number both compile: all of them are integers to C.
The first makes 2n + 1 of a word that was that already, and OCaml sees another number, or an
address as a number; the second halves the number.

Bad:
    int level = Int_val(v_level);
    return Val_int(set_level(Int_val(level)));

Good:
    int level = Int_val(v_level);
    return Val_int(set_level(level));

Limits: What a variable of type `intnat` or `long` holds is known where it is assigned.  An integer
that could be either is not reported.

References: OCaml manual, "Interfacing C with OCaml", "Operations on values".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import DoubleConversion
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, expression

RULE = Rule(name="double-conversion", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(DoubleConversion):
        text = expression(fact.text, fact.origin)
        consequence = (
            "a value already, and OCaml will see another number"
            if fact.to_value
            else "a C number already, and will give half of it"
        )
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.macro}' is applied to {text}, {consequence}",
            trace=(
                *(() if fact.origin is None else (came_from(fact.origin),)),
                Step(fact.position, f"'{fact.macro}' is applied here"),
            ),
            help=f"use {text} without '{fact.macro}'",
        )
