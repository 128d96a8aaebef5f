"""A block has fields without a value when a collection, or OCaml, looks at them.

Why: `caml_alloc_small` and `caml_alloc_shr` give memory with whatever was there before.  A
collection scans every field of a block, and follows what it finds; so does the OCaml code that
gets the block.  Every field needs a value before anything else is allocated.

Bad:
    value entry(const char *name, int n)
    {
      CAMLparam0();
      CAMLlocal1(res);
      res = caml_alloc_small(2, 0);
      Field(res, 0) = Val_int(n);
      Store_field(res, 1, caml_copy_string(name));    /* collects: field 1 is garbage */
      CAMLreturn(res);
    }

Good:
    value entry(const char *name, int n)
    {
      CAMLparam0();
      CAMLlocal1(text);
      text = caml_copy_string(name);
      value res = caml_alloc_small(2, 0);
      Field(res, 0) = Val_int(n);
      Field(res, 1) = text;
      CAMLreturn(res);
    }

Limits: Fields set in a loop over an index count as set when the loop's bounds are those of the
block; a loop that the analysis cannot follow is taken to set them all.

References: OCaml manual, "Interfacing C with OCaml", "Low-level interface", rule 5.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import GarbageFields
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, may_collect, mover, subject

RULE = Rule(name="uninitialised-block", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(GarbageFields):
        what, collection = subject(fact.name, fact.allocated), fact.collection
        if collection is not None:
            event = f"when {mover(collection)} may scan it"
            steps = may_collect(collection)
        else:
            event = f"when it is {fact.event}, and the next collection will follow garbage"
            steps = (Step(fact.position, f"{fact.event} here"),)
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{what} has no value in {fact.fields} {event}",
            trace=(came_from(fact.allocated), *steps),
            help="fill every field before the next call that may collect,"
            " or use caml_alloc, which fills them",
            doubt=collection is not None and collection.doubt,
        )
