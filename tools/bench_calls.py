"""Measures how many calls a second the simulated runtime makes when it collects at every point.

`python -m tools.bench_calls` calls a primitive that allocates, with ten blocks alive, in a process
of its own, as the harness does.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from pathlib import Path

from runtime_sim.build import build_stubs
from runtime_sim.model.profile import Profile
from runtime_sim.runtime import Runtime

_SOURCE = """
#include <caml/mlvalues.h>
#include <caml/alloc.h>
value trivial(value v) { return caml_copy_double(Long_val(v)); }
"""
_LIVE = 10
_SECONDS = 2.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "trivial.c")
        source.write_text(_SOURCE)
        for profile in Profile:
            library = Path(folder, f"{profile.value}.so")
            build_stubs([source], profile, library)
            with multiprocessing.Pool(1) as pool:
                rate = pool.apply(measure, (library, profile))
            print(f"{profile.value}: {rate:,.0f} calls a second")


def measure(library: Path, profile: Profile) -> float:
    """Calls a second of the primitive, each of which collects twice."""
    with Runtime(profile) as runtime:
        runtime.load(library)
        for number in range(_LIVE):
            runtime.string(b"x" * number)
        argument = runtime.integer(1)
        calls = 0
        start = time.perf_counter()
        while (passed := time.perf_counter() - start) < _SECONDS:
            for _ in range(100):
                with runtime.scope():
                    runtime.call("trivial", argument)
            calls += 100
        assert runtime.collections >= 2 * calls
        return calls / passed


if __name__ == "__main__":
    main()
