"""The corpus folder: the upstream sources of one Debian source package a folder.

The distribution's patches are left out: they mend build systems, hardly ever stubs, and mirrors
do not always have them.
"""

from __future__ import annotations

import re
import shutil
import tarfile
import tempfile
from pathlib import Path

from tools.corpus.apt import Apt

_COMPONENT = re.compile(r"\.orig-(?P<name>[\w-]+)\.tar\.\w+$")


class SourceError(Exception):
    """A source package could not be fetched or unpacked."""


def _unpack(archive: Path, into: Path) -> None:
    """Unpack without the folder that everything in an archive usually stands in."""
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".unpack-") as folder:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        entries = list(Path(folder).iterdir())
        top = entries[0] if len(entries) == 1 and entries[0].is_dir() else Path(folder)
        shutil.copytree(top, into, symlinks=True, dirs_exist_ok=True)


def unpack_archives(downloads: Path, into: Path) -> None:
    """Unpack the archives of a source package: the main one first, components in folders of it."""
    archives = {path: _COMPONENT.search(path.name) for path in sorted(downloads.glob("*.tar.*"))}
    if not archives:
        raise SourceError("no archive")
    for path in sorted(archives, key=lambda path: archives[path] is not None):
        component = archives[path]
        _unpack(path, into / component["name"] if component else into)


class Corpus:
    """The folder of source packages, with a stamp for each that was unpacked to its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stamps = folder / ".versions"

    def version(self, package: str) -> str | None:
        """Which version is there; None if nothing is, or the fetch of it was interrupted."""
        stamp = self._stamps / package
        return stamp.read_text(encoding="utf-8").strip() if stamp.is_file() else None

    def fetch(self, apt: Apt, package: str, wanted: str) -> str:
        """Fetch the version wanted, else the newest that can be had; returns which it was."""
        faults = []
        for version in dict.fromkeys((wanted, *apt.versions(package))):
            with tempfile.TemporaryDirectory(prefix="corpus-source-") as folder:
                fault = apt.download_upstream(package, version, Path(folder))
                if fault is None:
                    self._install(Path(folder), package, version)
                    return version
                faults.append(fault)
        raise SourceError("\n".join(faults))

    def _install(self, downloads: Path, package: str, version: str) -> None:
        into, stamp = self.folder / package, self._stamps / package
        partial = self.folder / f"{package}.partial"
        self._stamps.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(partial, ignore_errors=True)
        unpack_archives(downloads, partial)
        stamp.unlink(missing_ok=True)
        shutil.rmtree(into, ignore_errors=True)
        # A release rarely has an opam file at its top; with it, a package is a project of its own.
        (partial / f"{package}.opam").touch()
        partial.rename(into)
        stamp.write_text(f"{version}\n", encoding="utf-8")
