"""A bigarray is made with dimensions or data that do not fit.

Why: `caml_ba_alloc_dims` takes its dimensions as variable arguments and reads each as an `intnat`.
An `int` given there leaves the upper half to chance, and a missing one is read from wherever the
next argument would be: the array has a size that the data has not.  The data itself must live as
long as the array does, unless the array was told to free it.

Bad:
    int height, width;
    ...
    return caml_ba_alloc_dims(CAML_BA_UINT8 | CAML_BA_C_LAYOUT, 2, data, height, width);

Good:
    return caml_ba_alloc_dims(CAML_BA_UINT8 | CAML_BA_C_LAYOUT, 2, data,
                              (intnat) height, (intnat) width);

Limits: Data from malloc that is freed later, in another call, is not seen.

References: OCaml manual, "Interfacing C with OCaml", "Advanced topic: bigarrays"; caml/bigarray.h.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import BigarrayFault, BigarrayMismatch
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="bigarray-dims", severity=Severity.ERROR)

# The message and the repair.
_FAULTS = {
    BigarrayFault.NARROW_DIMENSION: (
        "'{callee}' reads '{detail}' as an 'intnat', which is wider, and the array gets a random"
        " size",
        "cast the dimension to intnat",
    ),
    BigarrayFault.MISSING_DIMENSION: (
        "'{callee}' reads more dimensions than it is given, and the array gets a random size",
        "give as many dimensions as the second argument says",
    ),
    BigarrayFault.SHORT_LIVED_DATA: (
        "the array of '{callee}' will point to '{detail}' when that is gone",
        "give NULL and copy the data into the array, or data that outlives it",
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(BigarrayMismatch):
        message, help = _FAULTS[fact.fault]
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message.format(callee=fact.callee, detail=fact.detail),
            trace=(Step(fact.position, "the array is made here"),),
            help=help,
        )
