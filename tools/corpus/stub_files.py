"""Which C files of a source package are OCaml stubs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.corpus.packages import Entry

_INCLUDES_OCAML = re.compile(
    rb'^[ \t]*#[ \t]*include[ \t]*[<"](?:(?:[^>"]*/)?caml/[^>"]*|mlvalues\.h)[>"]', re.MULTILINE
)
# A file may get the OCaml headers from one of its project's; a `CAMLparam` in a macro's body that
# another file includes does not make a stub file.
_DEFINES_STUB = re.compile(rb"\bCAMLprim\b|\bCAMLparam[0-5N]\b[ \t]*\([^\n]*;")
_PARTS = ("otherlibs", "runtime", "testsuite")


@dataclass(frozen=True, slots=True)
class StubFile:
    """A stub file by its path in the corpus, and the row of the table that counts it."""

    path: str
    entry: str
    lines: int


def is_stub(text: bytes) -> bool:
    """Whether a C file includes an OCaml header itself, or evidently defines primitives."""
    return bool(_INCLUDES_OCAML.search(text) or _DEFINES_STUB.search(text))


def entry_of(path: Path, package: str, entries: Iterable[str]) -> str:
    """The row that counts a file: its package, or the part of it that its first folder names."""
    part = path.parts[0] if path.parts[0] in _PARTS else "other"
    return f"{package}:{part}" if f"{package}:{part}" in entries else package


def stub_files_of(folder: Path, package: str, entries: Iterable[str]) -> Iterator[StubFile]:
    """The stub files of one package in order of their paths; links are not followed."""
    root = folder / package
    for path in sorted(root.rglob("*.c")):
        if path.is_symlink() or not path.is_file():
            continue
        text = path.read_bytes()
        if is_stub(text):
            entry = entry_of(path.relative_to(root), package, entries)
            yield StubFile(path.relative_to(folder).as_posix(), entry, text.count(b"\n"))


def stub_files(folder: Path, entries: tuple[Entry, ...]) -> tuple[StubFile, ...]:
    """The stub files of every package of the table that is there."""
    names = frozenset(entry.name for entry in entries)
    packages = dict.fromkeys(entry.source for entry in entries)
    return tuple(file for package in packages for file in stub_files_of(folder, package, names))


def ocaml_files(folder: Path, stubs: Iterable[str]) -> list[str]:
    """The `.ml` and `.mli` files of the packages that have these stub files."""
    packages = sorted({Path(stub).parts[0] for stub in stubs})
    return [
        path.relative_to(folder).as_posix()
        for package in packages
        for path in sorted((folder / package).rglob("*.ml*"))
        if path.suffix in (".ml", ".mli") and path.is_file() and not path.is_symlink()
    ]


def files_beside(folder: Path, stubs: Iterable[str]) -> list[str]:
    """The other C files in the folders of these stub files: they get OCaml's headers from one of
    the project's, or define what the stubs call."""
    asked = frozenset(stubs)
    folders = sorted({Path(stub).parent for stub in asked})
    beside = [
        path.relative_to(folder).as_posix()
        for each in folders
        for path in sorted((folder / each).glob("*.c"))
        if path.is_file() and not path.is_symlink()
    ]
    return [path for path in beside if path not in asked]


def count_differences(files: tuple[StubFile, ...], entries: tuple[Entry, ...]) -> list[str]:
    """The rows of the table that do not count what is there."""
    differences = []
    for entry in entries:
        lines = [file.lines for file in files if file.entry == entry.name]
        if (len(lines), sum(lines)) != (entry.files, entry.lines):
            differences.append(
                f"{entry.name}: {len(lines)} files, {sum(lines)} lines; "
                f"the table has {entry.files} files, {entry.lines} lines"
            )
    return differences
