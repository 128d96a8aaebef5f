"""Compiles the simulated runtime, and stubs against its headers.

The runtime is a shared library of its own, so that what a stub library leaves undefined is found
in it. It is compiled once and kept, by the content of everything that goes into it.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from runtime_sim.model.profile import Profile

_TOP = Path(__file__).parent
SOURCES = _TOP / "csrc"
HEADERS = _TOP / "include"

_DIGEST = 16
_RUNTIME_FLAGS = (
    *("-std=gnu11", "-O2", "-g", "-fPIC", "-shared", "-fvisibility=hidden"),
    *("-pthread", "-lm", "-Wl,-z,defs"),
)
# Calls must stay calls, also in a tail position: lines of a fault are those of return addresses.
_STUB_FLAGS = (
    *("-O0", "-g", "-fPIC", "-fno-inline", "-fno-optimize-sibling-calls"),
    "-Dpthread_create=sim_pthread_create",
)


_JUMP = "variable with __attribute__((cleanup"
WITHOUT_CLEANUP = "-DCAML__DIES(function)="
"""Clang lets nobody jump over a root that tells when it dies."""


class BuildError(Exception):
    """What could not be compiled, with what the compiler said."""

    def __init__(self, message: str, output: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.output = output

    def __str__(self) -> str:
        return f"{self.message}\n{self.output}".rstrip()


def compiler() -> list[str]:
    """The command of the C compiler: CC, else `cc`."""
    command = shlex.split(os.environ.get("CC", "")) or ["cc"]
    path = shutil.which(command[0])
    if path is None:
        raise BuildError(f"there is no C compiler '{command[0]}': install one, or name it by CC")
    return [path, *command[1:]]


def build_runtime(folder: Path | None = None, flags: Iterable[str] = ()) -> Path:
    """The runtime's shared library, compiled unless it is in the folder already."""
    folder = folder or cache_folder()
    command = [*compiler(), *_RUNTIME_FLAGS, *flags, "-I", str(HEADERS)]
    library = folder / f"runtime-{_state(command)}.so"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _compile(command, sorted(SOURCES.glob("*.c")), library, (), "the simulated runtime")
    return library


def build_stubs(
    sources: Sequence[Path], profile: Profile, library: Path, flags: Iterable[str] = ()
) -> None:
    """Compile C files into a stub library; `flags` are the project's own, libraries included."""
    command = [*_stub_compiler(profile), "-shared", *_entry_flags()]
    _compile_stubs(command, sources, library, flags)


def compile_stubs(
    source: Path, profile: Profile, object_file: Path, flags: Iterable[str] = ()
) -> None:
    """Compile one C file, to be linked with others."""
    _compile_stubs([*_stub_compiler(profile), "-c"], [source], object_file, flags)


def _compile_stubs(
    command: list[str], sources: Sequence[Path], made: Path, flags: Iterable[str]
) -> None:
    what = ", ".join(map(str, sources))
    flags = list(flags)
    try:
        _compile(command, sources, made, flags, what)
    except BuildError as error:
        if _JUMP not in error.output:
            raise
        _compile([*command, WITHOUT_CLEANUP], sources, made, flags, what)


def link_stubs(
    objects: Sequence[Path], library: Path, runtime: Path, flags: Iterable[str] = ()
) -> tuple[str, ...]:
    """Link a stub library; `flags` name the libraries that it needs.

    What is missing even so is no error before it is called; its names are returned. Of what is
    defined several times the first counts.
    """
    flags = list(flags)
    missing = find_missing(objects, library, runtime, flags)
    traps = library.with_suffix(".traps.c")
    traps.write_text("".join(map(_TRAP.format, missing)))
    _compile([*_linker(), "-fPIC"], [*objects, traps], library, flags, "the stubs")
    return missing


def find_missing(
    objects: Sequence[Path], library: Path, runtime: Path, flags: Iterable[str] = ()
) -> tuple[str, ...]:
    """What a stub library, linked with these flags, would miss."""
    report = [str(runtime), *flags, "-Wl,-z,defs", "-Wl,--warn-unresolved-symbols"]
    told = _compile(_linker(), objects, library, report, "the stubs")
    return tuple(sorted(set(_UNRESOLVED.findall(told))))


def _linker() -> list[str]:
    return [*compiler(), "-shared", "-Wl,-z,muldefs", *_entry_flags()]


_UNRESOLVED = re.compile(r"undefined reference to `(\w+)'")
_TRAP = 'void {0}(void) {{ extern void sim_missing(const char *); sim_missing("{0}"); }}\n'


@functools.cache
def _pattern_flags(command: tuple[str, ...]) -> tuple[str, ...]:
    """How a compiler that can is told to make variables without a value recognisable."""
    flag = "-ftrivial-auto-var-init=pattern"
    tried = subprocess.run(
        [*command, flag, "-Werror", "-fsyntax-only", "-x", "c", os.devnull],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return (flag,) if tried.returncode == 0 else ()


@functools.cache
def _entry_flags() -> tuple[str, ...]:
    """How stubs are linked with the runtime's entries of libc instead of libc's own."""
    sources = sorted(SOURCES.glob("*_entries.c"))
    entries = (name for source in sources for name in _ENTRY.findall(source.read_text()))
    return tuple(f"-Wl,--wrap={name}" for name in entries)


_ENTRY = re.compile(r"\b__wrap_(\w+)")


def _stub_compiler(profile: Profile) -> list[str]:
    command = compiler()
    pattern = _pattern_flags(tuple(command))
    return [*command, *pattern, *_STUB_FLAGS, *header_flags(profile)]


def header_flags(profile: Profile) -> list[str]:
    """What makes a C compiler find the headers, as those of a profile."""
    flags = ["-I", str(HEADERS), f"-DCAML_SIM_VERSION={profile.ocaml_version}"]
    return [*flags, "-DCAML_SIM_OXCAML"] if profile is Profile.OXCAML else flags


def cache_folder() -> Path:
    """Where the runtime is kept, unless STUBCHECK_CACHE_DIR says otherwise."""
    chosen = os.environ.get("STUBCHECK_CACHE_DIR")
    if chosen:
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_cache_dir("stubcheck", appauthor=False))


def _compile(
    command: list[str], sources: Sequence[Path], library: Path, flags: Iterable[str], what: str
) -> str:
    """Run the compiler; gives what it says."""
    # Another process may be at the same: each writes its own file, and either will do.
    temporary = library.with_name(f"{library.name}.{os.getpid()}")
    done = subprocess.run(
        [*command, *map(str, sources), *flags, "-o", str(temporary)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        temporary.unlink(missing_ok=True)
        raise BuildError(f"{what} could not be compiled", done.stdout)
    temporary.replace(library)
    return done.stdout


def _state(command: list[str]) -> str:
    """Changes with the compiler, its flags, and every file that it reads of ours."""
    compiler_stat = os.stat(command[0])
    state = hashlib.blake2b(digest_size=_DIGEST)
    state.update(repr((command, compiler_stat.st_mtime_ns, compiler_stat.st_size)).encode())
    for path in sorted([*SOURCES.glob("*.[ch]"), *HEADERS.rglob("*.h")]):
        state.update(f"\0{path.relative_to(_TOP)}\0".encode() + path.read_bytes())
    return state.hexdigest()
