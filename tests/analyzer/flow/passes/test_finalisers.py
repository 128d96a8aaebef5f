from __future__ import annotations

import pytest

from analyzer.flow.passes import finalisers


def operations(**members: str) -> str:
    body = ", ".join(f".{name} = {function}" for name, function in members.items())
    return f'static struct custom_operations ops = {{ .identifier = "x", {body} }};'


def told(found):
    return [(name, fact.operation, fact.what, fact.position.line) for name, fact in found]


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("caml_copy_string(\"x\")", "'caml_copy_string' allocates"),
        ("caml_callback(v, v)", "'caml_callback' runs OCaml code"),
        ("caml_failwith(\"x\")", "'caml_failwith' raises"),
        ("caml_remove_global_root(&r)", "'caml_remove_global_root' removes a global root"),
        ("caml_register_global_root(&r)", "'caml_register_global_root' registers a global root"),
        (
            "caml_release_runtime_system()",
            "'caml_release_runtime_system' gives up the runtime lock",
        ),
        ("CAMLparam1(v)", "'CAMLparam1' changes the local roots"),
        ("g(String_val(r))", "'String_val' reads another OCaml block"),
    ],
)  # fmt: skip
def test_what_finalize_must_not_do_is_told(find, call, what) -> None:
    text = f"static value r;\nstatic void f(value v) {{ {call}; }}\n{operations(finalize='f')}"
    assert told(find(finalisers, text)) == [("f", "finalize", what, 2)]


@pytest.mark.parametrize(
    "body",
    [
        "free(*(void **) Data_custom_val(v));",
        "caml_stat_free(*(void **) Data_custom_val(v));",
        "caml_free_dependent_memory(8);",
        'caml_named_value("x");',
        "value w = v; g(Data_custom_val(w));",
    ],
)
def test_freeing_what_the_block_owns_is_fine(find, body) -> None:
    text = f"static void f(value v) {{ {body} }}\n{operations(finalize='f')}"
    assert find(finalisers, text) == []


def test_operations_may_be_given_by_position(find) -> None:
    text = """
static int c(value a, value b) { caml_failwith("c"); }
static struct custom_operations ops = { "x", custom_finalize_default, c };
"""
    assert told(find(finalisers, text)) == [("c", "compare", "'caml_failwith' raises", 2)]


def test_operations_may_be_part_of_something_else(find) -> None:
    text = """
static intnat h(value a) { caml_failwith("h"); }
struct kind { int number; struct custom_operations ops; };
static struct kind kinds[1] = { { 1, { .hash = h } } };
"""
    assert told(find(finalisers, text)) == [("h", "hash", "'caml_failwith' raises", 2)]


def test_operations_may_be_assigned(find) -> None:
    text = """
static void f(value a) { caml_alloc(1, 0); }
static struct custom_operations ops;
void init(void) { ops.finalize = f; }
"""
    assert told(find(finalisers, text)) == [("f", "finalize", "'caml_alloc' allocates", 2)]


def test_the_finaliser_of_an_abstract_block_is_one_as_well(find) -> None:
    text = """
static void f(value a) { caml_alloc(1, 0); }
value make(value u) { return caml_alloc_final(1, f, 0, 1); }
"""
    assert told(find(finalisers, text)) == [("f", "finalize", "'caml_alloc' allocates", 2)]


def test_the_fault_of_a_callee_is_told_at_the_call_with_the_way_to_it(find) -> None:
    text = f"""
static value box(int n) {{ return caml_copy_int32(n); }}
static intnat h(value a)
{{
  return Int32_val(box(1));
}}
{operations(hash="h")}
"""
    [(name, fact)] = find(finalisers, text)
    assert (name, fact.position.line, fact.what) == ("h", 5, "'caml_copy_int32' allocates")
    assert [(step.position.line, step.message) for step in fact.chain] == [
        (2, "'box' calls 'caml_copy_int32'")
    ]


def test_serialising_functions_are_meant_for_serialising(find) -> None:
    text = f"""
static void s(value v, uintnat *a, uintnat *b) {{ caml_serialize_int_4(1); }}
static uintnat d(void *p)
{{
  if (caml_deserialize_sint_4() != 1) caml_deserialize_error("d");
  return 4;
}}
{operations(serialize="s", deserialize="d")}
"""
    assert find(finalisers, text) == []


def test_an_error_of_deserialising_belongs_into_deserialize_alone(find) -> None:
    text = f"""
static int c(value a, value b) {{ caml_deserialize_error("c"); }}
{operations(compare="c")}
"""
    assert told(find(finalisers, text)) == [("c", "compare", "'caml_deserialize_error' raises", 2)]


def test_recursion_ends(find) -> None:
    text = f"""
static void g(int n);
static void f(int n) {{ g(n); }}
static void g(int n) {{ f(n); }}
static void fin(value v) {{ f(1); }}
{operations(finalize="fin")}
"""
    assert find(finalisers, text) == []
