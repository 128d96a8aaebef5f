"""Fetch Debian source packages with apt, whatever mirror the machine is configured for.

The machine's own source lists are rewritten to `deb-src` in a temporary folder with its own state
and cache, so that nothing of the system's package state changes and no mirror is named here.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cmp_to_key
from pathlib import Path

APT_FOLDER = Path("/etc/apt")
_ONE_LINE = re.compile(r"^\s*deb(?:-src)?(\s.*)$")
_TYPES = re.compile(r"^Types:.*$", re.IGNORECASE | re.MULTILINE)


_VERSION = re.compile(r"Version: ")


class AptError(Exception):
    """apt cannot be used here."""


def source_entries(text: str, *, deb822: bool) -> str:
    """Turn a file of apt sources into one that offers the source packages of the same places."""
    if deb822:
        return _TYPES.sub("Types: deb-src", text)
    lines = [match[1] for line in text.splitlines() if (match := _ONE_LINE.match(line))]
    return "".join(f"deb-src{rest}\n" for rest in dict.fromkeys(lines))


def _write_sources(into: Path, configured: Path) -> None:
    lists = [configured / "sources.list", *sorted((configured / "sources.list.d").glob("*"))]
    for number, path in enumerate(lists):
        if path.suffix not in (".list", ".sources") or not path.is_file():
            continue
        text = source_entries(path.read_text(encoding="utf-8"), deb822=path.suffix == ".sources")
        (into / f"{number:02}{path.suffix}").write_text(text, encoding="utf-8")


def _compare_versions(left: str, right: str) -> int:
    command = ["dpkg", "--compare-versions", left, "lt", right]
    return -1 if subprocess.run(command, check=False).returncode == 0 else int(left != right)


class Apt:
    """apt with source lists, state and cache of its own."""

    def __init__(self, folder: Path, configured: Path = APT_FOLDER) -> None:
        parts, lists, cache = folder / "parts", folder / "lists", folder / "cache"
        for path in (parts, lists / "partial", cache / "archives" / "partial"):
            path.mkdir(parents=True)
        _write_sources(parts, configured)
        (folder / "sources.list").touch()
        self._options = [
            *("-o", f"Dir::Etc::sourcelist={folder / 'sources.list'}"),
            *("-o", f"Dir::Etc::sourceparts={parts}"),
            *("-o", f"Dir::State::lists={lists}"),
            *("-o", f"Dir::Cache={cache}"),
            *("-o", "APT::Sandbox::User=root"),  # the temporary folder is not readable to _apt
        ]

    def _run(self, *argv: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = [argv[0], *self._options, *argv[1:]]
        return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)

    def update(self) -> None:
        done = self._run("apt-get", "update")
        if done.returncode:
            raise AptError(f"apt-get update failed:\n{done.stderr.strip()}")

    def versions(self, package: str) -> list[str]:
        """The versions of a source package on offer, newest first."""
        shown = self._run("apt-cache", "showsrc", "--only-source", package).stdout
        versions = {line.partition(" ")[2] for line in shown.splitlines() if _VERSION.match(line)}
        return sorted(versions, key=cmp_to_key(_compare_versions), reverse=True)

    def download_upstream(self, package: str, version: str, into: Path) -> str | None:
        """Download the upstream archives, verified by apt; returns what went wrong, if any."""
        argv = ("source", "--only-source", "--download-only", "--tar-only", "-qq")
        done = self._run("apt-get", *argv, f"{package}={version}", cwd=into)
        return done.stderr.strip() if done.returncode else None


@contextmanager
def updated_apt() -> Iterator[Apt]:
    with tempfile.TemporaryDirectory(prefix="corpus-apt-") as folder:
        apt = Apt(Path(folder))
        apt.update()
        yield apt
