"""Compares what primitives return on the simulated runtime with what they return in real OCaml.

The programs that `stubcheck run` makes up are run once more in processes of their own, and twice
by each OCaml. What differs from itself is not pure: time, numbers of processes and of files,
uninitialised memory, what an earlier call has left. It is left out and counted.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias
from unittest.mock import patch

from runtime_sim.harness.process import Server, Setup
from runtime_sim.harness.report import BESIDES, RAISED, RETURNED
from runtime_sim.harness.terms import Program, parse_program
from runtime_sim.harness.trials import try_primitive
from runtime_sim.model.profile import Profile
from runtime_sim.outcome import at_random
from stubcheck.inputs import read_inputs
from stubcheck.jobs import Job
from stubcheck.run import Prepared, Request, prepare
from tools.corpus.ocaml_program import NotOcaml, Start, calls_of, check_ocaml, ocaml_program
from tools.corpus.ocaml_run import PERTURBED, Ocaml, defined_in
from tools.corpus.recipes import Recipe, request_for

Answer: TypeAlias = dict[str, Any]
_OF_THE_RUNTIME = ("caml_ml_open_descriptor_in", "caml_ml_open_descriptor_out")
_SUFFIXES = (".c", ".h", ".inc", ".def")
_OTHER = at_random(7)


@dataclass(frozen=True, slots=True)
class Difference:
    """A program that came to something else in OCaml."""

    program: Program
    simulated: Answer
    real: Answer


@dataclass
class Compared:
    """The programs of one package, in one OCaml.

    `equal` and `impure` count programs by their primitives; `absent` are those that this OCaml
    cannot link.
    """

    package: str
    version: str
    equal: Counter[str] = field(default_factory=Counter)
    impure: Counter[str] = field(default_factory=Counter)
    absent: Counter[str] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)

    @property
    def primitives(self) -> set[str]:
        """Those of which a program was compared."""
        return {*self.equal, *(one.program.primitive for one in self.differences)}

    @property
    def agreed(self) -> set[str]:
        """Those whose programs all came to the same, in every run."""
        return {*self.equal} - {one.program.primitive for one in self.differences} - {*self.impure}


@dataclass(frozen=True, slots=True)
class Simulated:
    """What programs came to, twice: one process for all of a primitive, and one for each."""

    first: Mapping[str, Answer]
    second: Mapping[str, Answer]

    def is_pure(self, text: str) -> bool:
        return self.first[text] == self.second[text]


def compare_package(
    recipe: Recipe, corpus: Path, calls: int, timeout: float, all_ocaml: Sequence[Ocaml]
) -> list[Compared]:
    """Run the programs of a package's primitives everywhere."""
    with (
        request_for(recipe, corpus, calls, timeout) as request,
        tempfile.TemporaryDirectory(prefix="results-") as folder,
    ):
        (job,) = (one for one in read_inputs(request.paths, request.settings).jobs if one.files)
        prepared = prepare(job, request, Path(folder))
        assert prepared.setup is not None
        simulated = _simulate(prepared, prepared.setup, request)
        return [
            _compare(recipe, corpus, job, prepared.setup, simulated, ocaml, timeout)
            for ocaml in all_ocaml
            if ocaml.version().startswith("4.") or recipe.profile is not Profile.OCAML_4_14
        ]


def _simulate(prepared: Prepared, setup: Setup, request: Request) -> Simulated:
    first: dict[str, Answer] = {}
    with Server(setup) as server:
        for one in prepared.there:
            trial = try_primitive(
                server, prepared.generator, one.signature, request.calls, request.seed
            )
            first |= {text: _plain(answer) for text, answer in trial.results.items()}
    second = {}
    with patch.dict(os.environ, PERTURBED), Server(replace(setup, policy=_OTHER)) as server:
        for text in first:
            server.restart()
            second[text] = _plain(server.run(parse_program(text)))
    return Simulated(first, second)


def _compare(
    recipe: Recipe,
    corpus: Path,
    job: Job,
    setup: Setup,
    simulated: Simulated,
    ocaml: Ocaml,
    timeout: float,
) -> Compared:
    compared = Compared(recipe.name, ocaml.version())
    with tempfile.TemporaryDirectory(dir=ocaml.temporary(), prefix="results-") as name:
        folder = Path(name)
        sources = _copy_sources(recipe, corpus, job, folder)
        flags = [f"-D{one}" for one in recipe.define]
        flags += [f"-I{ocaml.inside(folder / one)}" for one in (".", *recipe.include)]
        objects = ocaml.compile_stubs(sources, folder / "objects", flags)
        there = defined_in(objects) | {*_OF_THE_RUNTIME}
        programs = []
        for program in map(parse_program, simulated.first):
            if not simulated.is_pure(str(program)):
                compared.impure[program.primitive] += 1
            elif _can_run(program, setup, there):
                programs.append(program)
            else:
                compared.absent[program.primitive] += 1
        if not programs:
            return compared
        start = Start(setup.exceptions, setup.functions, setup.prelude)
        text = ocaml_program(programs, setup.conventions, start)
        library = ocaml.link(text, objects, recipe.libraries, folder)
        results = ocaml.results(library, len(programs), timeout, folder)
    for program, (one, other) in zip(programs, results, strict=True):
        first, second = _plain(one), _plain(other)
        expected = simulated.first[str(program)]
        if first != second:
            compared.impure[program.primitive] += 1
        elif first == expected:
            compared.equal[program.primitive] += 1
        else:
            compared.differences.append(Difference(program, expected, first))
    return compared


def _copy_sources(recipe: Recipe, corpus: Path, job: Job, folder: Path) -> list[Path]:
    """The C files of a job, at the same places below a folder, with all headers around them."""
    for name, text in recipe.headers.items():
        (folder / name).write_text(text)
    for top in {Path(path).parts[0] for path in recipe.paths}:
        for path in sorted((corpus / top).rglob("*")):
            if path.suffix in _SUFFIXES and path.is_file():
                copy = folder / path.relative_to(corpus)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
    return [folder / Path(file.path).resolve().relative_to(corpus) for file in job.files]


def _can_run(program: Program, setup: Setup, there: set[str]) -> bool:
    try:
        check_ocaml(program, setup.conventions)
    except NotOcaml:
        return False
    return all(call.primitive in there for call in calls_of(program))


def _plain(answer: Answer) -> Answer:
    """What can be compared of an answer: floats have one form."""
    kept = {key: value for key, value in answer.items() if key not in BESIDES}
    return {key: _with_plain_floats(value) for key, value in kept.items()}


def _with_plain_floats(data: Any) -> Any:
    match data:
        case {"float": text}:
            return {"float": float.fromhex(text).hex()}
        case dict():
            return {key: _with_plain_floats(value) for key, value in data.items()}
        case list():
            return [_with_plain_floats(one) for one in data]
    return data


def render(compared: Sequence[Compared]) -> str:
    """A table of the packages, then the differences."""
    head = (
        "| package | OCaml | primitives | equal | calls | equal | different | not pure | absent |"
    )
    rows = [_row(one.package, one.version, [one]) for one in compared]
    for version in dict.fromkeys(one.version for one in compared):
        rows += [_row("all", version, [one for one in compared if one.version == version])]
    differences = [
        f"{one.package} | {one.version} | {difference.program} | "
        f"{_shown(difference.simulated)} | {_shown(difference.real)}"
        for one in compared
        for difference in one.differences
    ]
    return "\n".join((head, f"| --- | --- {'| ---: ' * 7}|", *rows, "", *differences))


def _row(package: str, version: str, several: Sequence[Compared]) -> str:
    equal = sum(one.equal.total() for one in several)
    different = sum(len(one.differences) for one in several)
    cells = (
        sum(len(one.primitives) for one in several),
        sum(len(one.agreed) for one in several),
        equal + different,
        equal,
        different,
        sum(one.impure.total() for one in several),
        sum(one.absent.total() for one in several),
    )
    return f"| {package} | {version} | " + " | ".join(map(str, cells)) + " |"


def _shown(answer: Answer) -> str:
    match answer["outcome"]:
        case str() as outcome if outcome == RETURNED:
            return f"{answer['result']}"
        case str() as outcome if outcome == RAISED:
            return f"raised {answer['exception']} {answer['arguments']}"
    return str(answer)
