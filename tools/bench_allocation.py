"""Measure how fast stubs allocate on the simulated runtime, beside real OCaml.

    python -m tools.bench_allocation

The same C file builds lists and drops them: compiled with the ocamlopt that is installed, and run
by the runtime under its generational policy. They take turns, as a machine that slows down then
slows all of them; of each the median is told, in CPU time.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from runtime_sim.build import build_stubs
from runtime_sim.model.profile import Profile
from runtime_sim.outcome import Returned, generational
from runtime_sim.runtime import Runtime

SOURCE = Path(__file__).with_suffix(".c")
PROGRAM = """
external build_and_drop : int -> int -> unit = "build_and_drop"
let () =
  let cells = int_of_string Sys.argv.(1) and times = int_of_string Sys.argv.(2) in
  let start = Sys.time () in
  build_and_drop cells times;
  Printf.printf "%.6f" (Sys.time () -. start)
"""
CELLS = 1000
TIMES = 100_000
TRACED_TIMES = TIMES // 20

Measure = Callable[[], float]


class Contender(NamedTuple):
    """Who allocates, and cells a second in one run."""

    name: str
    rate: Measure


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured")
    rounds = parser.parse_args().rounds
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        contenders = real(folder)
        for profile in (Profile.OCAML_4_14, Profile.OCAML_5):
            contenders += simulated(folder, profile, stack)
        rates = [[c.rate() for c in contenders] for _ in range(rounds)]
    medians = [median(column) for column in zip(*rates, strict=True)]
    base = medians[0] if contenders[0].name.startswith("OCaml ") else None
    print(f"{'lists of ' + str(CELLS) + ' cells':<44} million cells/s  of real")
    for contender, rate in zip(contenders, medians, strict=True):
        ratio = f"{rate / base:7.2f}" if base else "      -"
        print(f"{contender.name:<44} {rate / 1e6:15.1f} {ratio}")
    return 0


def real(folder: Path) -> list[Contender]:
    """The OCaml that is installed; nobody if there is none."""
    if shutil.which("ocamlopt") is None:
        print("ocamlopt is not installed: there is nothing to compare with")
        return []
    shutil.copy(SOURCE, folder / "stubs.c")
    (folder / "program.ml").write_text(PROGRAM)
    command = ["ocamlopt", "-ccopt", "-O2", "stubs.c", "program.ml", "-o", "program"]
    subprocess.run(command, cwd=folder, check=True)
    version = subprocess.check_output(["ocamlopt", "-version"], text=True).strip()

    def rate() -> float:
        command = [str(folder / "program"), str(CELLS), str(TIMES)]
        return CELLS * TIMES / float(subprocess.check_output(command))

    return [Contender(f"OCaml {version}", rate)]


def simulated(folder: Path, profile: Profile, stack: ExitStack) -> list[Contender]:
    """A runtime with everything looked at, and one with nothing."""

    def contender(traced: bool, flags: list[str], times: int, what: str) -> Contender:
        library = folder / f"{profile.value}-{what}.so"
        build_stubs([SOURCE], profile, library, ["-O2", *flags])
        runtime = stack.enter_context(Runtime(profile, generational(traced=traced)))
        runtime.load(library)
        arguments = runtime.integer(CELLS), runtime.integer(times)

        def rate() -> float:
            start = time.process_time()
            outcome = runtime.call("build_and_drop", *arguments)
            seconds = time.process_time() - start
            assert isinstance(outcome, Returned), outcome
            return CELLS * times / seconds

        return Contender(f"simulated {profile.value}, {what}", rate)

    return [
        contender(False, ["-DCAML_SIM_UNCHECKED"], TIMES, "tracing off, unchecked"),
        contender(False, [], TRACED_TIMES, "tracing off, checked"),
        contender(True, [], TRACED_TIMES, "traced, checked"),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
