"""A whole file: what it declares, then each function body."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pycparser import c_ast

from analyzer.cfront.lower.statements import Statements
from analyzer.cfront.lower.unit import Names, place_of
from analyzer.cfront.lower.vocabulary import Api
from analyzer.cfront.parse import Parsed
from analyzer.ir.nodes import (
    Function,
    Global,
    Position,
    Return,
    Storage,
    Symbol,
    Unit,
    Unreachable,
)
from analyzer.ir.types import INT, UNKNOWN, CType, TypeKind


def lower(parsed: Parsed, api: Api) -> Unit:
    """The unit of a parsed file; `api` tells accessors and lock functions from ordinary calls."""
    return _File(parsed, api).unit()


class _File:
    """Everything at file level is declared first, so that each name has one symbol."""

    def __init__(self, parsed: Parsed, api: Api) -> None:
        self.parsed = parsed
        self.names = Names(api, self._type_of)
        self.start = Position(parsed.path, 1, 1)
        self.noreturn: set[str] = set()
        self.static: set[str] = set()
        self.definitions: dict[str, c_ast.FuncDef] = {}
        self.functions: dict[str, tuple[CType, Position]] = {}
        self.variables: dict[str, list[tuple[Any, CType]]] = {}

    def unit(self) -> Unit:
        for node in self.parsed.ast.ext:
            if type(node) is c_ast.FuncDef:
                self.definitions[node.decl.name] = node
                self.names.define_function(node.decl.name)
        for node in self.parsed.ast.ext:
            self._declare(node)
        for name, (ctype, position) in self.functions.items():
            symbol = self.names.declared_function(name, ctype, position)
            self.names.bindings.bind(name, symbol)
        self._define_variables()
        functions = tuple(map(self._function, self.definitions.values()))
        return Unit(
            self.parsed.path,
            functions,
            tuple(self.names.globals),
            self.names.types.structs,
            {
                name: ctype
                for name, (ctype, _) in self.functions.items()
                if name not in self.definitions
            },
            frozenset(self.noreturn),
            (*self.parsed.problems, *self.names.problems),
        )

    def _type_of(self, node: c_ast.Node) -> CType:
        return Statements(self.names, "", UNKNOWN, self.start).unevaluated(node)

    # --- declarations ---

    def _declare(self, node: Any) -> None:
        kind = type(node)
        if kind is c_ast.FuncDef:
            self._declare_function(node.decl, self._defined_type(node), True)
        elif kind is c_ast.Typedef:
            self.names.bindings.bind_type(node.name, self.names.types.typedef(node))
        elif kind is c_ast.Decl:
            ctype = self.names.types.resolve(node.type)
            if node.name is None:
                return
            if ctype.kind is TypeKind.FUNCTION:
                self._declare_function(node, ctype, False)
            else:
                self.variables.setdefault(node.name, []).append((node, ctype))

    def _defined_type(self, node: c_ast.FuncDef) -> CType:
        ctype = self.names.types.resolve(node.decl.type)
        if node.param_decls is None:
            return ctype
        return replace(ctype, params=tuple(ctype for _, ctype, _ in self._parameters(node)))

    def _declare_function(self, decl: Any, ctype: CType, defined: bool) -> None:
        name = decl.name
        if "static" in decl.storage:
            self.static.add(name)
        if "_Noreturn" in decl.funcspec:
            self.noreturn.add(name)
        if defined or name not in self.functions:
            self.functions[name] = ctype, place_of(decl.coord)

    def _define_variables(self) -> None:
        """One symbol for each variable, however often it is declared; then what each holds."""
        statements = Statements(self.names, "", UNKNOWN, self.start)
        defined = []
        for name, declarations in self.variables.items():
            node, ctype = max(declarations, key=lambda pair: _rank(pair[0]))
            ctype, items = statements.measured(ctype, node.init)
            position = place_of(node.coord)
            if any("static" in other.storage for other, _ in declarations):
                storage = Storage.STATIC
            elif _rank(node):
                storage = Storage.GLOBAL
            else:
                self.names.bindings.bind(name, self.names.variable(name, ctype, position))
                continue
            symbol = Symbol(name, ctype, storage, position)
            self.names.define_variable(symbol)
            defined.append((symbol, node.init, items))
        for symbol, init, items in defined:
            initialiser = statements.static_initialiser(init, items)
            self.names.globals.append(Global(symbol, initialiser, ""))

    # --- functions ---

    def _function(self, node: Any) -> Function:
        decl = node.decl
        symbol = self.names.bindings.names[decl.name]
        assert isinstance(symbol, Symbol)
        bindings = self.names.bindings
        mark = bindings.mark()
        body = Statements(
            self.names, decl.name, symbol.type.target or UNKNOWN, place_of(node.body.coord)
        )
        params = []
        for name, ctype, position in self._parameters(node):
            param = Symbol(name, ctype, Storage.PARAMETER, position)
            bindings.bind(name, param)
            params.append(param)
        incomplete = decl.name in self.parsed.incomplete
        try:
            body.body(node.body)
        except RecursionError:
            incomplete = True
            body.close(Unreachable(body.last))
            self.names.problem(body.last, "nested too deeply; the rest is skipped", decl.name)
        end = self.parsed.ends.get(node) or body.last
        body.close(Return(None, True, end))
        bindings.restore(mark)
        body.resolve_jumps()
        return Function(
            symbol,
            tuple(params),
            body.graph.finish(body.tracked, symbol.position),
            decl.name not in self.static,
            "CAMLprim" in decl.funcspec,
            incomplete,
            body.temps,
            end,
        )

    def _parameters(self, node: Any) -> Iterator[tuple[str, CType, Position]]:
        """Name, type and position of each parameter, in whichever style they are written."""
        # `NAME { ... }`, with a macro for the parameters that nobody knows, has a type without
        # any.
        written = getattr(node.decl.type, "args", None)
        if written is None:
            return
        types = self.names.types
        old = {decl.name: decl for decl in node.param_decls or () if type(decl) is c_ast.Decl}
        for param in written.params:
            kind = type(param)
            if kind is c_ast.EllipsisParam:
                continue
            if kind is c_ast.ID:
                decl = old.get(param.name)
                ctype = types.parameter(decl.type) if decl is not None else INT
                yield param.name, ctype, place_of(param.coord)
                continue
            ctype = types.parameter(param.type)
            if ctype.kind is not TypeKind.VOID:
                yield param.name or "", ctype, place_of(param.coord or node.decl.coord)


def _rank(node: Any) -> int:
    """How much of a definition a variable's declaration is: none, tentative, or with a value."""
    return 2 if node.init is not None else int("extern" not in node.storage)
