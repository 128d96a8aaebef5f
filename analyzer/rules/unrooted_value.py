"""A value is used after a collection may have moved its block, and was no root.

Why: A collection moves blocks.  It corrects the variables that are registered as roots, and no
others: a `value` in an unregistered variable, parameter or temporary still holds the old address
afterwards.  Reading it gives another block's contents or a crash, most often long after the call
and only when the minor heap happens to be full, so that tests rarely show it.  Any allocation, any
callback, and any release of the runtime lock may collect.

Bad:
    value pair_with_name(value v, const char *name)
    {
      value s = caml_copy_string(name);   /* may move the block of v */
      value pair = caml_alloc_small(2, 0);    /* may move both */
      Field(pair, 0) = v;
      Field(pair, 1) = s;
      return pair;
    }

Good:
    value pair_with_name(value v, const char *name)
    {
      CAMLparam1(v);
      CAMLlocal1(s);
      s = caml_copy_string(name);
      value pair = caml_alloc_small(2, 0);
      Field(pair, 0) = v;
      Field(pair, 1) = s;
      CAMLreturn(pair);
    }

Limits: A value that can only be an immediate (the result of Val_int, a tested constant) needs no
root and is not reported.  A call of a function whose code is not in the project is taken not to
collect, unless it gets or gives values or is handed a function that may: those are reported under
--pedantic alone.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rules 1 and 2.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import StaleUse
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, may_collect, mover, register, subject

RULE = Rule(name="unrooted-value", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(StaleUse):
        if fact.pointer:
            continue
        what, collection = subject(fact.name, fact.origin), fact.collection
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{what} is {fact.use} after {mover(collection)} may have moved its block",
            trace=(
                came_from(fact.origin),
                Step(collection.position, f"{what} is not registered as a root"),
                *may_collect(collection),
                Step(fact.position, f"{fact.use} here"),
            ),
            help=register(fact.name, fn.function),
            doubt=collection.doubt,
        )
