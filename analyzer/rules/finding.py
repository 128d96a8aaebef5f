"""Turns what a rule has to say about a fact into a Diagnostic."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Fix, Severity, Step
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.ir.nodes import Position
from analyzer.rules.rule import Rule


def finding(
    rule: Rule,
    fn: FunctionFacts,
    ctx: RuleContext,
    position: Position,
    message: str,
    *,
    trace: Iterable[Step] = (),
    help: str = "",
    fix: Fix | None = None,
    severity: Severity | None = None,
    doubt: bool = False,
) -> Diagnostic:
    """A finding of `rule` in `fn`; `severity` where it is not the rule's own.

    What rests on a callee whose code is not known (`doubt`) is for those who ask for it.
    """
    computed = fn.inlined.get(position)
    return Diagnostic(
        rule=rule.name,
        severity=rule.severity_under(ctx.profile) if severity is None else severity,
        position=position,
        function=fn.function.name,
        message=message,
        trace=(*trace, computed) if computed is not None else tuple(trace),
        help=help,
        fix=fix,
        pedantic=rule.pedantic or doubt,
    )
