"""Floats get into an array against what the kind of its elements says.

Why: An array of floats is a flat one: its tag says so, and OCaml code that may meet floats looks
at the tag before it reads.  Where the kind of the elements says `non_float` it does not look, and
where it says `separable` it trusts that all of them are floats or none.  A boxed float among other
values, or floats in an array with tag 0, are read as what they are not.

Bad:
    /* external pair : 'a -> 'a -> 'a array = "pair" */
    value pair(value a, value b)
    {
      CAMLparam2(a, b);
      value res = caml_alloc_small(2, 0);
      Field(res, 0) = a;
      Field(res, 1) = b;
      CAMLreturn(res);
    }

Good:
    /* type item : value mod non_float
       external pair : item -> item -> item array = "pair" */
    value pair(value a, value b)
    {
      CAMLparam2(a, b);
      value res = caml_alloc_small(2, 0);
      Field(res, 0) = a;
      Field(res, 1) = b;
      CAMLreturn(res);
    }

Limits: A test for Double_tag of one element counts for all of them.  An array that is only read,
or that OCaml made, is not judged.

References: OxCaml, "Kinds", "Separability"; OCaml manual, "Interfacing C with OCaml", "Arrays".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import SeparabilityBroken, SeparabilityFault
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, expression, ocaml_type
from runtime_sim.model.profile import Profile

RULE = Rule(
    name="separability-violation",
    severity=Severity.ERROR,
    profiles=frozenset({Profile.OXCAML}),
)

# The message, what happens at the position, and the repair.
_FAULTS = {
    SeparabilityFault.FLOAT: (
        "{text} is a boxed float among the elements of the {type}, whose kind says that none is a"
        " float, and OCaml will not look for one",
        "a float gets into the array here",
        "box it in a block of its own, or take 'non_float' out of the kind",
    ),
    SeparabilityFault.MIXED: (
        "{text} puts floats and other values into one {type}, and OCaml will read all of it as"
        " the one or the other",
        "mixed here",
        "make the elements all floats, in a flat array, or none",
    ),
    SeparabilityFault.UNTESTED: (
        "{text} gets into the {type} with no test for floats, and OCaml will read an array of"
        " floats as a flat one",
        "stored untested here",
        "test Double_tag and store floats flat, or give the type a kind that says 'non_float'",
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(SeparabilityBroken):
        message, here, help = _FAULTS[fact.fault]
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message.format(text=expression(fact.text, fact.origin), type=ocaml_type(fact.type)),
            trace=(
                came_from(fact.declared),
                *(() if fact.origin is None else (came_from(fact.origin),)),
                Step(fact.position, here),
            ),
            help=help,
        )
