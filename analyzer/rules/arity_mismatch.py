"""A C function does not take the arguments that its external passes.

Why: The compiler calls a primitive with as many arguments as its type has arrows, and the linker
compares nothing.  A function with more parameters finds in the rest whatever the registers held,
one with fewer works on the wrong ones.  Above five arguments bytecode passes an array and its
length instead, to a function of its own, which hands them on one by one.

Bad:
    /* external move : int -> x:int -> y:int -> unit = "win_move" */
    value win_move(value x, value y)
    {
      move_window(Int_val(x), Int_val(y));
      return Val_unit;
    }

Good:
    /* external move : int -> x:int -> y:int -> unit = "win_move" */
    value win_move(value window, value x, value y)
    {
      move_window(Int_val(window), Int_val(x), Int_val(y));
      return Val_unit;
    }

Limits: An arrow that a type abbreviation hides does not count, as in the compiler.  A bytecode
function is compared with the native one where it hands on the cells of its array directly.

References: OCaml manual, "Interfacing C with OCaml", "Declaring primitives" and "Implementing
primitives".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import ArityFault, ArityMismatch
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from

RULE = Rule(name="arity-mismatch", severity=Severity.ERROR)

# The message, what stands at the position, and the repair.
_FAULTS = {
    ArityFault.COUNT: (
        "OCaml passes {expected} to '{name}', which takes {given}{consequence}",
        "'{name}' takes {given} here",
        "give the function as many parameters as the external has arguments",
    ),
    ArityFault.NO_BYTECODE: (
        "bytecode passes {expected} in an array, and '{name}', which wants them one by one, will"
        " take the array for the first",
        "'{name}' is the only function of the external",
        "name a bytecode function (value *argv, int argn) before the native one",
    ),
    ArityFault.ARRAY_EXPECTED: (
        "bytecode passes {expected} in an array, and '{name}', whose parameters are no array, will"
        " take its address for the first",
        "'{name}' takes {given} here",
        "take (value *argv, int argn), and hand argv[0], argv[1] and so on to the native function",
    ),
    ArityFault.ARRAY_GIVEN: (
        "OCaml passes {expected} one by one to '{name}', which takes the first for the address of"
        " an array",
        "'{name}' takes an array here",
        "take each argument as a parameter: an array is for more than five, in bytecode",
    ),
    ArityFault.NO_NATIVE: (
        "native code passes {expected} one by one, and '{name}', which wants them in an array,"
        " will take the first for its address",
        "'{name}' is the only function of the external",
        "name a native function, with a parameter for each argument, after the bytecode one",
    ),
    ArityFault.UNPACKED: (
        "{detail} in '{name}', and bytecode will run with other arguments than native code",
        "handed on here",
        "hand on argv[0], argv[1] and so on, each once and in order",
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(ArityMismatch):
        message, here, help = (
            text.format(
                name=fact.name,
                expected=_count(fact.expected, "argument"),
                given=_count(fact.given, "parameter"),
                consequence=_consequence(fact),
                detail=fact.detail,
            )
            for text in _FAULTS[fact.fault]
        )
        # What is passed to a function without parameters does no harm on the usual machines.
        harmless = fact.fault is ArityFault.COUNT and fact.given == 0
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message,
            trace=(came_from(fact.declared), Step(fact.position, here)),
            help=help,
            severity=Severity.WARNING if harmless else None,
        )


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _consequence(fact: ArityMismatch) -> str:
    if fact.given > fact.expected:
        return " and will find garbage in the rest"
    if fact.given:
        return f" and will not see the last {fact.expected - fact.given}"
    return ", and C gives such a call no meaning"
