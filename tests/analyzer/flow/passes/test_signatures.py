"""What a C definition and its external disagree on, told once."""

from __future__ import annotations

from analyzer.flow.analysis import Analysis
from analyzer.flow.facts import Fact
from analyzer.flow.passes import signatures
from analyzer.flow.types.facts import ArityFault, ArityMismatch, Caller, UnboxedMismatch
from runtime_sim.model.api import load_api
from runtime_sim.model.profile import Profile
from tests.analyzer.flow.projects import contracts_of

SIX = "int -> int -> int -> int -> int -> int -> int"
ARRAY = "value f(value *argv, int argn) { return argv[0]; }"


def disagreements(ml: str, c: str) -> list[Fact]:
    program, contracts = contracts_of({"a.c": c, "a.ml": ml})
    analysis = Analysis(program, load_api(Profile.OCAML_5), contracts=contracts)
    return [fact for _, fact in signatures.find(analysis)]


def arity(ml: str, c: str) -> list[ArityFault]:
    found = disagreements(ml, c)
    return [fact.fault for fact in found if isinstance(fact, ArityMismatch)]


def unboxed(ml: str, c: str) -> list[tuple[Caller, str, str]]:
    """Who calls, and which parameter (or result) holds what in OCaml."""
    found = disagreements(ml, c)
    return [(f.caller, f.name, f.part) for f in found if isinstance(f, UnboxedMismatch)]


def test_an_array_where_native_code_calls_as_well_is_one_fault() -> None:
    assert arity(f'external f : {SIX} = "f"', ARRAY) == [ArityFault.NO_NATIVE]


def test_six_parameters_where_bytecode_calls_as_well_are_one_fault() -> None:
    six = ", ".join(f"value v{n}" for n in range(6))
    text = f"value f({six}) {{ return v0; }}"
    assert arity(f'external f : {SIX} = "f"', text) == [ArityFault.NO_BYTECODE]


def test_an_array_of_two_functions_is_no_fault() -> None:
    assert arity(f'external f : {SIX} = "f" "g"', ARRAY) == []


def test_the_caller_is_the_one_that_uses_the_name() -> None:
    ml = 'external f : (int[@untagged]) -> string -> int = "f" "g"'
    assert unboxed(ml, "value f(int n, value s) { return s; }") == [(Caller.BYTECODE, "n", "int")]
    assert unboxed(ml, "value g(intnat n, int s) { return n; }") == [
        (Caller.NATIVE, "s", "string")
    ]
    assert unboxed('external f : bool -> int = "f"', "value f(int b) { return 1; }") == [
        (Caller.BOTH, "b", "bool")
    ]


def test_the_result_of_a_bytecode_function_is_a_value() -> None:
    ml = 'external f : float -> float = "f" "g" [@@unboxed]'
    assert unboxed(ml, "double f(value v) { return 1.0; }") == [(Caller.BYTECODE, "", "float")]
    assert unboxed(ml, "value f(value v) { return v; }") == []


def test_the_result_of_a_bytecode_function_with_an_array_is_a_value() -> None:
    ml = f'external f : {SIX} = "f" "g"'
    text = "double f(value *argv, int argn) { return 1.0; }"
    assert unboxed(ml, text) == [(Caller.BYTECODE, "", "int")]
