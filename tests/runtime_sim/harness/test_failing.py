"""Which calls of C's library fail when programs are run again."""

from __future__ import annotations

from runtime_sim.harness.failing import failing_programs
from runtime_sim.harness.terms import parse_program


def failing(**library_calls: int) -> list[str]:
    """Names stand for their calls."""
    given = {parse_program(f"{name}(1)"): count for name, count in library_calls.items()}
    return [str(program) for program in failing_programs(given)]


def test_each_call_of_a_program_fails_from_both_ends_to_the_middle() -> None:
    numbers = (1, 4, 2, 3)
    assert failing(f=4) == [f"fail_library_call({number}); f(1)" for number in numbers]


def test_of_many_calls_the_first_and_the_last_fail() -> None:
    numbers = {int(program.partition("(")[2].partition(")")[0]) for program in failing(f=1000)}
    assert numbers == {*range(1, 6), *range(996, 1001)}


def test_programs_that_go_other_ways_come_first() -> None:
    order = [program[-4:-3] for program in failing(a=1, bb=2, c=2, d=0)]
    assert order == list("ccabb")


def test_what_is_before_the_last_call_stays_before_it() -> None:
    given = {parse_program("x = f(1); g(x)"): 1}
    (program,) = failing_programs(given)
    assert str(program) == "x = f(1); fail_library_call(1); g(x)"
