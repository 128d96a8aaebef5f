"""What may be an encoded exception is used as a value.

Why: The functions whose names end in `_exn` return either a value or an exception with a bit set
that no value has.  The word looks like a pointer two bytes off: a collection that finds it
follows it, `Field` reads across two words, and OCaml code that gets it crashes.
`Is_exception_result` must be asked before anything else, and `Extract_exception` clears the bit.

Bad:
    value r = caml_callback_exn(f, x);
    return Field(r, 0);

Good:
    value r = caml_callback_exn(f, x);
    if (Is_exception_result(r)) return Val_none;
    return Field(r, 0);

Limits: A static helper may return such a word to a caller that tests it.  The result of a function
whose code is not known is taken to be a value.

References: OCaml manual, "Interfacing C with OCaml", "Callbacks from C to OCaml".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import EncodedUse
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, subject

RULE = Rule(name="unchecked-exception-result", severity=Severity.ERROR)

_UNTESTED = "{} is {} while nobody has asked if it is an encoded exception, which is no value"
_TESTED = (
    "{} is {} while it is still the encoded exception that the test has found, which is no value"
)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(EncodedUse):
        what = subject(fact.name, fact.origin)
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            _TESTED.format(what, fact.use) if fact.tested else _UNTESTED.format(what, fact.use),
            trace=(came_from(fact.origin), Step(fact.position, f"{fact.use} here")),
            help=_help(fact),
        )


def _help(fact: EncodedUse) -> str:
    if not fact.tested:
        return "test it with Is_exception_result first, and decode with Extract_exception"
    if not fact.name:
        return "decode it with Extract_exception first"
    return f"decode it first: {fact.name} = Extract_exception({fact.name});"
