"""A raw pointer into the heap is used after a collection may have moved what it points to.

Why: `String_val(s)`, `Data_custom_val(v)`, `&Field(v, 0)` and their like give the address of the
block's data at this moment.  A collection moves the block and corrects the roots, but it knows
nothing of C pointers: registering `s` keeps `s` right, and the pointer computed from it still
leads to where the block was.  What is read there is garbage, and what is written destroys
another block.  Some functions of the runtime read their argument after they have allocated;
handing them such a pointer is the same fault in one line.

Bad:
    value tagged(value s, value f)
    {
      CAMLparam2(s, f);
      const char *text = String_val(s);
      caml_callback(f, Val_unit);
      CAMLreturn(Val_bool(text[0] == '#'));
    }

Good:
    value tagged(value s, value f)
    {
      CAMLparam2(s, f);
      caml_callback(f, Val_unit);
      CAMLreturn(Val_bool(String_val(s)[0] == '#'));
    }

Limits: Pointers that lead out of the heap (the data of a bigarray, what a custom block's data
points to) do not move and are not reported.  A pointer that a C library keeps for itself is
pointer-escape.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector" and "Accessing blocks".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import LateRead, StaleUse
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, may_collect, mover, quoted, subject

RULE = Rule(name="stale-pointer", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.facts:
        if isinstance(fact, StaleUse) and fact.pointer:
            yield _stale(fact, fn, ctx)
        elif isinstance(fact, LateRead):
            yield _late(fact, fn, ctx)


def _stale(fact: StaleUse, fn: FunctionFacts, ctx: RuleContext) -> Diagnostic:
    what, collection = subject(fact.name, fact.origin), fact.collection
    moved = f"{quoted(fact.source)}, which it points into" if fact.source else "its block"
    again = f"compute it from {quoted(fact.source)}" if fact.source else "compute it"
    return finding(
        RULE,
        fn,
        ctx,
        fact.position,
        f"{what} is {fact.use} after {mover(collection)} may have moved {moved}",
        trace=(
            came_from(fact.origin),
            Step(collection.position, f"{what} is a raw pointer, which no collection corrects"),
            *may_collect(collection),
            Step(fact.position, f"{fact.use} here"),
        ),
        help=f"{again} again after the call, or copy what it points to before",
        doubt=collection.doubt,
    )


def _late(fact: LateRead, fn: FunctionFacts, ctx: RuleContext) -> Diagnostic:
    into = f"into {quoted(fact.source)}" if fact.source else "into the heap"
    return finding(
        RULE,
        fn,
        ctx,
        fact.position,
        f"'{fact.callee}' reads a pointer {into} after it may have moved the block by allocating",
        trace=(
            Step(fact.position, f"a pointer {into} is passed to '{fact.callee}' here"),
            Step(fact.position, f"'{fact.callee}' may collect before it reads the pointer"),
        ),
        help=f"give '{fact.callee}' a copy outside the heap (caml_stat_strdup, a local buffer)",
    )
