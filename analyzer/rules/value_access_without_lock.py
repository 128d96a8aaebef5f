"""The heap or the runtime is used while the runtime lock is released.

Why: Between `caml_release_runtime_system` (or `caml_enter_blocking_section`) and the matching
acquisition another thread may run OCaml code, allocate and collect.  A value read there may be
half moved; a pointer into the heap given to a blocking call is written to while the block goes
elsewhere; an allocation there corrupts the allocator's state.

Bad:
    caml_release_runtime_system();
    n = read(fd, Bytes_val(buffer), len);
    caml_acquire_runtime_system();

Good:
    char chunk[4096];
    caml_release_runtime_system();
    n = read(fd, chunk, sizeof chunk);
    caml_acquire_runtime_system();
    if (n > 0) memcpy(Bytes_val(buffer), chunk, n);

Limits: Only what is on a path of the function that released the lock, or of a callee whose code is
known.  Int_val and Val_int look at no block and are not reported.

References: OCaml manual, "Interfacing C with OCaml", "Advanced topic: Multithreading and blocking
sections".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import UnlockedAccess
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule

RULE = Rule(name="value-access-without-lock", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(UnlockedAccess):
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{fact.what} with the runtime lock released, while another thread may be collecting",
            trace=(
                Step(fact.released, "the runtime lock is released here"),
                Step(fact.position, f"{fact.what} here"),
                *fact.chain,
            ),
            help="do it before the lock is released or after it is acquired again;"
            " copy what is needed between out of the heap",
        )
