"""From files to findings: reads each file, links them, runs the rules over the facts."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from analyzer.cfront import Sources, parse_file
from analyzer.cfront.lower import lower
from analyzer.diagnostics import Diagnostic, Severity
from analyzer.flow.analysis import Analysis
from analyzer.flow.primitives import describe_primitives
from analyzer.flow.program import Program
from analyzer.flow.result import RuleContext
from analyzer.flow.types.contracts import Contracts
from analyzer.ir.nodes import Problem, Unit
from analyzer.mlfront import Environment, MlFile, read_ml
from analyzer.neighbours import Neighbours
from analyzer.options import OcamlFile, Options, SourceFile
from analyzer.result import InternalFailure, PrimitivesResult, ProjectResult
from analyzer.rules import run_rules
from analyzer.runtime_sources import runtime_folders
from runtime_sim.model.api import Api, load_api

AnyFile = SourceFile | OcamlFile


class FileResult:
    """One file, read: a C file's units (one a configuration), headers and whether it speaks of
    OCaml, or an OCaml file's declarations; and what went wrong.
    """

    __slots__ = ("errors", "headers", "ocaml", "speaks_of_ocaml", "units")

    def __init__(
        self,
        units: tuple[Unit, ...] = (),
        headers: tuple[str, ...] = (),
        errors: tuple[InternalFailure, ...] = (),
        ocaml: MlFile | None = None,
        speaks_of_ocaml: bool = True,
    ) -> None:
        self.speaks_of_ocaml = speaks_of_ocaml
        self.units = units
        self.headers = headers
        self.errors = errors
        self.ocaml = ocaml


Mapper = Callable[[Callable[[AnyFile], FileResult], Sequence[AnyFile]], Iterable[FileResult]]
"""Like `map`: applies a picklable function to each file, perhaps in other processes, in order."""


class Reader:
    """Reads the files of one project into units; picklable, so that processes can share work."""

    def __init__(self, options: Options, unsaved: Mapping[str, bytes] | None = None) -> None:
        self._options = options
        self._unsaved = unsaved or {}
        self._api: Api | None = None
        self._sources: Sources | None = None

    def __getstate__(self) -> tuple[Options, Mapping[str, bytes]]:
        return self._options, self._unsaved

    def __setstate__(self, state: tuple[Options, Mapping[str, bytes]]) -> None:
        self.__init__(*state)  # type: ignore[misc]

    def __call__(self, file: AnyFile) -> FileResult:
        try:
            if isinstance(file, OcamlFile):
                return FileResult(ocaml=read_ml(file.path, _content(file)))
            return self._read_c(file)
        except Exception:
            failure = InternalFailure(file.path, "", traceback.format_exc())
            return FileResult(errors=(failure,))

    def _read_c(self, file: SourceFile) -> FileResult:
        if self._sources is None or self._api is None:
            self._sources = Sources(self._options.root, self._options.profile, self._unsaved)
            self._api = load_api(self._options.profile, self._options.rows)
        content = _content(file)
        parsed = parse_file(file.path, content, self._sources, file.flags)
        units = tuple(lower(one, self._api) for one in parsed)
        headers = dict.fromkeys(h for one in parsed for h in one.headers)
        return FileResult(units, tuple(headers), speaks_of_ocaml=bool(_OCAML.search(content)))


_OCAML = re.compile(rb"(?i:caml)|\bvalue\s+\**\w+\s*[,)(=;\[]")
"""An OCaml header or macro, or a function or variable of type value."""


def _content(file: AnyFile) -> bytes:
    if file.content is not None:
        return file.content
    with open(file.path, "rb") as handle:
        return handle.read()


def check_project(
    files: Sequence[SourceFile],
    options: Options,
    read_units: Mapper | None = None,
    ocaml: Sequence[OcamlFile] = (),
) -> ProjectResult:
    """Check files that belong together: those of one project, under one profile."""
    with _no_cycle_collection():
        return _check(_Project(files, options, read_units, ocaml))


def list_primitives(
    files: Sequence[SourceFile],
    options: Options,
    ocaml: Sequence[OcamlFile],
    read_units: Mapper | None = None,
) -> PrimitivesResult:
    """The externals of a project, each with what the C function that answers it may do."""
    with _no_cycle_collection():
        project = _Project(files, options, read_units, ocaml)
        primitives = describe_primitives(project.analysis)
        return PrimitivesResult(primitives, (*project.errors, *project.analysis.errors))


@contextlib.contextmanager
def _no_cycle_collection() -> Iterator[None]:
    """Nearly all that is made lives until the project is done: looking for cycles earlier costs
    two fifths of the time and finds nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _Project:
    """The files of a project, read and linked."""

    def __init__(
        self,
        files: Sequence[SourceFile],
        options: Options,
        read_units: Mapper | None,
        ocaml: Sequence[OcamlFile],
    ) -> None:
        self.profile = options.profile
        declaring = [file for file in ocaml if file.may_declare]
        unsaved = {os.path.realpath(f.path): f.content for f in files if f.content is not None}
        results = list((read_units or map)(Reader(options, unsaved), [*files, *declaring]))
        results = _without_parts(files, results)
        self.units = [unit for result in results for unit in result.units]
        self._silent = {
            u for result in results if not result.speaks_of_ocaml for u in result.units
        }
        self.ocaml = [result.ocaml for result in results if result.ocaml is not None]
        self.errors = [error for result in results for error in result.errors]
        self.headers = tuple(dict.fromkeys(h for result in results for h in result.headers))
        self.api = load_api(options.profile, options.rows)
        program = Program(self.units)
        declared = [one for file in self.ocaml for one in file.externals]
        contents = {file.path: file for file in ocaml}
        environment = Environment(
            [file.path for file in ocaml],
            lambda path: _content(contents[path]),
            {file.path: file for file in self.ocaml},
        )
        contracts = Contracts(program, environment, declared, options.profile)
        neighbours = Neighbours(files, options.folders)
        self.analysis = Analysis(program, self.api, contracts, neighbours)

    def unread(self) -> Iterator[Diagnostic]:
        """What could not be read; in C files that have nothing to do with OCaml, for those who
        ask for everything."""
        for unit in self.units:
            aside = unit in self._silent and not any(
                self.analysis.contract(function) for function in unit.functions
            )
            for problem in unit.problems:
                yield _unread(problem, aside)
        for file in self.ocaml:
            for problem in file.problems:
                yield _unread(problem)


def _without_parts(files: Sequence[SourceFile], results: list[FileResult]) -> list[FileResult]:
    """The results without those of C files that another of the files includes, if all that they
    define is seen there.

    What such a file means alone is nobody's intention.
    """
    paths = [os.path.abspath(file.path) for file in files]
    included = {
        os.path.abspath(header)
        for path, result in zip(paths, results, strict=False)
        for header in result.headers
        if os.path.abspath(header) != path
    }
    seen = {
        position
        for path, result in zip(paths, results, strict=False)
        if path not in included
        for position in _definitions(result)
    }
    dropped = set()
    for number, path in enumerate(paths):
        if path in included:
            own = _definitions(results[number])
            if own <= seen:
                dropped.add(number)
            seen |= own
    return [result for number, result in enumerate(results) if number not in dropped]


def _definitions(result: FileResult) -> set[tuple[str, str]]:
    """The functions of a file, by name and by the file that they stand in."""
    return {
        (function.name, os.path.abspath(function.symbol.position.path))
        for unit in result.units
        for function in unit.functions
    }


def _check(project: _Project) -> ProjectResult:
    units, errors, analysis = project.units, list(project.errors), project.analysis
    context = RuleContext(project.profile)
    diagnostics = list(project.unread())
    for facts in analysis.run():
        try:
            diagnostics.extend(run_rules(facts, context))
        except Exception:
            function = facts.function
            path = function.symbol.position.path
            errors.append(InternalFailure(path, function.name, traceback.format_exc()))
    errors.extend(analysis.errors)
    folders = runtime_folders(units, project.api)
    if folders:
        diagnostics = [_in_runtime(d, folders) for d in diagnostics]
    return ProjectResult(
        diagnostics=tuple(diagnostics),
        functions=len({f.symbol.position for unit in units for f in unit.functions}),
        headers=(*project.headers, *analysis.neighbours.read),
        errors=tuple(errors),
        extents=_extents(units),
    )


def _in_runtime(diagnostic: Diagnostic, folders: frozenset[str]) -> Diagnostic:
    inside = os.path.dirname(diagnostic.position.path) in folders
    judged = inside and diagnostic.rule != "parse-error"
    return replace(diagnostic, pedantic=True) if judged else diagnostic


def _unread(problem: Problem, pedantic: bool = False) -> Diagnostic:
    return Diagnostic(
        "parse-error",
        Severity.WARNING,
        problem.position,
        problem.function,
        problem.message,
        pedantic=pedantic,
    )


def _extents(units: Sequence[Unit]) -> dict[str, tuple[tuple[str, int, int], ...]]:
    """Where each function stands, by file: name, first line, last line."""
    found: dict[str, dict[tuple[str, int, int], None]] = {}
    for unit in units:
        for function in unit.functions:
            start, end = function.symbol.position, function.end
            last = end.line if end.path == start.path else start.line
            found.setdefault(start.path, {})[function.name, start.line, last] = None
    return {path: tuple(sorted(extents)) for path, extents in found.items()}
