"""Run a program and say what it cost."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer


@dataclass(frozen=True, slots=True)
class Finished:
    """A program that ran to its end, or was killed at its time limit (`status` is negative then).

    `cpu` is user and system time in seconds, and `peak` the resident memory in bytes of the
    largest process, both with the children it waited for.
    """

    status: int
    output: bytes
    errors: str
    cpu: float
    wall: float
    peak: int


def run_measured(
    command: Sequence[str],
    *,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    limit: float = 900.0,
) -> Finished:
    """Run a command. Its output goes through files: a pipe's reader would share the processor."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env={**os.environ, **(environment or {})},
        )
        watchdog = Timer(limit, process.kill)
        watchdog.start()
        _, status, usage = os.wait4(process.pid, 0)
        watchdog.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - started
        output.seek(0)
        errors.seek(0)
        return Finished(
            status=process.returncode,
            output=output.read(),
            errors=errors.read().decode(errors="replace"),
            cpu=usage.ru_utime + usage.ru_stime,
            wall=wall,
            peak=usage.ru_maxrss * 1024,
        )
