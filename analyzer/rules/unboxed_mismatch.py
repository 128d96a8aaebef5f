"""An unboxed or untagged argument or result has another C type than native code uses.

Why: Native code passes a `[@unboxed]` float in a floating-point register and an `[@untagged]` int
as a full word.  A function that declares `value`, `int` or `float` there reads a register that
nobody set, or half of the word.  Bytecode goes through the other function, so that tests run in
bytecode show nothing.

Bad:
    /* external bits : (int[@untagged]) -> (int[@untagged])
         = "bits_byte" "bits" [@@noalloc] */
    int bits(int x)
    {
      return __builtin_popcount(x);
    }

Good:
    /* external bits : (int[@untagged]) -> (int[@untagged])
         = "bits_byte" "bits" [@@noalloc] */
    intnat bits(intnat x)
    {
      return __builtin_popcountl(x);
    }

Limits: Types of the same size are taken for one another, whatever their names (`long` and
`intnat`).  A C type that is not known is not compared.

References: OCaml manual, "Interfacing C with OCaml", "Cheaper C call".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import UnboxedMismatch
from analyzer.rules.conversions import conversions
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, ocaml_type

RULE = Rule(name="unboxed-mismatch", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(UnboxedMismatch):
        called = f"{fact.caller.value} calls '{fact.function}' as {ocaml_type(fact.type)}"
        if fact.name:
            message = (
                f"{called} and passes '{fact.name}' as '{fact.expected}', but the C type"
                f" '{fact.given}' holds other bits"
            )
        else:
            message = (
                f"{called} and takes its result as '{fact.expected}', but the C type"
                f" '{fact.given}' leaves other bits there"
            )
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message,
            trace=(
                came_from(fact.declared),
                Step(fact.position, f"'{fact.given}' is declared here"),
            ),
            help=_help(fact),
        )


def _help(fact: UnboxedMismatch) -> str:
    if fact.expected == "value":
        read, made = conversions(fact.part, fact.has) or ("", "")
        if fact.name:
            accessor = f" and use {read}" if read else ", and convert it in the function"
            return f"declare '{fact.name}' as value{accessor}"
        return f"return a value: {made}" if made else "return a value"
    repair = f"declare '{fact.name}' as" if fact.name else "return"
    return f"{repair} {fact.expected}, and convert in the bytecode function"
