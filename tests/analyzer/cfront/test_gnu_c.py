"""What compilers accept beyond the standard."""

from __future__ import annotations

import pytest
from pycparser import c_ast

from tests.analyzer.cfront.trees import parse, read, statements


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("switch (a) { case 1 ... 5: g(); }", "switch (a) { case 1 ... 5: g(); }"),
        ("int a[] = { [0 ... 3] = 1, [4] = 2 };", "int a[] = {[0 ... 3] = 1, [4] = 2};"),
        ("struct s a = { .x = 1, y: 2 };", "struct s a = {.x = 1, .y = 2};"),
        ("a = ({ int b = 1; b; });", "a = ( { int b = 1; b; } );"),
        ("typeof(a) b;", "typeof(a) b;"),
        ("__typeof__(a) b;", "__typeof__(a) b;"),
        ('__asm__ volatile ("nop" : : "r" (a)); g();', "; g();"),
        ("__extension__ int a;", "int a;"),
        ("int __attribute__((aligned(8))) a;", "int a;"),
        ("void *p = &&out; out: g();", "void *p = &&out; out: g();"),
        ("a = b ?: c;", "a = (b) ? (b) : (c);"),
        ('_Static_assert(1 == 1, "one");', '_Static_assert(1 == 1, "one");'),
        ("[[maybe_unused]] int a;", "int a;"),
        ("switch (a) { case 1: g(); [[fallthrough]]; case 2: ; }", "switch (a) { case 1: g(); ;"),
        ('_Pragma("x") int a;', "int a;"),
        ("a = __builtin_expect(b, 0);", "a = __builtin_expect(b, 0);"),
        ("a = sizeof b; c = sizeof(int[3]);", "a = sizeof(b); c = sizeof(int [3]);"),
        ("a = _Alignof(double);", "a = _Alignof(double);"),
        ("a = b[c[1]];", "a = b[c[1]];"),
        ("out: ; { in: }", "out: ;"),
        ("case_: a = 1 ? 2 : 3;", "case_: a = (1) ? (2) : (3);"),
        ("a = b, c = d;", "a = b, c = d;"),
        ("a = -b + ~c - !d * *e;", "a = ((-b) + (~c)) - ((!d) * (*e));"),
        (
            "a = b < c == d && e | f ^ g & h << 1;",
            "a = ((b < c) == d) && (e | (f ^ (g & (h << 1))))",
        ),
        ("a = b - c - d;", "a = (b - c) - d;"),
        ("a++; --b; c.d->e++;", "a++; --b; c.d->e++;"),
        ("a += b <<= 2;", "a += (b <<= 2);"),
        ("a = (int) (char) b;", "a = (int) ((char) b);"),
        ("a = (struct s){.x = 1}.x;", "a = ((struct s){.x = 1}).x;"),
        ("(*f)(a)(b);", "(*f)(a)(b);"),
        ("char c = 'a'; double d = 1.5e3f; long l = 0x1fUL;", "char c = 'a'; double d = 1.5e3f;"),
    ],
)
def test_a_statement(body: str, expected: str) -> None:
    assert statements(body).startswith(expected)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", "int"),
        ("1u", "unsigned int"),
        ("1UL", "unsigned long int"),
        ("1LL", "long long int"),
        ("0xfULL", "unsigned long long int"),
        ("0xfe", "int"),
        ("1.5", "double"),
        ("1.5f", "float"),
        ("1.5L", "long double"),
        ("0x1p3", "double"),
        ("'a'", "char"),
        ('"a"', "string"),
    ],
)
def test_a_constant_has_its_type(text: str, kind: str) -> None:
    (declaration,) = parse(f"int x = {text};").ast.ext
    assert isinstance(declaration.init, c_ast.Constant)
    assert (declaration.init.type, declaration.init.value) == (kind, text)


def test_both_operands_of_a_short_choice_are_one_node() -> None:
    (declaration,) = parse("int x = f(a) ?: b;").ast.ext
    assert declaration.init.iftrue is declaration.init.cond


def test_an_attribute_in_a_declaration_goes() -> None:
    assert read("struct __attribute__((packed)) s { int a __attribute__((unused)); };") == (
        "struct s { int a; };"
    )
