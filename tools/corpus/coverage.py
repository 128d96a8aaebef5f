"""Whether every function that gcc finds is read, or its loss is reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from analyzer import ProjectResult, check_project
from analyzer.options import Options, SourceFile
from runtime_sim.model.profile import Profile
from tools.corpus.gcc import defined_functions
from tools.corpus.stub_files import StubFile
from tools.corpus.syntax import function_definitions

_PARSE_ERROR = "parse-error"


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The functions that the analyzer read of a file, and what it said it could not read."""

    functions: frozenset[str]
    lost_functions: frozenset[str] = frozenset()
    lost_lines: frozenset[int] = frozenset()

    def accounts_for(self, name: str, line: int) -> bool:
        return name in self.functions or name in self.lost_functions or line in self.lost_lines


@dataclass(slots=True)
class Coverage:
    """Sums over files; `dropped` is what gcc finds and the analyzer neither reads nor reports."""

    files: int = 0
    read: int = 0
    in_text: int = 0
    read_of_text: int = 0
    accepted_files: int = 0
    found_by_gcc: int = 0
    read_of_gcc: int = 0
    dropped: list[tuple[str, int, str]] = field(default_factory=list)
    failures: int = 0

    def add(
        self, path: str, own: ReadFile, in_text: Iterable[str], by_gcc: Mapping[str, int] | None
    ) -> None:
        text = frozenset(in_text)
        self.files += 1
        self.read += len(own.functions)
        self.in_text += len(text)
        self.read_of_text += len(text & own.functions)
        if by_gcc is None:
            return
        self.accepted_files += 1
        self.found_by_gcc += len(by_gcc)
        self.read_of_gcc += len(by_gcc.keys() & own.functions)
        self.dropped += [
            (path, line, name)
            for name, line in sorted(by_gcc.items())
            if not own.accounts_for(name, line)
        ]

    def report(self) -> str:
        reported = self.found_by_gcc - self.read_of_gcc - len(self.dropped)
        lines = [
            f"files: {self.files}, {self.accepted_files} of them accepted by gcc",
            f"functions read: {self.read}",
            f"functions in the text, macros unexpanded: {self.in_text}, {self.read_of_text} read",
            f"functions that gcc finds: {self.found_by_gcc}, {self.read_of_gcc} read, "
            f"{reported} lost and reported, {len(self.dropped)} dropped",
            f"internal errors: {self.failures}",
        ]
        return "\n".join([*lines, *(f"dropped: {p}:{line}: {n}" for p, line, n in self.dropped)])


def read_file(result: ProjectResult, path: str) -> ReadFile:
    """What a result says of one file."""
    lost = [d for d in result.diagnostics if d.rule == _PARSE_ERROR and d.position.path == path]
    return ReadFile(
        functions=frozenset(name for name, _, _ in result.extents.get(path, ())),
        lost_functions=frozenset(d.function for d in lost if d.function),
        lost_lines=frozenset(d.position.line for d in lost),
    )


def measure_coverage(corpus: Path, files: Sequence[StubFile]) -> Coverage:
    """Compare package by package. The profile is the one nearest to the headers that gcc reads."""
    coverage = Coverage()
    for package, members in groupby(files, key=lambda file: Path(file.path).parts[0]):
        paths = [file.path for file in members]
        sources = [SourceFile(str(corpus / path)) for path in paths]
        options = Options(profile=Profile.OCAML_4_14, root=str(corpus / package))
        result = check_project(sources, options)
        coverage.failures += len(result.errors)
        for path in paths:
            in_text = function_definitions((corpus / path).read_bytes())
            coverage.add(
                path,
                read_file(result, str(corpus / path)),
                (definition.name for definition in in_text),
                defined_functions(corpus, path),
            )
    return coverage
