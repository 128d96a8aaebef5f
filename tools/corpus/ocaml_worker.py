"""Runs programs of a shared library that OCaml has made, each in a process of its own.

`python -m tools.corpus.ocaml_worker LIBRARY COUNT SECONDS TURN` prints a line of JSON for each of
so many programs: what it returned or raised, or how the process ended. It needs nothing but
`runtime_sim/harness/confine.py` besides itself, so that it can run in another root folder. In the
second turn memory was used before and numbers of files are others.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from runtime_sim.harness.confine import Limits, confine

_FILES = {"a": b"some text\n", "b": b""}
"""As in the folder of the simulated runtime's stubs."""
_TOLD = 100
_MEMORY = 2 << 30
_MORE_FILES = 9


def main() -> None:
    library, count, seconds, turn = sys.argv[1:]
    program = _open(library)
    for number in range(int(count)):
        print(_outcome(program, number, float(seconds), turn == "2"), flush=True)


def _open(library: str) -> ctypes.CDLL:
    """Load a library; what it lacks matters where it is called."""
    loader = ctypes.CDLL(None)
    loader.dlopen.restype = ctypes.c_void_p
    loader.dlerror.restype = ctypes.c_char_p
    handle = loader.dlopen(library.encode(), os.RTLD_LAZY)
    if not handle:
        raise OSError(loader.dlerror().decode())
    return ctypes.CDLL(library, handle=handle)


def _outcome(program: ctypes.CDLL, number: int, seconds: float, second: bool) -> str:
    folder = tempfile.mkdtemp(prefix="results-")
    for name, content in _FILES.items():
        Path(folder, name).write_bytes(content)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.dup2(writing, _TOLD)
            _run(program, number, folder, second)
        finally:
            os._exit(1)
    os.close(writing)
    told = _read(reading, seconds)
    if told is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reading)
    shutil.rmtree(folder, ignore_errors=True)
    if told is None:
        return json.dumps({"outcome": "timeout"})
    return told.decode("latin-1") or json.dumps({"outcome": "ended", "status": status})


def _read(reading: int, seconds: float) -> bytes | None:
    """What is written until the other end is closed; None if it is not in time."""
    told = b""
    until = time.monotonic() + seconds
    while select.select([reading], [], [], max(0.0, until - time.monotonic()))[0]:
        read = os.read(reading, 1 << 16)
        if not read:
            return told
        told += read
    return None


def _run(program: ctypes.CDLL, number: int, folder: str, second: bool) -> None:
    os.setpgid(0, 0)
    os.closerange(3, _TOLD)
    os.closerange(_TOLD + 1, 1000)
    for standard, mode in enumerate((os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)):
        os.dup2(nowhere := os.open(os.devnull, mode), standard)
        os.close(nowhere)
    if second:
        for _ in range(_MORE_FILES):
            os.dup(0)
    confine(Limits(_MEMORY, 60), Path(folder))
    arguments = ["program", str(number), str(_TOLD), str(second).lower()]
    program.caml_startup((ctypes.c_char_p * 5)(*(one.encode() for one in arguments), None))
    os._exit(0)


if __name__ == "__main__":
    main()
