"""Releases and acquisitions of the runtime lock do not match on a path.

Why: OCaml code must run with the lock held.  A path that returns or raises without it lets two
threads into the runtime at once; one that acquires a lock it holds waits for itself; one that
releases it twice ends the process in OCaml 5.

Bad:
    caml_release_runtime_system();
    if (connect(fd, addr, len) < 0) return Val_false;
    caml_acquire_runtime_system();
    return Val_true;

Good:
    caml_release_runtime_system();
    rc = connect(fd, addr, len);
    caml_acquire_runtime_system();
    return Val_bool(rc == 0);

Limits: A lock that is released in one function and acquired in another is followed through callees
whose code is known; a function that is called with the lock released by design is judged by its
callers.

References: OCaml manual, "Interfacing C with OCaml", "Advanced topic: Multithreading and blocking
sections".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import LockFault, LockImbalance
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="lock-imbalance", severity=Severity.ERROR)

# The message, what happened earlier, what happens at the position, and the repair.
_FAULTS = {
    LockFault.RETURN: (
        "the function returns with the runtime lock released, and its caller will run OCaml code"
        " without it",
        "released",
        "left here without it",
        "acquire the lock on every path before the return",
    ),
    LockFault.RAISE: (
        "'{callee}' raises with the runtime lock released, and the handler will run OCaml code"
        " without it",
        "released",
        "'{callee}' raises here",
        "acquire the lock before raising",
    ),
    LockFault.RELEASE_TWICE: (
        "'{callee}' releases the runtime lock a second time, and another thread will lose it",
        "released",
        "released again here",
        "release the lock once, or acquire it in between",
    ),
    LockFault.ACQUIRE_TWICE: (
        "'{callee}' acquires the runtime lock that this thread holds, and will wait for itself",
        "acquired",
        "acquired again here",
        "acquire the lock only where it was released",
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(LockImbalance):
        message, before, here, help = (
            text.format(callee=fact.callee) for text in _FAULTS[fact.fault]
        )
        earlier = (
            ()
            if fact.earlier is None
            else (Step(fact.earlier, f"the runtime lock is {before} here"),)
        )
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message,
            trace=(*earlier, Step(fact.position, here), *fact.chain),
            help=help,
        )
