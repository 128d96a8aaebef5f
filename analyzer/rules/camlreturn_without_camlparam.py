"""A frame of local roots is closed where none is open.

Why: `CAMLreturn` and `CAMLdrop` set the runtime's list of roots back to what `CAMLparam` saved.
Where no `CAMLparam` was executed nothing was saved: the code does not compile, or, when a jump
went around the `CAMLparam`, sets the list to an uninitialised pointer.

Bad:
    value count(value v)
    {
      CAMLreturn(Val_long(Wosize_val(v)));
    }

Good:
    value count(value v)
    {
      return Val_long(Wosize_val(v));
    }

Limits: None known within a function; the frame macros cannot span functions.

References: OCaml manual, "Interfacing C with OCaml", "Living in harmony with the garbage
collector", rule 1.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import NoFrame
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import opens_frame

RULE = Rule(name="camlreturn-without-camlparam", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(NoFrame):
        if fact.dropped is not None:
            help = "close the frame once, at the end of the path"
        elif opens_frame(fn.function):
            help = "open the frame before any jump that leads here"
        else:
            help = "open a frame with CAMLparam0(), or return plainly"
        steps = [Step(fact.position, "no frame is open here")]
        if fact.dropped is not None:
            steps.insert(0, Step(fact.dropped, "the frame is closed here"))
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"'{fact.macro}' closes a frame where none is open, and sets the list of roots to"
            " what nobody saved",
            trace=steps,
            help=help,
        )
