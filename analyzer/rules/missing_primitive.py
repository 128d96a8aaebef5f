"""An external names a C function that no file defines.

Why: The compiler takes the name in an `external` on trust.  When it is misspelt, or the function
was renamed or left out of the build, the library compiles, and the first program that uses the
external does not link, or in bytecode does not start.

Bad:
    /* external recv : int -> string = "msg_recieve" */
    value msg_receive(value queue)
    {
      return caml_copy_string(next_message(Int_val(queue)));
    }

Good:
    /* external recv : int -> string = "msg_receive" */
    value msg_receive(value queue)
    {
      return caml_copy_string(next_message(Int_val(queue)));
    }

Limits: A file none of whose externals is defined in the paths given is taken to have its C
elsewhere.  Primitives of the compiler (`%identity`) and of the runtime (`caml_*` it defines) are
not asked for.

References: OCaml manual, "Interfacing C with OCaml", "Declaring primitives".
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.flow.types.facts import MissingPrimitive
from analyzer.rules.finding import finding
from analyzer.rules.rule import Rule
from analyzer.rules.wording import came_from

RULE = Rule(name="missing-primitive", severity=Severity.WARNING)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    for fact in fn.of(MissingPrimitive):
        role = f"{fact.role} function" if fact.role else "C function"
        kind = f"{fact.role} program" if fact.role else "program"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"no file defines '{fact.name}', the {role} of '{fact.ml_name}', and a {kind} that"
            " uses it will not link",
            trace=(
                came_from(fact.declared),
                Step(fact.position, f"its {role} is named here"),
                came_from(fact.sibling),
            ),
            help=f"define '{fact.name}', correct the name, or remove the external",
        )
