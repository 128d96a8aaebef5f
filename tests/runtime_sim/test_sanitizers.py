"""The runtime's tests pass with it and their stubs under the compiler's sanitizers.

`STUBCHECK_SANITIZERS=all` runs them all, else those that use most of it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from runtime_sim.build import BuildError, compiler

FOLDER = Path(__file__).parent
TOP = FOLDER.parents[1]
SOME = ("test_check.py", "test_mutator.py")
ALL = (*SOME, "test_runtime.py", "test_faults.py", "test_against_ocaml.py")
# There libc's functions are the sanitizers' own, and who asked them is not known.
EXCEPT = "not pointer_handed_to_the_runtime and not text_of_the_heap_raised"
FLAGS = "-O1 -fsanitize=address,undefined -fno-sanitize-recover=all"

ASAN = {
    # These are the runtime's own to explain.
    **dict.fromkeys(("handle_segv", "handle_sigbus", "handle_sigfpe", "handle_sigill"), 0),
    "use_sigaltstack": 0,
    # Roots are told by where they are on the stack.
    "detect_stack_use_after_return": 0,
    "allocator_may_return_null": 1,
    "detect_leaks": 1,
}
# Python does not give everything back at its end.
SUPPRESSIONS = (
    "leak:_PyObject_Malloc\nleak:PyMem\nleak:PyObject\nleak:_cffi_backend\nleak:libubsan\n"
)


def libraries() -> str:
    """The sanitizers' libraries, which must be loaded before all others."""
    try:
        command = compiler()
    except BuildError as error:
        pytest.skip(error.message)
    found = []
    for name in ("libasan.so", "libubsan.so"):
        asked = [*command, f"-print-file-name={name}"]
        path = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
        if not os.path.isabs(path):
            pytest.skip(f"the compiler has no {name}")
        found.append(path)
    return ":".join(found)


@pytest.mark.skipif("STUBCHECK_SANITIZER_FLAGS" in os.environ, reason="is run by this test")
def test_the_sanitizers_find_nothing(tmp_path: Path) -> None:
    for package in ("cffi", "elftools"):
        pytest.importorskip(package)
    suppressions = tmp_path / "suppressions"
    suppressions.write_text(SUPPRESSIONS)
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")},
        "LD_PRELOAD": libraries(),
        "ASAN_OPTIONS": ":".join(f"{name}={value}" for name, value in ASAN.items()),
        "LSAN_OPTIONS": f"suppressions={suppressions}:print_suppressions=0",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "STUBCHECK_SANITIZER_FLAGS": FLAGS,
        "STUBCHECK_MUTATOR_STEPS": "150",
    }
    files = ALL if os.environ.get("STUBCHECK_SANITIZERS") == "all" else SOME
    # What the sanitizers say is not caught with the tests' own output.
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-s", "-p", "no:cacheprovider"]
    command += ["-k", EXCEPT]
    command += [f"--basetemp={tmp_path / 'tests'}", *(str(FOLDER / name) for name in files)]
    done = subprocess.run(command, cwd=TOP, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-6000:]
