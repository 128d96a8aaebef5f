"""The types of externals follow from what their functions do with values."""

from __future__ import annotations

import pytest

from runtime_sim.model.types import Arrow, Constr, TypeVar
from tests.analyzer.inference.inferring import inferred, type_of


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return Val_int(Int_val(v) + 1);", "int -> int"),
        ("return Val_bool(!Bool_val(v));", "bool -> bool"),
        ("return caml_copy_double(Double_val(v));", "float -> float"),
        ("return caml_copy_int32(Int32_val(v));", "int32 -> int32"),
        ("return caml_copy_int64(Int64_val(v));", "int64 -> int64"),
        ("return Val_int(strlen(String_val(v)));", "string -> int"),
        ("Bytes_val(v)[0] = 'x'; return Val_unit;", "bytes -> unit"),
        ("const char *s = String_val(v); puts(s); return Val_unit;", "string -> unit"),
        ("char *s = (char *) String_val(v); s[0] = 0; return Val_unit;", "bytes -> unit"),
        ("return Val_long(caml_string_length(v));", "string -> int"),
        ("return v + 2;", "int -> 'a"),
        ("return Val_long(v >> 1);", "int -> int"),
        ('puts(""); return Val_unit;', "'a -> unit"),
        ("return v;", "'a -> 'a"),
    ],
)
def test_what_is_read_of_a_value_is_its_type(body: str, expected: str) -> None:
    assert type_of(f"value f(value v) {{ {body} }}") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "return caml_copy_double(Int_val(Field(v, 0)) + Double_val(Field(v, 2)));",
            "{int; 'a; float} -> float",
        ),
        ("Store_field(v, 1, Val_int(3)); return Val_unit;", "{'a; mutable 'b} -> unit"),
        (
            "value p = Field(v, 0); return Val_int(Int_val(Field(p, 1)));",
            "{{'a; int}} -> int",
        ),
        (
            "return caml_copy_double(Double_field(v, 1));",
            "{mutable float; mutable float} -> float",
        ),
    ],
)
def test_fields_make_a_record(body: str, expected: str) -> None:
    assert type_of(f"value f(value v) {{ {body} }}") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "long n = 0; for (; v != Val_emptylist; v = Field(v, 1)) n += Int_val(Field(v, 0)); "
            "return Val_long(n);",
            "int list -> int",
        ),
        (
            "long n = 0; while (Is_block(v)) { n++; v = Field(v, 1); } return Val_long(n);",
            "'a list -> int",
        ),
        (
            "return Is_none(v) ? Val_int(0) : Val_int(Int_val(Some_val(v)));",
            "int option -> int",
        ),
        (
            "if (v == Val_none) return Val_unit; puts(String_val(Field(v, 0))); return Val_unit;",
            "string option -> unit",
        ),
        (
            "if (Is_long(v)) return Val_int(Int_val(v)); return Field(v, 0);",
            "[C0 | C1 | B0 of 'a] -> 'a",
        ),
        (
            "switch (Tag_val(v)) { case 0: return Val_int(Int_val(Field(v, 0))); "
            "case 1: return Val_int(caml_string_length(Field(v, 0))); } return Val_int(0);",
            "[B0 of int | B1 of string] -> int",
        ),
        (
            "if (Tag_val(v) == 1) puts(String_val(Field(v, 1))); "
            'else printf("%d", Int_val(Field(v, 0))); return Val_unit;',
            "[B0 of int | B1 of int * string] -> unit",
        ),
    ],
)
def test_tests_make_a_variant(body: str, expected: str) -> None:
    assert type_of(f"value f(value v) {{ {body} }}") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "for (i = 0; i < Wosize_val(v); i++) n += Int_val(Field(v, i)); return Val_long(n);",
            "int array -> int",
        ),
        (
            "value *p = &Field(v, 0); for (i = Wosize_val(v); i > 0; i--) n += Int_val(*p++); "
            "return Val_long(n);",
            "int array -> int",
        ),
        (
            "for (i = 0; i < 3; i++) n += Int_val(Field(v, i)); return Val_long(n);",
            "int * int * int -> int",
        ),
        (
            "for (i = 0; i < Wosize_val(v) / Double_wosize; i++) n += Double_field(v, i); "
            "return Val_long(n);",
            "float array -> int",
        ),
        (
            "for (i = 0; i < Wosize_val(v); i++) { value p = Field(v, i); "
            "puts(String_val(Field(p, 0))); } return Val_unit;",
            "{string} array -> unit",
        ),
    ],
)
def test_an_index_that_varies_makes_an_array(body: str, expected: str) -> None:
    assert type_of(f"value f(value v) {{ mlsize_t i; long n = 0; {body} }}") == expected


def test_an_index_nobody_checks_is_in_the_array() -> None:
    text = "value f(value v, value i) { return Field(v, Int_val(i)); }"
    array, index, _ = type_of(text).split(" -> ")
    assert array.count("*") == index.count("|") == 7


def test_an_index_that_has_a_limit_is_at_most_a_little_above_it() -> None:
    text = (
        "value f(value v, value i) { int n = Int_val(i); "
        "if (n >= 3) return Val_unit; return Field(v, n); }"
    )
    assert type_of(text) == "'a * 'a * 'a -> [C0 | C1 | C2 | C3 | C4] -> 'a"


def test_an_index_that_is_checked_may_be_any_integer() -> None:
    text = (
        "value f(value v, value v_i) { long i = Long_val(v_i); "
        "if (i < 0 || i >= Wosize_val(v)) caml_array_bound_error(); return Field(v, i); }"
    )
    assert type_of(text) == "'a array -> int -> 'a"


def test_the_cases_of_a_switch_are_the_constants() -> None:
    text = (
        "value f(value v) { switch (Int_val(v)) { case 0: return Val_int(4); "
        "case 1: return Val_int(7); case 2: return Val_int(9); default: abort(); } }"
    )
    assert type_of(text) == "[C0 | C1 | C2] -> int"


def test_an_index_of_a_table_is_one_of_its_entries() -> None:
    text = (
        "static int flags[] = { 1, 2, 4 };value f(value v) { return Val_int(flags[Int_val(v)]); }"
    )
    assert type_of(text) == "[C0 | C1 | C2] -> int"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return caml_callback(v, Val_unit);", "(unit -> 'a) -> 'a"),
        (
            'return Val_bool(Bool_val(caml_callback2(v, Val_int(n), caml_copy_string(""))));',
            "(int -> string -> bool) -> bool",
        ),
        (
            "value args[2]; args[0] = caml_copy_double(1.0); args[1] = Val_int(n); "
            "caml_callbackN(v, 2, args); return Val_unit;",
            "(float -> int -> 'a) -> unit",
        ),
    ],
)
def test_what_is_called_back_is_a_function(body: str, expected: str) -> None:
    assert type_of(f"value f(value v) {{ int n = 1; {body} }}") == expected


def test_a_function_of_ours_is_read_anew_for_each_call() -> None:
    text = (
        "static value first(value v) { return Field(v, 0); }"
        "value f(value v, value w) { return Val_int(Int_val(first(v)) "
        "+ caml_string_length(first(w))); }"
    )
    assert type_of(text) == "{int} -> {string} -> int"


def test_a_list_that_is_opened_unasked_is_not_empty() -> None:
    text = (
        "value f(value v) { while (Field(v, 1) != Val_emptylist) v = Field(v, 1); "
        "return Val_int(Int_val(Field(v, 0))); }"
    )
    assert type_of(text) == "{int; int list} -> int"


def test_what_is_asked_before_it_is_opened_may_be_an_immediate() -> None:
    text = (
        "value f(value v, value w) { if (v == Val_emptylist) return Val_unit; "
        "Store_field(v, 1, w); return Val_int(Is_block(w) ? Int_val(Field(w, 0)) : 0); }"
    )
    assert type_of(text).startswith("[C0 | B0 of ")


@pytest.mark.parametrize(
    "expression",
    [
        "Field(" * 90 + "v" + ", 0)" * 90,
        "Val_int(" + "+ Int_val(v) " * 400 + ")",
    ],
)
def test_what_is_nested_deeply_is_read_as_far_as_it_goes(expression: str) -> None:
    assert len(inferred(f"value f(value v) {{ return {expression}; }}").externals) <= 1


def test_recursion_ends() -> None:
    text = (
        "static long depth(value v) { return Is_block(v) ? 1 + depth(Field(v, 0)) "
        "+ depth(Field(v, 1)) + Int_val(Field(v, 2)) : 0; }"
        "value f(value v) { return Val_long(depth(v)); }"
    )
    assert type_of(text) == "[C0 | B0 of * * * * int] -> int"


def test_data_in_a_custom_block_makes_an_abstract_type() -> None:
    found = inferred(
        "struct point { int x, y; }; extern struct custom_operations ops;"
        "value make(value x) { value v = caml_alloc_custom(&ops, sizeof(struct point), 0, 1); "
        "((struct point *) Data_custom_val(v))->x = Int_val(x); return v; }"
        "value get(value v) { struct point *p = Data_custom_val(v); return Val_int(p->x); }"
    )
    make, get = (each.external for each in found.externals)
    assert make.result.type == get.params[0].type == Constr("c#custom: struct point")
    assert found.held["c#custom: struct point"].type.name == "point"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("struct s *p = (struct s *) Nativeint_val(v);", "nativeint: struct s"),
        ("struct s *p = (struct s *) (v & ~1);", "tagged: struct s"),
        ("struct s *p = *((struct s **) Data_abstract_val(v));", "abstract: struct s *"),
        ("struct s *p = *((struct s **) v);", "abstract: struct s *"),
        ("struct s *p = (struct s *) Field(v, 0);", "abstract: struct s *"),
        ("struct s *p = (struct s *) v;", "naked: struct s"),
        ("struct s *p = lib_find(Data_custom_val(v));", "nativeint"),
    ],
)
def test_a_pointer_in_a_value_makes_an_abstract_type(body: str, expected: str) -> None:
    text = f"struct s {{ int n; }}; value f(value v) {{ {body} return Val_int(p->n); }}"
    assert type_of(text) == f"{expected} -> int"


def test_the_elements_of_a_bigarray_are_those_of_its_pointer() -> None:
    text = (
        "value f(value v) { double *p = Caml_ba_data_val(v); "
        "return Val_int(p[0] + Caml_ba_array_val(v)->dim[1]); }"
    )
    assert type_of(text) == (
        "(float, Bigarray.float64_elt, Bigarray.c_layout) Bigarray.Array2.t -> int"
    )


def test_a_value_kept_in_a_structure_is_what_it_is_used_as() -> None:
    found = inferred(
        "struct w { value action; };"
        "value set(struct w *w, value v) { w->action = v; return Val_unit; }"
        "value keep(value v) { static struct w w; set(&w, v); return Val_unit; }"
        "value fire(value unit) { struct w *w = get(); "
        "caml_callback(w->action, Val_int(1)); return Val_unit; }"
    )
    keep = found.externals[0].external
    assert isinstance(keep.params[0].type, Arrow)


def test_a_library_hands_a_function_what_it_was_given_beside() -> None:
    text = (
        "static void each(int n, void *data) { caml_callback(*((value *) data), Val_int(n)); }"
        "value f(value v) { CAMLparam1(v); lib_each(each, &v); CAMLreturn(Val_unit); }"
    )
    assert type_of(text) == "(int -> 'a) -> unit"


def test_values_that_c_knows_by_name_have_types() -> None:
    found = inferred(
        "value f(value v) { static const value *hook = NULL; "
        'if (hook == NULL) hook = caml_named_value("hook"); '
        "return Val_bool(Bool_val(caml_callback(*hook, v))); }"
    )
    assert dict(found.named) == {"hook": Arrow(TypeVar("t1"), Constr("bool"))}


def test_a_function_of_many_values_has_the_form_that_bytecode_calls() -> None:
    found = inferred(
        "value f(value a, value b, value c, value d, value e, value g) { return a; }"
        "value f_byte(value *v, int n) { return f(v[0], v[1], v[2], v[3], v[4], v[5]); }"
    )
    (external,) = (each.external for each in found.externals)
    assert (external.bytecode_name, external.native_name) == ("f_byte", "f")


def test_the_numbers_that_decide_are_told() -> None:
    found = inferred(
        "value f(value v) { int n = Int_val(v); if (n > 1000) return Val_false; "
        "switch (n) { case 7: return Val_true; } return Val_bool(n != 3); }"
    )
    assert found.externals[0].numbers == (3, 7, 1000)


def test_the_numbers_that_the_functions_of_custom_blocks_ask_for_are_told() -> None:
    found = inferred(
        "static int compare(value v, value w) { return Int_val(v) < 9; }"
        "static int other(int n) { return n < 8; }"
        'static struct custom_operations ops = { "x", 0, compare };'
        "value make(value v) { return caml_alloc_custom(&ops, other(8), 0, 1); }"
    )
    assert found.numbers == (9,)


def test_a_name_that_only_a_finaliser_looks_up_is_known() -> None:
    found = inferred(
        'static void finalise(value v) { caml_callback(*caml_named_value("gone"), Val_unit); }'
        'static struct custom_operations ops = { "x", finalise };'
        "value make(value v) { return caml_alloc_custom(&ops, 8, 0, 1); }"
    )
    assert [*found.named] == ["gone"]


def test_only_functions_of_values_that_others_see_are_externals() -> None:
    found = inferred(
        "static value hidden(value v) { return v; }"
        "value bytecode(value *argv, int argn) { return argv[0]; }"
        "value unboxed(double d) { return Val_unit; }"
        "void nothing(value v) { }"
        "value shown(value v) { return hidden(v); }"
        "value nullary(void) { return Val_unit; }"
    )
    assert [each.external.names[0] for each in found.externals] == ["shown", "nullary"]
    assert found.externals[1].external.params[0].type == Constr("unit")
