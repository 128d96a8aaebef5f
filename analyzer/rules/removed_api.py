"""A name is used that this or a later OCaml no longer has.

Why: OCaml 5 dropped the unprefixed names (`alloc`, `copy_string`, `failwith`), the old names of
the Unix helpers and bigarrays, the page table (`Is_in_heap`) and the variables of the old
runtime (`caml_local_roots`).  A stub that uses one does not compile there, or, declared by hand,
links against something else than it thinks.

Bad:
    enter_blocking_section();
    rc = wait_for(fd);
    leave_blocking_section();
    return copy_string(name);

Good:
    caml_enter_blocking_section();
    rc = wait_for(fd);
    caml_leave_blocking_section();
    return caml_copy_string(name);

Limits: A function, macro, field or variable of the project that happens to have an old name is not
reported.

References: OCaml 5.0 change log; caml/compatibility.h of OCaml 4.14.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Edit, Fix, Severity, Step
from analyzer.flow.facts import RemovedName
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="removed-api", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(RemovedName):
        until = fact.row.until
        is_gone = until is not None and until < ctx.profile.version
        replacement = fact.row.replacement
        if until is None:
            message = (
                f"'{fact.name}' is declared by hand, and a release that changes it will break"
                " this unseen"
            )
        else:
            build = f"under {ctx.profile.value}" if is_gone else "with later releases"
            message = (
                f"'{fact.name}' is gone after OCaml {until[0]}.{until[1]}, so this will not build"
                f" {build}"
            )
            if fact.redeclared:
                message += ", and declared by hand it will be linked to something else"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message,
            trace=(Step(fact.position, "declared here" if fact.redeclared else "used here"),),
            help=f"use {replacement}" if replacement else "do without it: it has no successor",
            fix=_rename(fact),
            severity=None if is_gone else Severity.WARNING,
        )


def _rename(fact: RemovedName) -> Fix | None:
    """The new name in the place of the old one, where it takes the same arguments."""
    new = fact.row.replacement
    if fact.redeclared or not new.isidentifier():
        return None
    path, line, column = fact.position
    end = (line, column + len(fact.name))
    return Fix(f"use '{new}'", (Edit(path, (line, column), end, new),))
