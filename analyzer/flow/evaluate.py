"""What an expression may evaluate to in a state.

Evaluation reports what is wrong with a read (a stale pointer dereferenced, the heap read without
the lock) through the run, and otherwise changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.values import AbsVal
from analyzer.ir.nodes import Expr

Evaluator = Callable[[Run, State, Any], AbsVal]

EVALUATORS: dict[type, Evaluator] = {}
"""One for each kind of expression; they evaluate the parts of theirs through `evaluate`."""


def evaluate(run: Run, state: State, expr: Expr) -> AbsVal:
    """What `expr` may be."""
    return EVALUATORS[type(expr)](run, state, expr)
