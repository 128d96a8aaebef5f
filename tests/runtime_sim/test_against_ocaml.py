"""What the simulated runtime computes by itself is what OCaml's runtimes compute.

The same stubs run in a program of OCaml's and here, and each case gives a line of text.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.outcome import EVERY_POINT, Outcome, Raised, Returned
from runtime_sim.runtime import Function, Runtime

Compile = Callable[[str, Profile], Path]

SOURCE = Path(__file__).with_name("against_ocaml.c")
PROGRAM = r"""
external count : unit -> int = "count_cases"
external run : int -> (unit -> unit) -> string = "run_case"

let line i =
  try run i (fun () -> ()) with
  | Failure s -> "raised Failure " ^ s
  | Invalid_argument s -> "raised Invalid_argument " ^ s
  | Sys_error s -> "raised Sys_error " ^ s
  | Not_found -> "raised Not_found"
  | End_of_file -> "raised End_of_file"
  | Division_by_zero -> "raised Division_by_zero"
  | Out_of_memory -> "raised Out_of_memory"
  | Stack_overflow -> "raised Stack_overflow"
  | Sys_blocked_io -> "raised Sys_blocked_io"

let () =
  for i = 0 to count () - 1 do
    print_endline (line i);
    if i >= count () - 6 then Gc.full_major ()
  done
"""


def printed_by_ocaml(root: Path | None) -> list[str]:
    """The lines of OCaml's program, perhaps in another root folder."""
    enter = ["chroot", str(root)] if root else []
    with tempfile.TemporaryDirectory(dir=root / "tmp" if root else None) as folder:
        shutil.copyfile(SOURCE, Path(folder, "stubs.c"))
        Path(folder, "cases.ml").write_text(PROGRAM)
        inside = f"/tmp/{Path(folder).name}" if root else folder
        shell = f"cd {inside} && ocamlopt -ccopt -w -o cases stubs.c cases.ml && ./cases"
        done = subprocess.run([*enter, "sh", "-c", shell], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout[-300:] + done.stderr
        return done.stdout.splitlines()


def line(runtime: Runtime, outcome: Outcome) -> str:
    if isinstance(outcome, Raised):
        arguments = (a.decode() for a in outcome.arguments if isinstance(a, bytes))
        return " ".join(["raised", outcome.name, *arguments])
    assert isinstance(outcome, Returned), outcome
    data = runtime.read(outcome.value)
    assert isinstance(data, bytes)
    return data.decode()


def printed_by_us(profile: Profile, stubs: Path, runtime_library: Path) -> list[str]:
    lines = []
    with Runtime(profile, EVERY_POINT, runtime_library) as runtime:
        runtime.load(stubs)
        counted = runtime.call("count_cases", runtime.integer(0))
        assert isinstance(counted, Returned)
        count = runtime.read(counted.value)
        assert isinstance(count, int)
        for number in range(count):
            with runtime.scope():
                closure = runtime.closure(Function.IDENTITY)
                outcome = runtime.call("run_case", runtime.integer(number), closure)
                lines.append(line(runtime, outcome))
    return lines


def ocaml5_root() -> Path:
    root = os.environ.get("STUBCHECK_OCAML5_ROOT")
    if not root or os.geteuid() != 0:
        pytest.skip("STUBCHECK_OCAML5_ROOT names no system with OCaml 5 that we may enter")
    return Path(root)


@pytest.mark.parametrize("profile", [Profile.OCAML_4_14, Profile.OCAML_5])
def test_results_are_those_of_ocaml(
    profile: Profile, compile_stubs: Compile, runtime_library: Path
) -> None:
    if profile is Profile.OCAML_4_14 and shutil.which("ocamlopt") is None:
        pytest.skip("there is no ocamlopt")
    root = None if profile is Profile.OCAML_4_14 else ocaml5_root()
    stubs = compile_stubs(SOURCE.read_text(), profile)
    ours = printed_by_us(profile, stubs, runtime_library)
    theirs = printed_by_ocaml(root)
    assert len(theirs) > 800
    assert ours == theirs
