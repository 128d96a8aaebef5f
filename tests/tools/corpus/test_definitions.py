"""Definitions in any configuration, from the text of C files alone."""

from __future__ import annotations

import pytest

from tools.corpus.definitions import Place, find_definitions


def lines_of(text: str, names: str = "f g") -> dict[str, list[int]]:
    found = find_definitions({"a.c": text.encode()}, names.split())
    return {name: sorted(place.line for place in places) for name, places in found.items()}


@pytest.mark.parametrize(
    "text",
    [
        "value f(value v) { return v; }",
        "CAMLprim value\nf (value (*v)(int, int))\n{ }",
        "value f(a, b)\n  value a;\n  struct s *b;\n{ }",
        "value f() // {\n{ }",
        'extern "C" value f(value v) { }',
    ],
)
def test_a_function_with_a_body_is_defined(text: str) -> None:
    assert list(lines_of(text)) == ["f"]


@pytest.mark.parametrize(
    "text",
    [
        "value f(value v);",
        "static inline value f(value v) { }",
        "int g0(void) { if (f(1)) { } }",
        "/* value f(value v) { } */",
        'char *s = "value f(value v) { }";',
        "#define f(v) { }",
        "value (*table[])(value) = { f };",
    ],
)
def test_anything_else_is_not(text: str) -> None:
    assert lines_of(text) == {}


def test_all_branches_count_with_their_lines() -> None:
    assert lines_of(
        "#if 0\nvalue f(value v) { }\n#else\nvalue f(value v) { }\n#endif\n"
        "#define X \\\n  1\nvalue g(void) { }\n"
    ) == {"f": [2, 4], "g": [8]}


@pytest.mark.parametrize(
    "text",
    [
        "#define STUB(name) value name(value v) { }\nSTUB(f)",
        "#define STUB(name) \\\n  value lib_##name(value v) \\\n  { }\nSTUB(f)",
        "#define NAME(a) lib_ ## a\n#define STUB(a) value NAME(a)(void)\nSTUB(f) { }",
        "#define CAT(a, b) a##b\n#define JOIN(a, b) CAT(a, b)\n#define LIB lib_\n"
        "value JOIN(LIB, f)(value v) { }",
        "#define f_old lib_f\nvalue f_old(value v) { }",
        "#define STUB(name, body) value lib_##name(void) { body }\nSTUB(f,\n  return (1, 2);)",
    ],
)
def test_macros_make_functions_and_names(text: str) -> None:
    assert [name.removeprefix("lib_") for name in lines_of(text, "f lib_f")] == ["f"]


def test_every_replacement_of_a_macro_has_its_turn() -> None:
    files = {
        "a.h": b"#define STUB(name) value name(value v)\n#define TWO(a) STUB(a##1) { } STUB(a##2)",
        "b.h": b"#define STUB(name) value name##_byte(value *v, int n)",
        "c.c": b"TWO(f)\n{ }\n",
    }
    assert find_definitions(files, ["f1", "f2", "f1_byte", "f", "name"]) == {
        "f1": {Place("c.c", 1)},
        "f2": {Place("c.c", 1)},
        "f1_byte": {Place("c.c", 1)},
    }


def test_a_macro_that_names_itself_ends() -> None:
    assert lines_of("#define f(x) f(x##1)\n#define g() f(0) {\nvalue g() }\n") == {"f": [3]}
