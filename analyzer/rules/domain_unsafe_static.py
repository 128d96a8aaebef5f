"""A primitive writes a static variable with neither a lock nor an atomic.

Why: In OCaml 4 the runtime lock let one thread at a time into C code.  In OCaml 5 two domains
run primitives at the same moment: counters lose increments, buffers get mixed contents, and a
pointer is read while it is written.

Bad:
    static int next_id;

    value fresh_id(value unit)
    {
      return Val_int(next_id++);
    }

Good:
    static atomic_int next_id;

    value fresh_id(value unit)
    {
      return Val_int(atomic_fetch_add(&next_id, 1));
    }

Limits: A variable that is only written in a path taken once (a library's initialisation) is
reported all the same.  Programs that never start a domain are safe, hence pedantic.

References: OCaml manual, "Interfacing C with OCaml", "Advanced topic: Multithreading and blocking
sections".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import StaticWrite
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from runtime_sim.model.profile import Profile

RULE = Rule(
    name="domain-unsafe-static",
    severity=Severity.NOTE,
    profiles=frozenset({Profile.OCAML_5}),
    pedantic=True,
)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(StaticWrite):
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.name}' is written with neither a lock nor an atomic, and two domains in this"
            " code will race",
            trace=(
                Step(fact.declared, f"'{fact.name}' is declared here"),
                Step(fact.position, "written here"),
            ),
            help=f"make '{fact.name}' atomic, guard it with a mutex, or pass the state in",
        )
