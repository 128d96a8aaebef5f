"""The server of a stub library, seen from outside: calls go in, what came of them comes back."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from runtime_sim.harness.report import FAULT
from runtime_sim.harness.signatures import Convention
from runtime_sim.harness.terms import Program
from runtime_sim.model.profile import Profile
from runtime_sim.outcome import Policy
from runtime_sim.returns import WrongReturn

_HEAP_INDEX = 1 << 29
"""What the simulated heap reserves besides, and which counts as memory."""
_OFTEN = 3
_ENDED = "the process that runs stubs has ended"


@dataclass(frozen=True, slots=True)
class Setup:
    """What is run, and how: `memory` in bytes, `timeout` in seconds for one call.

    `wrong_returns` are those of the stub library. It `makes_up` C data, or what libraries do.

    `exceptions` and `functions` are names that the program has registered, `prelude` the calls
    that it makes before any other. The allocation of that number fails in the last call of each
    program, counted from 1.
    """

    runtime: Path
    library: Path
    profile: Profile
    policy: Policy
    conventions: Mapping[str, Convention]
    timeout: float = 5.0
    memory: int = 2 << 30
    exceptions: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    prelude: Program | None = None
    failing_allocation: int = 0
    wrong_returns: Sequence[WrongReturn] = ()
    makes_up: bool = False


FILES = {"a": b"some text\n", "b": b""}
"""What the folder of the stubs has in it at first."""


class ServerFailed(Exception):
    """The stubs cannot be loaded, or the process that runs them cannot."""


class Server:
    """One server and, at most, one worker of it. Use it in a `with` statement."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self.makes_up = setup.makes_up
        self._folder = tempfile.mkdtemp(prefix="stubcheck-run-")
        self._worker = 0
        self._pending = b""
        self.done: list[Program] = []
        """What the worker has run."""
        self.avoided: set[str] = set()
        """The primitives that lead nowhere: they do not end, or are at fault again and again."""
        self._faults: Counter[str] = Counter()
        self._uses: Counter[str] = Counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "runtime_sim.harness.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        self._send(self._job())
        answer = self._receive(None)
        if answer is None or "error" in answer:
            self.close()
            raise ServerFailed(
                (answer or {}).get("error", "the process that runs stubs has ended")
            )

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server and its worker, and remove what they have written."""
        self._kill()
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, program: Program) -> dict[str, Any]:
        """What a program came to: the worker's answer, or `{"outcome": "ended" or "timeout"}`.

        The last two say in which `primitive` that was. A worker that has ended is followed by a
        new one, with a runtime that nothing was done in.
        """
        if not self._worker:
            self._start()
        self.done.append(program)
        at = program.primitive
        try:
            self._send({"run": str(program)})
            while (answer := self._receive(self._setup.timeout)) is not None and "at" in answer:
                at = answer["at"]
        except BrokenPipeError:
            answer = None
        except TimeoutError:
            self.restart()
            self.avoided.add(at)
            return {"outcome": "timeout", "primitive": at, "seconds": self._setup.timeout}
        if answer is None:
            raise ServerFailed(_ENDED)
        self._uses.update({one.call.primitive for one in program.statements[:-1]})
        if "ended" in answer:
            self._worker = 0
            if at != program.primitive:
                self._note_fault(at)
            return {"outcome": "ended", "primitive": at, "status": answer["ended"]}
        if answer.get("error"):
            self.restart()
            raise ServerFailed(answer["error"])
        if answer["outcome"] == FAULT:
            self._await_end()
            if answer["primitive"] != program.primitive:
                self._note_fault(answer["primitive"])
        return dict(answer)

    def _note_fault(self, primitive: str) -> None:
        self._faults[primitive] += 1
        if _OFTEN <= self._faults[primitive] > self._uses[primitive] / 2:
            self.avoided.add(primitive)

    def restart(self) -> None:
        """Let the next program be the first of a new worker."""
        if self._worker:
            self._kill()
            self._await_end()

    # --- the two processes ---------------------------------------------------------------------

    def _job(self) -> dict[str, Any]:
        setup = self._setup
        return {
            "runtime": str(setup.runtime.resolve()),
            "library": str(setup.library.resolve()),
            "wrong_returns": setup.wrong_returns,
            "profile": setup.profile.value,
            "policy": list(setup.policy),
            "memory": setup.memory + _HEAP_INDEX,
            "seconds": 3600,
            "folder": self._folder,
            "failing_allocation": setup.failing_allocation,
            "exceptions": setup.exceptions,
            "functions": setup.functions,
            "prelude": str(setup.prelude or ""),
            "conventions": {
                name: dataclasses.astuple(one) for name, one in setup.conventions.items()
            },
        }

    def _start(self) -> None:
        self.done = []
        self._fill_folder()
        self._send("start")
        answer = self._receive(None)
        if answer is None or "worker" not in answer:
            raise ServerFailed(f"no process could be made to run stubs in: {answer}")
        self._worker = answer["worker"]

    def _fill_folder(self) -> None:
        """What one worker has written is none of the next one's business."""
        shutil.rmtree(self._folder, ignore_errors=True)
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        for name, content in FILES.items():
            Path(self._folder, name).write_bytes(content)

    def _await_end(self) -> None:
        while (answer := self._receive(None)) is not None:
            if "ended" in answer:
                break
        self._worker = 0

    def _kill(self) -> None:
        if self._worker:
            for kill in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    kill(self._worker, signal.SIGKILL)

    def _send(self, message: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message).encode() + b"\n")
        self._process.stdin.flush()

    def _receive(self, timeout: float | None) -> Any:
        """The next line, None at the end; `TimeoutError` if it does not come."""
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        until = None if timeout is None else time.monotonic() + timeout
        while b"\n" not in self._pending:
            left = None if until is None else max(0.0, until - time.monotonic())
            ready, _, _ = select.select([descriptor], [], [], left)
            if not ready:
                raise TimeoutError
            read = os.read(descriptor, 1 << 16)
            if not read:
                return None
            self._pending += read
        line, _, self._pending = self._pending.partition(b"\n")
        return json.loads(line)
