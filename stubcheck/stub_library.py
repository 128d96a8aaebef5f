"""The C files of a project, compiled against the simulated runtime and linked."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from analyzer.options import SourceFile
from runtime_sim.build import BuildError, compile_stubs, find_missing, link_stubs
from runtime_sim.lines import Definition, Lines, read_lines
from runtime_sim.model.profile import Profile


@dataclass(frozen=True, slots=True)
class StubLibrary:
    """A library and what is in it.

    `failed` are the files that could not be compiled, with the compiler's first error; `path` is
    None if that are all.
    """

    path: Path | None
    lines: Lines | None
    failed: tuple[tuple[str, str], ...]

    def definition(self, name: str) -> Definition | None:
        """Where a C function is; None if no file that could be compiled has it."""
        return self.lines.definitions.get(name) if self.lines else None

    def why_missing(self, name: str) -> str:
        """Why there is no such C function."""
        for path, error in self.failed:
            with open(path, encoding="utf-8", errors="replace") as file:
                if re.search(rf"\b{re.escape(name)}\s*\(", file.read()):
                    return f"{path} cannot be compiled: {error}"
        return f"no file given defines '{name}'"


def build_library(
    files: Sequence[SourceFile],
    profile: Profile,
    folder: Path,
    runtime: Path,
    libraries: Sequence[str],
    jobs: int,
    complete: Callable[[Sequence[str]], str] | None = None,
) -> StubLibrary:
    """Compile each file by itself: one that cannot be leaves the others as they are.

    `complete` writes C text that has what is missing, by the names that the linker gives.
    """
    objects = [folder / f"{number}.o" for number in range(len(files))]
    failed: list[tuple[str, str]] = []
    compiled: list[Path] = []

    def compile_one(file: SourceFile, object_file: Path) -> BuildError | None:
        try:
            compile_stubs(Path(file.path), profile, object_file, _flags(file))
        except BuildError as error:
            return error
        return None

    with ThreadPoolExecutor(jobs) as pool:
        for file, made, error in zip(
            files, objects, pool.map(compile_one, files, objects), strict=True
        ):
            if error is None:
                compiled.append(made)
            else:
                failed.append((file.path, _first_error(error)))
    if not compiled:
        return StubLibrary(None, None, tuple(failed))
    library = folder / "stubs.so"
    named = [f"-l{name}" for name in libraries]
    if complete is not None:
        text = complete(find_missing(compiled, library, runtime, named))
        compiled.append(_compile_text(text, profile, folder))
    link_stubs(compiled, library, runtime, named)
    lines = read_lines(str(library), os.stat(library).st_mtime_ns)
    return StubLibrary(library, lines, tuple(failed))


def _compile_text(text: str, profile: Profile, folder: Path) -> Path:
    """An object of C text of ours, without places: nobody has written it."""
    source = folder / "complete.c"
    source.write_text(text)
    object_file = source.with_suffix(".o")
    compile_stubs(source, profile, object_file, ["-w", "-g0"])
    return object_file


def _flags(file: SourceFile) -> list[str]:
    defines = [f"-D{name}={text}" for name, text in file.flags.defines]
    undefines = [f"-U{name}" for name in file.flags.undefines]
    return ["-w", *defines, *undefines, *(f"-I{folder}" for folder in file.flags.includes)]


def _first_error(error: BuildError) -> str:
    for line in error.output.splitlines():
        _, found, message = line.partition("error: ")
        if found:
            return message
    return error.message
