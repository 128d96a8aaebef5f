"""From the OCaml side of a project to how its primitives are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from analyzer.ir.nodes import Position
from analyzer.mlfront import Environment, read_ml
from analyzer.options import OcamlFile
from runtime_sim.harness.signatures import Convention, Signature
from runtime_sim.model.kinds import Externality, Layout
from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.types import THROUGH_SIGNATURES, External, Slot, TypeDefinition


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
    files: Sequence[OcamlFile],
    profile: Profile,
    definitions: Mapping[str, TypeDefinition] = MappingProxyType({}),
) -> tuple[Shapes, tuple[Declared, ...]]:
    """Every primitive that the files declare, by its C function's name: each once.

    The shapes are also those of types that stand in no file, but in `definitions`.
    """
    contents = {file.path: file for file in files}
    parsed = {file.path: read_ml(file.path, _content(file)) for file in files if file.may_declare}
    environment = Environment(
        [file.path for file in files], lambda path: _content(contents[path]), parsed
    )

    def definition(key: str) -> TypeDefinition | None:
        return definitions.get(key.removeprefix(THROUGH_SIGNATURES)) or environment.definition(key)

    shapes = Shapes(definition, profile)
    found: dict[str, Declared] = {}
    for file in parsed.values():
        for declared in file.externals:
            external = environment.closed(declared)
            if not external.is_compiler_primitive:
                for one in declare(external, declared.position, shapes):
                    found.setdefault(one.signature.name, one)
    return shapes, tuple(found.values())


_VALUE = "value"
_KINDS = {
    Layout.VALUE: _VALUE,
    Layout.FLOAT64: "double",
    Layout.BITS32: "int32_t",
    Layout.BITS64: "int64_t",
    Layout.WORD: "nativeint",
    Layout.UNTAGGED_IMMEDIATE: "intnat",
}
_MOST_BY_REGISTER = 5
"""The arguments that bytecode passes as native code does."""


def read_text(file: OcamlFile) -> str:
    """The text of a file, whatever its bytes."""
    return _content(file).decode("utf-8", "replace")


def _content(file: OcamlFile) -> bytes:
    if file.content is not None:
        return file.content
    with open(file.path, "rb") as handle:
        return handle.read()


def _is_mutable(slot: Slot, shapes: Shapes) -> bool:
    """Whether a stub may store something in what it is given."""
    blocks = shapes.of(slot.type).blocks
    fields = [field for block in blocks for field in (*block.fields, block.elements) if field]
    return any(field.mutable and field.layout is Layout.VALUE for field in fields)


def declare(external: External, position: Position, shapes: Shapes) -> Iterator[Declared]:
    """The function that native code calls, and that of bytecode if it is another."""
    slots = (*external.params, external.result)
    kinds = tuple(_kind(slot, shapes) for slot in slots)
    result = shapes.of(external.result.type)
    native = Convention(
        noalloc=external.noalloc,
        kinds=tuple(kind or _VALUE for kind in kinds),
        local=tuple(n for n, slot in enumerate(external.params) if slot.locality.may_be_local),
        local_result=external.result.locality.may_be_local,
        nullable_result=result.nullable,
        external_result=result.open and result.kind.externality < Externality.INTERNAL,
        mutable=tuple(n for n, slot in enumerate(external.params) if _is_mutable(slot, shapes)),
    )
    is_of_values = all(kind == _VALUE for kind in kinds)
    if is_of_values and external.arity <= _MOST_BY_REGISTER:
        native = replace(native, kinds=())
    unknown = "" if all(kinds) else "it takes or returns what is passed in an unknown way"
    parameters = tuple(shapes.of(slot.type) for slot in external.params)
    for name, convention in (
        (external.native_name, native),
        # What is promised holds for what native code calls.
        (external.bytecode_name, replace(native, noalloc=False, kinds=())),
    ):
        signature = Signature(name, parameters, result, convention)
        yield Declared(signature, external.name, external.names, position, unknown)
        if external.bytecode_name == external.native_name:
            return


def _kind(slot: Slot, shapes: Shapes) -> str:
    """The C type of a parameter or a result; empty if it is not known."""
    if slot.untagged:
        return "intnat"
    layout = shapes.unboxed_layout(slot.type) if slot.unboxed else shapes.layout(slot.type)
    return _VALUE if layout is Layout.ANY else _KINDS.get(layout, "") if layout else ""
