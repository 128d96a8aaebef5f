"""Which externals a C function answers, and what they say of it together."""

from __future__ import annotations

from analyzer.flow.types.contracts import Contract
from tests.analyzer.flow.projects import contracts_of, defined

ONE = "value f(value v) { return v; }"
TWO = "value f(value v, value w) { return v; }"


def contract_of(ml: str, c: str = ONE, name: str = "f") -> Contract:
    program, contracts = contracts_of({"a.c": c, "a.ml": ml})
    found = contracts.of(defined(program, name))
    assert found is not None
    return found


def shapes(contract: Contract) -> list[str]:
    return ["" if p.shape is None else p.shape.text for p in contract.params]


def test_an_external_gives_parameters_and_result() -> None:
    contract = contract_of('external f : int -> string -> bool = "f"', TWO)
    assert shapes(contract) == ["int", "string"]
    assert contract.result is not None
    assert contract.result.text == "bool"
    assert contract.noalloc is None


def test_a_static_function_and_one_that_nobody_names_have_no_contract() -> None:
    program, contracts = contracts_of(
        {
            "a.c": "static value f(value v) { return v; } value g(value v) { return v; }",
            "a.ml": 'external f : int -> int = "f"',
        }
    )
    assert list(contracts.functions()) == []
    assert contracts.of(defined(program, "g")) is None


def test_two_externals_agree_on_what_both_say() -> None:
    contract = contract_of(
        'external f : int -> string = "f"\nexternal g : int -> bytes = "f" [@@noalloc]'
    )
    assert shapes(contract) == ["int"]
    assert contract.result is None
    assert contract.noalloc is not None


def test_a_type_and_its_abbreviation_agree() -> None:
    contract = contract_of(
        'type id = int\nexternal f : id -> int = "f"\nexternal g : int -> id = "f"'
    )
    assert [p.shape is not None and p.shape.is_immediate for p in contract.params] == [True]
    assert contract.result is not None
    assert contract.result.is_immediate


def test_externals_of_different_arity_say_nothing_of_the_parameters() -> None:
    contract = contract_of('external f : int -> int = "f"\nexternal g : int -> int -> int = "f"')
    assert contract.params == ()


def test_native_code_passes_numbers_where_they_are_unboxed() -> None:
    contract = contract_of(
        'external f : (int[@untagged]) -> string -> int = "g" "f"',
        "value f(intnat n, value s) { return s; }",
    )
    assert [contract.passes_number(n) for n in (0, 1, 2)] == [True, False, False]
    assert shapes(contract) == ["", "string"]


def test_bytecode_hands_more_than_five_arguments_over_in_an_array() -> None:
    contract = contract_of(
        'external f : int -> int -> int -> int -> int -> string -> int = "f" "g"',
        "value f(value *argv, int argn) { return argv[0]; }",
    )
    assert contract.takes_array
    assert shapes(contract) == ["int"] * 5 + ["string"]


def test_the_definition_beside_the_external_is_meant() -> None:
    program, contracts = contracts_of(
        {
            "x/a.c": ONE,
            "y/a.c": ONE,
            "x/a.ml": 'external f : int -> int = "f"',
            "z/a.ml": 'external f : string -> int = "f"',
        }
    )
    of_x = contracts.of(defined(program, "f", "x/a.c"))
    of_y = contracts.of(defined(program, "f", "y/a.c"))
    assert of_x is not None
    assert of_y is not None
    # An external far from both may mean either.
    assert len(of_x.entries) == 2
    assert [p.shape.text for p in of_y.params if p.shape] == ["string"]


def test_a_function_of_two_configurations_is_held_to_the_external_in_both() -> None:
    other = "value f(value v) { work(); return v; }"
    text = f"#ifdef A\n{ONE}\n#else\n{other}\n#endif\n"
    program, contracts = contracts_of({"a.c": text, "a.ml": 'external f : int -> int = "f"'})
    assert {contracts.of(function) is not None for function in program.functions()} == {True}


def test_primitives_of_the_compiler_are_left_out() -> None:
    _, contracts = contracts_of({"a.c": ONE, "a.ml": 'external f : int -> int = "%f"'})
    assert contracts.declared == ()
