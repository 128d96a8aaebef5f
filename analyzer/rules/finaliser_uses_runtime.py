"""A custom block's operation does what its contract forbids.

Why: `finalize` runs in the middle of a collection: an allocation there enters the collector
again, a callback runs OCaml code on a heap that is half moved, and another block may be gone
already.  `compare`, `hash`, `serialize` and `deserialize` are called by code that holds values
in C variables that are not roots, and that does not expect to be left by an exception.

Bad:
    static void conn_finalize(value v)
    {
      caml_callback(*caml_named_value("closed"), Val_unit);
      conn_close(Conn_val(v));
    }

Good:
    static void conn_finalize(value v)
    {
      conn_close(Conn_val(v));
    }

Limits: What a C library's function does is not known and taken to be allowed.  OCaml code that
must run when a block dies belongs in Gc.finalise.

References: OCaml manual, "Interfacing C with OCaml", "The struct custom_operations".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import FinaliserFault
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="finaliser-uses-runtime", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(FinaliserFault):
        context = (
            "which runs in the middle of a collection"
            if fact.operation == "finalize"
            else "whose caller holds values that are not roots"
        )
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{fact.what} in the custom operation '{fact.operation}', {context}",
            trace=(
                Step(fact.installed, f"'{fn.function.name}' becomes '{fact.operation}' here"),
                Step(fact.position, f"{fact.what} here"),
                *fact.chain,
            ),
            help="use the block's own data and the C library only; Gc.finalise may run OCaml code",
        )
