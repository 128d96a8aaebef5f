"""A custom block frees nothing, forces collections, or has operations that vanish.

Why: A custom block that owns memory needs a finaliser, or the memory is never freed.  The numbers
`mem` and `max` say how much of a budget a block uses up: with `max` 0 every block uses all of it,
and before OCaml 5.1 that forces a major collection every few blocks.  The operations are looked at
as long as the block lives, so that they cannot lie on the stack.

Bad:
    value v = caml_alloc_custom(&image_ops, sizeof(image *), size, 0);

Good:
    value v = caml_alloc_custom_mem(&image_ops, sizeof(image *), size);

Limits: A block owns what is stored in it straight from an allocation; memory that is also kept
elsewhere, or freed by another primitive, may be reported all the same.

References: OCaml manual, "Interfacing C with OCaml", "Custom blocks".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import CustomBlockFault, CustomFault
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, quoted

RULE = Rule(name="custom-resource-accounting", severity=Severity.WARNING)

# The message and the repair.
_FAULTS = {
    CustomFault.NO_FINALISER: (
        "{detail} is never freed, since the operations of the block that owns it have no"
        " finaliser",
        "give the operations a finalize function that frees it",
    ),
    CustomFault.ZERO_MAXIMUM: (
        "a 'mem' above 0 with a 'max' of 0 forces a major collection every few blocks before"
        " OCaml 5.1",
        "use caml_alloc_custom_mem, or a 'max' that says how much may be outstanding",
    ),
    CustomFault.STACK_OPERATIONS: (
        "the operations {detail} lie on the stack, and the block will use them after the return",
        "make the operations static",
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(CustomBlockFault):
        message, help = _FAULTS[fact.fault]
        related = () if fact.related is None else (came_from(fact.related),)
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message.format(detail=quoted(fact.detail)),
            trace=(*related, Step(fact.position, "the block is allocated here")),
            help=help,
        )
