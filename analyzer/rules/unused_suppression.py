"""A suppression comment has no effect, or no reason.

Why: A comment that suppresses nothing hides the next fault that appears there, and one that gives
no reason cannot be reviewed.  Only a suppression that names its rules and says why counts.

Bad:
    /* stubcheck: ignore[unrooted-value] */
    value first(value v) { return Field(v, 0); }

Good:
    value first(value v) { return Field(v, 0); }

Limits: Nothing is said about a rule that the run does not look at: one of another profile.

References: docs/config.md, on suppressions.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.rule import Rule

RULE = Rule(name="unused-suppression", severity=Severity.NOTE)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    """Comments are matched with findings when all of those are known: there are no facts here."""
    return ()
