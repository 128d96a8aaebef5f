"""A heap block is given a type whose kind keeps the collector away from it.

Why: For a type of kind `external_` the compiler emits no write barrier and keeps no root: its
values are immediates or lie outside the heap.  A block of the heap in such a variable or field is
moved or freed under it.  `external64` promises that on 64-bit targets alone, so that code for one
word size is wrong on the other.

Bad:
    /* type segment : value mod external_
       external map : string -> segment = "map" */
    value map(value name)
    {
      return caml_copy_nativeint((intnat) map_segment(String_val(name)));
    }

Good:
    /* type segment : value mod external_
       external map : string -> segment = "map" */
    value map(value name)
    {
      return (value) map_segment(String_val(name)) | 1;    /* aligned to pages */
    }

Limits: A block is known by what allocated it, in the function or a callee whose code is known, or
by the OCaml type it came with.

References: OxCaml, "Kinds", "Externality".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import ExternalKindBroken
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, ocaml_type, quoted
from runtime_sim.model.profile import Profile

RULE = Rule(
    name="external-kind-violation",
    severity=Severity.ERROR,
    profiles=frozenset({Profile.OXCAML}),
)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(ExternalKindBroken):
        given = f"stored in {quoted(fact.place)}" if fact.place else "returned"
        where = " on 64-bit targets" if fact.bound == "external64" else ""
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"the {fact.origin.text} is {given} as {ocaml_type(fact.type)}, whose kind says"
            f" '{fact.bound}', and the collector will not keep or correct it{where}",
            trace=(
                came_from(fact.declared),
                came_from(fact.origin),
                Step(fact.position, f"{given} here"),
            ),
            help="give it an immediate (an aligned pointer with the low bit set will do), or"
            f" take '{fact.bound}' out of the kind",
        )
