"""A primitive tried with many calls, and the smallest call that shows what is wrong with it."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, Verbosity, given, reject, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException, HypothesisWarning

from runtime_sim.harness.conformance import misfits
from runtime_sim.harness.failing import failing_programs
from runtime_sim.harness.generate import Generator, NoValue
from runtime_sim.harness.process import Server, ServerFailed
from runtime_sim.harness.report import FAULT, RAISED, RETURNED, VACUOUS
from runtime_sim.harness.sequences import OF_RESULTS
from runtime_sim.harness.signatures import Signature
from runtime_sim.harness.terms import Program, Project, Term, Variable

_MOST_WRONGS = 3
"""Different ones that are looked for in one primitive."""
_MOST_REDUCTIONS = 150
"""Calls that are made to find a smaller one."""

_FEW_REDUCTIONS = 30
"""The same for a crash, which may be the arguments' own."""

_MOST_REJECTED = 50
"""Programs that others are made in place of, besides two for each call that is to be made."""

_PER_FAILING = 3
"""Calls for each one that is made again with a call of C's library that fails."""

_NOT_ITS_FAULT = ("missing", "internal")
"""What the runtime says of a call that it could not go on with."""

CRASH, TIMEOUT = "crash", "timeout"
"""What stands for a rule where none is broken."""


class Wrong(NamedTuple):
    """What a call has shown: `rule` may also be `CRASH` or `TIMEOUT`.

    `fault` is the worker's account of it, without one the process ended or was ended. `program`
    shows it, in a process of its own.
    """

    rule: str
    message: str
    program: Program
    fault: Mapping[str, Any] | None

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others: two programs that show the same have the same.

        One crash of a primitive is enough: what its arguments must be no type tells in full.
        """
        site = self.fault["site"] if self.fault and self.rule != CRASH else ""
        return self.rule, str(site)


@dataclass
class Trial:
    """What came of a primitive.

    It `is_guessed` if its types are. `calls` are those that were made and `returned` those that
    returned. `unrunnable` says why none could be made. `results` are the calls that returned or
    raised, with what came of them.
    """

    primitive: str
    is_guessed: bool = False
    calls: int = 0
    returned: int = 0
    collections: int = 0
    unrunnable: str = ""
    wrongs: list[Wrong] = field(default_factory=list)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)


def try_primitive(
    server: Server, generator: Generator, signature: Signature, count: int, chosen: int
) -> Trial:
    """Make `count` calls of a primitive; the same ones for the same seed `chosen`."""
    trial = Trial(signature.name)
    make = partial(generator.programs, signature)
    try_programs(server, trial, make, count, chosen, signature)
    return trial


def try_programs(
    server: Server,
    trial: Trial,
    make: Callable[[], st.SearchStrategy[Program]],
    count: int,
    chosen: int,
    signature: Signature | None = None,
) -> None:
    """Make `count` calls of a primitive, and note what came of them beside what is noted.

    What it returns and changes must fit the types of its `signature`, where they are known.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", HypothesisWarning)
            strategy = make()
            strategy.validate()
    except NoValue as reason:
        trial.unrunnable = str(reason)
        return
    server.restart()
    while len(trial.wrongs) < _MOST_WRONGS:
        search = _Search(server, trial, signature)
        search.run(strategy, count, chosen)
        search.repeat(count)
        search.fail_library_calls(-(-count // _PER_FAILING))
        if search.failure is not None:
            raise search.failure
        if search.smallest is None:
            break
        trial.wrongs.append(search.smallest)
        if search.smallest.rule == TIMEOUT:
            break
    if not trial.calls and not trial.wrongs:
        trial.unrunnable = search.why or "no call was made"


def try_program(server: Server, program: Program) -> Trial:
    """Make certain calls, in a process of their own; what any of them does wrong counts."""
    trial = Trial(program.primitive)
    server.restart()
    answer = server.run(program)
    _count(trial, program, answer)
    if wrong := read_wrong(program, answer, of_any=True):
        trial.wrongs.append(wrong)
    else:
        trial.unrunnable = _why_not(program, answer)
    return trial


class _Shown(Exception):
    """A call has shown what is looked for."""


class _Search:
    """Looks for one thing that is wrong and not known yet, and then for the smallest call."""

    def __init__(
        self,
        server: Server,
        trial: Trial,
        signature: Signature | None,
    ) -> None:
        self._server = server
        self._trial = trial
        self._signature = signature
        self._known = {wrong.key for wrong in trial.wrongs}
        self._first = not trial.wrongs
        self._reductions = 0
        self._made: list[Program] = []
        self._library_calls: dict[Program, int] = {}
        self.smallest: Wrong | None = None
        self.failure: ServerFailed | None = None
        self.why = ""

    def run(self, strategy: Any, count: int, chosen: int) -> None:
        @seed(chosen)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            verbosity=Verbosity.quiet,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            report_multiple_bugs=False,
        )
        @given(strategy)
        def search(program: Program) -> None:
            if not self._try(program) and next(rejected) < _MOST_REJECTED + 2 * count:
                reject()  # and have another one made in its place

        rejected = itertools.count()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", HypothesisWarning)
            # It is kept; what does not happen twice is no less true.
            with contextlib.suppress(
                _Shown, ServerFailed, HypothesisException, BaseExceptionGroup
            ):
                search()
        if self.smallest is not None and self.smallest.rule != TIMEOUT:
            self._reductions = 0
            program = self._shortest([self.smallest.program], self.smallest)
            self.smallest = self.smallest._replace(program=program)

    def repeat(self, count: int) -> None:
        """Make calls again where there are fewer different ones: a second time may differ."""
        if self.smallest is not None or self.failure is not None or not self._first:
            return
        missing = max(0, count - len(self._made))
        for program in itertools.islice(itertools.cycle(list(self._made)), missing):
            try:
                self._try(program)
            except _Shown:
                return

    def fail_library_calls(self, most: int) -> None:
        """Make calls again with one of C's library that fails.

        What counts is a rule that is broken. That a stub does not look whether a call has failed,
        and crashes, is none of the runtime's business, and neither is what that leads to later.
        """
        if self.smallest is not None or self.failure is not None:
            return
        avoided = frozenset(self._server.avoided)
        for program in itertools.islice(failing_programs(self._library_calls), most):
            wrong = read_wrong(program, self._server.run(program))
            if wrong is not None and wrong.rule == TIMEOUT:
                break
            if wrong is None or wrong.rule == CRASH or wrong.key in self._known:
                continue
            if self._shows(wrong, program):
                self.smallest = wrong._replace(program=self._shortest([program], wrong))
                break
        self._server.avoided.intersection_update(avoided)
        self._server.restart()

    def _try(self, program: Program) -> bool:
        """Run a program; false if its last call was not made."""
        if self.smallest is not None:
            self._reductions += 1
            if self._reductions > _MOST_REDUCTIONS:
                return True
        before = {one.call.primitive for one in program.statements[:-1]}
        if before & self._server.avoided:
            return False
        try:
            answer = self._server.run(program)
        except ServerFailed as failure:
            self.failure = self.failure or failure
            raise
        wrong = self._wrong(program, answer)
        if wrong is not None and wrong.rule == CRASH and self._may_be_ours(program):
            self.why = "it crashes, which may be due to what was made up for it"
            return True
        if self._first and self.smallest is None:
            if _count(self._trial, program, answer):
                self._made.append(program)
        if answer["outcome"] == RETURNED:
            self._library_calls[program] = answer["library_calls"]
        if why := _why_not(program, answer):
            self.why = why
            return False
        if wrong is not None and wrong.key not in self._known:
            self._note(wrong, program)
        return True

    def _note(self, wrong: Wrong, program: Program) -> None:
        """Keep what a program shows, if it is the smallest so far; `_Shown` lets it be shrunk."""
        if self.smallest is not None and wrong.key != self.smallest.key:
            return
        done = tuple(self._server.done)
        if len(done) > 1 and not self._shows(wrong, program):
            self._known.add(wrong.key)
            self._trial.wrongs.append(wrong._replace(program=self._shortest(done, wrong)))
            return
        if wrong.rule == TIMEOUT:
            self.smallest = wrong
            self._reductions = _MOST_REDUCTIONS  # each would take its time
            return
        if wrong.rule == CRASH and self.smallest is None:
            self._reductions = _MOST_REDUCTIONS - _FEW_REDUCTIONS
        if self.smallest is None or len(str(program)) <= len(str(self.smallest.program)):
            self.smallest = wrong
        raise _Shown

    def _may_be_ours(self, program: Program) -> bool:
        """Whether a crash may be due to C data of ours, or to calls in an order of ours."""
        return self._server.makes_up or (self._trial.is_guessed and _is_handed_on(program))

    def _wrong(self, program: Program, answer: Mapping[str, Any]) -> Wrong | None:
        """What is wrong with a call, or with what it returned."""
        if answer["outcome"] == RETURNED and self._signature is not None:
            for rule, told in misfits(self._signature, program, answer):
                return Wrong(rule, told, program, None)
        return read_wrong(program, answer)

    def _shows(self, wrong: Wrong, program: Program) -> bool:
        """Whether a program shows the same in a new process."""
        self._server.restart()
        shown = self._wrong(program, self._server.run(program))
        return shown is not None and shown.key == wrong.key

    def _shortest(self, programs: Sequence[Program], wrong: Wrong) -> Program:
        """One program made of some, with as few calls as still lead to the same."""
        *rest, last = [one for program in programs for one in program.statements]
        width = (len(rest) + 1) // 2
        while width and self._reductions < _MOST_REDUCTIONS:
            at = 0
            while at < len(rest) and self._reductions < _MOST_REDUCTIONS:
                self._reductions += 1
                fewer = rest[:at] + rest[at + width :]
                if self._shows(wrong, Program((*fewer, last))):
                    rest = fewer
                else:
                    at += width
            width //= 2
        return Program((*rest, last))


def _is_handed_on(program: Program) -> bool:
    """Whether several primitives are given what one has made.

    In which order they can be no type tells: one of them may have freed it.
    """
    named = {one.name for one in program.statements if one.name}
    given = [
        argument.name
        for one in program.statements
        if one.call.primitive not in OF_RESULTS
        for argument in map(_root, one.call.arguments)
        if isinstance(argument, Variable)
    ]
    return any(given.count(name) > 1 for name in named)


def _root(term: Term) -> Term:
    return _root(term.of) if isinstance(term, Project) else term


def _why_not(program: Program, answer: Mapping[str, Any]) -> str:
    """Why a call was not made, or could not go on; empty for one that was made."""
    if answer["outcome"] == VACUOUS:
        return str(answer["why"])
    if "primitive" not in answer:
        return ""
    if answer["primitive"] not in (program.primitive, *OF_RESULTS):
        return f"{answer['primitive']} is at fault, which is called before"
    if answer["outcome"] != FAULT:
        return ""
    fault = answer["fault"]
    return str(fault["message"]) if fault["rule"] in _NOT_ITS_FAULT else ""


def _count(trial: Trial, program: Program, answer: Mapping[str, Any]) -> bool:
    """Count a call, if it was made."""
    if _why_not(program, answer):
        return False
    trial.calls += 1
    trial.collections += answer.get("collections", 0)
    if answer["outcome"] in (RETURNED, RAISED):
        trial.returned += answer["outcome"] == RETURNED
        trial.results[str(program)] = dict(answer)
    return True


def read_wrong(
    program: Program, answer: Mapping[str, Any], *, of_any: bool = False
) -> Wrong | None:
    """What an answer says is wrong; None for one that says nothing of the last primitive.

    Of another one it is said when that is tried, unless what is wrong `of_any` is asked for.
    """
    if "primitive" not in answer:
        return None
    if not (of_any or answer["primitive"] in (program.primitive, *OF_RESULTS)):
        return None
    match answer["outcome"]:
        case "fault":
            fault = answer["fault"]
            if fault["rule"] in _NOT_ITS_FAULT:
                return None
            return Wrong(fault["rule"], fault["message"], program, fault)
        case "timeout":
            told = f"it does not end within {answer['seconds']:g} s"
            return Wrong(TIMEOUT, told, program, None)
        case "ended":
            return Wrong(CRASH, _ended(answer["status"]), program, None)
    return None


def _ended(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"it ends the process by signal {number} ({signal.strsignal(number)})"
    return f"it ends the process with status {os.WEXITSTATUS(status)}"
