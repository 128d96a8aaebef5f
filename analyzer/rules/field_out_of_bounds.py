"""A field is read or written beyond the end of its block.

Why: `Field` does not check its index.  What lies behind the block is the header of the next one,
or the end of the heap: reading gives a word that is no value, and writing destroys the heap.

Bad:
    value third(value unit)
    {
      value pair = caml_alloc_tuple(2);
      Store_field(pair, 2, Val_unit);
      return pair;
    }

Good:
    value third(value unit)
    {
      value triple = caml_alloc_tuple(3);
      Store_field(triple, 2, Val_unit);
      return triple;
    }

Limits: The size is known where the block is allocated in the function or a callee whose code is
known, or from the OCaml type: that of a record, a tuple, or a constructor that a test has told.
The index is known where it is a constant or runs up to one.

References: OCaml manual, "Interfacing C with OCaml", "Accessing blocks".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import OutOfBounds
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from

RULE = Rule(name="field-out-of-bounds", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(OutOfBounds):
        fields = "1 field" if fact.size == 1 else f"{fact.size or 'no'} fields"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"index {fact.index} is outside a block of {fields}, and the access hits the memory"
            " behind it",
            trace=(came_from(fact.allocated), Step(fact.position, "accessed here")),
            help="use a lower index, since fields count from 0, or make the block larger",
        )
