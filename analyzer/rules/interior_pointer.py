"""A pointer into the middle of a block is made a value that the collector will see.

Why: A value points to the first field of a block, just behind its header.  The collector reads
the word before it as that header: for a pointer into the middle this is some other field, whose
bits are taken for a size and a tag.

Bad:
    value tail(value array)
    {
      return (value) &Field(array, 1);
    }

Good:
    value tail(value array)
    {
      CAMLparam1(array);
      CAMLlocal1(res);
      mlsize_t i, n = Wosize_val(array) - 1;
      res = caml_alloc(n, 0);
      for (i = 0; i < n; i++) Store_field(res, i, Field(array, i + 1));
      CAMLreturn(res);
    }

Limits: Pointers that never become values are the concern of stale-pointer.

References: OCaml manual, "Interfacing C with OCaml", "Blocks".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import InteriorPointer
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, quoted

RULE = Rule(name="interior-pointer", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(InteriorPointer):
        block = quoted(fact.source) if fact.source else "a block"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"a pointer into the middle of {block} is {fact.use} as a value, and the collector"
            " will take a field for a header",
            trace=(came_from(fact.origin), Step(fact.position, f"{fact.use} here")),
            help="return the block and an index, or copy the part into a block of its own",
        )
