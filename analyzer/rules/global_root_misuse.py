"""A global root is registered, changed or removed in a way that leaves the collector a bad root.

Why: The runtime keeps the address of every registered root and reads it at each collection until
it is removed.  So what is there must be a value from the first moment, must stay readable, and
must be removed with the function of its own kind: the two kinds of root are kept in different
tables.  A generational root is moreover looked at only when the runtime was told of the change.

Bad:
    struct job *j = malloc(sizeof *j);
    caml_register_generational_global_root(&j->run);    /* reads garbage */
    j->run = f;
    ...
    caml_remove_global_root(&j->run);    /* the other kind */
    free(j);

Good:
    struct job *j = malloc(sizeof *j);
    j->run = f;
    caml_register_generational_global_root(&j->run);
    ...
    caml_remove_generational_global_root(&j->run);
    free(j);

Limits: Registration and removal are matched where both are on a path of the same function or of
callees whose code is known.  A root that is never removed is a leak and not reported.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rule 4; caml/memory.h, on generational roots.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import GlobalRootFault, RootFault
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from

RULE = Rule(name="global-root-misuse", severity=Severity.ERROR)

# The message, what happens at the position, and the repair.
_FAULTS = {
    RootFault.TWICE: (
        "'{place}' is registered a second time, and one removal will leave it registered",
        "registered again here",
        "register the variable that was meant, or register '{place}' once",
    ),
    RootFault.WRONG_REMOVAL: (
        "'{callee}' does not remove '{place}', which was registered as the other kind of root,"
        " and collections will go on reading it",
        "removed as the other kind here",
        "remove it with the function that belongs to its registration",
    ),
    RootFault.NEVER_REGISTERED: (
        "'{callee}' removes '{place}', which is not registered, and the root that was meant stays",
        "removed here",
        "remove the root that was registered",
    ),
    RootFault.STACK: (
        "'{place}' stays registered when its stack frame is gone, and the next collection will"
        " follow what lies there then",
        "the function is left here with '{place}' registered",
        "remove the root before every return, or use CAMLparam and CAMLlocal",
    ),
    RootFault.ASSIGNED: (
        "'{place}' is a generational root and is assigned behind the runtime's back, so that a"
        " minor collection will miss the new block",
        "assigned here",
        "assign with caml_modify_generational_global_root(&{place}, ...)",
    ),
    RootFault.UNINITIALISED: (
        "'{callee}' registers '{place}' before it holds a value, and a collection will follow"
        " garbage",
        "registered here",
        "give '{place}' a value first (Val_unit will do)",
    ),
    RootFault.FREED: (
        "'{callee}' gives away the memory of the registered root '{place}', and the next"
        " collection will read it",
        "freed or resized here",
        "remove the root before, and register it again after a resize",
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(GlobalRootFault):
        message, here, help = (
            text.format(place=fact.place, callee=fact.callee) for text in _FAULTS[fact.fault]
        )
        earlier = () if fact.earlier is None else (came_from(fact.earlier),)
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message,
            trace=(*earlier, Step(fact.position, here)),
            help=help,
        )
