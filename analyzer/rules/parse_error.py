"""Something in a source file could not be read.

Why: What was not read was not checked.  The message says what was skipped: an argument, a
statement, a declaration or the rest of the file; everything else in the file is still checked.
A compiler that sees the system's headers may well accept it.

Bad:
    value broken(value v)
    {
      return Val_int(;
    }

Good:
    value mended(value v)
    {
      return Val_int(0);
    }

Limits: Nothing is reported for code under a preprocessor condition that no configuration selects.

References: ISO/IEC 9899 (C), 6.8 and 6.9.
"""

from __future__ import annotations

from collections.abc import Iterable

from analyzer.diagnostics import Diagnostic, Severity
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules.rule import Rule

RULE = Rule(name="parse-error", severity=Severity.WARNING)


def check(fn: FunctionFacts, ctx: RuleContext) -> Iterable[Diagnostic]:
    """The front end reports what it could not read: there are no facts about that."""
    return ()
