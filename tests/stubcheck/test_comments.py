from __future__ import annotations

import pytest

from stubcheck.comments import blanked, c_comments, ml_comments


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("a /* b */ c // d\ne", [" b ", " d"]),
        ('"/* a */" /* b', [" b"]),
        ("'\"' /* a */ '\"'", [" a "]),
    ],
)
def test_comments_of_c_are_found_between_strings(text: str, bodies: list[str]) -> None:
    assert [comment.body for comment in c_comments(text)] == bodies


@pytest.mark.parametrize(
    ("text", "bodies"),
    [
        ("a (* b *) c (**) (***)", [" b ", "", "*"]),
        ("(* a (* b *) c *) (* d *)", [" a (* b *) c ", " d "]),
        ('"(* a *)" (* "*)" *)', [' "*)" ']),
        ('"\\"(* a *)" (* b *)', [" b "]),
        ("{|(* a *)|} {x|(* b |} *)|x} (* c *)", [" c "]),
        ("{%sql|(* a *)|} {%%sql.b x|(* b *)|x} (* c *)", [" c "]),
        ("'\"' (* a *) '\\\"' '\\'' '\\034' (* b *)", [" a ", " b "]),
        ("f' '\"' (* it isn't \"*)\" *) 'a", [' it isn\'t "*)" ']),
        ("( * ) *) (* a *)", [" a "]),
        ("(* open (* a *)", []),
    ],
)
def test_comments_of_ocaml_nest_and_hold_strings(text: str, bodies: list[str]) -> None:
    assert [comment.body for comment in ml_comments(text)] == bodies


def test_a_comment_is_where_its_marks_are() -> None:
    (comment,) = ml_comments("é (* a *)")
    assert (comment.start, comment.end) == (2, 9)


def test_without_its_comments_the_code_stays_where_it_is() -> None:
    text = "a /* b\n\tc */ d // e\nf"
    assert blanked(text, c_comments(text)) == "a     \n\t     d     \nf"
