"""Conditions are evaluated as far as the project's macros are known."""

from __future__ import annotations

import pytest

from analyzer.options import Flags
from runtime_sim.model.profile import Profile
from tests.analyzer.cfront.trees import code, parse, parse_all, reports


def truth(condition: str) -> str:
    """`yes`, `no`, or `unknown` when it hangs on unknown macros."""
    lines = f"#if {condition}\nint yes;\nint more;\n#else\nint no;\n#endif"
    other = f"#if {condition}\nint yes;\n#else\nint no;\nint more;\n#endif"
    longest = [parse_all(text)[-1] for text in (lines, other)]
    answers = {"yes" if "yes" in code(parsed) else "no" for parsed in longest}
    return answers.pop() if len(answers) == 1 else "unknown"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("1", "yes"),
        ("0", "no"),
        ("1 + 1 == 2", "yes"),
        ("(2 > 1) && !0", "yes"),
        ("0x10 == 16 && 010 == 8 && 'a' == 97", "yes"),
        ("1 ? 0 : 1", "no"),
        ("7 / 0", "no"),
        ("5 % 3 == 2 || 1", "yes"),
        ("1UL << 2 == 4", "yes"),
        ("~0 == -1", "yes"),
        ("OCAML_VERSION >= 50000", "yes"),
        ("OCAML_VERSION < 50000", "no"),
        ("defined(OCAML_VERSION) && OCAML_VERSION_MAJOR == 5", "yes"),
        ("defined ARCH_SIXTYFOUR", "yes"),
        ("defined(CAMLreturnT)", "yes"),
        ("defined(Val_none)", "yes"),
        ("defined(__cplusplus)", "no"),
        ("defined(_WIN32)", "unknown"),
        ("_WIN32", "unknown"),
        ("HAVE_X > 2", "unknown"),
        ("HAVE_X(1, 2)", "unknown"),
        ("defined(_WIN32) && 0", "no"),
        ("0 && defined(_WIN32)", "no"),
        ("defined(_WIN32) || 1", "yes"),
        ("defined(_WIN32) || defined(__linux__)", "unknown"),
        ("!defined(_WIN32)", "unknown"),
        ("HAVE_X ? 1 : 1", "yes"),
        ("__has_include(<x.h>)", "unknown"),
    ],
)
def test_a_condition_is_true_false_or_unknown(condition: str, expected: str) -> None:
    assert truth(condition) == expected


def test_the_profile_decides_on_the_version() -> None:
    text = "#if OCAML_VERSION >= 50000\nint five;\n#else\nint four;\n#endif"
    assert code(parse(text, Profile.OCAML_5)) == "int five;"
    assert code(parse(text, Profile.OCAML_4_14)) == "int four;"


def test_a_projects_own_macro_is_known() -> None:
    assert len(parse_all("#define A 1\n#if A\nint x;\n#endif\n#ifndef A\nint y;\n#endif")) == 1


def test_an_undefined_macro_is_known_to_be_undefined() -> None:
    assert len(parse_all("#undef A\n#ifdef A\nint y;\n#endif")) == 1


def test_a_macro_undefined_by_a_flag_is_known_to_be_undefined() -> None:
    assert len(parse_all("#ifdef A\nint y;\n#endif", flags=Flags(undefines=("A",)))) == 1


@pytest.mark.parametrize("condition", ["", "1 +", "(1", "1 1", "= 2"])
def test_a_condition_without_sense_is_reported(condition: str) -> None:
    parsed = parse(f"#if {condition}\nint x;\n#endif\nint y;")
    assert reports(parsed) == ["1:2: cannot evaluate the condition of #if"]
    assert code(parsed) == "int y;"
