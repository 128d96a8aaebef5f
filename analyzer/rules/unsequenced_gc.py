"""C leaves open whether a value or pointer is read before or after a call that may collect.

Why: In `Field(r, 0) = caml_copy_string(s)` and in `f(String_val(v), caml_copy_double(d))` C says
nothing about which operand is evaluated first.  A compiler that computes the address of the field,
or loads `v`, before the call uses the old address after it, even when the variable is a registered
root: what was loaded is in a machine register by then.  The same source is right with one compiler
and wrong with the next, or with other options.

Bad:
    value boxed_name(const char *name)
    {
      CAMLparam0();
      CAMLlocal1(r);
      r = caml_alloc(1, 0);
      Field(r, 0) = caml_copy_string(name);
      CAMLreturn(r);
    }

Good:
    value boxed_name(const char *name)
    {
      CAMLparam0();
      CAMLlocal1(r);
      r = caml_alloc(1, 0);
      Store_field(r, 0, caml_copy_string(name));    /* evaluates the value first */
      CAMLreturn(r);
    }

Limits: One expression at a time; what happens between statements is unrooted-value or
stale-pointer.  Operands that C does order (those of &&, || and the comma, or of ?:) are not
reported.

References: ISO/IEC 9899 (C), 6.5 and 6.5.2.2; OCaml manual, "Interfacing C with OCaml", "Living in
harmony with the garbage collector".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import UnorderedRead
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import may_collect, mover, quoted

RULE = Rule(name="unsequenced-gc", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(UnorderedRead):
        held, collection = quoted(fact.held), fact.collection
        moved = "what it points to" if fact.pointer else "its block"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{held} is used as it was before {mover(collection)} may have moved {moved},"
            " if the compiler reads it first",
            trace=(
                *may_collect(collection),
                Step(fact.position, f"C does not order {held} and the call here"),
            ),
            help=f"call '{collection.callee}' in a statement of its own, before this one",
            doubt=collection.doubt,
        )
