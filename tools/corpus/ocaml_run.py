"""Real OCaml, perhaps in another root folder: stubs and a program are linked and run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.corpus.ocaml_program import Text
from tools.corpus.sources import SourceError

_TOP = Path(__file__).parents[2]
_SUPPORT = Path(__file__).parent / "ocaml"
_WORKER = ("runtime_sim/__init__.py", "runtime_sim/harness/confine.py")
_FIRST, _SECOND = 1, 2
PERTURBED = {"MALLOC_PERTURB_": "165"}
"""An environment in which memory that nobody has filled is not zero."""
_SECOND_TURN = {"OCAMLRUNPARAM": "s=8k", **PERTURBED}


@dataclass(frozen=True, slots=True)
class Ocaml:
    """`ocamlopt` and `gcc`, here or below a root for `chroot`."""

    root: Path | None = None

    def temporary(self) -> Path | None:
        """Where to make temporary folders that the compilers can reach."""
        return self.root / "tmp" if self.root else None

    def version(self) -> str:
        return self._output("ocamlopt", "-version")

    def compile_stubs(
        self, sources: Sequence[Path], folder: Path, flags: Sequence[str]
    ) -> list[Path]:
        """The objects, in a new folder, of those C files that can be compiled."""
        where = self._output("ocamlopt", "-where")
        folder.mkdir()
        command = ["gcc", "-c", "-O1", "-fPIC", "-w", *flags, "-I", where]

        def compile_one(number: int) -> Path | None:
            made = folder / f"stub{number}.o"
            source = self.inside(sources[number])
            status, _ = self._run([*command, source, "-o", self.inside(made)])
            return made if status == 0 else None

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return [made for made in pool.map(compile_one, range(len(sources))) if made]

    def link(
        self, text: Text, objects: Sequence[Path], libraries: Sequence[str], folder: Path
    ) -> Path:
        """A shared library with a program and the stubs that it calls."""
        for name in ("results.ml", "results.c"):
            shutil.copyfile(_SUPPORT / name, folder / name)
        (folder / "programs.ml").write_text(text.ocaml)
        (folder / "spread.c").write_text(text.c)
        sources = [folder / "results.c", folder / "spread.c"]
        helpers = self.compile_stubs(sources, folder / "helpers", [])
        made = folder / "programs.so"
        command = [
            *("ocamlopt", "-w", "-a", "-inline", "0", "-runtime-variant", "_pic", "-linkall"),
            *("-I", "+unix", "-I", self.inside(folder), "-output-complete-obj"),
            # The stubs of Unix are linked already; those of its sources are the same.
            *("-ccopt", "-Wl,-z,lazy,--allow-multiple-definition"),
            *("-o", self.inside(made), "unix.cmxa"),
            *(self.inside(folder / name) for name in ("results.ml", "programs.ml")),
            *map(self.inside, [*helpers, *objects]),
            *(word for name in libraries for word in ("-cclib", f"-l{name}")),
        ]
        status, errors = self._run(command)
        if status:
            raise SourceError(f"the program cannot be linked: {errors[-2000:]}")
        return made

    def results(
        self, library: Path, count: int, timeout: float, folder: Path
    ) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """What each of so many programs came to, twice."""
        for name in (*_WORKER, "tools/corpus/ocaml_worker.py"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(_TOP / name, folder / name)
        first, second = (
            self._turn(library, count, timeout, folder, turn) for turn in (_FIRST, _SECOND)
        )
        return list(zip(first, second, strict=True))

    def _turn(
        self, library: Path, count: int, timeout: float, folder: Path, turn: int
    ) -> list[dict[str, Any]]:
        python = "python3" if self.root else sys.executable
        given = {"PYTHONPATH": self.inside(folder), **(_SECOND_TURN if turn == _SECOND else {})}
        command = [
            *("env", *(f"{name}={text}" for name, text in given.items()), python),
            *(self.inside(folder / "tools/corpus/ocaml_worker.py"), self.inside(library)),
            *(str(count), str(timeout), str(turn)),
        ]
        finished = subprocess.run(self._command(command), capture_output=True, text=True)
        if finished.returncode:
            raise SourceError(f"the program cannot be run: {finished.stderr[-2000:]}")
        return [json.loads(line) for line in finished.stdout.splitlines()]

    def inside(self, path: Path) -> str:
        """What the compilers call a path."""
        return str(path if self.root is None else Path("/", path.relative_to(self.root)))

    def _command(self, command: Sequence[str]) -> list[str]:
        return [*command] if self.root is None else ["chroot", str(self.root), *command]

    def _run(self, command: Sequence[str]) -> tuple[int, str]:
        try:
            finished = subprocess.run(self._command(command), capture_output=True, text=True)
        except FileNotFoundError as error:
            raise SourceError(str(error)) from None
        return finished.returncode, finished.stdout + finished.stderr

    def _output(self, *command: str) -> str:
        status, output = self._run(command)
        if status:
            raise SourceError(f"{command[0]} does not run: {output.strip()}")
        return output.strip()


def defined_in(objects: Sequence[Path]) -> set[str]:
    """The C functions and variables that other objects can name."""
    listed = subprocess.run(
        ["nm", "--defined-only", "-g", *map(str, objects)], capture_output=True, text=True
    ).stdout
    return {words[2] for line in listed.splitlines() if len(words := line.split()) == 3}
