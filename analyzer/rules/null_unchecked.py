"""A value that may be null is opened without a test.

Why: `Null` of an `or_null` type is the word 0, and `This x` is `x` itself, without a block around
it.  An accessor applied to it untested reads the memory at address 0, and the header before it.

Bad:
    /* external find : string or_null -> int = "find" */
    value find(value name)
    {
      return Val_int(lookup(String_val(name)));
    }

Good:
    /* external find : string or_null -> int = "find" */
    value find(value name)
    {
      if (Is_null(name)) return Val_int(-1);
      return Val_int(lookup(String_val(name)));
    }

Limits: A test counts on the paths it decides: one that is joined with another condition by && says
nothing where the whole does not hold.  An `or_null` of an immediate is not opened by Int_val.

References: OxCaml, "Kinds", "Nullability"; runtime/caml/mlvalues.h.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import NullDereference
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, ocaml_type, subject
from runtime_sim.model.profile import Profile

RULE = Rule(name="null-unchecked", severity=Severity.ERROR, profiles=frozenset({Profile.OXCAML}))


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(NullDereference):
        what = subject(fact.name, fact.origin)
        type_ = f", of type {ocaml_type(fact.type)}," if fact.type else ""
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{what}{type_} may be null, and '{fact.via}' will read the memory at address 0",
            trace=(
                came_from(fact.origin),
                Step(fact.position, f"opened by '{fact.via}' here with no test on the path"),
            ),
            help=f"test Is_null of {what} first" if fact.name else "test it with Is_null first",
        )
