"""A heap value lies in C memory that the collector does not scan.

Why: The collector finds values in its own heap, in OCaml's stacks and in registered roots.  A
`value` in a static variable, in memory from malloc or in the data of a custom block is none of
these: nothing keeps its block alive, and nothing corrects the address when the block moves.  The
next use, often in another call, reads whatever has taken its place.

Bad:
    static value handler;

    value set_handler(value f)
    {
      handler = f;
      return Val_unit;
    }

Good:
    static value handler = Val_unit;

    value set_handler(value f)
    {
      static int registered = 0;
      if (!registered) {
        caml_register_generational_global_root(&handler);
        registered = 1;
      }
      caml_modify_generational_global_root(&handler, f);
      return Val_unit;
    }

Limits: Memory is followed within a function and the callees whose code is known.  A static that is
registered anywhere in the project counts as a root, whichever of the two functions runs first.
The data of a custom block moves with it, so that registering its address is no repair.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rule 4 (global variables).
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import UnrootedStore
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, may_collect, mover, quoted

RULE = Rule(name="unregistered-global-root", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(UnrootedStore):
        place, collection = quoted(fact.place), fact.collection
        steps = [came_from(fact.value), Step(fact.position, f"stored in {place} here")]
        if collection is not None:
            steps += may_collect(collection)
            cause = f"{mover(collection)} may move or free"
        else:
            cause = "a collection after the return will move or free"
        if fact.leaves is not None:
            steps.append(
                Step(fact.leaves, f"{place} still holds it when the function returns here")
            )
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{place} ({fact.kind}) is not a registered root and will dangle:"
            f" {cause} the block it holds",
            trace=steps,
            help="keep the value in memory that stays where it is, registered with"
            " caml_register_generational_global_root",
            doubt=collection is not None and collection.doubt,
        )
