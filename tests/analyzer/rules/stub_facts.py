"""A stub with the facts that a test gives it, and what the rules say of them."""

from __future__ import annotations

import enum

from analyzer.diagnostics import Diagnostic, Severity
from analyzer.flow.facts import Fact
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.ir.nodes import Block, Frame, FrameOp, Function, Position, Storage, Symbol
from analyzer.ir.nodes import Unreachable as End
from analyzer.ir.types import VALUE
from analyzer.rules import run_rules
from runtime_sim.model.api.row import ApiRow, Collects, Kind, LockUse, Raises, Result
from runtime_sim.model.profile import Profile

Case = tuple[Fact, str, Severity, str]
"""A fact, and the rule, severity and message that it should give."""

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR
OCAML_4, OCAML_5, OXCAML = Profile.OCAML_4_14, Profile.OCAML_5, Profile.OXCAML


def at(line: int, column: int = 3) -> Position:
    return Position("a.c", line, column)


def stub(*facts: Fact, framed: bool = False) -> FunctionFacts:
    """The facts of a function `f(value v)`, with a CAMLparam1(v) if `framed`."""
    v = Symbol("v", VALUE, Storage.PARAMETER, at(1, 9))
    param = Frame(FrameOp.PARAM, "CAMLparam1", (), None, None, at(2))
    body = Block(0, (param,) if framed else (), End(at(9)), False)
    symbol = Symbol("f", VALUE, Storage.FUNCTION, at(1, 7))
    return FunctionFacts(Function(symbol, (v,), (body,), True, True, False, 0, at(9)), facts)


def row(name: str, until: tuple[int, int] | None = None, replacement: str = "") -> ApiRow:
    return ApiRow(
        name=name,
        kind=Kind.FUNCTION,
        header="caml/alloc.h",
        signature="",
        collects=Collects.YES,
        raises=Raises.NO,
        lock=LockUse.NEEDS,
        result=Result.FRESH,
        until=until,
        replacement=replacement,
    )


def only(fact: Fact, profile: Profile = OCAML_5, framed: bool = False) -> Diagnostic:
    """The one finding that a fact gives."""
    found = run_rules(stub(fact, framed=framed), RuleContext(profile))
    assert len(found) == 1
    return found[0]


def given(fact: Fact, profile: Profile = OCAML_5) -> tuple[str, Severity, Position, str, str]:
    """What the finding of a fact says, trace and help aside."""
    found = only(fact, profile)
    return found.rule, found.severity, found.position, found.function, found.message


def assert_is_explained(found: Diagnostic, *, somewhere: bool = True) -> None:
    """There is a help, and the trace passes by where it happens, if that is `somewhere`."""
    assert found.help
    assert not found.message.endswith(".")
    assert all(step.message and not step.message.endswith(".") for step in found.trace)
    assert not somewhere or found.position in [step.position for step in found.trace]


def describe(case: Case) -> str:
    """What tells a case from others, as the name of its test."""
    fact, rule, _, _ = case
    kinds = (getattr(fact, name, None) for name in ("fault", "role", "effect"))
    kind = next((kind for kind in kinds if isinstance(kind, enum.Enum)), None)
    return f"{rule}-{type(fact).__name__}" + (f"-{kind.name}" if kind else "")
