"""A string that came from OCaml is written to.

Why: OCaml strings are immutable: the compiler shares equal literals, puts them in memory that
cannot be written, and programs use them as keys.  A write through `String_val` changes a string
under everybody who holds it, or ends the process.

Bad:
    value to_upper(value s)
    {
      char *p = (char *) String_val(s);
      for (; *p; p++) *p = toupper(*p);
      return s;
    }

Good:
    value to_upper(value s)
    {
      CAMLparam1(s);
      value res = caml_alloc_string(caml_string_length(s));
      for (size_t i = 0; i < caml_string_length(s); i++)
        Bytes_val(res)[i] = toupper(String_val(s)[i]);
      CAMLreturn(res);
    }

Limits: A string allocated in the function may be filled.  Where the `external` is among the files
given, its type tells `string` from `bytes`, whatever the accessor.  Without it a parameter counts
as a string when it is read with `String_val`; much of what is written so is `bytes`, and that is
reported under `--pedantic` alone.

References: OCaml manual, "Interfacing C with OCaml", "Accessing blocks"; Stdlib.Bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import StringWrite
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, quoted, subject

RULE = Rule(name="string-mutation", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(StringWrite):
        writer = quoted(fact.how) if fact.how.isidentifier() else fact.how
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{writer} writes into {subject(fact.name, fact.origin)}, a string that"
            " OCaml shares and never expects to change",
            trace=(came_from(fact.origin), Step(fact.position, "written here")),
            help="write into a copy (caml_alloc_string), or take bytes instead of string",
            # C does not tell string from bytes, and most of what is written so is bytes.
            doubt=not fact.certain,
        )
