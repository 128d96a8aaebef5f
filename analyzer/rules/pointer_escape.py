"""A raw pointer into the heap is stored where it outlives the call.

Why: The collector moves the block and frees it when OCaml lets go of it; neither is seen by a
pointer in a static variable, in a C structure, or in a C library that was told to keep it.  By the
time it is used again it leads to another block or to nothing, and no root helps, since roots hold
values and not addresses inside blocks.

Bad:
    static const char *prompt;

    value set_prompt(value text)
    {
      prompt = String_val(text);
      return Val_unit;
    }

Good:
    static char *prompt;

    value set_prompt(value text)
    {
      caml_stat_free(prompt);
      prompt = caml_stat_strdup(String_val(text));
      return Val_unit;
    }

Limits: A pointer given to an unknown C function is taken to be used during that call only, unless
the function is known to keep it (putenv, setvbuf and their like).

References: OCaml manual, "Interfacing C with OCaml", "Accessing blocks".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.facts import PointerEscape
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from, quoted

RULE = Rule(name="pointer-escape", severity=Severity.ERROR)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(PointerEscape):
        block = quoted(fact.source) if fact.source else "a block"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{quoted(fact.into)} keeps a pointer into {block},"
            " which dangles once a collection moves or frees the block",
            trace=(
                came_from(fact.origin),
                Step(fact.position, f"kept by {quoted(fact.into)} here"),
            ),
            help="keep a copy outside the heap, made with caml_stat_strdup or malloc and memcpy",
        )
