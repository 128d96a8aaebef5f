"""What the OCaml side says of the C functions that answer its externals."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzer.flow.facts import Origin
from analyzer.flow.program import Program
from analyzer.ir.nodes import Function
from analyzer.mlfront import DeclaredExternal, Environment
from runtime_sim.model.c_abi import CArgument, bytecode_takes_array, native_signature
from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.shapes import ValueShape
from runtime_sim.model.types import External, Slot, Type


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One of the ways in which OCaml calls a C function: by one external, from one compiler.

    `args` are the C parameters that native code passes, in order; `array` is whether bytecode
    hands over its arguments as `value *argv, int argn`.
    """

    declared: DeclaredExternal
    external: External  # closed
    origin: Origin
    native: bool
    bytecode: bool
    array: bool
    args: tuple[CArgument, ...]
    result: CArgument | None

    @property
    def both(self) -> bool:
        """Whether native code and bytecode call the same function."""
        return self.native and self.bytecode


@dataclass(frozen=True, slots=True, eq=False)
class Param:
    """A C parameter that is a `value` (or element of `argv`): its type and mode, if all agree."""

    shape: ValueShape | None
    local: bool


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """All the ways into one C function.

    `params` are by C parameter, or by element of `argv` if the function takes an array; empty
    where the entries have different numbers of them.  `result` is None if they disagree on it.
    """

    entries: tuple[Entry, ...]
    params: tuple[Param, ...]
    result: ValueShape | None
    result_local: bool

    @property
    def origin(self) -> Origin:
        return self.entries[0].origin

    @property
    def takes_array(self) -> bool:
        return self.entries[0].array

    def passes_number(self, number: int) -> bool:
        """Whether native code passes a C number as this parameter."""
        return any(
            entry.native and number < len(entry.args) and entry.args[number].kind != "value"
            for entry in self.entries
        )

    @property
    def noalloc(self) -> Origin | None:
        """The declaration that says native code reckons with no allocation."""
        for entry in self.entries:
            if entry.native and entry.external.noalloc:
                return entry.origin
        return None


class Contracts:
    """The externals of a project, tied to its C functions.

    An external is answered by the definitions of its name in its own folder, else by those of the
    whole project: where there are several, a build chooses between them, and each is held to it.
    """

    def __init__(
        self,
        program: Program,
        environment: Environment,
        declared: Sequence[DeclaredExternal],
        profile: Profile,
    ) -> None:
        self.program = program
        self.environment = environment
        self.shapes = Shapes(environment.definition, profile)
        self.declared = tuple(d for d in declared if not d.external.is_compiler_primitive)
        self._defined: dict[str, list[Function]] = defaultdict(list)
        for function in program.functions():
            if function.external:
                self._defined[function.name].append(function)
        self._callers: dict[Function, list[tuple[DeclaredExternal, str]]] = defaultdict(list)
        for one in self.declared:
            for name in dict.fromkeys((one.external.bytecode_name, one.external.native_name)):
                for function in self.definitions(one, name):
                    self._callers[function].append((one, name))
        self._contracts: dict[Function, Contract | None] = {}
        self._closed: dict[DeclaredExternal, External] = {}

    def functions(self) -> Iterable[Function]:
        """The functions that some external names."""
        return iter(self._callers)

    def definitions(self, declared: DeclaredExternal, name: str) -> tuple[Function, ...]:
        """The functions that may answer an external under this C name."""
        found = self._defined.get(name, ())
        if len(found) < 2:
            return tuple(found)
        folder = os.path.dirname(declared.position.path)
        near = [f for f in found if os.path.dirname(f.symbol.position.path) == folder]
        return tuple(near or found)

    def closed(self, declared: DeclaredExternal) -> External:
        found = self._closed.get(declared)
        if found is None:
            found = self._closed[declared] = self.environment.closed(declared)
        return found

    def of(self, function: Function) -> Contract | None:
        """The contract of a function, None if no external names it."""
        if function not in self._contracts:
            callers = self._callers.get(function)
            self._contracts[function] = self._contract(function, callers) if callers else None
        return self._contracts[function]

    def _contract(
        self, function: Function, callers: list[tuple[DeclaredExternal, str]]
    ) -> Contract:
        entries = tuple(self._entry(declared, name) for declared, name in callers)
        counts = {len(self._slots(entry)) for entry in entries}
        array = entries[0].array
        params: tuple[Param, ...] = ()
        agreed = len(counts) == 1 and all(entry.array is array for entry in entries)
        if agreed and (array or counts == {len(function.params)}):
            columns = zip(*(self._slots(entry) for entry in entries), strict=True)
            params = tuple(self._param(column) for column in columns)
        return Contract(
            entries,
            params,
            self._common_shape([entry.external.result.type for entry in entries]),
            any(entry.external.result.locality.may_be_local for entry in entries),
        )

    def _common_shape(self, types: Sequence[Type]) -> ValueShape | None:
        """The shape of types that are one behind their abbreviations; None if they are several."""
        behind = {self.shapes.expanded(type) for type in types}
        return self.shapes.of(types[0]) if len(behind) == 1 else None

    def _entry(self, declared: DeclaredExternal, name: str) -> Entry:
        external = self.closed(declared)
        native = name == external.native_name
        bytecode = name == external.bytecode_name
        array = bytecode and bytecode_takes_array(external) and not native
        args, result = native_signature(external, self.shapes)
        position = declared.position
        text = f"'{declared.ml_name}' is declared as {external.text}"
        return Entry(
            declared, external, Origin(position, text), native, bytecode, array, args, result
        )

    def _slots(self, entry: Entry) -> tuple[Slot | None, ...]:
        """The OCaml parameter of each C parameter, None where that is no `value`."""
        params = entry.external.params
        if not entry.native:
            return params
        return tuple(params[a.slot] if a.kind == "value" else None for a in entry.args)

    def _param(self, slots: tuple[Slot | None, ...]) -> Param:
        known = [slot.type for slot in slots if slot is not None]
        shape = self._common_shape(known) if len(known) == len(slots) else None
        local = all(slot is not None and slot.locality.may_be_local for slot in slots)
        crosses = shape is not None and shape.is_immediate
        return Param(shape, local and not crosses)
