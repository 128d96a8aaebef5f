"""What a block holds contradicts its tag.

Why: The tag tells the collector whether to look into a block.  From `No_scan_tag` on it does
not: values kept there are freed and move without the block being corrected.  Below it, every
word is taken for a value: numbers and addresses of C memory are followed.  A record or array of
floats holds the doubles themselves, so that `Field` gives the bits of a number.

Bad:
    value v = caml_alloc(2, Abstract_tag);
    Store_field(v, 0, name);    /* nobody scans this */

Good:
    value v = caml_alloc(2, 0);
    Store_field(v, 0, name);

Limits: The tag is known where the block is allocated in the function or a callee whose code is
known, or from the OCaml type: a record of floats alone, a `float array`, a `floatarray`.

References: OCaml manual, "Interfacing C with OCaml", "The value type" and "Accessing blocks".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import TagFault, TagMismatch
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, subject

RULE = Rule(name="bad-tag", severity=Severity.ERROR)

# The message and the repair.
_FAULTS = {
    TagFault.VALUES_UNSCANNED: (
        "{place} is a value{block}, which no collection will keep or correct",
        "use a tag below No_scan_tag for values",
    ),
    TagFault.RAW_SCANNED: (
        "{place} gets raw data{block}, which a collection will follow as values",
        "use Abstract_tag, or a custom block, for raw data",
    ),
    TagFault.FIELD_OF_FLOATS: (
        "{place} is a double{block}, which a collection will follow as a value",
        "use Double_flat_field and Store_double_flat_field",
    ),
}


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(TagMismatch):
        message, help = _FAULTS[fact.fault]
        block = f" in a block with tag '{fact.tag}'" if fact.tag else ""
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            message.format(place=subject(fact.name, fact.allocated), block=block),
            trace=(came_from(fact.allocated), Step(fact.position, "accessed here")),
            help=help,
        )
