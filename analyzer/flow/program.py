"""Linking: which function a call may reach, across the files of a project.

A name is looked for in its own file, then in the files of the same folder, then in the whole
project; where several definitions fit, the callee counts as unknown.  A call through a pointer
reaches the functions that the project stores in a member of that name, or hands over as that
parameter.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from analyzer.flow.walk import calls_of, subexpressions, uncast
from analyzer.ir.nodes import (
    AddressOf,
    Assign,
    Call,
    Const,
    Deref,
    Expr,
    Function,
    Global,
    Index,
    Initialiser,
    InitList,
    Member,
    Select,
    Storage,
    Str,
    Symbol,
    Unit,
    Var,
)
from analyzer.ir.types import CType, TypeKind

ROOT_REGISTRATIONS = frozenset(
    {
        "caml_register_global_root",
        "caml_register_generational_global_root",
        "register_global_root",
    }
)

Registered = tuple[str, str]
"""The structure's name (or "" for any) and the member, or ("", the variable's name)."""


class Program:
    """The units of one project, linked."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self.units = units
        self.unit_of: dict[Function, Unit] = {}
        self._own: dict[str, dict[str, list[Function]]] = defaultdict(dict)
        self._folders: dict[str, dict[str, list[Function]]] = defaultdict(dict)
        self._project: dict[str, list[Function]] = {}
        self._defined: set[str] = set()
        self._resolved: dict[tuple[str, Unit], tuple[Function, ...]] = {}
        self.globals: dict[Symbol, Global] = {}
        self._members: dict[str, list[Function]] = {}
        self._parameters: dict[tuple[Function, int], list[Function]] = {}
        self._open_members: set[str] = set()
        self.registered: set[Registered] = set()
        self.struct_of: dict[str, Mapping[str, CType]] = {}
        for unit in units:
            self._enter(unit)
        for unit in units:
            self._link(unit)

    def functions(self) -> Iterator[Function]:
        return iter(self.unit_of)

    def resolve(self, name: str, unit: Unit) -> tuple[Function, ...]:
        """The definitions that a call of `name` in `unit` may reach: one, in two forms at most."""
        if name not in self._defined:
            return ()
        key = (name, unit)
        found = self._resolved.get(key)
        if found is None:
            found = self._resolved[key] = self._look_up(name, unit)
        return found

    def _look_up(self, name: str, unit: Unit) -> tuple[Function, ...]:
        own = self._own[unit.path].get(name)
        if own:
            mine = [f for f in own if self.unit_of[f] is unit]
            return tuple(mine or own[:1])
        for scope in (self._folders[os.path.dirname(unit.path)], self._project):
            found = scope.get(name)
            if found:
                paths = {f.symbol.position.path for f in found}
                return tuple(found[:1]) if len(paths) == 1 else ()
        return ()

    def is_defined(self, name: str) -> bool:
        """Whether any file of the project defines the function, however often."""
        return name in self._defined

    def stored_in(self, member: str) -> tuple[Function, ...]:
        """The functions that the project stores in members of this name, if all are known."""
        return () if member in self._open_members else tuple(self._members.get(member, ()))

    def passed_as(self, function: Function, parameter: int) -> tuple[Function, ...]:
        """The functions that calls in the project hand over as this parameter."""
        return tuple(self._parameters.get((function, parameter), ()))

    def is_registered(self, struct: str, member: str) -> bool:
        """Whether some registration in the project is of this member (variable: struct "")."""
        registered = self.registered
        return (struct, member) in registered or (bool(struct) and ("*", member) in registered)

    def _enter(self, unit: Unit) -> None:
        self.struct_of.update(unit.structs)
        folder = self._folders[os.path.dirname(unit.path)]
        for function in unit.functions:
            self.unit_of[function] = unit
            name = function.name
            self._defined.add(name)
            self._own[unit.path].setdefault(name, []).append(function)
            if function.external:
                folder.setdefault(name, []).append(function)
                self._project.setdefault(name, []).append(function)
        for item in unit.globals:
            self.globals[item.symbol] = item

    def _link(self, unit: Unit) -> None:
        for item in unit.globals:
            if item.initialiser is not None:
                self._link_initialiser(item.symbol.type, item.initialiser, unit)
                self._link_table(item.symbol, item.initialiser, unit)
        for function in unit.functions:
            for call in calls_of(function):
                self._link_call(call, unit)
            for block in function.blocks:
                for instruction in block.instructions:
                    if isinstance(instruction, Assign) and isinstance(instruction.place, Member):
                        self._store(instruction.place.name, instruction.source, unit)

    def _link_initialiser(self, declared: CType, initialiser: Initialiser, unit: Unit) -> None:
        if not isinstance(initialiser, InitList):
            return
        members = list(unit.structs.get(declared.name, ()))
        for key, item in initialiser.items:
            if isinstance(item, InitList):
                inner = declared.target or _member_type(unit, declared, key) or declared
                self._link_initialiser(inner, item, unit)
                continue
            name = key if isinstance(key, str) else members[key] if 0 <= key < len(members) else ""
            if name:
                self._store(name, item, unit)

    def _link_table(self, symbol: Symbol, initialiser: Initialiser, unit: Unit) -> None:
        """The functions in an array of pointers to functions."""
        if isinstance(initialiser, InitList) and symbol.type.kind is TypeKind.ARRAY:
            for _, item in initialiser.items:
                if not isinstance(item, InitList):
                    self._store(f"{symbol.name}[]", item, unit)

    def _store(self, member: str, source: Expr, unit: Unit) -> None:
        functions = self.named_functions(source, unit)
        if not functions and not _is_no_function(source):
            self._open_members.add(member)
        for function in functions:
            known = self._members.setdefault(member, [])
            if function not in known:
                known.append(function)

    def _link_call(self, call: Call, unit: Unit) -> None:
        name = call.name
        if name in ROOT_REGISTRATIONS and call.args:
            self._register(call.args[0])
        targets: tuple[Function, ...] | None = None
        for number, argument in enumerate(call.args):
            for function in self.named_functions(argument, unit):
                if targets is None:
                    targets = self.resolve(name, unit) if name else ()
                for target in targets:
                    known = self._parameters.setdefault((target, number), [])
                    if function not in known:
                        known.append(function)

    def _register(self, address: Expr) -> None:
        address = uncast(address)
        place = address.place if isinstance(address, AddressOf) else None
        while isinstance(place, Index):
            place = place.base
        if isinstance(place, Member):
            self.registered.add((place.base.type.name, place.name))
            if not place.base.type.name:
                self.registered.add(("*", place.name))
            base: Expr = place.base
            while isinstance(base, Member | Index):
                base = base.base
            if isinstance(base, Var):
                self.registered.add(("", base.symbol.name))
        elif isinstance(place, Var):
            self.registered.add(("", place.symbol.name))
        elif isinstance(place, Deref):
            self._register(place.pointer)
        elif place is None:
            for part in subexpressions(address):
                if isinstance(part, Var):
                    self.registered.add(("", part.symbol.name))
                elif isinstance(part, Member):
                    self.registered.add((part.base.type.name, part.name))

    def named_functions(self, expr: Expr, unit: Unit) -> Iterable[Function]:
        """The project's functions that an expression names outright."""
        expr = uncast(expr)
        if isinstance(expr, Select):
            return (
                *self.named_functions(expr.then, unit),
                *self.named_functions(expr.otherwise, unit),
            )
        if isinstance(expr, AddressOf):
            expr = expr.place
        if isinstance(expr, Var) and expr.symbol.storage is Storage.FUNCTION:
            return self.resolve(expr.symbol.name, unit)
        return ()


def _is_no_function(source: Expr) -> bool:
    """Whether what is stored certainly is no pointer to a function that is not ours."""
    source = uncast(source)
    return isinstance(source, Const | Str) or source.type.kind not in _MAYBE_FUNCTIONS


_MAYBE_FUNCTIONS = frozenset({TypeKind.POINTER, TypeKind.FUNCTION, TypeKind.UNKNOWN})


def _member_type(unit: Unit, declared: CType, key: str | int) -> CType | None:
    fields = unit.structs.get(declared.name, {})
    if isinstance(key, str):
        return fields.get(key)
    names = list(fields)
    return fields[names[key]] if key < len(names) else None


def is_primitive_like(function: Function) -> bool:
    """Whether OCaml may call this: CAMLprim, or not static and of values, returning one."""
    if function.primitive:
        return True
    result = function.symbol.type.target
    if not function.external or result is None or not result.is_value:
        return False
    return all(p.type.is_value for p in function.params) or _is_bytecode(function)


def _is_bytecode(function: Function) -> bool:
    params = function.params
    return (
        len(params) == 2
        and params[0].type.is_value_array
        and params[1].type.kind is TypeKind.INTEGER
    )
