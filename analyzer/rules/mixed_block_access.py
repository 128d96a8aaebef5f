"""The flat part of a mixed block is taken for values, or its values for flat data.

Why: A record with unboxed fields is laid out with its values first and its flat fields after them,
whatever their order in the type.  The header says where the values end.  A word of the flat part
that is read, or written, as a value is a number that the collector follows; a value overwritten
with raw data leaves the collector a number where it expects an address.

Bad:
    /* type sample = { label : string; gain : float# } */
    return caml_copy_double(Double_val(Field(sample, 1)));

Good:
    /* type sample = { label : string; gain : float# } */
    return caml_copy_double(((double *) sample)[1]);

Limits: The layout is the one of native code.  A record of floats alone is no mixed block.

References: OxCaml, "Unboxed types", introduction; runtime/caml/mlvalues.h.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import MixedBlockAccess
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, ocaml_type, quoted
from runtime_sim.model.profile import Profile

RULE = Rule(
    name="mixed-block-access",
    severity=Severity.ERROR,
    profiles=frozenset({Profile.OXCAML}),
)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(MixedBlockAccess):
        text = quoted(fact.text)
        first, type_ = _prefix(fact.scannable), ocaml_type(fact.type)
        if fact.raw:
            message = f"{text} takes a value of {type_} for raw data: {first}"
            here = "taken for raw data here"
            help = "use Field: values come first, in their order in the type"
        else:
            message = (
                f"{text} takes flat data of {type_} for a value: {first}, and a collection"
                " may follow what lies behind as an address"
            )
            here = "taken for a value here"
            help = "read it through a pointer to its C type, and end loops at the scannable size"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message,
            trace=(came_from(fact.declared), Step(fact.position, here)),
            help=help,
        )


def _prefix(scannable: int) -> str:
    if scannable == 0:
        return "none of its fields is a value"
    if scannable == 1:
        return "its first field is a value"
    return f"its first {scannable} fields are values"
