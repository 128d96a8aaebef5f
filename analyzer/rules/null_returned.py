"""Null is given to OCaml where the type is not nullable.

Why: The word 0 is a value of `or_null` types alone.  OCaml code opens any other block without
a test and reads the memory at address 0.  `Val_null` is neither `None` nor `[]`, which are the
immediate 0, the word 1.

Bad:
    /* external get : string -> string = "get" */
    value get(value key)
    {
      const char *text = lookup(String_val(key));
      return text == NULL ? Val_null : caml_copy_string(text);
    }

Good:
    /* external get : string -> string or_null = "get" */
    value get(value key)
    {
      const char *text = lookup(String_val(key));
      return text == NULL ? Val_null : caml_copy_string(text);
    }

Limits: A type variable and an abstract type without a kind that says `value_or_null` are taken not
to be nullable, as in the type checker.

References: OxCaml, "Kinds", "Nullability"; runtime/caml/mlvalues.h.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import NullGiven
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, ocaml_type, quoted
from runtime_sim.model.profile import Profile

RULE = Rule(name="null-returned", severity=Severity.ERROR, profiles=frozenset({Profile.OXCAML}))


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(NullGiven):
        type_ = ocaml_type(fact.type)
        given = f"stored in {quoted(fact.place)}" if fact.place else "returned"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"null is {given}, but {type_} is never null, and OCaml will use it without a test",
            trace=(came_from(fact.declared), Step(fact.position, f"null is {given} here")),
            help="make the type an or_null in OCaml, or give it something else",
        )
