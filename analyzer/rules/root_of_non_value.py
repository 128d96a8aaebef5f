"""Something that is not a variable of type value is registered as a root.

Why: The collector reads a root as one word holding a value.  An `int` has half a word, a `char
*` or a `value *` holds an address that is no block: the collector follows it, and writes a new
address into it when it believes that the block has moved.

Bad:
    value sum_byte(value *argv, int argn)
    {
      CAMLparam1(argv);
      CAMLreturn(sum(argv[0], argv[1]));
    }

Good:
    value sum_byte(value *argv, int argn)
    {
      return sum(argv[0], argv[1]);
    }

Limits: A type that the front end cannot see (a typedef of a header outside the project) is taken
to be right.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rules 1, 2 and 4.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import NonValueRoot
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="root-of-non-value", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(NonValueRoot):
        what = f"'{fact.text}' of type '{fact.type}'" if fact.type else f"'{fact.text}'"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.macro}' makes {what} a root, and a collection will read it as a value",
            trace=(Step(fact.position, "registered here"),),
            help=f"leave '{fact.text}' out: only variables of type value are roots",
        )
