"""Who is called."""

from analyzer.ir.dump import dump
from analyzer.ir.nodes import Call, Function, Storage, Var
from tests.analyzer.lower.lowering import body_of, function_of, straight, unit_of


def _calls(function: Function) -> list[Call]:
    return [i for b in function.blocks for i in b.instructions if isinstance(i, Call)]


def test_a_call_by_name_has_the_function() -> None:
    function = function_of("int g(int); int f(void) { return g(1); }")
    (call,) = _calls(function)
    assert call.name == "g"


def test_a_function_has_one_symbol_in_a_file() -> None:
    unit = unit_of(
        "int g(int n); int f(void) { return g(1) + g(2) + h() + h(); } int g(int n) { return n; }"
    )
    first, second, third, fourth = _calls(unit.functions[0])
    definition = unit.functions[1].symbol
    assert [c.callee.symbol for c in (first, second)] == [definition, definition]  # type: ignore[union-attr]
    assert third.callee.symbol is fourth.callee.symbol  # type: ignore[union-attr]
    assert definition.position == ("a.c", 1, 67)


def test_a_call_through_a_variable_has_no_name() -> None:
    assert straight("value (*h)(value) = g; v = h(v); v = (*h)(w);") == [
        "h = g",
        "t1 = call *h(v)",
        "v = t1",
        "t2 = call *h(w)",
        "v = t2",
    ]


def test_a_parameter_named_like_a_function_is_a_pointer() -> None:
    function = function_of("int g(int); int f(int (*g)(int)) { return g(1); }")
    (call,) = _calls(function)
    assert call.name == ""
    assert isinstance(call.callee, Var)
    assert call.callee.symbol.storage is Storage.PARAMETER


def test_a_function_behind_a_star_or_a_cast_is_called_by_name() -> None:
    assert straight("int g(value); (*g)(v); (&g)(w); ((int (*)(value)) g)(v);") == [
        "call g(v)",
        "call g(w)",
        "call g(v)",
    ]


def test_a_member_is_called_through_its_pointer() -> None:
    assert straight("struct ops { int (*run)(value); } *o; n = o->run(v);") == [
        "declare struct ops *o",
        "t1 = call *o->run(v)",
        "n = t1",
    ]


def test_a_pointer_to_call_through_is_an_operand() -> None:
    assert body_of("struct ops { int (*run)(value); } *o; o->run(g());").splitlines()[2:-1] == [
        "  t1 = call g()",
        "  unsequenced o->run with g:t1",
        "  call *o->run(t1)",
    ]


def test_the_result_has_the_declared_type() -> None:
    function = function_of("struct s *g(void); value f(void) { return (value) g(); }")
    (call,) = _calls(function)
    assert call.type.target is not None
    assert call.type.target.name == "s"


def test_an_unused_result_is_dropped() -> None:
    assert straight("g(); (void) g(); g(), h();") == [
        "call g()",
        "call g()",
        "call g()",
        "call h()",
    ]


def test_the_address_of_a_function_is_the_function() -> None:
    assert straight("h(&caml_copy_double, caml_copy_string);") == [
        "call h(caml_copy_double, caml_copy_string)"
    ]


def test_variable_arguments_are_read_by_a_call() -> None:
    assert straight("va_list a; v = va_arg(a, value);")[1:] == ["t1 = call va_arg(a)", "v = t1"]


def test_offsetof_is_a_constant() -> None:
    assert straight("n = offsetof(struct s, x.y[2]);") == ["n = offsetof(struct s, x.y[2])"]


def test_a_type_as_an_argument_is_opaque() -> None:
    function = function_of("void f(void) { g(struct s, 1); }")
    assert dump(function).splitlines()[2] == "  call g(opaque(), 1)"
