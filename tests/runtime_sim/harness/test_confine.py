"""A process that is confined can do no harm to others."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys
from pathlib import Path
from runtime_sim.harness.confine import Limits, confine

own, other, parent = Path(sys.argv[1]), Path(sys.argv[2]), os.getppid()
confine(Limits(memory=1 << 30, seconds=2), own)
{action}
"""

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="the kernel's means are Linux's",
)


def run(action: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "own").mkdir(exist_ok=True)
    (folder / "other").write_text("as it was")
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.format(action=action), folder / "own", folder / "other"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "action",
    [
        "other.write_text('changed')",
        "other.unlink()",
        "other.rename(own / 'moved')",
        "os.link(other, own / 'linked'); (own / 'linked').write_text('changed')",
        "os.truncate(other, 0)",
        "os.chmod(other, 0o777)",
        "os.kill(parent, 9)",
        "os.killpg(0, 9)",
        "os.kill(-1, 9)",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.setuid(1)",
        "os.setreuid(1, 1)",
        "os.setresgid(1, 1, 1)",
        "os.utime(other, (1, 1))",
        "os.fchmod(os.open(other, os.O_RDONLY), 0o777)",
        "os.setxattr(other, 'user.mark', b'changed')",
        "os.sched_setaffinity(parent, {0})",
        "os.chroot(own)",
    ],
)
def test_what_reaches_others_is_refused(action: str, tmp_path: Path) -> None:
    before = (tmp_path / "other").stat().st_mode if (tmp_path / "other").exists() else None
    done = run(action, tmp_path)
    assert done.returncode == 1
    assert "Error: [Errno" in done.stderr
    assert (tmp_path / "other").read_text() == "as it was"
    assert before is None or (tmp_path / "other").stat().st_mode == before


@pytest.mark.parametrize(
    "action",
    [
        "Path('mine').write_text('a'); Path('mine').rename('again'); Path('again').unlink()",
        "open(os.devnull, 'w').write('a')",
        "other.read_text()",
        "os.kill(os.getpid(), 0)",
        "import threading; threading.Thread(target=int).start()",
    ],
)
def test_what_stays_within_is_allowed(action: str, tmp_path: Path) -> None:
    done = run(action, tmp_path)
    assert done.stderr == ""
    assert done.returncode == 0


def test_memory_ends(tmp_path: Path) -> None:
    assert "MemoryError" in run("bytearray(2 << 30)", tmp_path).stderr


def test_processor_time_ends(tmp_path: Path) -> None:
    assert run("while True: pass", tmp_path).returncode in (-signal.SIGKILL, -signal.SIGXCPU)


def test_files_do_not_grow_without_end(tmp_path: Path) -> None:
    done = run("file = open('big', 'wb')\nwhile True: file.write(bytes(1 << 20))", tmp_path)
    assert done.returncode != 0
    assert (tmp_path / "own" / "big").stat().st_size <= 64 << 20
    os.remove(tmp_path / "own" / "big")
