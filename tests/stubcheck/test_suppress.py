from __future__ import annotations

import pytest

from analyzer.diagnostics import Diagnostic, Severity
from analyzer.ir.nodes import Position
from stubcheck.suppress import Suppression, read_suppressions, suppress, unused

SOURCE = """\
#define X "/* stubcheck: ignore[a] not a comment */"
value f(value v) /* stubcheck: ignore[a] on the line */
{
  // stubcheck: ignore[a, b] above the line
  g(v);
  /* stubcheck: ignore[a]
   * over two lines */
  // and a word more
  h(v);
  k(v);
}

/* stubcheck: ignore[c] all of it */
static value
  next(value v)
{
  return v;
}
/* stubcheck: ignore[d] nothing but a declaration below */
value declared(value v);
value last(value v) { return v; }
"""
EXTENTS = [("f", 2, 11), ("next", 15, 18), ("last", 21, 21)]


def lines(source: str, extents: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    return [
        (suppression.reason, suppression.first, suppression.last)
        for suppression in read_suppressions("a.c", source, extents)
    ]


def test_a_comment_is_about_its_line_the_next_or_a_function() -> None:
    assert lines(SOURCE, EXTENTS) == [
        ("on the line", 2, 2),
        ("above the line", 4, 5),
        ("over two lines", 6, 9),
        ("all of it", 13, 18),
        ("nothing but a declaration below", 19, 20),
    ]


def test_comments_above_each_other_are_about_the_same_line() -> None:
    source = "// stubcheck: ignore[a] x\n// stubcheck: ignore[b] y\nf();\n"
    assert lines(source, []) == [("x", 1, 3), ("y", 2, 3)]


def test_a_blank_line_ends_what_a_comment_is_about() -> None:
    source = "// stubcheck: ignore[a] x\n\nf();\n"
    assert lines(source, []) == [("x", 1, 2)]


@pytest.mark.parametrize(
    ("below", "last"),
    [
        ("/* one */ x = a; /* two */\ny = b;\n", 2),
        ("/* one */ /* two */ // three\ny = b;\n", 3),
        ("/* one\n two */\ny = b;\n", 4),
        ("/* one\n two */ y = b;\nz = c;\n", 3),
        ('"/* one */";\ny = b;\n', 2),
    ],
)
def test_a_line_of_comments_alone_has_no_code_between_them(below: str, last: int) -> None:
    source = f"/* stubcheck: ignore[a] x */\n{below}"
    assert lines(source, []) == [("x", 1, last)]


def test_a_comment_beside_another_stands_alone_if_both_do() -> None:
    source = "/* why */ /* stubcheck: ignore[a] x */\nf();\n"
    assert lines(source, []) == [("x", 1, 2)]


def test_many_comments_on_a_line_are_read_in_no_time() -> None:
    source = f"/* stubcheck: ignore[a] x */\n{'/**/' * 20_000} int x;\n"
    assert lines(source, []) == [("x", 1, 2)]


def test_a_comment_two_lines_above_a_function_is_not_about_it() -> None:
    source = "// stubcheck: ignore[a] x\nint y;\nvalue f(value v)\n{\n}\n"
    assert lines(source, [("f", 3, 5)]) == [("x", 1, 2)]


def test_the_position_is_that_of_the_comment() -> None:
    (suppression,) = read_suppressions("a.c", "é = f(); /* stubcheck: ignore[a] x */", [])
    assert suppression.position == Position("a.c", 1, 10)


def finding(rule: str, line: int) -> Diagnostic:
    return Diagnostic(rule, Severity.ERROR, Position("a.c", line, 1), "f", "it is wrong")


def suppressions(comment: str) -> list[Suppression]:
    return read_suppressions("a.c", f"{comment}\nf();\n", [])


def test_a_finding_is_suppressed_for_the_reason_given() -> None:
    (comment,) = suppressions("// stubcheck: ignore[bad-tag, stale-pointer] checked by hand")
    findings = [finding("bad-tag", 2), finding("bad-tag", 3), finding("removed-api", 2)]
    assert suppress(findings, {"a.c": [comment]}) == ["checked by hand", None, None]
    assert comment.used == {"bad-tag"}


@pytest.mark.parametrize(
    ("comment", "messages"),
    [
        ("// stubcheck: ignore[bad-tag] fine", []),
        ("// stubcheck: ignore[bad-tag]", ["the suppression gives no reason"]),
        ("/* stubcheck: ignore[bad-tag] */", ["the suppression gives no reason"]),
        ("// stubcheck: ignore it all", ["the suppression names no rule"]),
        ("// stubcheck: ignored[bad-tag] x", ["'ignored' is no word of ours"]),
        ("// stubcheck: ignore[bad-tg] x", ["'bad-tg' is no rule"]),
        ("// stubcheck: ignore[bad-tag, stale-pointer] x", ["reported as 'stale-pointer'"]),
        ("// stubcheck: ignore[stale-pointer] x", ["reported as 'stale-pointer'"]),
        ("// stubcheck: ignore[local-escape] x", []),
        ("// see https://stubcheck: it is nice", []),
        ("// what stubcheck: ignore[bad-tag] does", []),
    ],
)
def test_a_comment_that_does_nothing_is_reported(comment: str, messages: list[str]) -> None:
    read = suppressions(comment)
    suppress([finding("bad-tag", 2)], {"a.c": read})
    known = {"bad-tag", "stale-pointer", "local-escape"}
    told = [d for one in read for d in unused(one, known, known - {"local-escape"})]
    assert [d.rule for d in told] == ["unused-suppression"] * len(messages)
    for diagnostic, message in zip(told, messages, strict=True):
        assert message in diagnostic.message


@pytest.mark.parametrize("comment", ["// stubcheck: ignore[bad-tag]", "// stubcheck: ignore x"])
def test_a_comment_without_a_reason_or_a_rule_suppresses_nothing(comment: str) -> None:
    assert suppress([finding("bad-tag", 2)], {"a.c": suppressions(comment)}) == [None]


ML_SOURCE = """\
let quoted = "(* stubcheck: ignore[a] not a comment *)"
let raw = {x|(* stubcheck: ignore[a] not one either *)|x} and f' = '"' and g = '\\''
external f : 'a -> 'b = "f" (* stubcheck: ignore[a] on the line *)
(* stubcheck: ignore[a, b] above the line *)
external g
  : int -> int = "g"
(* Of the next: it isn't ours. "*)" (* stubcheck: ignore[a] within another *) *)
(* stubcheck: ignore[a]
   over two lines (* and a comment within *) *)
(* and a word more *)
external h : int -> int = "h"
"""


def test_a_comment_in_ocaml_is_about_its_line_or_the_next() -> None:
    assert [
        (suppression.rules, suppression.reason, suppression.first, suppression.last)
        for suppression in read_suppressions("a.ml", ML_SOURCE, [])
    ] == [
        (("a",), "on the line", 3, 3),
        (("a", "b"), "above the line", 4, 5),
        (("a",), "over two lines (* and a comment within *)", 8, 11),
    ]


def test_a_line_of_ocaml_with_code_between_comments_is_no_comment() -> None:
    source = "(* stubcheck: ignore[a] x *)\n(* one *) let x = 1 (* (* two *) *)\nlet y = 2\n"
    (suppression,) = read_suppressions("a.ml", source, [])
    assert (suppression.first, suppression.last) == (1, 2)


@pytest.mark.parametrize("path", ["a.ml", "a.mli"])
def test_marks_of_c_comments_are_no_comments_in_ocaml(path: str) -> None:
    assert read_suppressions(path, "x // stubcheck: ignore[a] x\n", []) == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("(* stubcheck: ignore[bad-tag] *)", "gives no reason"),
        ("(** stubcheck: ignore it **)", "names no rule"),
        ("(* stubcheck: ignore[bad-tag] x *)", "nothing here is reported as 'bad-tag'"),
    ],
)
def test_a_comment_in_ocaml_that_does_nothing_is_reported(comment: str, message: str) -> None:
    (suppression,) = read_suppressions("a.ml", f"  {comment}\nlet x = 1\n", [])
    (told,) = unused(suppression, {"bad-tag"}, {"bad-tag"})
    assert (told.rule, told.position) == ("unused-suppression", Position("a.ml", 1, 3))
    assert message in told.message
