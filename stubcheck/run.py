"""`stubcheck run`: from the paths given to what each primitive did on the simulated runtime."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from runtime_sim.build import BuildError, build_runtime, compiler
from runtime_sim.harness.generate import Generator
from runtime_sim.harness.guessed import try_guessed
from runtime_sim.harness.process import Server, ServerFailed, Setup
from runtime_sim.harness.terms import Call, Integer, Program, Statement, TermError, parse_program
from runtime_sim.harness.trials import Trial, Wrong, try_primitive, try_program
from runtime_sim.lines import ElfReaderMissing, Lines
from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.outcome import EVERY_POINT, GENERATIONAL, Place, Policy, at_point, at_random
from stubcheck.errors import UserError
from stubcheck.ignored import why_ignored
from stubcheck.initialisation import read_initialisation
from stubcheck.inputs import read_inputs
from stubcheck.jobs import Job
from stubcheck.settings import Settings
from stubcheck.signatures import Declared, read_signatures, read_text
from stubcheck.stub_library import StubLibrary, build_library

if TYPE_CHECKING:
    from stubcheck.guess import Guess

_UNDECLARED = "no external declares it: its types are unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to run, and how: `calls` of each primitive, `timeout` seconds for one of them.

    `primitives` are the names of C functions, all of them if it is empty; `call` are calls to be
    made in place of those that the types suggest. `libraries` are names for the linker. The
    allocation of a number fails in each call, counted from 1; none for 0. `guess_types` is
    whether functions are run that no external declares.
    """

    paths: tuple[str, ...]
    settings: Settings
    policy: Policy
    seed: int
    calls: int
    timeout: float
    jobs: int
    primitives: tuple[str, ...] = ()
    call: str | None = None
    libraries: tuple[str, ...] = ()
    failing_allocation: int = 0
    guess_types: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """What one primitive did; `place` is where its C function is, or else its external.

    `types` are "declared" by an external, or "guessed", or empty if they are not known. `ignored`
    is what was wrong besides and a comment suppresses, with the reason that it gives.
    """

    place: Place
    trial: Trial
    lines: Lines | None = None
    types: str = "declared"
    ignored: tuple[tuple[Wrong, str], ...] = ()

    @property
    def status(self) -> str:
        """As in the JSON; of several the worst."""
        rules = {wrong.rule for wrong in self.trial.wrongs}
        if rules - {"crash", "timeout"}:
            return "violation"
        for rule in ("crash", "timeout"):
            if rule in rules:
                return rule
        return "clean" if self.trial.calls else "not-runnable"


@dataclass
class RunResult:
    """The primitives in the order of their places, and what the user has to be told besides."""

    profile: Profile
    tried: list[Tried] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    unopened: tuple[str, ...] = ()
    asked: bool = False
    """Whether certain calls were asked for, and not those that the types suggest."""
    given: dict[str, str] = field(default_factory=dict)
    """The paths as they were given, by what they are called in debugging information."""


def run(request: Request) -> RunResult:
    """Run the primitives of everything that the paths come to."""
    asked = _read_program(request.call)
    inputs = read_inputs(request.paths, request.settings)
    jobs = [job for job in inputs.jobs if job.files]
    profiles = {job.options.profile for job in jobs}
    if len(profiles) > 1:
        raise UserError("stubs are run for one profile at a time: choose one with --profile")
    result = RunResult(next(iter(profiles), Profile.OCAML_5))
    result.warnings += inputs.warnings
    result.unopened = inputs.unopened
    result.asked = asked is not None
    try:
        compiler()
        for job in jobs:
            result.given |= {os.path.abspath(path): path for path in job.paths}
            with tempfile.TemporaryDirectory(prefix="stubcheck-run-") as folder:
                result.tried += _run_job(job, request, asked, Path(folder))
    except (BuildError, ElfReaderMissing) as error:
        raise UserError(str(error)) from None
    return result


def read_policy(name: str, seed: int) -> Policy:
    """A policy by its name on the command line."""
    kind, _, number = name.partition(":")
    if kind == "nth" and number.isdecimal() and int(number) > 0:
        return at_point(int(number))
    if name == "random":
        return at_random(seed)
    if name == "every-point":
        return EVERY_POINT
    if name == "generational":
        return GENERATIONAL
    raise UserError(f"'{name}' is no policy (every-point, nth:K, random or generational)")


def _read_program(text: str | None) -> Program | None:
    try:
        return parse_program(text) if text is not None else None
    except TermError as error:
        raise UserError(f"--call: {error}") from None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The stubs of one project, built.

    `there` are the primitives that can be called, `guessed` those that no external declares.
    `setup` runs them, and is None where no file could be compiled.
    """

    library: StubLibrary
    shapes: Shapes
    declared: tuple[Declared, ...]
    there: list[Declared]
    guessed: list[Declared]
    guess: Guess | None = None
    setup: Setup | None = None

    @property
    def generator(self) -> Generator:
        """What makes up calls of what is declared."""
        return Generator(self.shapes, [one.signature for one in self.there])


def prepare(job: Job, request: Request, folder: Path) -> Prepared:
    """Build the stubs of a project in a folder, and find out how they are called."""
    runtime = build_runtime()
    profile = job.options.profile
    guess = _guess(job) if request.guess_types else None
    library = build_library(
        job.files,
        profile,
        folder,
        runtime,
        request.libraries,
        request.jobs,
        guess.complete if guess else None,
    )
    shapes, declared = read_signatures(job.ocaml, profile, guess.definitions if guess else {})
    there = [one for one in declared if not _why_not(one, library)]
    guessed = _guessed(guess, shapes, declared, library) if guess else []
    prepared = Prepared(library, shapes, declared, there, guessed, guess)
    if library.path is None:
        return prepared
    start = read_initialisation(read_text(file) for file in job.ocaml if file.may_declare)
    setup = Setup(
        runtime,
        library.path,
        profile,
        request.policy,
        {one.signature.name: one.signature.convention for one in (*there, *guessed)},
        request.timeout,
        failing_allocation=request.failing_allocation,
        exceptions=start.exceptions,
        functions=start.functions,
        makes_up=guess is not None and guess.makes_up,
        wrong_returns=library.lines.wrong_returns if library.lines else (),
    )
    return replace(prepared, setup=replace(setup, prelude=_prelude(setup, there, start.externals)))


def _run_job(job: Job, request: Request, asked: Program | None, folder: Path) -> list[Tried]:
    prepared = prepare(job, request, folder)
    library = prepared.library
    tried = _not_run(prepared.declared, prepared.guessed, library, request)
    if prepared.setup is None:
        return tried
    try:
        with Server(prepared.setup) as server:
            if asked is not None:
                trial = try_program(server, asked)
                is_guessed = any(one.signature.name == trial.primitive for one in prepared.guessed)
                return [_tried(trial, library, "guessed" if is_guessed else "declared")]
            tried += _try_declared(server, prepared, request)
            if prepared.guess is not None:
                tried = _with_guessed(server, prepared, prepared.guess, tried, request)
    except ServerFailed as error:
        raise UserError(f"the stubs cannot be run: {error}") from None
    return sorted(tried, key=lambda one: (one.place, one.trial.primitive))


def _try_declared(server: Server, prepared: Prepared, request: Request) -> Iterator[Tried]:
    generator = prepared.generator
    for one in prepared.there:
        if _is_asked(one.signature.name, request):
            trial = try_primitive(server, generator, one.signature, request.calls, request.seed)
            yield _tried(trial, prepared.library)


def _with_guessed(
    server: Server,
    prepared: Prepared,
    guess: Guess,
    tried: Sequence[Tried],
    request: Request,
) -> list[Tried]:
    """What was tried, with what can be where types are guessed.

    Those are also guessed of what is declared and has a parameter that nothing gives values of.
    """
    known = [one.signature for one in prepared.there]
    shapes = prepared.shapes
    unable = {one.trial.primitive for one in tried if one.trial.unrunnable}
    unable &= {signature.name for signature in known}
    again = [one for one in guess.declared(shapes) if one.signature.name in unable]
    signatures = [one.signature for one in (*prepared.guessed, *again)]
    trials = try_guessed(
        server,
        shapes,
        [*known, *signatures],
        [signature for signature in signatures if _is_asked(signature.name, request)],
        guess.surroundings(shapes),
        request.calls,
        request.seed,
    )
    found = {
        trial.primitive: _tried(trial, prepared.library, "guessed")
        for trial in trials
        if not (trial.unrunnable and trial.primitive in unable)
    }
    return [*(one for one in tried if one.trial.primitive not in found), *found.values()]


def _prelude(setup: Setup, there: list[Declared], names: tuple[str, ...]) -> Program | None:
    """The calls by which the program starts; those that go wrong are left for later."""
    found = {one.name: one.signature for one in there if len(one.signature.parameters) == 1}
    calls = [Statement(Call(found[name].name, (Integer(0),))) for name in names if name in found]
    if not calls:
        return None
    with Server(setup) as server:
        good = [one for one in calls if not try_program(server, Program((one,))).wrongs]
    return Program(tuple(good)) if good else None


def _is_asked(name: str, request: Request) -> bool:
    return not request.primitives or name in request.primitives


def _why_not(declared: Declared, library: StubLibrary) -> str:
    """Why a primitive that is declared cannot be called; empty if it can."""
    name = declared.signature.name
    if library.definition(name) is None:
        return library.why_missing(name)
    return declared.unknown


def _guess(job: Job) -> Guess:
    from stubcheck.guess import Guess

    return Guess(job)


def _guessed(
    guess: Guess, shapes: Shapes, declared: tuple[Declared, ...], library: StubLibrary
) -> list[Declared]:
    """The primitives that no external declares and that can be called with guessed types."""
    undeclared = {name for name, _ in _undeclared(declared, library)}
    return [
        one
        for one in guess.declared(shapes)
        if undeclared.intersection(one.names) and not _why_not(one, library)
    ]


def _not_run(
    declared: tuple[Declared, ...],
    guessed: Sequence[Declared],
    library: StubLibrary,
    request: Request,
) -> list[Tried]:
    """The primitives that cannot be called, and why."""
    found = []
    run = {one.signature.name for one in guessed}
    for one in declared:
        why = _why_not(one, library)
        if why:
            path, line, _ = one.position
            definition = library.definition(one.signature.name)
            place = definition.place if definition else Place(path, line)
            found.append((one.signature.name, place, why, "declared"))
    for name, place in _undeclared(declared, library):
        if name not in run:
            found.append((name, place, _UNDECLARED, ""))
    return [
        Tried(place, Trial(name, unrunnable=why), library.lines, types)
        for name, place, why, types in found
        if _is_asked(name, request)
    ]


def _undeclared(
    declared: tuple[Declared, ...], library: StubLibrary
) -> Iterator[tuple[str, Place]]:
    """What may be a primitive in files of which no external declares any."""
    if library.lines is None:
        return
    names = {name for one in declared for name in one.names}
    definitions = library.lines.definitions
    known = {definitions[name].place.path for name in names if name in definitions}
    for name, definition in definitions.items():
        if definition.is_of_values and definition.place.path not in known:
            yield name, definition.place


def _tried(trial: Trial, library: StubLibrary, types: str = "declared") -> Tried:
    place, lines = _place(trial.primitive, library), library.lines
    if lines is None:
        return Tried(place, trial, lines, types)
    reasons = [(wrong, why_ignored(wrong, place, lines)) for wrong in trial.wrongs]
    ignored = tuple((wrong, reason) for wrong, reason in reasons if reason is not None)
    left = [wrong for wrong, reason in reasons if reason is None]
    return Tried(place, replace(trial, wrongs=left), lines, types, ignored)


def _place(name: str, library: StubLibrary) -> Place:
    definition = library.definition(name)
    return definition.place if definition else Place("", 0)
