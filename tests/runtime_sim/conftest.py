"""The simulated runtime, compiled once a session."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime_sim.build import build_runtime, build_stubs
from runtime_sim.model.profile import Profile

# Set by test_sanitizers.py for the tests that it runs again.
FLAGS = os.environ.get("STUBCHECK_SANITIZER_FLAGS", "").split()
# Bad stubs do such things, to be seen by the runtime.
STUB_FLAGS = [*FLAGS, "-fno-sanitize=null,alignment,integer-divide-by-zero"] if FLAGS else []
if FLAGS:
    os.environ.pop("LD_PRELOAD", None)  # the compilers are not examined

Compile = Callable[[str, Profile], Path]


@pytest.fixture(scope="session")
def runtime_library(runtime_folder: Path) -> Path:
    return build_runtime(runtime_folder, FLAGS)


@pytest.fixture(scope="session")
def compile_stubs(tmp_path_factory: pytest.TempPathFactory, runtime_library: Path) -> Compile:
    def compile_text(text: str, profile: Profile) -> Path:
        folder = tmp_path_factory.mktemp("stubs")
        source = folder / "stubs.c"
        source.write_text(text)
        build_stubs([source], profile, folder / "stubs.so", ["-Wall", "-Werror", *STUB_FLAGS])
        return folder / "stubs.so"

    return compile_text
