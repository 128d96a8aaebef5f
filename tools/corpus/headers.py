"""Compiles stub files against OCaml's headers, and what compiles so against those of runtime_sim.

A package is not configured: a header that stands elsewhere in it, or in a folder of its own below
the system's, is found by its name, and one that stands nowhere is taken to be empty. What is
compared is the same file with the same flags, so a file that only compiles without such a header
is a sample as good as any.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from runtime_sim.build import HEADERS
from runtime_sim.model.profile import Profile
from tools.corpus.gcc import GccError
from tools.corpus.stub_files import StubFile

# As ocamlc compiles C files, with warnings; the places of these are those of the files' own text.
_FLAGS = (
    *(
        "-fsyntax-only",
        "-Wall",
        "-Wextra",
        "-ftrack-macro-expansion=0",
        "-fdiagnostics-color=never",
    ),
    *("-fno-diagnostics-show-caret", "-D_FILE_OFFSET_BITS=64", "-D_REENTRANT"),
)
_MISSING = re.compile(r"fatal error: (?P<header>\S+): No such file")
_SAID = re.compile(
    r"^(?P<path>[^\s:]+):(?P<line>\d+):\d+: (?P<kind>error|fatal error|warning): (?P<text>.*?)"
    r"(?: \[(?P<flag>-W[^\]]*)\])?$",
    re.MULTILINE,
)
_MOST_MISSING = 30
# What the packages' own configuration would define.
_CONFIGURED = {
    "libguestfs": ("-DHAVE_CAML_ALLOC_INITIALIZED_STRING",),
    "libnbd": ("-DHAVE_CAML_ALLOC_INITIALIZED_STRING",),
    "lwt": ("-DHAVE_PTHREAD",),
    "ocaml-zarith": ("-DHAS_GMP",),
}
_SYSTEM = ("/usr/include", "/usr/lib/x86_64-linux-gnu")
_OWN_HEADERS = "ocaml:runtime"  # the runtime itself, which has its own `caml` beside it


@dataclass(frozen=True, slots=True)
class Said:
    """An error, or a warning by the flag that asks for it, and where it is."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


@dataclass(slots=True)
class Headers:
    """The files that compile against OCaml's headers, and what ours do to them."""

    release: str
    profile: Profile
    accepted: Counter[str] = field(default_factory=Counter)
    refused: dict[str, list[tuple[str, Said]]] = field(default_factory=dict)
    """By entry of the table: the files that ours do not compile as well, each with a reason."""

    def report(self) -> str:
        total = self.accepted.total()
        bad = sum(map(len, self.refused.values()))
        share = 100 * (total - bad) / total if total else 0.0
        head = (
            f"OCaml {self.release}: {total} files compile, {total - bad} of them ({share:.1f} %) "
            f"also against the headers of {self.profile.value}"
        )
        lines = [head]
        for entry, reasons in sorted(self.refused.items()):
            lines.append(f"  {entry}: {len(reasons)} of {self.accepted[entry]} files do not")
            lines += [f"    {path}: {reason}" for path, reason in reasons]
        return "\n".join(lines)


def ocaml_headers(root: Path | None) -> tuple[str, Path]:
    """The release of an OCaml that is installed, and the folder in which its `caml` is."""
    enter = ["chroot", str(root)] if root else []
    try:
        version, where = (
            subprocess.run(
                [*enter, "ocamlc", option], capture_output=True, text=True, check=True
            ).stdout.strip()
            for option in ("-version", "-where")
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise GccError(f"ocamlc is needed to find the OCaml headers: {error}") from error
    return version, Path(f"{root or ''}{where}")


def measure_headers(
    corpus: Path, files: Sequence[StubFile], root: Path | None, profile: Profile
) -> Headers:
    """Compile each file against OCaml's headers, and those that compile against ours."""
    release, real = ocaml_headers(root)
    measured = Headers(release, profile)
    ours = [f"-DCAML_SIM_VERSION={profile.ocaml_version}", *_include(HEADERS)]

    def both(file: StubFile) -> tuple[list[Said] | None, list[Said] | None]:
        with tempfile.TemporaryDirectory(prefix="corpus-headers-") as empty:
            package = _Package(corpus, Path(file.path), Path(empty))
            theirs = package.compile(_include(real))
            return theirs, None if _fails(theirs) else package.compile(ours)

    chosen = [file for file in files if file.entry != _OWN_HEADERS]
    with ThreadPoolExecutor() as pool:
        for file, (theirs, mine) in zip(chosen, pool.map(both, chosen), strict=True):
            if theirs is None or mine is None:
                continue
            measured.accepted[file.entry] += 1
            if more := worse(theirs, mine):
                measured.refused.setdefault(file.entry, []).append((file.path, more))
    return measured


def worse(theirs: Sequence[Said], mine: Sequence[Said]) -> Said | None:
    """The first error or warning that only our headers give rise to, errors before warnings."""
    known = set(theirs)
    more = [said for said in mine if said not in known]
    return min(more, key=lambda said: said.what.startswith("-W"), default=None)


def parse_said(text: str) -> list[Said]:
    """The errors and warnings in what gcc says."""
    return [
        Said(match["path"], int(match["line"]), match["flag"] or match["text"])
        if match["kind"] == "warning"
        else Said(match["path"], int(match["line"]), f"{match['kind']}: {match['text']}")
        for match in _SAID.finditer(text)
    ]


def _include(headers: Path) -> list[str]:
    # Stubs of old include `mlvalues.h` without the folder.
    return [f"-I{headers}", f"-I{headers / 'caml'}"]


def _fails(said: Sequence[Said]) -> bool:
    return any("error: " in one.what for one in said)


@cache
def _in_system(header: str) -> str | None:
    """The folder of a library's headers in which one is, as pkg-config would tell it."""
    found = (
        str(path).removesuffix(f"/{header}")
        for top in _SYSTEM
        for between in ("*", "*/include")
        for path in sorted(Path(top).glob(f"{between}/{header}"))
    )
    return None if header.startswith("..") else next(found, None)


class _Package:
    """One file, and the folders in which its headers were found so far."""

    def __init__(self, corpus: Path, path: Path, empty: Path) -> None:
        self._corpus = corpus
        self._path = path
        self._empty = empty / "include"  # with a folder above it, for `../config.h`
        self._empty.mkdir()
        self._folders = [str(path.parent), path.parts[0], str(self._empty)]

    def compile(self, flags: Sequence[str]) -> list[Said]:
        for _ in range(_MOST_MISSING):
            folders = [f"-I{folder}" for folder in self._folders]
            configured = _CONFIGURED.get(self._path.parts[0], ())
            command = ["gcc", *_FLAGS, *configured, *flags, *folders, str(self._path)]
            done = subprocess.run(
                command, cwd=self._corpus, capture_output=True, text=True, errors="replace"
            )
            missing = _MISSING.search(done.stderr)
            if missing is None or missing["header"].startswith("caml/"):
                break
            self._provide(missing["header"])
        return parse_said(done.stderr)

    def _provide(self, header: str) -> None:
        """Find a header in the package, nearest to the file, or in the system; else make it."""
        package = self._corpus / self._path.parts[0]
        found = [
            path.relative_to(self._corpus)
            for path in package.rglob(Path(header).name)
            if path.as_posix().endswith(f"/{header}")
        ]
        if found:
            nearest = min(found, key=lambda path: (-self._shared(path), len(path.parts), path))
            self._folders.append(nearest.as_posix().removesuffix(f"/{header}"))
        elif system := _in_system(header):
            self._folders.append(system)
        else:
            made = self._empty / header
            made.parent.resolve().mkdir(parents=True, exist_ok=True)
            made.resolve().touch()

    def _shared(self, path: Path) -> int:
        """How many folders a path has in common with that of the file."""
        same = [a == b for a, b in zip(path.parts, self._path.parts, strict=False)]
        return same.index(False) if False in same else len(same)
