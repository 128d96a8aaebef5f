"""A local value gets where it outlives its region.

Why: What is declared `local` may lie on OCaml's stack of local blocks, which is cut back when the
region of the caller ends.  A field of a heap block, a static, a global root or C memory that still
points there then leads to whatever was put in its place, and the collector stops at it.

Bad:
    /* external put : cell -> string @ local -> unit = "put" */
    value put(value cell, value text)
    {
      Store_field(cell, 0, text);
      return Val_unit;
    }

Good:
    /* external put : cell -> string @ local -> unit = "put" */
    value put(value cell, value text)
    {
      CAMLparam2(cell, text);
      mlsize_t n = caml_string_length(text);
      value copy = caml_alloc_string(n);
      memcpy(Bytes_val(copy), String_val(text), n);
      Store_field(cell, 0, copy);
      CAMLreturn(Val_unit);
    }

Limits: The field of a local block is local with it, unless it is mutable or declared `global_`.
An external whose parameters and result are `[@local_opt]` may return what it is given.  What C
code that is not known keeps is not seen.

References: OxCaml, "Stack allocation", reference; runtime/caml/alloc.h.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import LocalEscape
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, subject
from runtime_sim.model.profile import Profile

RULE = Rule(name="local-escape", severity=Severity.ERROR, profiles=frozenset({Profile.OXCAML}))


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(LocalEscape):
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{subject(fact.name, fact.origin)} is local and gets into {fact.into}, where it will"
            " dangle once its region ends",
            trace=(
                *(() if fact.declared is None else (came_from(fact.declared),)),
                came_from(fact.origin),
                Step(fact.position, f"gets into {fact.into} here"),
                *fact.chain,
            ),
            help="copy it to the heap first, or change what the external declares as local",
        )
