"""Small functions at their calls."""

from __future__ import annotations

import pytest

from analyzer import check_project
from analyzer.flow.inlining import at_call, returned_expression
from analyzer.ir.nodes import Const, Position
from analyzer.ir.text import render
from analyzer.ir.types import INT
from analyzer.options import OcamlFile, Options, SourceFile
from runtime_sim.model.profile import Profile
from tests.analyzer.flow.projects import defined, linked, mixed_findings


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("return Int_val(Field(v, n));", "Int_val(Field(v, n))"),
        ("return n + 1;", "n + 1"),
        ("{ return Val_int(n); }", "Val_int(n)"),
        ("return Is_block(v) && Is_long(v);", "Is_block(v) ? Is_long(v) ? 1 : 0 : 0"),
    ],
)
def test_a_computation_on_the_parameters_is_an_expression(body: str, shown: str) -> None:
    program = linked({"a.c": f"static value f(value v, int n) {{ {body} }}"})
    expr = returned_expression(defined(program, "f"))
    assert expr is not None
    assert render(expr) == shown


@pytest.mark.parametrize(
    "body",
    [
        "return v;",
        "return g(v);",
        "n = 1; return Val_int(n);",
        "if (n) return v; return Field(v, 0);",
        "CAMLparam1(v); CAMLreturn(Field(v, 0));",
        "return Field(hidden, 0);",
        "",
    ],
)
def test_whatever_else_a_function_does_it_is_none(body: str) -> None:
    program = linked({"a.c": f"static value hidden; static value f(value v, int n) {{ {body} }}"})
    assert returned_expression(defined(program, "f")) is None


def test_a_pointer_is_left_to_the_function_that_makes_it() -> None:
    program = linked({"a.c": "static const char *f(value v) { return String_val(v); }"})
    assert returned_expression(defined(program, "f")) is None


def test_arguments_stand_for_parameters() -> None:
    program = linked({"a.c": "static int f(value v, int n) { return Int_val(Field(v, n)) + n; }"})
    function = defined(program, "f")
    expr = returned_expression(function)
    assert expr is not None
    place = Position("b.c", 7, 1)
    arguments = [Const(3, "3", INT, place), Const(4, "4", INT, place)]
    made = at_call(expr, function.params, arguments, place)
    assert (render(made), made.position) == ("Int_val(Field(3, 4)) + 4", place)


def test_what_a_helper_reads_is_held_to_the_callers_types() -> None:
    found = mixed_findings(
        {
            "a.c": """static int number(value v, int i) { return Int_val(Field(v, i)); }
value f(value v) { return Val_int(number(v, 0)); }
value g(value v) { return Val_int(number(v, 1)); }
""",
            "a.ml": 'type t = { name : string; age : int }\nexternal f : t -> int = "f"\n'
            'external g : t -> int = "g"\n',
        }
    )
    assert found == [("type-mismatch", "f", 2)]


def test_the_fault_of_a_helper_is_told_once() -> None:
    found = mixed_findings(
        {
            "a.c": """static value twice(value v) { return Val_int(Int_val(Int_val(v))); }
value f(value v) { return twice(v); }
value g(value v) { return twice(v); }
""",
            "a.ml": 'external f : int -> int = "f"\nexternal g : int -> int = "g"\n',
        }
    )
    assert found == [("double-conversion", "twice", 1)]


def test_a_finding_at_a_call_shows_what_the_callee_computes() -> None:
    c = """static int number(value v) { return Int_val(Field(v, 0)); }
value f(value v) { return Val_int(number(v)); }
"""
    source = SourceFile("a.c", content=c.encode())
    ml = OcamlFile("a.ml", b'type t = { name : string }\nexternal f : t -> int = "f"\n')
    options = Options(Profile.OCAML_5, "/nonexistent")
    (found,) = check_project([source], options, ocaml=[ml]).diagnostics
    last = found.trace[-1]
    assert last.message == "'number' computes 'Int_val(Field(v, 0))' here"
    assert last.position.line == 1
