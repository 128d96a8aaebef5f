"""Tokens know their words and places, and files their directives."""

from __future__ import annotations

import pytest

from analyzer.cfront.tokens import Conditional, Run, Token, scan, split_words


def tokens(text: str) -> list[Token]:
    return [
        token for item in scan(text, "a.c").items if isinstance(item, Run) for token in item.tokens
    ]


def words(text: str) -> list[str]:
    return [token.value for token in tokens(text)]


def places(text: str) -> list[tuple[str, int, int]]:
    return [(token.value, token.line, token.column) for token in tokens(text)]


def test_lines_and_columns_count_from_one() -> None:
    assert places("a b\n  c") == [("a", 1, 1), ("b", 1, 3), ("c", 2, 3)]


def test_columns_count_code_points() -> None:
    assert places('"é" x') == [('"é"', 1, 1), ("x", 1, 5)]


def test_a_comment_over_several_lines_moves_what_follows() -> None:
    assert places("a /* b\n c */ d // e\nf") == [("a", 1, 1), ("d", 2, 7), ("f", 3, 1)]


def test_a_spliced_line_counts_as_one_more() -> None:
    assert places("a \\\n b\nc") == [("a", 1, 1), ("b", 2, 2), ("c", 3, 1)]


def test_a_string_may_be_spliced() -> None:
    assert places('"a\\\nb" c') == [('"ab"', 1, 1), ("c", 2, 4)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x1", "ID"),
        ("$x", "ID"),
        ("été", "ID"),
        ("value", "ID"),
        ("0", "INT_CONST_DEC"),
        ("017", "INT_CONST_OCT"),
        ("0x1fUL", "INT_CONST_HEX"),
        ("0b11", "INT_CONST_BIN"),
        ("1'000", "INT_CONST_DEC"),
        ("1.5e-3", "FLOAT_CONST"),
        (".5", "FLOAT_CONST"),
        ("1e10", "FLOAT_CONST"),
        ("0x1p-3", "FLOAT_CONST"),
        ("'a'", "CHAR_CONST"),
        ("'\\''", "CHAR_CONST"),
        ("L'a'", "WCHAR_CONST"),
        ('"a\\"b"', "STRING_LITERAL"),
        ('u8"a"', "U8STRING_LITERAL"),
        ("->", "ARROW"),
        ("<<=", "LSHIFTEQUAL"),
        ("while", "WHILE"),
        ("__inline__", "INLINE"),
        ("`", "STRAY"),
        ('"abc', "BAD_STRING"),
        ("'abc", "BAD_CHAR"),
    ],
)
def test_a_word_is_classified(text: str, kind: str) -> None:
    assert [(token.value, token.type) for token in tokens(text)] == [(text, kind)]


def test_an_unterminated_string_ends_with_its_line() -> None:
    assert words('"abc; d\ne') == ['"abc; d', "e"]


def test_an_unterminated_comment_is_a_fault_at_its_start() -> None:
    faults = scan("a;\n  /* b", "a.c").faults
    assert [(f.token.line, f.token.column, f.message) for f in faults] == [
        (2, 3, "unterminated comment")
    ]


def test_conditionals_are_nested_and_know_the_size_of_their_branches() -> None:
    file = scan("#if A\nx y\n#if B\nz\n#endif\n#else\nw\n#endif\n", "a.c")
    (conditional,) = file.items
    assert isinstance(conditional, Conditional)
    assert [branch.size for branch in conditional.branches] == [3, 1]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("#if A\nx\n", ["#if without #endif"]),
        ("#endif\n", ["#endif without #if"]),
        ("#else\n", ["#else without #if"]),
        ("#if A\n#else\n#elif B\n#endif", ["#elif after #else"]),
    ],
)
def test_unbalanced_conditionals_are_faults(text: str, faults: list[str]) -> None:
    assert [fault.message for fault in scan(text, "a.c").faults] == faults


def test_a_hash_inside_a_line_starts_no_directive() -> None:
    assert words("a # b\n") == ["a", "#", "b"]


def test_a_directive_may_stand_behind_a_comment() -> None:
    assert words("/* c */ #define A\nb") == ["b"]


def test_a_text_is_split_into_words_without_comments() -> None:
    assert split_words("a/**/+ b // c") == ["a", "+", "b"]
