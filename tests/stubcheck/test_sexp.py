from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stubcheck.sexp import Sexp, SexpError, atoms, parse_sexps, stanzas


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("a (b (c)) ()", ["a", ["b", ["c"]], []]),
        ("(a ; to the end )\n b)", [["a", "b"]]),
        ("#| a #| b |# c |# d", ["d"]),
        ("(a #;(b c) d #;e)", [["a", "d"]]),
        ("#;#;a b c", ["c"]),
        (r'"a\"b\n\065\x42"', ['a"b\nAB']),
        ('"one \\\n   line"', ["one line"]),
        ('"\\| raw (text\n', ["raw (text"]),
        ("%{lib:x:y}/z a#b", ["%{lib:x:y}/z", "a#b"]),
    ],
)
def test_dune_files_are_read(text: str, expected: list[Sexp]) -> None:
    assert parse_sexps(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(a\n (b)", "1:1: '(' is never closed"),
        ("a\n  )", "2:3: ')' closes nothing"),
        ('(a\n "b', "2:2: a string is never closed"),
        (" #| a", "1:2: a comment is never closed"),
    ],
)
def test_an_error_says_where(text: str, message: str) -> None:
    with pytest.raises(SexpError) as error:
        parse_sexps(text)
    assert str(error.value) == message


ATOM = st.text(st.characters(categories=["L", "N"]), min_size=1)


@given(st.recursive(ATOM, lambda inner: st.lists(inner, max_size=4), max_leaves=20))
def test_what_is_printed_is_read_back(sexp: Sexp) -> None:
    def show(sexp: Sexp) -> str:
        return sexp if isinstance(sexp, str) else f"({' '.join(map(show, sexp))})"

    assert parse_sexps(show(sexp)) == [sexp]


@given(st.text(alphabet='()#|;\\"a \n'))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(SexpError):
        parse_sexps(text)


def test_stanzas_and_atoms_pick_what_is_asked_for() -> None:
    dune = parse_sexps("(library (name a) (libraries b (select c from (d -> e))))")
    (library,) = stanzas(dune, "library")
    assert list(stanzas(library, "name")) == [["a"]]
    assert [name for field in stanzas(library, "libraries") for name in atoms(field)] == (
        ["b", "select", "c", "from", "d", "->", "e"]
    )
