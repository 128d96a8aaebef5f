"""What the analysis knows of the C library: rows of `clib_table`, unfolded when asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from analyzer.flow.clib_table import TABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class ClibRow:
    """One function. Arguments are counted from 0.

    `acquires` names the function that releases what the call gives, "" if it gives nothing: its
    result, or what it writes to the address `acquired_argument`.  `holds` when there is nothing
    written, and that argument is itself what is held then (a mutex).  `failure` is how its result
    says that nothing was acquired: "null", "negative", "nonzero", or "" if it does not fail.

    `releases` are the arguments that are released, `takes` those that belong to the C library
    from then on, `retains` those of which the address is still used after the call.  `derives` is
    the argument that the result points into.  `writes` are the arguments written through;
    `copies` (to, from) when memory is copied as it is.  `stops_at_nul` are those read as strings.

    `calls` are functions that the call runs; `starts_thread` is the one that a new thread runs,
    `handles_signal` a signal handler or the address of a struct sigaction, `at_exit` what the end
    of the process runs.  `sizes` are lengths in bytes or elements, `offsets` places in files.
    `gives_number`: its result is a number, whether or not a header tells.
    """

    name: str
    acquires: str = ""
    acquired_argument: int | None = None
    holds: bool = False
    failure: str = ""
    releases: tuple[int, ...] = ()
    takes: tuple[int, ...] = ()
    retains: tuple[int, ...] = ()
    derives: int | None = None
    writes: tuple[int, ...] = ()
    copies: tuple[int, int] | None = None
    stops_at_nul: tuple[int, ...] = ()
    calls: tuple[int, ...] = ()
    starts_thread: int | None = None
    handles_signal: int | None = None
    at_exit: int | None = None
    never_returns: bool = False
    sizes: tuple[int, ...] = ()
    offsets: tuple[int, ...] = ()
    gives_number: bool = False


_TEXTS = {"acquires": "acquires", "failure": "failure"}
_FLAGS = {"holds": "holds", "never": "never_returns", "number": "gives_number"}
_ARGUMENT = {
    "argument": "acquired_argument",
    "derives": "derives",
    "thread": "starts_thread",
    "handler": "handles_signal",
    "exit": "at_exit",
}
_ARGUMENTS = {
    "releases": "releases",
    "takes": "takes",
    "retains": "retains",
    "writes": "writes",
    "copies": "copies",
    "nul": "stops_at_nul",
    "calls": "calls",
    "sizes": "sizes",
    "offsets": "offsets",
}

_LINES: dict[str, str] = {
    name: words
    for name, _, words in [line.partition(" ") for line in TABLE.splitlines() if line[:1] != "#"]
    if name
}


@cache
def lookup(name: str) -> ClibRow | None:
    """The row of a function, None if nothing is known of it."""
    words = _LINES.get(name)
    return None if words is None else _row(name, words)


def gives_number(name: str) -> bool:
    """Whether this is a function of the C library whose result is a number."""
    row = lookup(name)
    return row is not None and row.gives_number


def names() -> frozenset[str]:
    """All functions that have a row."""
    return frozenset(_LINES)


def _row(name: str, words: str) -> ClibRow:
    fields: dict[str, object] = {}
    for word in words.split():
        key, _, item = word.partition("=")
        if key in _FLAGS:
            fields[_FLAGS[key]] = True
        elif key in _TEXTS:
            fields[_TEXTS[key]] = item
        elif key in _ARGUMENT:
            fields[_ARGUMENT[key]] = int(item)
        else:
            fields[_ARGUMENTS[key]] = tuple([int(number) for number in item.split(",")])
    return ClibRow(name=name, **fields)  # type: ignore[arg-type]
