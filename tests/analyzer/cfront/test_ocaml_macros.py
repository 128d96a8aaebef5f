"""Macros of the OCaml headers that are not plain C become calls beside what they declare."""

from __future__ import annotations

import pytest
from pycparser import c_ast

from analyzer.ir.nodes import Position
from tests.analyzer.cfront.trees import code, parse, read, statements


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("CAMLparam0();", "CAMLparam0();"),
        ("CAMLparam0;", "CAMLparam0();"),
        ("CAMLparam2(a, b);", "CAMLparam2(a, b);"),
        ("CAMLparam2(a, b)", "CAMLparam2(a, b);"),
        ("CAMLxparam1(a);", "CAMLxparam1(a);"),
        ("CAMLparamN(a, 3);", "CAMLparamN(a, 3);"),
        ("CAMLlocal2(a, b);", "value a; value b; CAMLlocal2(a, b);"),
        ("CAMLlocal1(a)", "value a; CAMLlocal1(a);"),
        ("CAMLlocalN(a, 3 + n);", "value a[3 + n]; CAMLlocalN(a, 3 + n);"),
        ("CAMLlocalresult(r);", "caml_result r; CAMLlocalresult(r);"),
        ("CAMLreturn(f(a, b));", "return CAMLreturn(f(a, b));"),
        ("CAMLreturn (a)", "return CAMLreturn(a);"),
        ("if (a) CAMLreturn0; else CAMLreturn0;", "if (a) return CAMLreturn0(); else "),
        ("CAMLreturnT(char *, f(a, b));", "return CAMLreturnT((char *) f(a, b));"),
        ("CAMLreturnT(struct s, a);", "return CAMLreturnT((struct s) a);"),
        ("CAMLdrop;", "CAMLdrop();"),
        ("CAMLnoreturn;", "CAMLnoreturn();"),
        ("Begin_roots2(a, b); g(); End_roots();", "{ Begin_roots2(a, b); g(); End_roots(); }"),
        ("Begin_roots2(a, b) g(); End_roots()", "{ Begin_roots2(a, b); g(); End_roots(); }"),
        ("Begin_root(a); End_roots();", "{ Begin_root(a); End_roots(); }"),
        ("Begin_roots_block(a, 3); End_roots();", "{ Begin_roots_block(a, 3); End_roots(); }"),
        ("Store_field(a, 0, Val_unit);", "Store_field(a, 0, Val_unit);"),
        ("Field(a, 0) = copy_string(s);", "Field(a, 0) = copy_string(s);"),
        ("Alloc_small(r, 2, 0, { gc(); });", "Alloc_small(r, 2, 0, ( { gc(); } ));"),
    ],
)
def test_a_frame_macro_in_a_body(body: str, expected: str) -> None:
    assert statements(body).startswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CAMLexport value f(value);", "value f(value);"),
        ("CAMLextern value f(value);", "extern value f(value);"),
        ("static CAMLunused int x;", "static int x;"),
        ("CAMLthread_local int x;", "int x;"),
        ("CAMLweakdef void f(void) { }", "void f(void) { }"),
        ("Caml_inline int f(void) { }", "inline static int f(void) { }"),
        ("CAMLnoreturn_start void f(int) CAMLnoreturn_end;", "_Noreturn void f(int);"),
        ("CAMLnoret CAMLextern void f(int);", "_Noreturn extern void f(int);"),
        ("CAMLextern void f(int) Noreturn;", "_Noreturn extern void f(int);"),
        ("int x;void f(int) __attribute__((noreturn));", "int x; _Noreturn void f(int);"),
        ("__attribute__((__noreturn__)) void f(int);", "_Noreturn void f(int);"),
        ("[[noreturn]] void f(int);", "_Noreturn void f(int);"),
        ("_Noreturn static void f(int) { }", "_Noreturn static void f(int) { }"),
        ("static MY_NORETURN void f(int) { }", "_Noreturn static void f(int) { }"),
        (
            "struct s { void (*f)(int) __attribute__((noreturn)); };",
            "struct s { void (*f)(int); };",
        ),
    ],
)
def test_a_word_on_linkage(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "words", ["CAMLprim value", "CAMLexport CAMLprim value", "value CAMLprim"]
)
def test_a_primitive_keeps_its_mark(words: str) -> None:
    (definition,) = parse(f"{words} f(value a) {{ return a; }}").ast.ext
    assert isinstance(definition, c_ast.FuncDef)
    assert definition.decl.funcspec == ["CAMLprim"]


@pytest.mark.parametrize(
    "define",
    [
        "#ifndef CAMLreturn0\n#define CAMLreturn0 return\n#endif\n",
        "#define CAMLreturn0 do { return; } while (0)\n",
    ],
)
def test_a_projects_own_frame_macro_keeps_its_meaning(define: str) -> None:
    assert read(f"{define}void f(void) {{ CAMLreturn0; }}").endswith("{ return CAMLreturn0(); }")


def test_a_projects_own_accessor_keeps_its_meaning() -> None:
    assert read("#define Val_none Val_int(0)\nvalue x = Val_none;") == "value x = Val_none;"


def test_a_projects_own_unprefixed_name_is_its_own() -> None:
    assert read("#define alloc(n) mine(n)\nint x = alloc(3);") == "int x = mine(3);"


def test_a_frame_macro_in_a_projects_macro_is_found() -> None:
    text = "#define ENTER CAMLparam0(); CAMLlocal1(r)\n#define LEAVE CAMLreturn(r)\n"
    assert read(f"{text}value f(void) {{ ENTER; LEAVE; }}").endswith(
        "{ CAMLparam0(); value r; CAMLlocal1(r); return CAMLreturn(r); }"
    )


def test_what_a_frame_macro_declares_stands_where_it_is_written() -> None:
    parsed = parse("void f(void) {\n  CAMLlocal2(a,\n    b);\n}")
    (definition,) = parsed.ast.ext
    first, second, _ = definition.body.block_items
    assert [(node.coord.line, node.coord.column) for node in (first, second)] == [(2, 14), (3, 5)]


def test_an_unclosed_frame_macro_does_not_swallow_the_file() -> None:
    parsed = parse("void f(void) { CAMLlocal1(a; }\nint x;")
    assert "int x;" in code(parsed)
    assert parsed.problems != ()


def test_the_end_of_a_function_is_its_brace() -> None:
    parsed = parse("int f(void) {\n  return 0;\n }\n")
    assert list(parsed.ends.values()) == [Position("a.c", 3, 2)]
