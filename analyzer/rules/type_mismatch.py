"""C treats a value as what its OCaml type is not.

Why: The `external` is believed: nothing at compile time or run time compares the C code with it.
`Int_val` of a string gives half of an address, `Double_val` of an int reads the memory at an odd
address, and a block returned for an `int`, or a constant that the type does not have, breaks the
OCaml code that matches on it, far from here.

Bad:
    /* external find : string -> bool = "cat_find" */
    value cat_find(value name)
    {
      return Val_bool(lookup(Int_val(name)));
    }

Good:
    /* external find : string -> bool = "cat_find" */
    value cat_find(value name)
    {
      return Val_bool(lookup(String_val(name)));
    }

Limits: An abstract type, a type variable and a type of a module that is not in the paths given may
be anything.  A function of several externals is judged where these agree on a type.  A value
that a test has told to be a constant or a block is judged as that.  Only --pedantic tells what is
given for `()`, which nobody looks at, and what a function returns that calls nothing and looks at
none of its parameters: it stands in where another system or release has the real one.

References: OCaml manual, "Interfacing C with OCaml", "Representation of OCaml data types" and
"Operations on values".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import TypeContradiction, TypeFault
from analyzer.rules.conversions import conversions
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, ocaml_type, quoted

RULE = Rule(name="type-mismatch", severity=Severity.ERROR)

# The message, and what happens at the position.
_FAULTS = {
    TypeFault.ACCESS: (
        "'{via}' takes {name} for {seen}, but its OCaml type is {type}, and the access will find"
        " something else there",
        "taken for {seen} here",
    ),
    TypeFault.FLAT: (
        "'{via}' takes {name} for {seen}, but its OCaml type keeps the double itself there, whose"
        " bits are no address",
        "taken for {seen} here",
    ),
    TypeFault.RESULT: (
        "{seen} is returned, but OCaml expects {type} and will misread it",
        "{seen} is returned here",
    ),
    TypeFault.STORED: (
        "{seen} is stored in {name}, but OCaml expects {type} there and will misread it",
        "{seen} is stored here",
    ),
    TypeFault.BUILT: (
        "{seen} is made, but OCaml expects {type} and will misread it",
        "{seen} is made here",
    ),
    TypeFault.NO_VALUE: (
        "{name} returns {seen}, but OCaml calls it as {type} and will take what the register holds"
        " for a value",
        "{seen} is returned here",
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(TypeContradiction):
        message, here = (
            text.format(
                via=fact.via,
                name=quoted(fact.name) if fact.name else "a value",
                seen=fact.seen,
                type=_type(fact),
            )
            for text in _FAULTS[fact.fault]
        )
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message,
            trace=(
                came_from(fact.declared),
                *(() if fact.origin is None else (came_from(fact.origin),)),
                Step(fact.position, here),
                *fact.chain,
            ),
            help=_help(fact),
            doubt=fact.doubt,
        )


def _type(fact: TypeContradiction) -> str:
    """The type, and what its values are where its name does not say so."""
    says = fact.has.removeprefix("an ").removeprefix("a ")
    return ocaml_type(fact.type) + ("" if says in (fact.type, "value") else f" ({fact.has})")


def _help(fact: TypeContradiction) -> str:
    known = conversions(fact.type, fact.has)
    if fact.fault is TypeFault.NO_VALUE:
        repair = "return a value"
    elif fact.repair:
        repair = f"use {fact.repair}"
    elif known is None:
        repair = "follow the declaration"
    elif fact.fault is TypeFault.ACCESS:
        repair = f"use {known[0]}"
    else:
        repair = f"use {known[1]}"
    return f"{repair}, or correct the OCaml type if C is right"
