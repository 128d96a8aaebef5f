"""Macros expand as in C, and what they make stands where they are used."""

from __future__ import annotations

import pytest

from analyzer.options import Flags
from tests.analyzer.cfront.trees import code, parse, places, read, reports


def expansion(defines: str, text: str) -> str:
    return read(f"{defines}\nint x = {text};").removeprefix("int x = ").removesuffix(";")


@pytest.mark.parametrize(
    ("defines", "text", "expected"),
    [
        ("#define A 1", "A", "1"),
        ("#define F(x) (x + 1)", "F(2)", "2 + 1"),
        ("#define F(x) x", "F", "F"),
        ("#define F(x, y) x + y", "F((1), g(3, 4))", "1 + g(3, 4)"),
        ("#define F() 7", "F()", "7"),
        ("#define F(x) f(x)", "F()", "f()"),
        ("#define A B\n#define B A", "A", "A"),
        ("#define f(x) f(x + 1)", "f(f(2))", "f(f(2 + 1) + 1)"),
        ("#define F(x) x\n#define G F", "G(3)", "3"),
        ("#define F(x) G\n#define G(y) y", "F(1)(2)", "2"),
        ("#define C(a, b) a ## b", "C(x, 1)", "x1"),
        ("#define C(a, b) a ## b\n#define X y", "C(X, 1)", "X1"),
        ("#define S(x) #x", 'S(a  + "b")', '"a + \\"b\\""'),
        ("#define P(...) p(__VA_ARGS__)", "P(1, 2)", "p(1, 2)"),
        ("#define P(f, ...) p(f, ## __VA_ARGS__)", "P(1)", "p(1)"),
        ("#define P(f, ...) p(f, ## __VA_ARGS__)", "P(1, 2)", "p(1, 2)"),
        ("#define P(f, r...) p(f, r)", "P(1, 2, 3)", "p(1, 2, 3)"),
        ("#define P(f, ...) p(f __VA_OPT__(,) __VA_ARGS__)", "P(1, 2)", "p(1, 2)"),
        ("#define P(f, ...) p(f __VA_OPT__(,) __VA_ARGS__)", "P(1)", "p(1)"),
        ("#define A (1)", "A", "1"),
        ("#define A 1\n#undef A", "A", "A"),
        ("#define A \\\n 1 + \\\n 2", "A", "1 + 2"),
        ("#define C(a, b) a ## b", "C(+, -) 1", "+(-1)"),
        ("", "__LINE__", "2"),
    ],
)
def test_a_macro_expands(defines: str, text: str, expected: str) -> None:
    assert expansion(defines, text) == expected


def test_a_body_stands_where_the_macro_is_used_and_an_argument_where_it_is() -> None:
    parsed = parse("#define F(x) made + x\n\nint y =\n  F(\n    mine);")
    assert places(parsed, "made") == [("a.c", 4, 3)]
    assert places(parsed, "mine") == [("a.c", 5, 5)]


def test_a_nested_macro_stands_at_the_outermost_use() -> None:
    parsed = parse("#define A B + 1\n#define B made\nint y = A;")
    assert places(parsed, "made") == [("a.c", 3, 9)]


def test_functions_made_by_macros_are_seen() -> None:
    text = "#define GET(n) value get_##n(value v) { return Field(v, n); }\nGET(0)\nGET(1)\n"
    assert read(text).count("value get_") == 2


def test_arguments_may_span_a_conditional() -> None:
    text = "#define F(x) x\nint y = F(\n#ifdef A\n 1\n#else\n 2\n#endif\n);"
    assert read(text) == "int y = 2;"


def test_a_define_takes_effect_where_it_stands() -> None:
    assert read("int x = A;\n#define A 1\nint y = A;") == "int x = A; int y = 1;"


def test_a_flag_defines_and_undefines() -> None:
    flags = Flags(defines=(("A", "3"), ("F(x)", "x + 1")), undefines=("OCAML_VERSION",))
    parsed = parse("int x = A + F(4) + OCAML_VERSION;", flags=flags)
    assert code(parsed) == "int x = ((3 + 4) + 1) + OCAML_VERSION;"


def test_exponential_expansion_is_cut_off() -> None:
    defines = "#define A0 x,x,x,x,x,x,x,x,x,x\n" + "".join(
        f"#define A{n + 1} {','.join([f'A{n}'] * 10)}\n" for n in range(9)
    )
    parsed = parse(f"{defines}int z[] = {{ A9 }};\nint after;")
    assert reports(parsed) == ["11:13: macro 'A0' expands to too many tokens"]
    assert code(parsed) == "int z[] = {A9}; int after;"


def test_an_endless_chain_of_macros_is_cut_off() -> None:
    chain = "".join(f"#define B{n} B{n + 1}\n" for n in range(5000))
    parsed = parse(f"{chain}int z = B0;\nint after;")
    assert reports(parsed) == ["5001:9: macro 'B201' is nested too deeply"]


@pytest.mark.parametrize("text", ["#define\nint x;", "#define 1 2\nint x;", "#define F(a\nint x;"])
def test_a_define_without_sense_is_reported(text: str) -> None:
    parsed = parse(text)
    assert code(parsed) == "int x;"
    assert reports(parsed) == ["1:2: #define that cannot be read"]
