"""Programs in which a call of C's library fails, made of some that returned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from runtime_sim.harness.terms import FAIL_LIBRARY_CALL, Call, Integer, Program, Statement

_MOST_OF_ONE = 10
"""Calls that fail in one program, where it makes more."""


def failing_programs(library_calls: Mapping[Program, int]) -> Iterator[Program]:
    """Programs, by how many calls of C's library their last call makes, with one that fails.

    Those that make equally many are taken to go the same way: others come first.
    """
    alike: dict[int, list[Program]] = defaultdict(list)
    for program in sorted(library_calls, key=lambda program: len(str(program))):
        alike[library_calls[program]].append(program)
    alike.pop(0, None)
    for programs in zip_longest(*(alike[count] for count in sorted(alike, reverse=True))):
        for program in filter(None, programs):
            for number in _numbers(library_calls[program]):
                yield _failing(program, number)


def _numbers(count: int) -> list[int]:
    """Of so many calls those that fail: the first and the last in turn, to the middle."""
    numbers = sorted(range(1, count + 1), key=lambda number: min(number - 1, count - number))
    return numbers[:_MOST_OF_ONE]


def _failing(program: Program, number: int) -> Program:
    *before, last = program.statements
    fails = Statement(Call(FAIL_LIBRARY_CALL, (Integer(number),)))
    return Program((*before, fails, last))
