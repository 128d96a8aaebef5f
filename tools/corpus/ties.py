"""Whether each C function that an external names, and a C file defines, is tied to it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from analyzer.check import AnyFile, Reader
from analyzer.flow.program import Program
from analyzer.flow.types.contracts import Contracts
from analyzer.ir.nodes import Position
from analyzer.mlfront import DeclaredExternal, Environment, read_ml
from stubcheck.files import CXX_SUFFIXES
from stubcheck.inputs import read_inputs
from stubcheck.settings import Settings
from tools.corpus.definitions import Place, find_definitions
from tools.corpus.externals import ml_files

Named = tuple[Position, str]
"""Where an external is declared, and one of its C names."""

_C_SUFFIXES = (".c", ".h")
_OCAML_LIBRARIES = Path("ocaml", "otherlibs")
# Those of <math.h> that OCaml programs name.
_MATHS = re.compile(
    r"(a?(cos|sin|tan)|(cos|sin|tan)h|atan2|ceil|exp|floor|fmod|log(10)?|pow|sqrt)$"
)
_BY_OCAML = "in OCaml's runtime and libraries"
_BY_C = "in C's <math.h>"
_BY_CXX = "in C++ files of their package"
_NOWHERE = "in no file"


@dataclass(frozen=True, slots=True)
class PackageTies:
    """The C names of one package's externals.

    `tied` and `untied` are those that its C files define, `untied` with their places; `elsewhere`
    has the others by cause.
    """

    package: str
    tied: tuple[str, ...] = ()
    untied: tuple[str, ...] = ()
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ties:
    packages: tuple[PackageTies, ...]

    @property
    def faults(self) -> list[str]:
        return [fault for one in self.packages for fault in (*one.untied, *one.errors)]

    def report(self) -> str:
        tied = sum(len(one.tied) for one in self.packages)
        defined = tied + sum(len(one.untied) for one in self.packages)
        causes: dict[str, Counter[str]] = defaultdict(Counter)
        for one in self.packages:
            for cause, names in one.elsewhere.items():
                causes[cause][one.package] += len(names)
        rows = [
            (defined + sum(map(Counter.total, causes.values())), "in externals"),
            (defined, "defined in C files of their package"),
            (tied, "of these tied to the definition"),
            *((count.total(), _spelt(cause, count)) for cause, count in sorted(causes.items())),
        ]
        lines = [f"| {number:,} | {text} |" for number, text in rows]
        return "\n".join(["| C names | |", "| ---: | --- |", *lines, *self.faults])


def _spelt(cause: str, count: Counter[str]) -> str:
    return f"{cause}: " + ", ".join(f"{package} {number}" for package, number in count.items())


def measure_ties(corpus: Path, packages: Sequence[str]) -> Ties:
    """Measure package by package."""
    with ProcessPoolExecutor() as pool:
        return Ties(tuple(pool.map(partial(ties_of, corpus), packages)))


def ties_of(corpus: Path, package: str) -> PackageTies:
    """Compare what stubcheck ties with the definitions that the text of the C files has."""
    folder = corpus / package
    declared: dict[str, list[Position]] = defaultdict(list)
    for path in ml_files([folder]):
        for one, name in _named(read_ml(str(path), path.read_bytes()).externals):
            declared[name].append(one.position)
    if not declared:
        return PackageTies(package)
    defined = find_definitions(_contents(folder, _C_SUFFIXES), declared)
    answers, errors = answers_in(folder)
    tied = []
    untied = []
    for name, places in sorted(defined.items()):
        paths = {place.path for place in places}
        loose = [at for at in declared[name] if not _is_tied(answers.get((at, name), ()), paths)]
        if loose:
            untied.append(_fault(name, loose, places))
        else:
            tied.append(name)
    elsewhere = _elsewhere(corpus, folder, declared.keys() - defined.keys())
    return PackageTies(package, tuple(tied), tuple(untied), elsewhere, tuple(errors))


def _named(externals: Iterable[DeclaredExternal]) -> Iterator[tuple[DeclaredExternal, str]]:
    """The C names for bytecode and native code; the compiler's own primitives have none."""
    for declared in externals:
        external = declared.external
        if not external.is_compiler_primitive:
            for name in sorted({external.bytecode_name, external.native_name} - {""}):
                yield declared, name


def _is_tied(answer: Sequence[Position], paths: Collection[str]) -> bool:
    """Whether there are definitions, and where the text has them too."""
    return bool(answer) and all(position.path in paths for position in answer)


def _fault(name: str, loose: Iterable[Position], places: Iterable[Place]) -> str:
    positions = ", ".join(f"{position.path}:{position.line}" for position in loose)
    return f"{min(places)}: {name} is not tied to the external at {positions}"


def answers_in(folder: Path) -> tuple[dict[Named, tuple[Position, ...]], list[str]]:
    """The definitions that stubcheck ties to each name of an external; its internal errors.

    They are found as for `stubcheck primitives`, which has those for native code alone.
    """
    answers = {}
    errors = []
    for job in read_inputs([str(folder)], Settings(), ocaml_alone=True).jobs:
        declaring = [file for file in job.ocaml if file.may_declare]
        if not declaring:  # nothing asks for the C files
            continue
        files: list[AnyFile] = [*job.files, *declaring]
        read = list(map(Reader(job.options), files))
        errors += [f"{error.path}: {error.message}" for file in read for error in file.errors]
        contracts = Contracts(
            Program([unit for file in read for unit in file.units]),
            Environment((), lambda path: b""),
            [one for file in read if file.ocaml is not None for one in file.ocaml.externals],
            job.options.profile,
        )
        for one, name in _named(contracts.declared):
            functions = contracts.definitions(one, name)
            answers[one.position, name] = tuple(f.symbol.position for f in functions)
    return answers, errors


def _elsewhere(corpus: Path, folder: Path, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Why names are not defined in the C files of their package."""
    rest = sorted(names)
    by_cxx = find_definitions(_contents(folder, CXX_SUFFIXES), rest)
    by_ocaml = find_definitions(_contents(corpus / _OCAML_LIBRARIES, _C_SUFFIXES), rest)
    causes: dict[str, list[str]] = defaultdict(list)
    for name in rest:
        if name in by_cxx:
            cause = _BY_CXX
        elif name.startswith("caml_") or name in by_ocaml:
            cause = _BY_OCAML
        elif _MATHS.match(name):
            cause = _BY_C
        else:
            cause = _NOWHERE
        causes[cause].append(name)
    return {cause: tuple(some) for cause, some in causes.items()}


def _contents(folder: Path, suffixes: tuple[str, ...]) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.name.endswith(suffixes) and path.is_file() and not path.is_symlink()
    }
