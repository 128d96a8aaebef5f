"""Programs of terms, as text of OCaml."""

from __future__ import annotations

import pytest

from runtime_sim.harness.signatures import Convention
from runtime_sim.harness.terms import parse_program
from tools.corpus.ocaml_program import NotOcaml, Start, check_ocaml, ocaml_program


def function_of(text: str) -> str:
    """What the program with a text is in OCaml."""
    made = ocaml_program([parse_program(text)], {}, Start()).ocaml
    _, _, rest = made.partition("let program_0 () =\n")
    body, _, _ = rest.partition("\nlet () =")
    return body


@pytest.mark.parametrize(
    ("term", "ocaml"),
    [
        ("-3", "(value (-3))"),
        ("2.5", "(double 0x4004000000000000L)"),
        ("-1L", "(boxed (-1L))"),
        ('"a\\x00\\""', '(text "a\\000\\034")'),
        ('"aaaaa"', "(alike 5 '\\097')"),
        ("[]", "(value ([]))"),
        ("[9 * 1.0]", "(value (repeated 9 (fun () -> (double 0x3ff0000000000000L))))"),
        ("#1(2)", "(block 1 (let a0 = (value (2)) in [a0]))"),
        ("#floats(0.5)", "(floats [0x3fe0000000000000L])"),
        ("#bigarray(int32, 2, 3)", "(bigarray 6 [|2; 3|])"),
        ("#fun(2, 1)", "(let result = (value (1)) in value (fun _ _ -> result))"),
        ("#raises(1)", "(value (fun _ -> raise Not_found))"),
        ("g(0)#1", "(part (let a0 = (value (0)) in p_g a0) 1)"),
    ],
)
def test_a_term_is_an_expression(term: str, ocaml: str) -> None:
    assert function_of(f"f({term})") == f"  (let a0 = {ocaml} in p_f a0)"


def test_only_calls_whose_result_is_named_must_return() -> None:
    assert function_of("x = f(0); g(x); g(x#0)").splitlines() == [
        "  let v_x = (let a0 = (value (0)) in p_f a0) in",
        "  attempt (fun () -> (let a0 = v_x in p_g a0));",
        "  (let a0 = (part v_x 0) in p_g a0)",
    ]


def test_what_is_passed_raw_is_unboxed_by_the_external() -> None:
    convention = Convention(kinds=("double", "value", "intnat"))
    made = ocaml_program([parse_program("f(1.0, 2)")], {"f": convention}, Start()).ocaml
    assert (
        'external p_f : (float [@unboxed]) -> Obj.t -> (int [@untagged]) = "f" "f"\n'
        "let p_f a0 a1 = value (p_f (Obj.obj a0) a1)\n"
    ) in made


def test_many_arguments_reach_a_bytecode_function_as_an_array() -> None:
    program = parse_program("f(1, 2, 3, 4, 5, 6)")
    bytecode = ocaml_program([program], {}, Start())
    assert '= "results_f" "results_f"' in bytecode.ocaml
    assert "CAMLreturn(f(all, 6));" in bytecode.c
    native = ocaml_program([program], {"f": Convention(kinds=("value",) * 7)}, Start())
    assert '= "f" "f"' in native.ocaml
    assert "f(" not in native.c


def test_names_are_registered_and_the_prelude_called_first() -> None:
    start = Start(("E",), ("call_me",), parse_program("init(0)"))
    made = ocaml_program([parse_program("f(0)")], {}, start).ocaml
    *_, first, second, third, last = made.splitlines()
    assert first == '  register_exception "E";'
    assert second == '  register_function "call_me";'
    assert third == "  attempt (fun () -> (let a0 = (value (0)) in p_init a0));"
    assert last == "  run [program_0]"


@pytest.mark.parametrize("text", ["f(#null)", "f(#0(1 | 2.5))", "strange(1)"])
def test_what_is_oxcamls_is_refused(text: str) -> None:
    with pytest.raises(NotOcaml):
        check_ocaml(parse_program(text), {"strange": Convention(kinds=("int8_t", "value"))})
