"""Calls, and the macros of the OCaml headers that look like them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pycparser import c_ast

from analyzer.cfront.holes import HOLE
from analyzer.cfront.lower.constants import SIZE
from analyzer.cfront.lower.conversions import returned
from analyzer.cfront.lower.emitter import variable_of
from analyzer.cfront.lower.expressions import Expressions
from analyzer.cfront.lower.unit import place_of
from analyzer.cfront.lower.vocabulary import SIZED_FRAMES, Form, Word
from analyzer.ir.nodes import (
    Access,
    Assign,
    Call,
    Cast,
    Const,
    Deref,
    Evaluate,
    Expr,
    Frame,
    FrameOp,
    Lock,
    Opaque,
    Position,
    Storage,
    Symbol,
    Unreachable,
    Var,
)
from analyzer.ir.spelling import spell_type
from analyzer.ir.types import UNKNOWN, VALUE, VOID, CType, TypeKind


class Calls(Expressions):
    """Lowers calls.  In a file-level initialiser (`static`) there are none: they stay unread."""

    static = False

    def call(self, node: Any, dropped: bool) -> Expr:
        callee = node.name
        arguments: Sequence[Any] = node.args.exprs if node.args is not None else ()
        position = place_of(node.coord)
        word = self.word(callee)
        if word is not None:
            handler = _FORMS.get(word.form)
            if handler is not None:
                return handler(self, word, arguments, position, callee.name)
        mark = len(self.pending)
        symbol = self._function(callee, position)
        if symbol is not None:
            args = self.operands(arguments) if arguments else []
            return self._call(symbol, args, symbol.type, mark, position, dropped)
        target, *args = self.operands((callee, *arguments))
        ctype = target.type
        while type(target) is Deref:
            target = target.pointer
        if type(target) is Cast and _is_function(target.operand):
            target = target.operand
        if type(target) is Var and target.symbol.storage is Storage.FUNCTION:
            return self._call(target.symbol, args, ctype, mark, position, dropped)
        return self._emit_call(target, args, returned(ctype), mark, position, dropped)

    def _function(self, callee: Any, position: Position) -> Symbol | None:
        """The function that is called by its name."""
        if type(callee) is not c_ast.ID:
            return None
        named = self.names.get(callee.name)
        if named is None:
            return self.unit.function(callee.name, position)
        if type(named) is Symbol and named.storage is Storage.FUNCTION:
            return named
        return None

    def _call(
        self,
        symbol: Symbol,
        args: list[Expr],
        ctype: CType,
        mark: int,
        position: Position,
        dropped: bool,
    ) -> Expr:
        callee = Var(symbol, symbol.type, position)
        return self._emit_call(callee, args, returned(ctype), mark, position, dropped)

    def _emit_call(
        self,
        callee: Expr,
        args: Sequence[Expr],
        ctype: CType,
        mark: int,
        position: Position,
        dropped: bool,
    ) -> Expr:
        if self.static:
            return Opaque((callee, *args), ctype, position)
        self.consume(mark)
        unused = dropped or ctype.kind is TypeKind.VOID
        result = None if unused else self.temp(ctype, position)
        call = Call(result, callee, tuple(args), ctype, position)
        self.emit(call)
        self.calls.append(call)
        return Opaque((), VOID, position) if result is None else result

    def _macro(
        self,
        name: str,
        args: Sequence[Expr],
        ctype: CType,
        mark: int,
        position: Position,
        dropped: bool,
    ) -> Expr:
        symbol = self.unit.function(name, position)
        callee = Var(symbol, symbol.type, position)
        return self._emit_call(callee, args, ctype, mark, position, dropped)

    # --- by form ---

    def _access(self, word: Word, arguments: Sequence[Any], position: Position, name: str) -> Expr:
        args = self.operands(arguments) if arguments else ()
        written = "" if name == word.name else name
        return Access(word.name, tuple(args), word.type, position, written)

    def _operand(
        self, word: Word, arguments: Sequence[Any], position: Position, name: str
    ) -> Expr:
        return self.value(arguments[0]) if arguments else Opaque((), UNKNOWN, position)

    def _ordered(
        self, word: Word, arguments: Sequence[Any], position: Position, name: str
    ) -> Expr:
        """All arguments but the first are evaluated one after the other, then the first."""
        mark = len(self.pending)
        args: list[Expr] = []
        for node in (*arguments[1:], *arguments[:1]):
            if not self.is_pure(node):
                args = list(map(self._read_before, args))
            args.append(self.value(node))
        return self._macro(name, (*args[-1:], *args[:-1]), VOID, mark, position, True)

    def _read_before(self, expr: Expr) -> Expr:
        """Keep a value that was read before the effects that follow, if they could change it."""
        numeric = expr.type.kind in (TypeKind.INTEGER, TypeKind.FLOATING)
        return expr if type(expr) is Var and numeric else self.kept(expr)

    def _place(self, word: Word, arguments: Sequence[Any], position: Position, name: str) -> Expr:
        mark = len(self.pending)
        place, *args = self.operands(arguments)
        result = self._macro(name, args, VALUE, mark, position, False)
        self.emit(Assign(place, result, position))
        return Opaque((), VOID, position)

    def _lock(self, word: Word, arguments: Sequence[Any], position: Position, name: str) -> Expr:
        assert word.lock is not None
        self.emit(Lock(word.lock, name, position))
        return Opaque((), VOID, position)

    def _frame(self, word: Word, arguments: Sequence[Any], position: Position, name: str) -> Expr:
        assert word.frame is not None
        args = [self.value(argument) for argument in arguments]
        size = args.pop() if name in SIZED_FRAMES and len(args) > 1 else None
        for place in args:
            variable = variable_of(place)
            if variable is not None:
                self.tracked.add(variable)
        if word.frame is FrameOp.LOCAL:
            for place in args:
                unit = Access("Val_unit", (), VALUE, position)
                self.emit(Assign(place, unit, place.position))
        self.emit(Frame(word.frame, name, tuple(args), size, None, position))
        return Opaque((), VOID, position)

    def _variadic(
        self, word: Word, arguments: Sequence[Any], position: Position, name: str
    ) -> Expr:
        mark = len(self.pending)
        args = [self.value(node) for node in arguments if type(node) is not c_ast.Typename]
        types = [node for node in arguments if type(node) is c_ast.Typename]
        ctype = self.types.resolve(types[0]) if types else UNKNOWN
        return self._macro("va_arg", args, ctype, mark, position, False)

    def _offset(self, word: Word, arguments: Sequence[Any], position: Position, name: str) -> Expr:
        structure = next((a for a in arguments if type(a) is c_ast.Typename), None)
        text = spell_type(self.types.resolve(structure)) if structure is not None else "?"
        member = "".join(map(_designated, arguments[1:]))
        return Const(None, f"offsetof({text}, {member})", SIZE, position)

    def _skipped(
        self, word: Word, arguments: Sequence[Any], position: Position, name: str
    ) -> Expr:
        """What the front end could not read, with the names that occur in it."""
        mentioned = tuple(map(self.value, arguments))
        if name == HOLE:
            self.emit(Evaluate(Opaque(mentioned, VOID, position), position))
            return Opaque((), VOID, position)
        return Opaque(mentioned, UNKNOWN, position)

    def _unreachable(
        self, word: Word, arguments: Sequence[Any], position: Position, name: str
    ) -> Expr:
        self.close(Unreachable(position))
        self.current = self.graph.block()
        return Opaque((), VOID, position)


def _is_function(expr: Expr) -> bool:
    return type(expr) is Var and expr.symbol.storage is Storage.FUNCTION


def _designated(node: Any) -> str:
    """A member designator as it was written."""
    kind = type(node)
    if kind is c_ast.ID:
        return str(node.name)
    if kind is c_ast.StructRef:
        return f"{_designated(node.name)}.{node.field.name}"
    if kind is c_ast.ArrayRef:
        return f"{_designated(node.name)}[{_designated(node.subscript)}]"
    return str(node.value) if kind is c_ast.Constant else "?"


_Handler = Callable[[Any, Word, Sequence[Any], Position, str], Expr]
_FORMS: dict[Form, _Handler] = {
    Form.ACCESS: Calls._access,
    Form.OPERAND: Calls._operand,
    Form.ORDERED: Calls._ordered,
    Form.PLACE: Calls._place,
    Form.LOCK: Calls._lock,
    Form.FRAME: Calls._frame,
    Form.VA_ARG: Calls._variadic,
    Form.OFFSETOF: Calls._offset,
    Form.SKIPPED: Calls._skipped,
    Form.UNREACHABLE: Calls._unreachable,
}
