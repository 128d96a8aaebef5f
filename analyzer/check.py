"""From files to findings: reads each file, links them, runs the rules over the facts."""

from __future__ import annotations

import contextlib
import gc
import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from analyzer.cfront import Sources, parse_file
from analyzer.cfront.lower import lower
from analyzer.diagnostics import Diagnostic, Severity
from analyzer.flow.analysis import Analysis
from analyzer.flow.program import Program
from analyzer.flow.result import RuleContext
from analyzer.ir.nodes import Unit
from analyzer.options import Options, SourceFile
from analyzer.result import InternalFailure, ProjectResult
from analyzer.rules import run_rules
from analyzer.runtime_sources import runtime_folders
from runtime_sim.model.api import Api, load_api


class FileResult:
    """One file, read: its units (one a configuration), its headers, what went wrong."""

    __slots__ = ("errors", "headers", "units")

    def __init__(
        self,
        units: tuple[Unit, ...],
        headers: tuple[str, ...],
        errors: tuple[InternalFailure, ...],
    ) -> None:
        self.units = units
        self.headers = headers
        self.errors = errors


Mapper = Callable[[Callable[[SourceFile], FileResult], Sequence[SourceFile]], Iterable[FileResult]]
"""Like `map`: applies a picklable function to each file, perhaps in other processes, in order."""


class Reader:
    """Reads the files of one project into units; picklable, so that processes can share work."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._api: Api | None = None
        self._sources: Sources | None = None

    def __getstate__(self) -> Options:
        return self._options

    def __setstate__(self, options: Options) -> None:
        self.__init__(options)  # type: ignore[misc]

    def __call__(self, file: SourceFile) -> FileResult:
        if self._sources is None or self._api is None:
            self._sources = Sources(self._options.root, self._options.profile)
            self._api = load_api(self._options.profile, self._options.rows)
        try:
            text = file.content
            if text is None:
                with open(file.path, "rb") as handle:
                    text = handle.read()
            parsed = parse_file(file.path, text, self._sources, file.flags)
            units = tuple(lower(one, self._api) for one in parsed)
        except Exception:
            failure = InternalFailure(file.path, "", traceback.format_exc())
            return FileResult((), (), (failure,))
        headers = dict.fromkeys(h for one in parsed for h in one.headers)
        return FileResult(units, tuple(headers), ())


def check_project(
    files: Sequence[SourceFile], options: Options, read_units: Mapper | None = None
) -> ProjectResult:
    """Check files that belong together: those of one project, under one profile."""
    with _no_cycle_collection():
        return _check(files, options, read_units)


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


def _check(
    files: Sequence[SourceFile], options: Options, read_units: Mapper | None
) -> ProjectResult:
    reader = Reader(options)
    results = list((read_units or map)(reader, files))
    units = [unit for result in results for unit in result.units]
    errors = [error for result in results for error in result.errors]
    api = load_api(options.profile, options.rows)
    analysis = Analysis(Program(units), api)
    context = RuleContext(options.profile)
    diagnostics = [d for unit in units for d in _problems(unit)]
    for facts in analysis.run():
        try:
            diagnostics.extend(run_rules(facts, context))
        except Exception:
            function = facts.function
            path = function.symbol.position.path
            errors.append(InternalFailure(path, function.name, traceback.format_exc()))
    errors.extend(analysis.errors)
    folders = runtime_folders(units, api)
    if folders:
        diagnostics = [_in_runtime(d, folders) for d in diagnostics]
    return ProjectResult(
        diagnostics=tuple(diagnostics),
        functions=len({f.symbol.position for unit in units for f in unit.functions}),
        headers=tuple(dict.fromkeys(h for result in results for h in result.headers)),
        errors=tuple(errors),
        extents=_extents(units),
    )


def _in_runtime(diagnostic: Diagnostic, folders: frozenset[str]) -> Diagnostic:
    inside = os.path.dirname(diagnostic.position.path) in folders
    judged = inside and diagnostic.rule != "parse-error"
    return replace(diagnostic, pedantic=True) if judged else diagnostic


def _problems(unit: Unit) -> list[Diagnostic]:
    return [
        Diagnostic("parse-error", Severity.WARNING, p.position, p.function, p.message)
        for p in unit.problems
    ]


def _extents(units: Sequence[Unit]) -> dict[str, tuple[tuple[str, int, int], ...]]:
    """Where each function stands, by file: name, first line, last line."""
    found: dict[str, dict[tuple[str, int, int], None]] = {}
    for unit in units:
        for function in unit.functions:
            start, end = function.symbol.position, function.end
            last = end.line if end.path == start.path else start.line
            found.setdefault(start.path, {})[function.name, start.line, last] = None
    return {path: tuple(sorted(extents)) for path, extents in found.items()}
