"""What stubs without an OCaml side can be run with: guessed types, and stand-ins for libraries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from analyzer.check import Reader
from analyzer.inference import Carrier, Inferred, infer_externals
from analyzer.ir.nodes import Unit
from runtime_sim.harness.signatures import Signature, Surroundings
from runtime_sim.model.api import load_api
from runtime_sim.model.representation import Shapes
from runtime_sim.model.types import Constr, TypeDefinition
from stubcheck.jobs import Job
from stubcheck.signatures import Declared, declare
from stubcheck.stand_ins import write_makers, write_stand_ins

_SEED = "stand_in_seed"
_SEED_TEXT = f"""
long {_SEED}(long number)
{{
  stand_in_start(number >> 1);
  return 1;
}}
"""
_OWN = "caml_"
"""How the runtime's names begin."""


class Guess:
    """What is guessed of the C files of a job."""

    def __init__(self, job: Job) -> None:
        self._units = list(_units(job))
        self._inferred: Inferred = infer_externals(self._units)
        self._api = load_api(job.options.profile)
        self._makers: Mapping[str, str] = {}
        self.makes_up = False
        """Whether C data, or what libraries do."""

    @property
    def definitions(self) -> Mapping[str, TypeDefinition]:
        """Those of the types that guessed ones name."""
        return self._inferred.definitions

    def complete(self, missing: Sequence[str]) -> str:
        """C text with what no library has, and with makers of values that hold C data."""
        names = [name for name in missing if not self._is_of_ocaml(name)]
        makers, self._makers = write_makers(self._units, self._inferred.held)
        self.makes_up = bool(names or self._makers)
        return write_stand_ins(self._units, names) + makers + _SEED_TEXT

    def _is_of_ocaml(self, name: str) -> bool:
        """Whether it is the runtime's, or was: nothing stands in for what a release lacks."""
        return name.startswith(_OWN) or self._api.get(name) is not None

    def declared(self, shapes: Shapes) -> Iterator[Declared]:
        """The primitives as they might be declared."""
        for one in self._inferred.externals:
            for declared in declare(one.external, one.position, shapes):
                signature = replace(declared.signature, numbers=one.numbers)
                yield declared._replace(signature=signature)

    def surroundings(self, shapes: Shapes) -> Surroundings:
        """What the primitives count on besides."""
        unit = shapes.of(Constr("unit"))
        held = self._inferred.held
        return Surroundings(
            makers=tuple(
                Signature(name, (unit,), shapes.of(Constr(key)), numbers=())
                for key, name in self._makers.items()
            ),
            custom=frozenset(key for key in held if held[key].carrier is Carrier.CUSTOM),
            named={name: shapes.of(type) for name, type in self._inferred.named.items()},
            numbers=self._inferred.numbers,
            seed=_SEED if self.makes_up else "",
        )


def _units(job: Job) -> Iterator[Unit]:
    read = Reader(job.options)
    for file in job.files:
        yield from read(file).units
