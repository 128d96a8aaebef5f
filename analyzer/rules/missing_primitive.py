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

Limits: A name is asked for if a C function that begins alike answers another external of the same
file; the beginning goes up to the first underscore, in `caml_zmq_poll` up to the second.  The rest
may have its C elsewhere, and so may names that are more than twice as many as those defined of
their beginning.  Nothing is said of a name that the sources in the C function's folder speak of
outside prototypes, in comments too, or whose end a macro at file level is given there: `poll_fd`
of `zmq_poll_fd`.  Primitives of the compiler (`%identity`) are not asked for, nor those that begin
as some of the runtime and its libraries do (`caml_md5_*`).

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
        files = "none of the files given defines" if fact.alone else "no file defines"
        yield finding(
            RULE,
            fn,
            ctx,
            fact.position,
            f"{files} '{fact.name}', the {role} of '{fact.ml_name}', and a {kind} that"
            " uses it will not link",
            trace=(
                Step(fact.position, f"'{fact.ml_name}' is declared here"),
                came_from(fact.named),
                came_from(fact.sibling),
            ),
            help=f"define '{fact.name}', correct the name, or remove the external",
        )
