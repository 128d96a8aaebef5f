"""caml_modify works on a field that has no value yet.

Why: `caml_modify`, and `Store_field` with it, reads the field's old content to keep a marking
collector informed.  In a block of `caml_alloc_shr` that content is garbage, which the collector
then marks as a block.  In a small block the barrier happens to do nothing as long as the block
is in the minor heap; that is luck, and a warning.

Bad:
    value v = caml_alloc_shr(n, 0);
    for (i = 0; i < n; i++)
      caml_modify(&Field(v, i), Val_unit);

Good:
    value v = caml_alloc_shr(n, 0);
    for (i = 0; i < n; i++)
      caml_initialize(&Field(v, i), Val_unit);

Limits: `caml_alloc` and `caml_alloc_tuple` fill their blocks, so that Store_field is right there.

References: OCaml manual, "Interfacing C with OCaml", "Low-level interface", rules 5 and 6.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import ModifyGarbage
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from

RULE = Rule(name="modify-on-uninitialised", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(ModifyGarbage):
        effect = (
            "which does no harm only while the block is in the minor heap"
            if fact.young
            else "and the collector will mark garbage"
        )
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.callee}' reads the old content of '{fact.place}', which has no value yet,"
            f" {effect}",
            trace=(came_from(fact.allocated), Step(fact.position, "modified here")),
            help=f"assign plainly: {fact.place} = ..."
            if fact.young
            else f"use caml_initialize(&{fact.place}, ...)",
            severity=Severity.WARNING if fact.young else None,
        )
