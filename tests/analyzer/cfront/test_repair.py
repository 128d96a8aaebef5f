"""Words whose meaning is in a header that is not there do not get in the way."""

from __future__ import annotations

import pytest

from tests.analyzer.cfront.trees import code, functions, parse, read, reports, statements


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EXTERN_C int f(void);", "int f(void);"),
        ("XX_API struct s *f(void);", "struct s *f(void);"),
        ("XX_API static int f(void);", "static int f(void);"),
        ("XX_API inline value f(void);", "inline value f(void);"),
        ("XX_API const char *f(void);", "const char *f(void);"),
        ("XX_API foo f(void);", "foo f(void);"),
        ("XX_API foo *f(void);", "foo *f(void);"),
        ("XX_API value f(void);", "value f(void);"),
        ("value XX_CALL f(void);", "value f(void);"),
        ("int XX_CALL f(void);", "int f(void);"),
        ("foo *XX_CALL f(void);", "foo *f(void);"),
        ("struct s XX_CALL f(void);", "struct s f(void);"),
        ("int WINAPI f(void);", "int f(void);"),
        ("__declspec(dllexport) int f(void);", "int f(void);"),
        ("void f(value __unused v);", "void f(value v);"),
        ("void f(value v __unused);", "void f(value v);"),
        ("void f(char *v UNUSED, int n);", "void f(char *v, int n);"),
        ("void f(IN int a, OUT char *b);", "void f(int a, char *b);"),
        ("void f(int a) XX_PRINTF(1, 2);", "void f(int a);"),
        ("void f(int a) XX_PURE;", "void f(int a);"),
        ("void f(int a) XX_PURE { }", "void f(int a) { }"),
        ("value static f(void);", "static value f(void);"),
        ("STACK_OF(X509) *x = 0;", "STACK_OF *x = 0;"),
        ("void f(STACK_OF(X509) *x);", "void f(STACK_OF *x);"),
        ("METHOD(void) f(int a) { }", "void f(int a) { }"),
        ("METHOD(void)\nf(int a) { }", "void f(int a) { }"),
        ("METHOD(value) f(int a);", "value f(int a);"),
        ("extern DATA(foo) x[];", "extern foo x[];"),
        ("extern DATA(foo *) x;", "extern foo *x;"),
        ("typedef struct { int a; } foo;", "typedef struct { int a; } foo;"),
        ("static METHOD(void) f(int a) { }", "static void f(int a) { }"),
        ("char *x = (char *) y;", "char *x = (char *) y;"),
        ("int x = f(a) + b;", "int x = f(a) + b;"),
    ],
)
def test_an_unknown_word_in_a_declaration(text: str, expected: str) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('p("%" PRIi64 "x", n);', 'p("%x", n);'),
        ('p("%" PRIi64, n);', 'p("%", n);'),
        ('p(PREFIX "x");', 'p("x");'),
        ("TRACE(a) g();", "TRACE(a); g();"),
        ("g();\n BEGIN\n r = h();\n END\n if (r) g();", "g(); BEGIN; r = h(); END; if (r) g();"),
        ("{ TRACE(a) }", "{ TRACE(a); }"),
        ("TRACE(a) if (b) g();", "TRACE(a); if (b) g();"),
        ("EACH(a, b) { g(); }", "EACH(a, b); { g(); }"),
        ("g(); DONE", "g(); DONE;"),
        ("if IS(a) { g(); }", "if (IS(a)) { g(); }"),
        ("int a[] = { F(1), F(2) };", "int a[] = {F(1), F(2)};"),
        ("CHECK(a, value);", "CHECK(a, value);"),
        ("NEW(struct s *, a);", "NEW(struct s *, a);"),
    ],
)
def test_an_unknown_macro_in_a_body(body: str, expected: str) -> None:
    assert statements(body) == expected


def test_unknown_macros_outside_of_functions_are_reported_as_one() -> None:
    parsed = parse(
        "int a;\nstatic MAKE(x, y)\nMAKE(z, (3))\nDONE(w);\nint f(void) { return 0; }\n"
    )
    assert reports(parsed) == ["2:8: unknown macro 'MAKE' outside of functions; skipped to line 4"]
    assert code(parsed) == "int a; int f(void) { return 0; }"


def test_an_unknown_member_is_reported() -> None:
    parsed = parse("struct s { HEAD; int a; };")
    assert reports(parsed) == ["1:12: unknown macro 'HEAD' outside of functions; skipped"]
    assert code(parsed) == "struct s { int a; };"


@pytest.mark.parametrize(
    "text",
    [
        "int f(a, b) int a; char *b; { return a; }",
        "f(a, b) int a; char *b; { return a; }",
        "int g; f(a) int a; { return a; }",
        "f(int a) { return a; }",
    ],
)
def test_old_definitions_are_no_macros(text: str) -> None:
    parsed = parse(text)
    assert (functions(parsed), reports(parsed)) == (["f"], [])
