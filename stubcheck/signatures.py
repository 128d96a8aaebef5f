"""From the OCaml side of a project to how its primitives are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from analyzer.ir.nodes import Position
from analyzer.mlfront import Environment, read_ml
from analyzer.options import OcamlFile
from runtime_sim.harness.signatures import Convention, Signature
from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.types import External


class Declared(NamedTuple):
    """A primitive as an external declares it; `unknown` says why it cannot be called.

    `name` is the OCaml one, `names` are those of all C functions that answer the external.
    """

    signature: Signature
    name: str
    names: tuple[str, ...]
    position: Position
    unknown: str = ""


def read_signatures(
    files: Sequence[OcamlFile], profile: Profile
) -> tuple[Shapes, tuple[Declared, ...]]:
    """Every primitive that the files declare, by its C function's name: each once."""
    contents = {file.path: file for file in files}
    parsed = {file.path: read_ml(file.path, _content(file)) for file in files if file.may_declare}
    environment = Environment(
        [file.path for file in files], lambda path: _content(contents[path]), parsed
    )
    shapes = Shapes(environment.definition, profile)
    found: dict[str, Declared] = {}
    for file in parsed.values():
        for declared in file.externals:
            external = environment.closed(declared)
            if not external.is_compiler_primitive:
                one = _declared(external, declared.position, shapes)
                found.setdefault(one.signature.name, one)
    return shapes, tuple(found.values())


def read_text(file: OcamlFile) -> str:
    """The text of a file, whatever its bytes."""
    return _content(file).decode("utf-8", "replace")


def _content(file: OcamlFile) -> bytes:
    if file.content is not None:
        return file.content
    with open(file.path, "rb") as handle:
        return handle.read()


def _declared(external: External, position: Position, shapes: Shapes) -> Declared:
    slots = (*external.params, external.result)
    # Bytecode passes values alone, and more than five of them as an array.
    name = external.bytecode_name
    signature = Signature(
        name,
        tuple(shapes.of(slot.type) for slot in external.params),
        shapes.of(external.result.type),
        Convention(
            # What is promised holds for what native code calls.
            noalloc=external.noalloc and name == external.native_name,
            local=tuple(n for n, slot in enumerate(external.params) if slot.locality.may_be_local),
            local_result=external.result.locality.may_be_local,
            nullable_result=shapes.of(external.result.type).nullable,
        ),
    )
    unknown = ""
    if any(not shapes.of(slot.type).is_value for slot in slots):
        unknown = "it takes or returns what is no value"
    return Declared(signature, external.name, external.names, position, unknown)
