"""What the OCaml headers define is lowered to operations of its own."""

import pytest

from analyzer.ir.dump import dump
from analyzer.ir.nodes import Assign, Frame
from analyzer.ir.spelling import spell_type
from analyzer.ir.types import VALUE, VOID, CType, TypeKind
from tests.analyzer.lower.lowering import function_of, straight, unit_of


def test_parameters_are_registered() -> None:
    assert straight("CAMLparam2(v, w); CAMLxparam1(v);") == [
        "frame CAMLparam2(v, w)",
        "frame CAMLxparam1(v)",
    ]


def test_locals_are_declared_set_to_unit_and_registered() -> None:
    assert straight("CAMLlocal2(a, b);") == [
        "declare value a",
        "declare value b",
        "a = Val_unit",
        "b = Val_unit",
        "frame CAMLlocal2(a, b)",
    ]


def test_arrays_of_roots_have_a_size() -> None:
    assert straight("CAMLparam0(); CAMLlocalN(a, 3); CAMLparamN(p, n);") == [
        "frame CAMLparam0()",
        "declare value a[3]",
        "a = Val_unit",
        "frame CAMLlocalN(a, size 3)",
        "frame CAMLparamN(p, size n)",
    ]


def test_a_registered_local_ends_with_its_block() -> None:
    assert straight("{ CAMLlocal1(a); g(); }")[-1] == "end a"


def test_roots_are_registered_for_a_block() -> None:
    assert straight("Begin_roots2(v, w); g(); End_roots();") == [
        "frame Begin_roots2(v, w)",
        "call g()",
        "frame End_roots()",
    ]


def test_a_table_of_roots_has_a_size() -> None:
    assert straight("Begin_roots_block(p, 2); End_roots();") == [
        "frame Begin_roots_block(p, size 2)",
        "frame End_roots()",
    ]


def test_return_evaluates_before_it_leaves_the_frame() -> None:
    assert straight("CAMLparam1(v); CAMLreturn(g(v));") == [
        "frame CAMLparam1(v)",
        "t1 = call g(v)",
        "frame CAMLreturn(value)",
        "return t1",
    ]


@pytest.mark.parametrize(
    ("macro", "expected"),
    [
        ("CAMLreturn(v)", VALUE),
        ("CAMLreturn0", VOID),
        ("CAMLreturnT(struct s, x)", CType(TypeKind.STRUCT, "s")),
    ],
)
def test_a_frame_return_has_its_type(macro: str, expected: CType) -> None:
    function = function_of(f"void f(value v) {{ struct s x; CAMLparam1(v); {macro}; }}")
    frames = [i for b in function.blocks for i in b.instructions if isinstance(i, Frame)]
    assert frames[-1].type == expected


def test_a_returned_number_is_converted_to_the_type_named() -> None:
    assert straight("CAMLreturnT(long, n);")[-1] == "return (long) n"
    assert straight("CAMLreturnT(int, n);")[-1] == "return n"


def test_a_return_without_value_returns_nothing() -> None:
    assert straight("CAMLparam0(); CAMLreturn0;")[-2:] == ["frame CAMLreturn0(void)", "return"]


def test_dropping_and_never_returning_are_frame_operations() -> None:
    assert straight("CAMLdrop; CAMLnoreturn;") == ["frame CAMLdrop()", "frame CAMLnoreturn()"]


@pytest.mark.parametrize(
    ("name", "op"),
    [
        ("caml_enter_blocking_section", "release"),
        ("caml_release_runtime_system", "release"),
        ("caml_enter_blocking_section_no_pending", "release"),
        ("enter_blocking_section", "release"),
        ("caml_leave_blocking_section", "acquire"),
        ("caml_acquire_runtime_system", "acquire"),
        ("leave_blocking_section", "acquire"),
    ],
)
def test_the_runtime_lock_has_operations(name: str, op: str) -> None:
    assert straight(f"{name}();") == [f"lock {op} {name}"]


def test_a_project_function_is_called_whatever_the_headers_say() -> None:
    function = function_of(
        "static void enter_blocking_section(void) {} static value Some_val(value v) { return v; }"
        "value f(value v) { enter_blocking_section(); return Some_val(v); }"
    )
    assert dump(function).splitlines()[2:] == [
        "  call enter_blocking_section()",
        "  t1 = call Some_val(v)",
        "  return t1",
    ]


def test_a_declaration_alone_does_not_make_a_name_the_projects() -> None:
    function = function_of(
        "value copy_string(const char *); long caml_string_length(value);"
        "long f(value v) { return caml_string_length(v); }"
    )
    assert dump(function).splitlines()[2:] == ["  return caml_string_length(v)"]


def test_accessors_are_expressions_and_places() -> None:
    assert straight("Field(v, 0) = Val_int(Int_val(Field(w, 1)) + 1); Byte(v, n) = 0;") == [
        "Field(v, 0) = Val_int(Int_val(Field(w, 1)) + 1)",
        "Byte(v, n) = 0",
    ]


def test_an_accessor_alone_is_evaluated() -> None:
    assert straight("Field(v, 0); (void) v; v; n;") == ["evaluate Field(v, 0)"]


def test_a_legacy_accessor_has_its_present_name() -> None:
    assert straight("p = Data_bigarray_val(v);") == ["p = Caml_ba_data_val(v)"]


def test_a_legacy_call_keeps_its_name() -> None:
    assert straight("v = alloc_tuple(2);") == ["t1 = call alloc_tuple(2)", "v = t1"]


def test_constants_of_the_headers_have_numbers() -> None:
    function = function_of(
        "int f(void) { int t; t = Double_tag; t = BIGARRAY_UINT8; t = (int) NULL; "
        "t = true; return t; }"
    )
    sources = [i.source for i in function.blocks[0].instructions if isinstance(i, Assign)]
    assert [(s.number, s.text) for s in (sources[0], sources[1], sources[3])] == [  # type: ignore[union-attr]
        (253, "Double_tag"),
        (3, "BIGARRAY_UINT8"),
        (1, "true"),
    ]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("Field(v, 0)", "value"),
        ("Val_unit", "value"),
        ("Int_val(v)", "int"),
        ("Long_val(v)", "intnat"),
        ("Double_val(v)", "double"),
        ("Is_block(v)", "int"),
        ("Wosize_val(v)", "uintnat"),
        ("caml_string_length(v)", "mlsize_t"),
        ("String_val(v)", "const char *"),
        ("Bytes_val(v)", "unsigned char *"),
        ("Op_val(v)", "value *"),
        ("&Field(v, 0)", "value *"),
        ("Data_custom_val(v)", "void *"),
        ("Caml_ba_array_val(v)->dim", "intnat []"),
        ("caml_named_value(0)", "value *"),
        ("caml_alloc(1, 0)", "value"),
    ],
)
def test_the_headers_names_have_types(expression: str, expected: str) -> None:
    function = function_of(f"void f(value v) {{ g({expression}); }}")
    call = function.blocks[0].instructions[-1]
    assert spell_type(call.args[0].type) == expected  # type: ignore[union-attr]


def test_skipped_text_is_opaque() -> None:
    unit = unit_of("void f(value v) { g(v @ v, 1); }")
    assert unit.functions[0].incomplete
    assert "opaque(v, v)" in dump(unit.functions[0])
