"""A C thread or a signal handler calls the runtime without being known to it.

Why: The runtime keeps its state for each thread it knows: the list of roots, the exception
handler, whose turn it is.  A thread that a C library has started has none until
`caml_c_thread_register` was called in it.  A signal handler is worse off: it may interrupt the
runtime in the middle of an allocation, and no registration helps.

Bad:
    static void *ticker(void *arg)
    {
      caml_acquire_runtime_system();
      tick();    /* calls back into OCaml */
      caml_release_runtime_system();
      return NULL;
    }

Good:
    static void *ticker(void *arg)
    {
      caml_c_thread_register();
      caml_acquire_runtime_system();
      tick();    /* calls back into OCaml */
      caml_release_runtime_system();
      caml_c_thread_unregister();
      return NULL;
    }

Limits: A function counts as the body of a thread or handler where it is given to a function known
to start or install one (pthread_create, signal, sigaction).  A library's own ways are not seen.

References: OCaml manual, "Interfacing C with OCaml", "Registering threads created from C".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import ForeignThread, ThreadRole
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="unregistered-thread", severity=Severity.WARNING)

# What will go wrong, and the repair.
_ROLES = {
    ThreadRole.THREAD: (
        "a C thread that the runtime does not know, and will use another thread's state",
        "call caml_c_thread_register first, then caml_acquire_runtime_system",
    ),
    ThreadRole.SIGNAL: (
        "a signal handler, which can interrupt the runtime in the middle of an allocation",
        "only note the signal here (sig_atomic_t, a pipe) and act on it outside the handler",
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(ForeignThread):
        fault, help = _ROLES[fact.role]
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.callee}' is called in {fault}",
            trace=(
                Step(fact.installed, f"'{fn.function.name}' becomes {fact.role.value} here"),
                Step(fact.position, f"'{fact.callee}' is called here"),
                *fact.chain,
            ),
            help=help,
        )
