"""A field of a block that may be old is assigned without the write barrier.

Why: A minor collection does not scan the major heap: it relies on `caml_modify` having noted
every old block that was made to point to a young one.  After a plain `Field(v, 0) = x` the young
block is freed, or moves, while the field still holds the old address.  In OCaml 5 another domain
that marks the old block at that moment loses what the field held before.

Bad:
    value set_name(value person, value name)
    {
      Field(person, 0) = name;
      return Val_unit;
    }

Good:
    value set_name(value person, value name)
    {
      Store_field(person, 0, name);
      return Val_unit;
    }

Limits: A field that holds immediates before and after needs no barrier and is not reported where
both are known.  A helper that is static counts as filling a fresh block if every caller gives it
one.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rule 3, and "Low-level interface", rule 6.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import PlainStore
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, quoted

RULE = Rule(name="missing-write-barrier", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(PlainStore):
        if fact.copied:
            way, help = "copied over", "copy field by field with Store_field"
        else:
            way, help = "assigned", f"use Store_field or caml_modify(&{fact.place}, ...)"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{quoted(fact.place)} is {way} without the write barrier in a block that {fact.why},"
            " and a minor collection will miss what it points to",
            trace=(came_from(fact.origin), Step(fact.position, f"{way} here")),
            help=help,
        )
