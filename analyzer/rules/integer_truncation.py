"""An integer loses bits on its way between OCaml and C.

Why: The OCaml int has 63 bits, a C `int` 32, and an `int64_t` 64.  `Int_val` drops the upper half
without a word, `Val_long` of a wider integer its highest bit, and a length kept in an `int` turns
negative or small from 2 GiB on, so that too little is allocated for what is then copied.

Bad:
    lseek(Int_val(fd), Int_val(offset), SEEK_SET);

Good:
    lseek(Int_val(fd), Long_val(offset), SEEK_SET);

Limits: `Int_val` is reported where a function takes an offset in a file (`lseek`, `pread`, `mmap`)
or is declared to take 64 bits by the name of the type (`int64_t`, `off_t`).  A size, a count or a
`long` is not asked for: few of them pass 2 GiB.
An integer counts as wide by its C type: what came from OCaml, a dimension, and the results of
calls like `read` fit, whatever their type.

References: OCaml manual, "Interfacing C with OCaml", "Operations on values".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import IntegerTruncation, TruncationFault
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import quoted

RULE = Rule(name="integer-truncation", severity=Severity.WARNING)

# The message, what happens at the position, and the repair.
_FAULTS = {
    TruncationFault.NARROW_READ: (
        "{text} keeps 32 bits of an OCaml int, and '{callee}', which takes 64, will get another"
        " number from 2^31 on",
        "cut to 32 bits here",
        "use Long_val",
    ),
    TruncationFault.WIDE_TAGGED: (
        "'{callee}' keeps 63 bits of {text}, of type '{type}', and OCaml will see another number"
        " where it needs 64",
        "cut to 63 bits here",
        "use caml_copy_int64, or check the range first",
    ),
    TruncationFault.NARROW_LENGTH: (
        "{text} has 64 bits and is kept in '{type}', which has 32, and '{callee}' will get"
        " a wrong size from 2 GiB on",
        "cut to 32 bits here",
        "keep it in mlsize_t or size_t",
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(IntegerTruncation):
        message, here, help = _FAULTS[fact.fault]
        used = () if fact.used is None else (Step(fact.used, "used as a size here"),)
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message.format(text=quoted(fact.text), type=fact.type, callee=fact.callee),
            trace=(Step(fact.position, here), *used),
            help=help,
        )
