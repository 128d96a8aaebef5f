"""Measuring a program."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.corpus.process import run_measured


def test_status_output_and_cpu_time_are_those_of_the_program(tmp_path: Path) -> None:
    program = "import sys; sum(range(10**6)); print('out'); sys.exit('fault')"
    finished = run_measured([sys.executable, "-c", program], cwd=tmp_path)
    assert (finished.status, finished.output, finished.errors) == (1, b"out\n", "fault\n")
    assert finished.cpu > 0


def test_a_program_that_does_not_end_is_killed(tmp_path: Path) -> None:
    program = "import time; time.sleep(60)"
    finished = run_measured([sys.executable, "-c", program], cwd=tmp_path, limit=0.2)
    assert finished.status < 0
