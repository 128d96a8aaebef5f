"""Something held in C is lost when a call raises.

Why: An OCaml exception leaves the C function at once, like longjmp: nothing after the call runs.
Memory that was to be freed there leaks, a handle stays open, a mutex stays locked, and the next
caller waits for it.

Bad:
    char *copy = caml_stat_strdup(String_val(text));
    caml_callback(f, Val_unit);    /* may raise */
    caml_stat_free(copy);

Good:
    char *copy = caml_stat_strdup(String_val(text));
    value r = caml_callback_exn(f, Val_unit);
    caml_stat_free(copy);
    if (Is_exception_result(r)) caml_raise(Extract_exception(r));

Limits: A call that raises nothing but Out_of_memory of the runtime's own allocation, or what a
signal handler raises while the lock is released, counts under --pedantic alone.  What is reachable
from a block with a finaliser, from a static or from the caller is not lost.

References: OCaml manual, "Interfacing C with OCaml", "Callbacks from C to OCaml" and "Raising
exceptions from C".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import ResourceLost
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, subject

RULE = Rule(name="resource-leak-on-raise", severity=Severity.WARNING)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(ResourceLost):
        what, raises = subject(fact.name, fact.acquired), f"if '{fact.callee}' raises"
        if fact.release:
            message = f"{what} never gets to '{fact.release}' {raises}"
            release = f"call '{fact.release}'"
        else:
            message, release = f"{what} is lost {raises}", "let go of it"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message,
            trace=(
                came_from(fact.acquired),
                Step(fact.position, f"'{fact.callee}' may raise here"),
                *fact.chain,
            ),
            help=f"{release} before '{fact.callee}', or use a form that returns the exception",
            doubt=fact.doubt,
        )
