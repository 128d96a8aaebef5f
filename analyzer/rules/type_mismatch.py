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
that a test has told to be a constant or a block is judged as that.

References: OCaml manual, "Interfacing C with OCaml", "Representation of OCaml data types" and
"Operations on values".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import TypeContradiction, TypeFault
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

# What reads, and what makes, a value of a type.
_SCALARS = {
    "bool": ("Bool_val", "Val_bool"),
    "bytes": ("Bytes_val", "caml_alloc_string"),
    "char": ("Int_val", "Val_int"),
    "float": ("Double_val", "caml_copy_double"),
    "int": ("Int_val or Long_val", "Val_int or Val_long"),
    "int32": ("Int32_val", "caml_copy_int32"),
    "int64": ("Int64_val", "caml_copy_int64"),
    "nativeint": ("Nativeint_val", "caml_copy_nativeint"),
    "string": ("String_val", "caml_copy_string"),
    "unit": ("no accessor", "Val_unit"),
}
_CONTAINERS = {
    "option": (
        "Is_block, then what Field(..., 0) holds",
        "Val_none, or caml_alloc_some of what it holds",
    ),
    "list": (
        "Is_block, then Field(..., 0) and Field(..., 1)",
        "Val_emptylist, or a block of two fields and tag 0",
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
    known = _SCALARS.get(fact.type) or _CONTAINERS.get(fact.type.rpartition(" ")[2])
    if fact.fault is TypeFault.NO_VALUE:
        repair = "return a value"
    elif known is None:
        repair = "follow the declaration"
    elif fact.fault is TypeFault.ACCESS:
        repair = f"use {known[0]}"
    else:
        repair = f"use {known[1]}"
    return f"{repair}, or correct the OCaml type if C is right"
