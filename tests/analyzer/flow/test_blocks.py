"""What is said of a block's fields, against arrays that are really written."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analyzer.flow.blocks import Block, Index, join_blocks
from analyzer.flow.facts import Origin
from analyzer.flow.values import AbsVal, exactly, join
from analyzer.ir.nodes import Position, Storage, Symbol
from analyzer.ir.types import INT
from tests.analyzer.flow.projects import told

AT = Position("a.c", 1, 1)
SIZE = 4
FIRST, SECOND = (Symbol(name, INT, Storage.LOCAL, AT) for name in "ij")
EMPTY = Block(Origin(AT, "result of 'caml_alloc_small'"), SIZE, 0, True, False, False)


@dataclass
class Path:
    """A path on which two variables are always known, and the fields that it has written."""

    block: Block = EMPTY
    held: dict[Symbol, int] = field(default_factory=lambda: {FIRST: 0, SECOND: 0})
    written: set[int] = field(default_factory=set)

    def put(self, index: int) -> None:
        self.written.add(index)
        self.block = self.block.write(Index(index, index))

    def put_at(self, symbol: Symbol, offset: int) -> None:
        index = self.held[symbol] + offset
        if 0 <= index < SIZE:
            self.written.add(index)
            self.block = self.block.write(Index(index, index, symbol, offset))

    def step(self, symbol: Symbol, by: int) -> None:
        self.held[symbol] += by
        self.block = self.block.shift(symbol, by)

    def set(self, symbol: Symbol, to: int) -> None:
        self.block = self.block.forget(symbol, exactly(self.held[symbol]))
        self.held[symbol] = to

    def bound(self, block: Block) -> AbsVal | None:
        return exactly(self.held[block.prefix[0]]) if block.prefix else None

    def missing(self) -> set[int]:
        return set(self.block.missing(self.bound(self.block)))


_symbols = st.sampled_from([FIRST, SECOND])
_acts = st.one_of(
    st.tuples(st.just(Path.put), st.integers(0, SIZE - 1)),
    st.tuples(st.just(Path.put_at), _symbols, st.integers(-1, 2)),
    st.tuples(st.just(Path.step), _symbols, st.integers(-1, 2)),
    st.tuples(st.just(Path.set), _symbols, st.integers(0, SIZE)),
)


def walk(acts: list[tuple[object, ...]]) -> Path:
    path = Path()
    for act, *args in acts:
        act(path, *args)  # type: ignore[operator]
    return path


PATHS = st.lists(_acts, max_size=8).map(walk)


@given(PATHS)
def test_on_one_path_no_written_field_is_missing(path: Path) -> None:
    assert path.missing() & path.written == set()


@given(PATHS, PATHS)
def test_a_field_written_on_both_paths_is_not_missing(a: Path, b: Path) -> None:
    joined = join_blocks(a.block, b.block, a.bound(b.block), b.bound(a.block))
    bound = None
    if joined.prefix is not None:
        symbol = joined.prefix[0]
        bound = join(exactly(a.held[symbol]), exactly(b.held[symbol]))
    assert set(joined.missing(bound)) & a.written & b.written == set()


@given(PATHS)
def test_a_block_joined_with_itself_is_itself(path: Path) -> None:
    bound = path.bound(path.block)
    assert join_blocks(path.block, path.block._replace(), bound, bound) is path.block


@given(PATHS, PATHS)
def test_joining_again_adds_nothing(a: Path, b: Path) -> None:
    joined = join_blocks(a.block, b.block, a.bound(b.block), b.bound(a.block))
    bounds = a.bound(b.block), b.bound(joined)
    assert join_blocks(joined, b.block, *bounds) is joined


def test_what_is_not_written_is_missing() -> None:
    path = walk([(Path.put, 0), (Path.put, 2)])
    assert path.missing() == {1, 3}


def test_what_a_variable_has_not_reached_is_missing() -> None:
    path = walk(
        [
            (Path.put_at, FIRST, 0),
            (Path.step, FIRST, 1),
            (Path.put_at, FIRST, 0),
            (Path.step, FIRST, 1),
        ]
    )
    assert path.block.prefix == (FIRST, 0)
    assert path.missing() == {2, 3}


def test_a_block_of_unknown_size_lacks_nothing_for_sure() -> None:
    assert EMPTY._replace(size=None).missing(None) == ()


def test_a_field_of_unknown_index_may_be_any() -> None:
    assert EMPTY.write(Index(None, None)).missing(None) == ()


def test_a_prefix_of_unknown_length_lacks_nothing_for_sure() -> None:
    block = EMPTY.write(Index(0, 0, FIRST, 0)).shift(FIRST, 1)
    assert block.missing(AbsVal(exactly(0).shape, 0, None)) == ()
    assert block.missing(AbsVal(exactly(0).shape, 0, 3)) == (3,)


def test_what_a_forgotten_variable_had_reached_stays_written() -> None:
    block = (
        EMPTY.write(Index(0, 0, FIRST, 0))
        .shift(FIRST, 1)
        .forget(FIRST, AbsVal(exactly(0).shape, 3, 3))
    )
    assert (block.prefix, block.missing(None)) == (None, (3,))


@pytest.mark.parametrize("name", ["young", "major", "filled", "unit"])
def test_what_must_hold_holds_on_both_paths(name: str) -> None:
    yes, no = EMPTY._replace(**{name: True}), EMPTY._replace(**{name: False})
    assert getattr(join_blocks(yes, no, None, None), name) is False
    assert getattr(join_blocks(no, yes, None, None), name) is False


@pytest.mark.parametrize("name", ["size", "tag"])
def test_size_and_tag_hold_on_both_paths(name: str) -> None:
    other = EMPTY._replace(**{name: 1})
    assert getattr(join_blocks(EMPTY, other, None, None), name) is None


@pytest.mark.parametrize(("written", "prefix"), [(2, (FIRST, 0)), (1, None)])
def test_what_a_variable_has_reached_on_one_path_must_be_written_on_the_other(
    written: int, prefix: object
) -> None:
    reached = EMPTY._replace(prefix=(FIRST, 0))
    other = EMPTY._replace(written=(1 << written) - 1)
    assert join_blocks(reached, other, None, exactly(2)).prefix == prefix
    assert join_blocks(other, reached, exactly(2), None).prefix == prefix


def test_a_field_written_on_one_path_only_is_missing() -> None:
    one, other = EMPTY.write(Index(0, 0)), EMPTY.write(Index(1, 1))
    assert join_blocks(one, other, None, None).missing(None) == (0, 1, 2, 3)


def test_a_block_that_may_be_reached_may_be_after_a_join() -> None:
    reached = EMPTY._replace(reachable=True)
    assert join_blocks(EMPTY, reached, None, None).reachable


# --- the same in C ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loop:
    """`for (v = start; v < end; v += step) Field(b, v + offset) = Val_unit;`"""

    variable: str
    start: int
    end: int
    step: int
    offset: int

    def writes(self) -> set[int]:
        return {n + self.offset for n in range(self.start, self.end, self.step)}

    def text(self) -> str:
        v = self.variable
        index = f"{v} + {self.offset}" if self.offset else v
        return (
            f"for ({v} = {self.start}; {v} < {self.end}; {v} += {self.step})"
            f" Field(b, {index}) = Val_unit;"
        )


_LOOPS = st.builds(
    Loop,
    st.sampled_from("ij"),
    st.integers(0, 3),
    st.integers(0, 4),
    st.integers(1, 2),
    st.integers(0, 1),
)


def reports(size: int, statements: str) -> list[tuple[str, str]]:
    text = f"value f(value u) {{ int i, j; value b = caml_alloc_small({size}, 0);"
    return told(f"{text} {statements} return b; }}")


LACKING = [("uninitialised-block", "f")]


@given(st.integers(1, 5), st.lists(_LOOPS, min_size=1, max_size=3))
@example(3, [Loop("i", 1, 3, 1, 0), Loop("i", 0, 1, 1, 0)])
def test_loops_that_fill_a_block_are_not_reported(size: int, loops: list[Loop]) -> None:
    written = set().union(*(loop.writes() for loop in loops))
    if written == set(range(size)):
        assert reports(size, " ".join(loop.text() for loop in loops)) == []


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ("for (i = 0; i < 3; i++) Field(b, i) = Val_unit;", []),
        ("for (i = 0; i < 2; i++) Field(b, i) = Val_unit;", LACKING),
        ("for (i = 0; i < 2; i++) Field(b, i) = Val_unit; Field(b, 2) = Val_unit;", []),
        ("Field(b, 0) = Val_unit; for (i = 1; i < 3; i++) Field(b, i) = Val_unit;", []),
        ("Field(b, 0) = Val_unit; for (i = 0; i < 2; i++) Field(b, i + 1) = Val_unit;", []),
        ("Field(b, 0) = Val_unit; for (i = 0; i < 1; i++) Field(b, i + 1) = Val_unit;", LACKING),
        ("i = 0; while (i < 3) { Field(b, i) = Val_unit; i++; }", []),
        ("i = 0; do { Field(b, i) = Val_unit; } while (++i < 3);", []),
        ("if (g()) Field(b, 0) = Val_unit; else Field(b, 1) = Field(b, 2) = Val_unit;", LACKING),
        ("Field(b, 1) = Field(b, 2) = Val_unit; if (g()) Field(b, 0) = Val_unit;", LACKING),
        ("Field(b, 1) = Field(b, 2) = Val_unit; if (g()) ; else Field(b, 0) = Val_unit;", LACKING),
        ("fill(b);", []),
    ],
)
def test_what_loops_leave_unwritten_is_reported(
    statements: str, expected: list[tuple[str, str]]
) -> None:
    assert reports(3, statements) == expected


@pytest.mark.parametrize(
    "statements",
    [
        "for (i = 2; i >= 0; i--) Field(b, i) = Val_unit;",
        "for (i = 1; i < 3; i++) Field(b, i) = Val_unit; Field(b, 0) = Val_unit;",
        "for (i = 0; i < 2; i++) Field(b, i + 1) = Val_unit; Field(b, 0) = Val_unit;",
        "Field(b, 0) = Field(b, 1) = Val_unit; for (i = 2; i < 3; i++) Field(b, i) = Val_unit;",
        "for (i = 0; i < 3; i++) Field(b, i) = Val_unit; j = 0; Field(b, j) = Val_unit;",
    ],
)
def test_a_block_that_loops_fill_in_another_order_is_not_reported(statements: str) -> None:
    assert reports(3, statements) == []


def test_a_block_that_one_turn_of_a_loop_fills_is_not_reported() -> None:
    assert reports(1, "for (i = 0; i < 1; i++) Field(b, i) = Val_unit;") == []
