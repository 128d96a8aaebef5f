"""What cannot be read is skipped by argument, statement or declaration, and said."""

from __future__ import annotations

from pathlib import Path

import pytest
from pycparser import c_ast

from analyzer.cfront import HOLE, OPAQUE
from tests.analyzer.cfront.trees import code, functions, parse, parse_all, reports

_BEFORE = "value before(value a) { return a; }\n"
_AFTER = "\nvalue after(value a) { return a; }\n"


@pytest.mark.parametrize(
    ("damage", "seen", "expected"),
    [
        (
            "int f(int n) { n = = 1; return n; }",
            True,
            ["2:20: cannot parse statement; skipped [f]"],
        ),
        ("int f(void) { return g(1 +); }", True, ["2:27: cannot parse argument; skipped [f]"]),
        ("int f(void) { g(h(x); k(); }", True, ["2:21: cannot parse statement; skipped [f]"]),
        (
            "int f(void) {\n  if (a + ) {\n b(); }\n}",
            True,
            ["3:11: cannot parse statement; skipped to line 4 [f]"],
        ),
        ('int f(void) { g("a); }', True, None),
        ("int f(void) { g('a); }", True, None),
        ("int f(void) { a ` b; }", True, ["2:17: stray character; skipped [f]"]),
        ("int = 3;", False, ["2:5: cannot parse declaration; skipped"]),
        ("int x = 3 +;", False, ["2:12: cannot parse declaration; skipped"]),
        (
            "int f(int a +) {\n  return 0;\n}",
            False,
            ["2:13: cannot parse declaration; skipped to line 4 [f]"],
        ),
        ("struct s { int a +; };", False, None),
        ("junk = + junk;", False, None),
        (
            "int f(void) {\n  if (x) {\n  g();\n}",
            True,
            ["2:13: '{' is not closed before line 6 [f]"],
        ),
        ("int f(void) { g(); } }", True, ["2:22: '}' without '{' is skipped"]),
        ("struct s {\n  int a;", False, None),
        ("int f(void) { return " + "(" * 9000 + "1" + ")" * 9000 + "; }", False, None),
        ("int f(void) " + "{" * 9000 + "}" * 9000, False, None),
        ("int x = " + "a ? b : " * 9000 + "c;", False, None),
    ],
)
def test_damage_costs_no_more_than_it_must(
    damage: str, seen: bool, expected: list[str] | None
) -> None:
    parsed = parse(_BEFORE + damage + _AFTER)
    assert functions(parsed) == ["before", *(["f"] if seen else []), "after"]
    assert parsed.problems != ()
    assert expected is None or reports(parsed) == expected
    assert parsed.incomplete == (
        frozenset({"f"}) if seen and "[f]" in str(expected) else parsed.incomplete
    )


def calls(parsed: object, name: str) -> list[list[str]]:
    found: list[list[str]] = []

    def look(node: c_ast.Node) -> None:
        if isinstance(node, c_ast.FuncCall) and node.name.name == name:
            found.append([argument.name for argument in (node.args.exprs if node.args else [])])
        for _, child in node.children():
            look(child)

    look(parsed)  # type: ignore[arg-type]
    return found


def test_a_hole_names_what_was_skipped() -> None:
    parsed = parse("void f(void) { a = b +* / c.d(e); g(); }")
    assert calls(parsed.ast, HOLE) == [["a", "b", "c", "e"]]
    assert parsed.incomplete == frozenset({"f"})


def test_an_opaque_argument_names_what_was_skipped() -> None:
    parsed = parse("void f(void) { CHECK(a, free(b); free(c), d); }")
    assert calls(parsed.ast, OPAQUE) == [["free", "b", "free", "c"]]
    assert parsed.incomplete == frozenset({"f"})


def test_an_empty_argument_is_no_problem() -> None:
    parsed = parse("void f(void) { CHECK(a, , d); }")
    assert (calls(parsed.ast, OPAQUE), reports(parsed)) == ([[]], [])


def test_an_unreadable_statement_in_an_opaque_argument_is_reported_once() -> None:
    parsed = parse("void f(void) { g(({ a b c d; e(; })); h(); }")
    assert len(parsed.problems) == 1


def test_a_function_that_is_whole_is_not_incomplete() -> None:
    assert parse(_BEFORE).incomplete == frozenset()


def test_a_missing_brace_between_functions_is_found_by_the_next_definition() -> None:
    text = "value f(value a) {\n  if (a) {\n    g();\n\nvalue h(value a)\n{ return a; }\n" + _AFTER
    parsed = parse(text)
    assert functions(parsed) == ["f", "h", "after"]
    assert reports(parsed) == ["1:18: '{' is not closed before line 5 [f]"]


def test_a_long_chain_of_else_if_is_read() -> None:
    chain = "if (a == 1) g(); else " * 2000
    parsed = parse(f"void f(void) {{ {chain} h(); }}{_AFTER}")
    assert (functions(parsed), reports(parsed)) == (["f", "after"], [])


def test_binary_data_is_reported() -> None:
    parsed = parse(b"int x;\0")
    assert reports(parsed) == ["1:1: not a text file; skipped"]
    assert parsed.ast.ext == []


def test_latin_1_is_read() -> None:
    assert code(parse(b'char *x = "\xe9"; /* \xe8 */')) == 'char *x = "\xe9";'


def test_a_byte_order_mark_is_no_text() -> None:
    assert parse(b"\xef\xbb\xbfint x;").problems == ()


def test_lines_may_end_as_on_windows() -> None:
    assert code(parse("#define A \\\r\n 3\r\nint x = A;\r\n")) == "int x = 3;"


def test_line_directives_do_not_move_positions() -> None:
    parsed = parse('#line 100 "b.y"\nint = 3;\n# 7 "b.y"\n')
    assert reports(parsed) == ["2:5: cannot parse declaration; skipped"]


def test_an_unknown_directive_is_reported() -> None:
    assert reports(parse("#foo bar\nint x;")) == ["1:2: unknown directive '#foo' is ignored"]


def test_text_behind_an_open_conditional_is_seen_in_the_other_configuration() -> None:
    first, second = parse_all(f"{_BEFORE}#ifdef A\n{_AFTER}")
    assert (functions(first), functions(second)) == (["before"], ["before", "after"])
    assert reports(first) == ["2:2: #ifdef without #endif"]


def test_a_megabyte_in_a_line_is_read() -> None:
    parsed = parse("int x[] = {" + "1," * 60_000 + "};" + _AFTER)
    assert (functions(parsed), reports(parsed)) == (["after"], [])


_FIXTURES = Path(__file__).parents[2] / "fixtures" / "cfront"


@pytest.mark.parametrize("path", sorted(_FIXTURES.glob("*.c")), ids=lambda path: path.stem)
def test_what_once_broke_the_rest_of_a_file_does_so_no_more(path: Path) -> None:
    parsed = parse(path.read_bytes())
    assert {"before", "after"} <= set(functions(parsed))
    assert parsed.problems != ()
