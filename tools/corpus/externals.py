"""Compare the externals that are read with those that OCaml's own parser finds."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from analyzer.mlfront import DeclaredExternal, read_ml
from tools.corpus.parsetree import Declared, externals_in
from tools.corpus.sources import SourceError

_PARSE = ("-stop-after", "parsing", "-dparsetree")


@dataclass(frozen=True, slots=True)
class Compiler:
    """`ocamlc`, perhaps in another root folder."""

    root: Path | None

    def command(self, *arguments: str) -> list[str]:
        command = ["ocamlc", *arguments]
        return command if self.root is None else ["chroot", str(self.root), *command]

    def version(self) -> str:
        if self.root is None and shutil.which("ocamlc") is None:
            raise SourceError("no ocamlc")
        finished = subprocess.run(self.command("-version"), capture_output=True, text=True)
        if finished.returncode:
            raise SourceError(f"ocamlc does not run: {finished.stderr.strip()}")
        return finished.stdout.strip()

    def dump(self, path: Path) -> str | None:
        """The parse tree of a file below the root; None if there is a syntax error."""
        inside = path if self.root is None else Path("/", path.relative_to(self.root))
        finished = subprocess.run(self.command(*_PARSE, str(inside)), capture_output=True)
        dump = (finished.stdout + finished.stderr).decode(errors="replace")
        return dump if finished.returncode == 0 else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one compiler and we read in the files that it accepts."""

    version: str
    files: int
    accepted: int
    externals: int
    missed: tuple[str, ...]
    different: tuple[str, ...]

    def report(self) -> str:
        head = (
            f"OCaml {self.version}: {self.accepted} of {self.files} files accepted, "
            f"{self.externals} externals, {len(self.missed)} missed, "
            f"{len(self.different)} different"
        )
        return "\n".join((head, *self.missed, *self.different))


def ml_files(folders: Sequence[Path]) -> list[Path]:
    """The files that have the word `external`; links are not followed."""
    return [
        path
        for folder in folders
        for path in sorted((*folder.rglob("*.ml"), *folder.rglob("*.mli")))
        if path.is_file() and not path.is_symlink() and b"external" in path.read_bytes()
    ]


def read_all(paths: Sequence[Path]) -> tuple[list[list[Declared]], float]:
    """The externals that we read in each file, and the CPU seconds that took."""
    contents = [path.read_bytes() for path in paths]
    started = time.process_time()
    read = [read_ml(str(path), text) for path, text in zip(paths, contents, strict=True)]
    spent = time.process_time() - started
    found = [
        sorted(_as_declared(declared, text) for declared in file.externals)
        for file, text in zip(read, contents, strict=True)
    ]
    return found, spent


def _as_declared(declared: DeclaredExternal, content: bytes) -> Declared:
    external = declared.external
    slots = (*external.params, external.result)
    words = tuple(
        " ".join(w for w in ("unboxed", "untagged") if getattr(slot, w)) for slot in slots
    )
    at = _offset(content, declared.at)
    return Declared(at, external.name, external.names, words, external.attributes)


def _offset(content: bytes, at: int) -> int:
    """The offset in the file of one in its text, which is UTF-8 where the file is Latin-1."""
    try:
        content.decode()
    except UnicodeDecodeError:
        text = content.decode("latin-1").encode()
        return len(text[:at].decode())
    return at


def compare_with(
    compiler: Compiler, paths: Sequence[Path], ours: Sequence[Sequence[Declared]]
) -> Comparison:
    """Parse every file with a compiler; its own folder keeps the copies it can reach."""
    version = compiler.version()
    temporary = compiler.root / "tmp" if compiler.root else None
    with tempfile.TemporaryDirectory(dir=temporary, prefix="externals-") as folder:
        copies = [Path(folder, f"f{n}{path.suffix}") for n, path in enumerate(paths)]
        for path, copy in zip(paths, copies, strict=True):
            shutil.copyfile(path, copy)
        with ThreadPoolExecutor() as pool:
            dumps = list(pool.map(compiler.dump, copies))
    theirs = [None if dump is None else externals_in(dump) for dump in dumps]
    missed: list[str] = []
    different: list[str] = []
    for path, their, our in zip(paths, theirs, ours, strict=True):
        if their is not None:
            now_missed, now_different = differences(str(path), their, our)
            missed += now_missed
            different += now_different
    accepted = [their for their in theirs if their is not None]
    total = sum(map(len, accepted))
    return Comparison(version, len(paths), len(accepted), total, tuple(missed), tuple(different))


def differences(
    path: str, theirs: Sequence[Declared], ours: Sequence[Declared]
) -> tuple[list[str], list[str]]:
    """The externals of a file that we miss, and those that we read otherwise or invent."""
    mine = {declared.at: declared for declared in ours}
    missed = []
    different = []
    for their in theirs:
        our = mine.pop(their.at, None)
        if our is None:
            missed.append(f"{path}: missed {their}")
        elif our != their:
            different.append(f"{path}: {our} is {their}")
    different += [f"{path}: {our} is none" for our in mine.values()]
    return missed, different
