"""C text to what the analysis of it comes to."""

from __future__ import annotations

from analyzer import ProjectResult, check_project
from analyzer.check import Reader
from analyzer.diagnostics import Diagnostic
from analyzer.flow.analysis import Analysis
from analyzer.flow.program import Program
from analyzer.flow.summary import Summary
from analyzer.flow.types.contracts import Contracts
from analyzer.ir.nodes import Function
from analyzer.mlfront import Environment, read_ml
from analyzer.options import OcamlFile, Options, SourceFile
from runtime_sim.model.api import load_api
from runtime_sim.model.api.row import ApiRow
from runtime_sim.model.profile import Profile

_OPTIONS = Options(Profile.OCAML_5, "/nonexistent")
_READ = Reader(_OPTIONS)
_API = load_api(Profile.OCAML_5)


def linked(files: dict[str, str]) -> Program:
    """The program of files of C text, by their paths."""
    units = []
    for path, text in files.items():
        result = _READ(SourceFile(path, content=text.encode()))
        assert result.errors == ()
        units += result.units
    return Program(units)


def defined(program: Program, name: str, path: str = "") -> Function:
    """The function of this name (in this file)."""
    (found,) = (
        f for f in program.functions() if f.name == name and path in ("", f.symbol.position.path)
    )
    return found


def summary_of(text: str, name: str = "f") -> Summary:
    """What a caller has to know of a function in this text."""
    program = linked({"a.c": text})
    analysis = Analysis(program, _API)
    found = analysis.summary(defined(program, name))
    assert analysis.errors == []
    return found


def contracts_of(
    files: dict[str, str], profile: Profile = Profile.OCAML_5
) -> tuple[Program, Contracts]:
    """The program of the C files among these, and what the OCaml files say of it."""
    program = linked({path: text for path, text in files.items() if path.endswith(".c")})
    parsed = {
        path: read_ml(path, text.encode())
        for path, text in files.items()
        if path.endswith((".ml", ".mli"))
    }
    environment = Environment(list(parsed), lambda path: files[path].encode(), parsed)
    declared = [external for file in parsed.values() for external in file.externals]
    return program, Contracts(program, environment, declared, profile)


def mixed_findings(
    files: dict[str, str], profile: Profile = Profile.OCAML_5
) -> list[tuple[str, str, int]]:
    """Rule, function and line of what is found in C files with their OCaml side."""
    sources = [
        SourceFile(path, content=text.encode())
        for path, text in files.items()
        if path.endswith(".c")
    ]
    ocaml = [
        OcamlFile(path, text.encode()) for path, text in files.items() if not path.endswith(".c")
    ]
    result = check_project(sources, Options(profile, "/nonexistent"), ocaml=ocaml)
    assert result.errors == ()
    found = [d for d in result.diagnostics if not d.pedantic]
    return sorted((d.rule, d.function, d.position.line) for d in found)


def checked(*texts: str, rows: tuple[ApiRow, ...] = ()) -> ProjectResult:
    """The result for a project of files of C text."""
    files = [SourceFile(f"s{n}.c", content=text.encode()) for n, text in enumerate(texts)]
    return check_project(files, Options(Profile.OCAML_5, "/nonexistent", rows))


def findings(*texts: str, rows: tuple[ApiRow, ...] = ()) -> list[Diagnostic]:
    """What is found without asking for everything."""
    result = checked(*texts, rows=rows)
    assert result.errors == ()
    return [d for d in result.diagnostics if not d.pedantic]


def told(*texts: str, rows: tuple[ApiRow, ...] = ()) -> list[tuple[str, str]]:
    """Rule and function of what is found without asking for everything."""
    return sorted((d.rule, d.function) for d in findings(*texts, rows=rows))
