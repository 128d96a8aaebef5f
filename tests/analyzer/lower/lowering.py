"""C text to the text of its IR."""

from __future__ import annotations

from analyzer.cfront import Sources, parse_file
from analyzer.cfront.lower import lower
from analyzer.ir.dump import dump
from analyzer.ir.nodes import Function, Unit
from analyzer.options import Flags
from runtime_sim.model.api import load_api
from runtime_sim.model.profile import Profile
from tests.analyzer.lower.invariants import faults

_API = load_api(Profile.OCAML_5)
_SOURCES = Sources("/nonexistent", Profile.OCAML_5)


def unit_of(text: str) -> Unit:
    """The unit of a file, whose functions keep the IR's rules."""
    unit = lower(parse_file("a.c", text.encode(), _SOURCES, Flags())[0], _API)
    assert [fault for function in unit.functions for fault in faults(function)] == []
    return unit


def function_of(text: str) -> Function:
    """The last function of a file that is read without a problem."""
    unit = unit_of(text)
    assert unit.problems == ()
    return unit.functions[-1]


def body_of(statements: str) -> str:
    """The blocks of a function of values v, w, integer n and pointer p with these statements."""
    text = dump(function_of(f"value f(value v, value w, int n, char *p) {{ {statements} }}"))
    return "\n".join(text.splitlines()[1:])


def straight(statements: str) -> list[str]:
    """The instructions of statements without branches, less the return at the end."""
    first, *lines = body_of(statements).removesuffix("\n  return (implicit)").splitlines()
    assert first == "b0:"
    assert not any(line.startswith("b") for line in lines)
    return [line.strip() for line in lines]
