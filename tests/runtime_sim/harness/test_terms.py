"""Terms are written as they are read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime_sim.harness import terms
from runtime_sim.harness.terms import Call, Program, Statement, Term, TermError, parse_program

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z_0-9]{0,8}", fullmatch=True)
NUMBERS = st.floats(allow_nan=False)
LEAVES: st.SearchStrategy[Term] = st.one_of(
    st.integers().map(terms.Integer),
    NUMBERS.map(terms.Double),
    st.builds(terms.Boxed, st.sampled_from(["int32", "int64", "nativeint"]), st.integers()),
    st.binary(max_size=10).map(terms.Text),
    st.lists(NUMBERS, max_size=3).map(lambda numbers: terms.Floats(tuple(numbers))),
    st.builds(terms.Bigarray, NAMES, st.lists(st.integers(0, 9), max_size=3).map(tuple)),
    st.just(terms.Null()),
    NAMES.map(terms.Variable),
)


def larger(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    several = st.lists(inner, max_size=3).map(tuple)
    words = st.one_of(st.integers().map(terms.Integer), NUMBERS.map(terms.Double))
    calls = st.builds(Call, NAMES, several)
    return st.one_of(
        several.map(terms.List),
        several.map(terms.Array),
        st.builds(terms.Block, st.integers(0, 255), several),
        st.builds(terms.Block, st.just(0), several, st.lists(words, min_size=1).map(tuple)),
        st.builds(terms.Function, st.integers(1, 5), st.none() | inner),
        st.builds(terms.Global, inner),
        calls,
        st.builds(terms.Project, calls, st.integers(0, 9)),
    )


TERMS = st.recursive(LEAVES, larger, max_leaves=8)


CALLS = st.builds(Call, NAMES, st.lists(TERMS, max_size=3).map(tuple))


@given(st.lists(st.builds(Statement, CALLS, st.just("") | NAMES), min_size=1, max_size=3))
def test_what_is_written_is_read_again(statements: list[Statement]) -> None:
    program = Program(tuple(statements))
    assert parse_program(str(program)) == program


def test_numbers_that_are_none_are_read() -> None:
    program = parse_program("f(nan, inf, -inf, 1e300)")
    assert str(program) == "f(nan, inf, -inf, 1e+300)"


def test_many_alike_are_written_once() -> None:
    text = 'f([16 * "a"], [|4 * #0(1, 2)|])'
    (statement,) = parse_program(text).statements
    first, second = statement.call.arguments
    assert isinstance(first, terms.List)
    assert isinstance(second, terms.Array)
    assert (len(first.elements), len(second.elements)) == (16, 4)
    assert str(statement) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "column 1: the end is not expected"),
        ("f = 3", "column 5: '3' is not expected"),
        ("f", "column 2: the end is not expected"),
        ("f(1", "column 4: the end is not expected"),
        ("f(1 2)", "column 5: '2' is not expected"),
        ("f(@)", "column 3: '@' is not understood"),
        ("f([9999999 * 1])", "column 4: 9999999 elements are too many"),
        ("f([16 * 1, 2])", "column 10: ',' is not expected"),
        ("f(#256(1))", "column 3: 256 is no tag"),
        ("f(#0(1 | g(2)))", "column 3: flat words are numbers"),
        ("f(#fun(1))", "column 3: this is no '#fun'"),
        ("f(1) g(2)", "column 6: 'g' is not expected"),
        ("f(" + "[" * 200 + "]" * 200 + ")", "nested too deeply"),
    ],
)
def test_what_is_no_call_is_refused_with_its_column(text: str, told: str) -> None:
    with pytest.raises(TermError, match=re.escape(told)):
        parse_program(text)
