"""The same input gives the same output, byte for byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
INPUTS = [
    str(path.relative_to(TOP))
    for path in (TOP / "demo", TOP / "tests/fixtures/lint")
    if path.exists()
]


def output(seed: str, format: str, jobs: str) -> bytes:
    command = [sys.executable, "-m", "stubcheck", "--no-cache", "--pedantic"]
    command += ["--format", format, "--jobs", jobs, *INPUTS]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(command, cwd=TOP, env=environment, capture_output=True, check=False)
    assert done.returncode in (0, 1), done.stderr.decode()
    return done.stdout


@pytest.mark.parametrize("format", ["text", "json", "sarif"])
def test_neither_hash_seed_nor_number_of_processes_shows(format: str) -> None:
    assert output("1", format, "1") == output("2", format, "2")
