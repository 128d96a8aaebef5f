from __future__ import annotations

import operator
import os

import pytest

from stubcheck.executor import InProcess, LocalPool, Progress, default_jobs

NUMBERS = list(range(-20, 20))


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_come_in_the_order_of_the_items(jobs: int) -> None:
    with LocalPool(jobs) as pool:
        assert list(pool.map(operator.neg, NUMBERS)) == [-number for number in NUMBERS]


def test_one_job_stays_in_this_process() -> None:
    with LocalPool(1) as pool:
        assert set(pool.map(_process, NUMBERS)) == {os.getpid()}
    assert set(InProcess().map(_process, NUMBERS)) == {os.getpid()}


def _process(number: int) -> int:
    return os.getpid()


def test_there_is_at_least_one_processor() -> None:
    assert default_jobs() >= 1


class _Terminal:
    def __init__(self) -> None:
        self.shown = ""

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.shown += text

    def flush(self) -> None:
        pass


def test_progress_is_shown_on_a_terminal_once_it_takes_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = _Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    assert list(Progress("files").over([1, 2], 2)) == [1, 2]
    assert terminal.shown == ""
    monkeypatch.setattr(Progress, "PATIENCE", -1.0)
    assert list(Progress("files").over([1, 2], 2)) == [1, 2]
    assert "] 2 of 2 files" in terminal.shown
    assert terminal.shown.endswith("\r\x1b[K")


def test_progress_is_not_shown_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(Progress("files").over([1, 2], 2)) == [1, 2]
    assert capsys.readouterr().err == ""
