"""An OCaml string goes to a C function that stops at a NUL inside it.

Why: An OCaml string may hold any byte, NUL among them.  A C function that gets `String_val` of
it sees the part before the first NUL: a check in OCaml sees "safe.txt" followed by more, and the
system opens another file than the one that was checked.  `caml_string_is_c_safe` tells.

Bad:
    value remove_file(value path)
    {
      return Val_bool(unlink(String_val(path)) == 0);
    }

Good:
    value remove_file(value path)
    {
      if (!caml_string_is_c_safe(path)) caml_invalid_argument("remove_file");
      return Val_bool(unlink(String_val(path)) == 0);
    }

Limits: Functions of the C library that are known to read up to a NUL; a check made in OCaml,
before the primitive is called, is not seen.

References: OCaml manual, "Interfacing C with OCaml", "Accessing blocks".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import NulCut
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import quoted

RULE = Rule(name="embedded-nul", severity=Severity.NOTE, pedantic=True)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(NulCut):
        text = quoted(fact.source) if fact.source else "the string"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.callee}' stops at a NUL inside {text} and acts on a shorter string",
            trace=(Step(fact.position, f"passed to '{fact.callee}' here"),),
            help=f"test caml_string_is_c_safe({fact.source}) first"
            if fact.source
            else "test the string with caml_string_is_c_safe first",
        )
