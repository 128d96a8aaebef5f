"""Drawing findings at random and showing them."""

from __future__ import annotations

from typing import Any

from tools.corpus.sample import draw, source_context


def finding(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "rule": "stale-pointer",
        "severity": "error",
        "path": "a.c",
        "line": number,
        "suppressed": None,
        "trace": [],
        "fingerprint": f"{number:04}",
        **fields,
    }


MANY = [finding(number) for number in range(100)]


def test_the_same_seed_draws_the_same_sample_in_whatever_order_findings_come() -> None:
    assert draw(MANY, 10, seed=1) == draw(MANY[::-1], 10, seed=1)


def test_another_seed_draws_another_sample() -> None:
    assert draw(MANY, 10, seed=1) != draw(MANY, 10, seed=2)


def test_a_finding_that_goes_leaves_the_rest_of_the_sample() -> None:
    drawn = draw(MANY, 10, seed=1)
    fewer = [finding for finding in MANY if finding != drawn[0]]
    assert draw(fewer, 10, seed=1)[:9] == drawn[1:]


def test_notes_suppressed_findings_and_parse_errors_are_not_drawn() -> None:
    wanted = finding(1)
    others = [
        finding(2, severity="note"),
        finding(3, suppressed="checked by hand"),
        finding(4, rule="parse-error"),
        finding(5, rule="unused-suppression"),
    ]
    assert draw([wanted, *others], 10, seed=1) == [wanted]


def test_a_rule_that_is_asked_for_is_the_only_one_drawn() -> None:
    error = finding(2, rule="parse-error")
    assert draw([finding(1), error], 10, seed=1, rules=["parse-error"]) == [error]


def test_the_context_is_the_enclosing_function_with_its_marks() -> None:
    text = b"int before;\nvalue f(value v)\n{\n  g();\n  return v;\n}\nint after;\n"
    step = {"path": "a.c", "line": 4, "column": 3, "message": "may collect here"}
    assert source_context(text, finding(5, trace=[step])) == "\n".join(
        [
            "    2 value f(value v)",
            "    3 {",
            "    4   g();",
            "      ^^^ (1) may collect here",
            "    5   return v;",
            "      ^^^ <== stale-pointer",
            "    6 }",
        ]
    )


def test_of_a_long_function_only_the_lines_near_the_marks_are_shown() -> None:
    text = b"void f(void)\n{\n" + b"  ;\n" * 200 + b"}\n"
    context = source_context(text, finding(100)).splitlines()
    assert (context[0], context[2], len(context)) == ("    1 void f(void)", "      ...", 31)
