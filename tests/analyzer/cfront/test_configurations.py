"""A file is parsed with unknown macros undefined, and again if longer branches remain."""

from __future__ import annotations

from analyzer.cfront.parse import Parsed
from tests.analyzer.cfront.trees import code, functions, parse_all


def configurations(text: str) -> list[str]:
    return [code(parsed) for parsed in parse_all(text)]


def test_without_unknown_macros_there_is_one() -> None:
    assert configurations("#if 1\nint x;\n#else\nint y; int z;\n#endif") == ["int x;"]


def test_the_second_takes_the_longest_branch() -> None:
    text = "#ifdef A\nint a; int b;\n#elif defined(B)\nint c; int d; int e;\n#else\nint f;\n#endif"
    assert configurations(text) == ["int f;", "int c; int d; int e;"]


def test_a_longest_branch_that_is_the_first_configurations_makes_no_second() -> None:
    assert configurations("#ifdef A\nint a;\n#else\nint b; int c;\n#endif") == ["int b; int c;"]


def test_an_include_guard_makes_no_second() -> None:
    assert configurations("#ifndef A_H\n#define A_H\nint a;\n#endif") == ["int a;"]


def test_a_default_for_an_unknown_macro_makes_no_second() -> None:
    assert configurations("#ifndef SIZE\n#define SIZE 3\n#endif\nint a = SIZE;") == ["int a = 3;"]


def test_a_known_branch_behind_unknown_ones_ends_the_choice() -> None:
    text = "#if defined(A)\nint a;\n#elif 1\nint b;\n#else\nint c; int d; int e;\n#endif"
    assert configurations(text) == ["int b;"]


def test_a_file_that_is_empty_by_default_is_seen_in_the_second() -> None:
    text = "#ifdef _WIN32\nvalue f(value a) { return a; }\n#endif"
    assert [functions(parsed) for parsed in parse_all(text)] == [[], ["f"]]


def definition(parsed: Parsed, name: str) -> object:
    return next(
        node for node in parsed.ast.ext if getattr(getattr(node, "decl", None), "name", "") == name
    )


def test_what_both_have_in_common_is_parsed_once() -> None:
    text = "int f(void) { return 1; }\n#ifdef A\nint g(void) { return 2; }\n#endif\n"
    first, second = parse_all(text)
    assert definition(first, "f") is definition(second, "f")
    assert [len(parsed.ends) for parsed in (first, second)] == [1, 2]


def test_a_name_that_is_a_type_in_one_only_is_parsed_for_each() -> None:
    text = "#ifdef A\ntypedef int t; int more;\n#endif\nint f(int t) { return (t) - 1; }\n"
    first, second = parse_all(text)
    assert definition(first, "f") is not definition(second, "f")
