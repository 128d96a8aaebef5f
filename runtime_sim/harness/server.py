"""The process that stubs run in.

It is told what to load, and then forks a worker whenever it is asked to: each worker has a runtime
of its own, makes the calls that it is sent, and is gone after a fault, a crash, or a call that
does not end. One line of JSON each way: what is asked for on standard input, what came of it on
standard output. The stubs themselves have neither.

    {"library", "wrong_returns": [...], "runtime", "profile", "policy": [...], "memory",
     "seconds", "folder", "conventions", "exceptions", "functions", "prelude",
     "failing_allocation"}
                                                         first, answered by {"ready": true}
    "start"                                              {"worker": process}
    {"run": "f(1)"}                                      {"outcome": ...}, as in `report.py`
                                                         {"at": primitive}, before each of several
    (the worker ends)                                    {"ended": status}
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from runtime_sim.harness import report
from runtime_sim.harness.confine import Limits, confine, die_with_parent
from runtime_sim.harness.evaluate import evaluate
from runtime_sim.harness.signatures import Convention
from runtime_sim.harness.terms import parse_program
from runtime_sim.lines import read_lines
from runtime_sim.model.profile import Profile
from runtime_sim.outcome import Hazards, Policy
from runtime_sim.returns import WrongReturn
from runtime_sim.runtime import Function, Runtime
from runtime_sim.stubs import StubsNotLoaded

FIRST_OWN_FILE = 100
"""Numbers that stubs may be given as those of files stay below."""


class _Lines:
    """Lines that are read and written without a buffer, which a fork would double."""

    def __init__(self, incoming: int, outgoing: int) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def read(self) -> Any:
        """What the next line says; None at the end."""
        line = bytearray()
        while not line.endswith(b"\n"):
            byte = os.read(self._incoming, 1)
            if not byte:
                return None
            line += byte
        return json.loads(line)

    def write(self, message: object) -> None:
        data = json.dumps(message).encode() + b"\n"
        while data:
            data = data[os.write(self._outgoing, data) :]


def main() -> None:
    """Serve until standard input ends."""
    die_with_parent()
    lines = _own_lines()
    job = lines.read()
    if job is None:
        return
    try:
        _warm_runtime(job)
    except Exception as error:
        lines.write({"error": str(error)})
        return
    lines.write({"ready": True})
    while (asked := lines.read()) is not None:
        if asked != "start":
            continue  # a call for a worker that has failed before it
        worker = os.fork()
        if worker == 0:
            _work(job, lines)
        _, status = os.waitpid(worker, 0)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status) == report.AFTER_FAULT:
            _warm(job["library"])
        lines.write({"ended": status})


def _own_lines() -> _Lines:
    """Take standard input and output for ourselves."""
    lines = []
    for number, mode in ((0, os.O_RDONLY), (1, os.O_WRONLY)):
        lines.append(fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, FIRST_OWN_FILE))
        nowhere = os.open(os.devnull, mode)
        os.dup2(nowhere, number)
        os.close(nowhere)
    os.dup2(1, 2)
    return _Lines(*lines)


def _warm_runtime(job: dict[str, Any]) -> None:
    """Do once what every runtime asks for, for all workers to come."""
    runtime = Path(job["runtime"])
    with Runtime(Profile(job["profile"]), Policy(*job["policy"]), runtime) as made:
        text = made.string(b"")
        made.read(text)
        evaluate(made, parse_program("caml_hash(10, 100, 0, caml_compare(1, 2))"), {})


def _warm(library: str) -> None:
    """Read the lines of the stubs once, for all workers to come."""
    with contextlib.suppress(Exception):
        read_lines(library, os.stat(library).st_mtime_ns)


def _work(job: dict[str, Any], lines: _Lines) -> None:
    """A worker's life; it does not return."""
    status = report.FAILED
    try:
        die_with_parent()
        os.setpgid(0, 0)
        lines.write({"worker": os.getpid()})
        confine(Limits(job["memory"], job["seconds"]), Path(job["folder"]))
        conventions = {name: Convention(*one) for name, one in job["conventions"].items()}
        with Runtime(
            Profile(job["profile"]), Policy(*job["policy"]), Path(job["runtime"])
        ) as runtime:
            runtime.load(
                Path(job["library"]), itertools.starmap(WrongReturn, job["wrong_returns"])
            )
            _initialise(runtime, job, conventions)
            hazards = Hazards(failing_allocation=job["failing_allocation"])
            status = _serve(runtime, conventions, hazards, lines)
    except StubsNotLoaded as error:
        lines.write({"error": str(error)})
    except BaseException as error:
        lines.write({"error": f"{type(error).__name__}: {error}"})
    finally:
        os._exit(status)


def _initialise(runtime: Runtime, job: dict[str, Any], conventions: dict[str, Convention]) -> None:
    """What the program does before it calls a primitive."""
    for name in job["exceptions"]:
        runtime.register(name, runtime.exception(name))
    for name in job["functions"]:
        runtime.register(name, runtime.closure(Function.IDENTITY))
    if job["prelude"]:
        evaluate(runtime, parse_program(job["prelude"]), conventions)


def _serve(
    runtime: Runtime, conventions: dict[str, Convention], hazards: Hazards, lines: _Lines
) -> int:
    while (asked := lines.read()) is not None:
        before = runtime.collections
        done = evaluate(
            runtime,
            parse_program(asked["run"]),
            conventions,
            hazards,
            lambda primitive: lines.write({"at": primitive}),
        )
        answer = report.describe(done)
        if answer["outcome"] == report.FAULT:
            lines.write(answer)
            return report.AFTER_FAULT
        answer["collections"] = runtime.collections - before
        answer["library_calls"] = runtime.library_calls
        lines.write(answer)
    return 0


if __name__ == "__main__":
    # The process that asked for us may be gone without a word.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    with contextlib.suppress(KeyboardInterrupt):
        main()
    sys.exit(0)
