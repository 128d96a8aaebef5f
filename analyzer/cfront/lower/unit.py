"""What the functions of one file share while they are lowered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pycparser import c_ast

from analyzer.cfront.lower.bindings import Bindings
from analyzer.cfront.lower.declarations import Types
from analyzer.cfront.lower.vocabulary import Api, Form, Word, word_for
from analyzer.ir.nodes import Global, Position, Problem, Storage, Symbol
from analyzer.ir.types import UNKNOWN, CType, TypeKind

_FUNCTIONS = (Form.CALL, Form.LOCK)


class Names:
    """The names, types and variables of one unit, and what its unknown names mean."""

    def __init__(self, api: Api, type_of: Callable[[c_ast.Node], CType]) -> None:
        self.bindings = Bindings()
        self.types = Types(self.bindings, type_of)
        self.globals: list[Global] = []
        self.problems: list[Problem] = []
        self._api = api
        self._words: dict[str, Word | None] = {}
        self._functions: dict[str, Symbol] = {}
        self._variables: dict[str, Symbol] = {}

    def define_function(self, name: str) -> None:
        """The project defines this function: whatever the headers say of the name is void."""
        self._words[name] = None

    def word(self, name: str) -> Word | None:
        """What the OCaml headers and the compiler say of a name, unless the project defines it."""
        try:
            return self._words[name]
        except KeyError:
            word = self._words[name] = word_for(name, self._api)
            return word

    def function(self, name: str, position: Position) -> Symbol:
        """The symbol of a function that nothing here declares."""
        symbol = self._functions.get(name)
        if symbol is None:
            word = self.word(name)
            ctype = CType(TypeKind.FUNCTION, target=word.type if word else UNKNOWN)
            symbol = Symbol(name, ctype, Storage.FUNCTION, position)
            self._functions[name] = symbol
        return symbol

    def declared_function(self, name: str, ctype: CType, position: Position) -> Symbol:
        """The one symbol of a function that is declared; the first declaration gives its type."""
        symbol = self._functions.get(name)
        if symbol is None:
            symbol = self._functions[name] = Symbol(name, ctype, Storage.FUNCTION, position)
        return symbol

    def define_variable(self, symbol: Symbol) -> None:
        """A variable at file level: whatever declares the name again means this one."""
        self._variables[symbol.name] = symbol
        self.bindings.bind(symbol.name, symbol)

    def variable(self, name: str, ctype: CType, position: Position) -> Symbol:
        """The symbol of a variable that lives in another file."""
        symbol = self._variables.get(name)
        if symbol is None:
            symbol = self._variables[name] = Symbol(name, ctype, Storage.EXTERN, position)
        return symbol

    def undeclared(self, name: str, position: Position) -> Symbol:
        """The symbol of a name that is used, not called, and that nothing here declares."""
        word = self.word(name)
        if word is not None and word.form in _FUNCTIONS:
            return self.function(name, position)
        return self.variable(name, word.type if word else UNKNOWN, position)

    def problem(self, position: Position, message: str, function: str) -> None:
        self.problems.append(Problem(position, message, function))


def place_of(coord: Any) -> Position:
    """The position of a syntax tree's node."""
    return Position(coord.file, coord.line, coord.column)
