"""A C number stands for a value, or a value for a C number.

Why: The OCaml int n is the word 2n + 1.  A C number that OCaml takes for a value is halved where
it is odd; where it is even the collector follows it as an address.  A value that C takes for
a number is twice too large, and as a truth value it always holds: even `Val_false` is the word 1.

Bad:
    value level(value id)
    {
      return read_level(Int_val(id));
    }

Good:
    value level(value id)
    {
      return Val_int(read_level(Int_val(id)));
    }

Limits: Values may be compared with each other, tested for their low bit, shifted and masked by
hand, and kept in an `intnat`.  What is cast to `value` explicitly, and pointers, are left to
naked-pointer.

References: OCaml manual, "Interfacing C with OCaml", "The value type" and "Operations on values".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import ConversionFault, MissingConversion
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, expression

RULE = Rule(name="missing-conversion", severity=Severity.ERROR)

_TO_VALUE = "convert it with Val_int, Val_bool or the caml_copy_* of its type"
_TO_NUMBER = "convert it with Int_val, Long_val or the *_val of its type"

# The message, what happens at the position, and the repair.
_FAULTS = {
    ConversionFault.RETURNED: (
        "{text} is a C number returned as a value, and OCaml will halve it or follow it as an"
        " address",
        "returned here",
        _TO_VALUE,
    ),
    ConversionFault.STORED: (
        "{text} is a C number stored in '{callee}' as a value, and OCaml will halve it or follow"
        " it as an address",
        "stored here",
        _TO_VALUE,
    ),
    ConversionFault.PASSED_AS_VALUE: (
        "{text} is a C number passed to '{callee}' as a value, which will halve it or follow it as"
        " an address",
        "passed here",
        _TO_VALUE,
    ),
    ConversionFault.TESTED: (
        "{text} is a value, and as a condition it always holds: even Val_false is not 0",
        "tested here",
        "test its Bool_val, or compare it with a value",
    ),
    ConversionFault.COMPUTED: (
        "{text} is a value computed with as a C number, and its word is 2n + 1 or an address",
        "computed with here",
        _TO_NUMBER,
    ),
    ConversionFault.SWITCHED: (
        "{text} is a value switched on as a C number, and no immediate is an even word",
        "switched on here",
        "switch on its Int_val, or use values as labels: case Val_int(0)",
    ),
    ConversionFault.PASSED: (
        "{text} is a value passed to '{callee}' as a C number, and its word is 2n + 1 or an"
        " address",
        "passed here",
        _TO_NUMBER,
    ),
    ConversionFault.ASSIGNED: (
        "{text} is a value assigned to the C number '{callee}', and its word is 2n + 1 or an"
        " address",
        "assigned here",
        _TO_NUMBER,
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(MissingConversion):
        message, here, help = _FAULTS[fact.fault]
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message.format(text=expression(fact.text, fact.origin), callee=fact.callee),
            trace=(
                *(() if fact.origin is None else (came_from(fact.origin),)),
                Step(fact.position, here),
            ),
            help=help,
        )
