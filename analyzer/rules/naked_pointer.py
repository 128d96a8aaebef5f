"""A pointer outside the heap is made a value that the collector will see.

Why: The collector follows every value that is not an immediate.  OCaml 5 has no table of its pages
to tell a foreign address by: marking reads the word before it as a header and writes there.  OCaml
4.14 has the table in its default configuration, and fails once the memory was freed and the heap
has grown over it.

Bad:
    value open_db(value path)
    {
      return (value) db_open(String_val(path));
    }

Good:
    value open_db(value path)
    {
      db *handle = db_open(String_val(path));
      value v = caml_alloc_custom(&db_ops, sizeof(db *), 0, 1);
      *(db **) Data_custom_val(v) = handle;
      return v;
    }

Limits: A pointer with its lowest bit set is an immediate to the collector and not reported.
What a function of unknown code returns is what its prototype says.

References: OCaml manual, "Interfacing C with OCaml", "Pointers outside the heap".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import NakedPointer
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, subject
from runtime_sim.model.profile import Profile

RULE = Rule(
    name="naked-pointer",
    severity=Severity.ERROR,
    severity_in={Profile.OCAML_4_14: Severity.WARNING},
)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    effect = (
        "which breaks once the heap grows over that address"
        if ctx.profile is Profile.OCAML_4_14
        else "and the collector will read and write the memory before it as a header"
    )
    for fact in fn.of(NakedPointer):
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{subject(fact.text, fact.origin)} points outside the heap and is {fact.use} as a"
            f" value, {effect}",
            trace=(came_from(fact.origin), Step(fact.position, f"{fact.use} here")),
            help="keep the pointer in a custom or abstract block, or in caml_copy_nativeint",
        )
