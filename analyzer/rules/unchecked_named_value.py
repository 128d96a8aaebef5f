"""A named value is used without asking if it is there, or kept although it moves.

Why: `caml_named_value` gives NULL when no OCaml code has registered the name: a module that was
not linked, or not initialised yet.  The pointer it gives otherwise stays good for ever, but what
is behind it is an ordinary value, which a collection moves; a copy of it in a static goes stale.

Bad:
    static value closure;
    if (!closure) closure = *caml_named_value("on_event");
    caml_callback(closure, Val_unit);

Good:
    static const value *closure;
    if (!closure) closure = caml_named_value("on_event");
    if (closure) caml_callback(*closure, Val_unit);

Limits: A name that the project's own OCaml code registers is still asked for: the order in which
modules are initialised is not known.

References: OCaml manual, "Interfacing C with OCaml", "Registering OCaml closures for use in C
functions".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import NamedValueFault
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, subject

RULE = Rule(name="unchecked-named-value", severity=Severity.WARNING)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(NamedValueFault):
        what = subject(fact.name, fact.origin)
        if fact.kept:
            message = f"{what} keeps what is behind a named value, and a collection will move it"
            here, help = "kept here", "keep the pointer that caml_named_value returns instead"
        else:
            message = (
                f"{what} is dereferenced without a test, and is NULL when nobody has registered"
                " the name"
            )
            here, help = "dereferenced here", "test the pointer for NULL first"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message,
            trace=(came_from(fact.origin), Step(fact.position, here)),
            help=help,
        )
