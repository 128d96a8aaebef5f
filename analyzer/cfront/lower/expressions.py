"""Expressions: pure trees, with calls and effects hoisted into the block that is being made."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from pycparser import c_ast

from analyzer.cfront.lower.constants import (
    CHAR,
    HEADER_CONSTANTS,
    SIZE,
    Enumerator,
    evaluate,
    literal,
)
from analyzer.cfront.lower.conversions import binary_type, joined, size_of
from analyzer.cfront.lower.emitter import Emitter, is_indirect, variable_of
from analyzer.cfront.lower.graph import Draft
from analyzer.cfront.lower.unit import place_of
from analyzer.cfront.lower.vocabulary import Form, Word
from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Assign,
    Binary,
    Branch,
    Cast,
    Const,
    Deref,
    Evaluate,
    Expr,
    Index,
    Jump,
    Member,
    Opaque,
    Position,
    Select,
    Storage,
    Str,
    Symbol,
    Temp,
    Unary,
    Var,
)
from analyzer.ir.spelling import spell_type
from analyzer.ir.types import INT, UNKNOWN, VOID, CType, TypeKind, pointer_to

_PURE_FORMS = (Form.ACCESS, Form.OPERAND, Form.OFFSETOF)
_STEPS = {"++": "+", "--": "-", "p++": "+", "p--": "-"}
_TEXT = pointer_to(CHAR)


class Expressions(Emitter):
    """Lowers expressions; what is a statement of its own in the IR is added below this class."""

    @abstractmethod
    def call(self, node: Any, dropped: bool) -> Expr:
        """Lower a call or use of a macro; its result is not used if `dropped`."""

    @abstractmethod
    def block_value(self, node: Any) -> Expr:
        """Lower a statement-expression to what its last statement gives."""

    @abstractmethod
    def compound_literal(self, node: Any) -> Expr:
        """Lower `(type){...}` to a variable without a name."""

    # --- values ---

    def value(self, node: Any) -> Expr:
        """The expression's value; its calls and effects are emitted."""
        handler = _VALUE.get(type(node))
        return handler(self, node) if handler is not None else self.unreadable(node)

    def operands(self, nodes: Sequence[Any]) -> list[Expr]:
        """The values of operands that C evaluates in no particular order."""
        if len(nodes) == 1:
            return [self.value(nodes[0])]
        calls = self.calls
        exprs = []
        marks = [len(calls)]
        for node in nodes:
            exprs.append(self.value(node))
            marks.append(len(calls))
        if marks[0] != marks[-1]:
            self.unsequenced(exprs, marks)
        return exprs

    def unreadable(self, node: Any) -> Expr:
        """Stand in for an expression that has no lowering, and say so."""
        position = self.at(node)
        name = type(node).__name__
        self.unit.problem(position, f"cannot read this {name}", self.function)
        return Opaque((), UNKNOWN, position)

    def at(self, node: Any) -> Position:
        coord = node.coord
        return self.last if coord is None else place_of(coord)

    def unevaluated(self, node: Any) -> CType:
        """The type of an expression that is not evaluated, such as the operand of sizeof."""
        before = self.current, len(self.calls), len(self.pending), self.temps
        self.current = Draft(-1)
        ctype = self.value(node).type
        self.current, calls, pending, self.temps = before
        del self.calls[calls:]
        del self.pending[pending:]
        return ctype

    def _name(self, node: Any) -> Expr:
        coord = node.coord
        position = Position(coord.file, coord.line, coord.column)
        name = node.name
        named = self.names.get(name)
        if type(named) is Symbol:
            return Var(named, named.type, position)
        return self._unbound(name, named, position)

    def _unbound(self, name: str, named: object, position: Position) -> Expr:
        constant = named or HEADER_CONSTANTS.get(name)
        if type(constant) is Enumerator:
            return Const(constant.number, name, constant.type, position)
        word = self.unit.word(name)
        if word is not None:
            # A legacy constant has the number of the one that took its place.
            constant = HEADER_CONSTANTS.get(word.name)
            if constant is not None:
                return Const(constant.number, name, constant.type, position)
            if word.form is Form.NAME:
                written = "" if name == word.name else name
                return Access(word.name, (), word.type, position, written)
        symbol = self.unit.undeclared(name, position)
        return Var(symbol, symbol.type, position)

    def _constant(self, node: Any) -> Expr:
        if node.type == "string":
            return Str(node.value.partition('"')[2][:-1], _TEXT, self.at(node))
        number, ctype = literal(node.type, node.value)
        return Const(number, node.value, ctype, self.at(node))

    def _member(self, node: Any) -> Expr:
        base = self.value(node.name)
        position = base.position
        if node.type == "->":
            base = self._pointed(base, position)
        name = node.field.name
        fields = self.types.fields(base.type)
        ctype = fields.get(name, UNKNOWN) if fields else UNKNOWN
        return Member(base, name, ctype, position)

    def _pointed(self, pointer: Expr, position: Position) -> Expr:
        if type(pointer) is AddressOf:
            return pointer.place
        return Deref(pointer, pointer.type.target or UNKNOWN, position)

    def _index(self, node: Any) -> Expr:
        base, index = self.operands((node.name, node.subscript))
        if base.type.kind is TypeKind.INTEGER and index.type.is_pointer:
            base, index = index, base
        return Index(base, index, base.type.target or UNKNOWN, base.position)

    def _cast(self, node: Any) -> Expr:
        ctype = self.types.resolve(node.to_type)
        return Cast(self.value(node.expr), ctype, self.at(node))

    def _binary(self, node: Any) -> Expr:
        op = node.op
        if op == "&&" or op == "||":
            return self._logical(node)
        left, right = self.operands((node.left, node.right))
        return Binary(op, left, right, binary_type(op, left.type, right.type), left.position)

    def _unary(self, node: Any) -> Expr:
        op = node.op
        if op == "&":
            return self._address(node)
        if op == "*":
            return self._deref(node)
        if op in _STEPS:
            return self._step(node, False)
        if op in ("sizeof", "_Alignof"):
            return self._size(node)
        if op == "&&":  # GNU's address of a label
            return Opaque((), pointer_to(VOID), self.at(node))
        operand = self.value(node.expr)
        position = self.at(node)
        if op == "!":
            return Unary(op, operand, INT, position)
        if op == "-" and type(operand) is Const and operand.number is not None:
            return Const(-operand.number, f"-{operand.text}", operand.type, position)
        return Unary(op, operand, binary_type(op, operand.type, INT), position)

    def _address(self, node: Any) -> Expr:
        place = self.value(node.expr)
        if type(place) is Deref:
            return place.pointer
        if type(place) is Var and place.symbol.storage is Storage.FUNCTION:
            return place
        variable = variable_of(place)
        if variable is not None:
            self.tracked.add(variable)
        return AddressOf(place, self.types.pointer(place.type), self.at(node))

    def _deref(self, node: Any) -> Expr:
        pointer = self.value(node.expr)
        target = pointer.type.target
        kind = pointer.type.kind
        if kind is TypeKind.FUNCTION or (target and target.kind is TypeKind.FUNCTION):
            return pointer
        return self._pointed(pointer, self.at(node))

    def _size(self, node: Any) -> Expr:
        operand = node.expr
        position = self.at(node)
        if type(operand) is c_ast.Typename:
            ctype = self.types.resolve(operand)
        else:
            ctype = self.unevaluated(operand)
        number = size_of(ctype) if node.op == "sizeof" else None
        return Const(number, f"{node.op}({spell_type(ctype)})", SIZE, position)

    def _sequence(self, node: Any) -> Expr:
        for expr in node.exprs[:-1]:
            self.effect(expr)
        return self.value(node.exprs[-1])

    def _generic(self, node: Any) -> Expr:
        """The default branch: which one fits depends on types that may not be known."""
        chosen = next((a for a in node.associations if a.type is None), node.associations[-1])
        return self.value(chosen.expr)

    def _type_argument(self, node: Any) -> Expr:
        return Opaque((), self.types.resolve(node), self.at(node))

    # --- assignments ---

    def _assignment(self, node: Any) -> Expr:
        mark = len(self.pending)
        calls = self.calls
        marks = [len(calls)]
        place = self.value(node.lvalue)
        marks.append(len(calls))
        source = self.value(node.rvalue)
        marks.append(len(calls))
        position = place.position
        if marks[0] != marks[2]:
            target: Expr = place
            if is_indirect(place):
                target = AddressOf(place, self.types.pointer(place.type), place.position)
            elif node.op == "=":
                target = Const(None, "", VOID, position)
            self.unsequenced([target, source], marks)
        if node.op != "=":
            op = node.op[:-1]
            ctype = binary_type(op, place.type, source.type)
            source = Binary(op, place, source, ctype, position)
        self.consume(mark)
        self.emit(Assign(place, source, position))
        return place

    def _step(self, node: Any, dropped: bool) -> Expr:
        mark = len(self.pending)
        place = self.value(node.expr)
        position = self.at(node)
        self.consume(mark)
        before = place
        if node.op[0] == "p" and not dropped:
            before = self.kept(place)
        one = Const(1, "1", INT, position)
        op = _STEPS[node.op]
        ctype = binary_type(op, place.type, INT)
        self.emit(Assign(place, Binary(op, place, one, ctype, position), position))
        return before

    # --- choices ---

    def is_pure(self, node: Any) -> bool:
        """Whether an expression has neither calls nor effects."""
        handler = _PURE.get(type(node))
        return handler is not None and handler(self, node)

    def _is_pure_call(self, node: Any) -> bool:
        word = self.word(node.name)
        if word is None or word.form not in _PURE_FORMS:
            return False
        return word.form is Form.OFFSETOF or node.args is None or self._are_pure(node.args)

    def _are_pure(self, node: Any) -> bool:
        return all(map(self.is_pure, node.exprs))

    def word(self, callee: Any) -> Word | None:
        """What the headers say of the name that is called, unless the project has its own."""
        if type(callee) is not c_ast.ID:
            return None
        named = self.names.get(callee.name)
        if isinstance(named, Enumerator):
            return None
        if named is not None and named.storage is not Storage.FUNCTION:
            return None
        return self.unit.word(callee.name)

    def _choice(self, node: Any) -> Expr:
        chosen = evaluate(node.cond, self.names)
        if chosen is not None:
            return self.value(node.iftrue if chosen else node.iffalse)
        position = self.at(node)
        if node.cond is node.iftrue:
            return self._default(node, position)
        if self.is_pure(node):
            condition = self.value(node.cond)
            then = self.value(node.iftrue)
            otherwise = self.value(node.iffalse)
            return Select(condition, then, otherwise, joined(then.type, otherwise.type), position)
        return self._chosen(node.cond, node.iftrue, node.iffalse, position)

    def _default(self, node: Any, position: Position) -> Expr:
        """GNU's `a ?: b`, which evaluates `a` once."""
        mark = len(self.pending)
        tested = self.value(node.cond)
        self.consume(mark)
        tested = tested if self.is_pure(node.cond) else self.kept(tested)
        if self.is_pure(node.iffalse):
            otherwise = self.value(node.iffalse)
            return Select(tested, tested, otherwise, joined(tested.type, otherwise.type), position)
        result = self.temp(tested.type, position)
        self.emit(Assign(result, tested, position))
        other, join = self.graph.block(), self.graph.block()
        self.close(Branch(tested, join.number, other.number, position))
        self.current = other
        otherwise = self.value(node.iffalse)
        self.consume(mark)
        self.emit(Assign(result, otherwise, position))
        self.close(Jump(join.number, position))
        self.current = join
        return result

    def _logical(self, node: Any) -> Expr:
        position = self.at(node)
        if not self.is_pure(node):
            return self._chosen(node, True, False, position)
        left = self.value(node.left)
        right = self.value(node.right)
        true, false = self._truth(True, position), self._truth(False, position)
        tested = Select(right, true, false, INT, position)
        if node.op == "&&":
            return Select(left, tested, false, INT, position)
        return Select(left, true, tested, INT, position)

    @staticmethod
    def _truth(holds: bool, position: Position) -> Const:
        return Const(int(holds), str(int(holds)), INT, position)

    def _chosen(self, condition: Any, then: Any, otherwise: Any, position: Position) -> Expr:
        """Branch, and let each side assign a temporary; a side may be a truth value."""
        blocks = self.graph.block(), self.graph.block()
        join = self.graph.block()
        self.condition(condition, *blocks)
        ends = []
        for block, side in zip(blocks, (then, otherwise), strict=True):
            self.current = block
            mark = len(self.pending)
            chosen = self._truth(side, position) if type(side) is bool else self.value(side)
            self.consume(mark)
            ends.append((self.current, chosen))
            self.close(Jump(join.number, position))
        self.current = join
        ctype = joined(ends[0][1].type, ends[1][1].type)
        if ctype.kind is TypeKind.VOID:
            return Opaque((), VOID, position)
        # The type is known only now; a closed block still takes instructions.
        result = self.temp(ctype, position)
        for block, chosen in ends:
            block.instructions.append(Assign(result, chosen, chosen.position))
        return result

    def condition(self, node: Any, then: Draft, otherwise: Draft) -> None:
        """Go to one block or the other; what decides becomes branches as far as it has parts."""
        kind = type(node)
        number = evaluate(node, self.names)
        if number is not None:
            self.close(Jump((then if number else otherwise).number, self.at(node)))
            return
        if kind is c_ast.UnaryOp and node.op == "!":
            self.condition(node.expr, otherwise, then)
            return
        if kind is c_ast.BinaryOp and node.op in ("&&", "||"):
            middle = self.graph.block()
            sides = (middle, otherwise) if node.op == "&&" else (then, middle)
            self.condition(node.left, *sides)
            self.current = middle
            self.condition(node.right, then, otherwise)
            return
        if kind is c_ast.TernaryOp and node.cond is not node.iftrue:
            blocks = self.graph.block(), self.graph.block()
            self.condition(node.cond, *blocks)
            for block, side in zip(blocks, (node.iftrue, node.iffalse), strict=True):
                self.current = block
                self.condition(side, then, otherwise)
            return
        if kind is c_ast.ExprList:
            for expr in node.exprs[:-1]:
                self.effect(expr)
            self.condition(node.exprs[-1], then, otherwise)
            return
        if kind is c_ast.FuncCall and node.args is not None:
            word = self.word(node.name)
            if word is not None and word.form is Form.OPERAND:
                self.condition(node.args.exprs[0], then, otherwise)
                return
        mark = len(self.pending)
        tested = self.value(node)
        self.consume(mark)
        self.close(Branch(tested, then.number, otherwise.number, tested.position))

    # --- effects ---

    def effect(self, node: Any) -> None:
        """Evaluate for the effects only."""
        kind = type(node)
        mark = len(self.pending)
        if kind is c_ast.FuncCall:
            expr = self.call(node, True)
        elif kind is c_ast.UnaryOp and node.op in _STEPS:
            self._step(node, True)
            return
        elif kind is c_ast.ExprList:
            for part in node.exprs:
                self.effect(part)
            return
        elif kind is c_ast.Cast:
            self.effect(node.expr)
            return
        elif kind is c_ast.TernaryOp and not self.is_pure(node):
            self.branch(node.cond, node.iftrue, node.iffalse)
            return
        elif kind is c_ast.BinaryOp and node.op in ("&&", "||") and not self.is_pure(node):
            sides = (node.right, None) if node.op == "&&" else (None, node.right)
            self.branch(node.left, *sides)
            return
        elif kind is c_ast.Assignment:
            self._assignment(node)
            return
        else:
            expr = self.value(node)
        self.consume(mark)
        # Naming a variable does not use it: this is how a parameter is marked as unused.
        if not isinstance(expr, (Var, Const, Str, Temp, Opaque)):
            self.emit(Evaluate(expr, expr.position))

    def branch(self, condition: Any, then: Any, otherwise: Any) -> None:
        """Run one of two statements or expressions, either of which may be missing."""
        blocks = self.graph.block(), self.graph.block()
        join = self.graph.block()
        self.condition(condition, *blocks)
        for block, side in zip(blocks, (then, otherwise), strict=True):
            self.current = block
            if side is not None:
                self.statement(side)
            self.close(Jump(join.number, self.last))
        self.current = join

    def statement(self, node: Any) -> None:
        """Run a statement; here, an expression is one."""
        self.effect(node)


_VALUE: dict[type, Callable[[Any, Any], Expr]] = {
    c_ast.ID: Expressions._name,
    c_ast.Constant: Expressions._constant,
    c_ast.FuncCall: lambda self, node: self.call(node, False),
    c_ast.UnaryOp: Expressions._unary,
    c_ast.BinaryOp: Expressions._binary,
    c_ast.Cast: Expressions._cast,
    c_ast.StructRef: Expressions._member,
    c_ast.ArrayRef: Expressions._index,
    c_ast.Assignment: Expressions._assignment,
    c_ast.TernaryOp: Expressions._choice,
    c_ast.ExprList: Expressions._sequence,
    c_ast.Compound: lambda self, node: self.block_value(node),
    c_ast.CompoundLiteral: lambda self, node: self.compound_literal(node),
    c_ast.GenericSelection: Expressions._generic,
    c_ast.Typename: Expressions._type_argument,
}

_PURE: dict[type, Callable[[Any, Any], bool]] = {
    c_ast.ID: lambda self, node: True,
    c_ast.Constant: lambda self, node: True,
    c_ast.FuncCall: Expressions._is_pure_call,
    c_ast.UnaryOp: lambda self, node: (
        node.op in ("sizeof", "_Alignof") or (node.op not in _STEPS and self.is_pure(node.expr))
    ),
    c_ast.BinaryOp: lambda self, node: self.is_pure(node.left) and self.is_pure(node.right),
    c_ast.Cast: lambda self, node: self.is_pure(node.expr),
    c_ast.StructRef: lambda self, node: self.is_pure(node.name),
    c_ast.ArrayRef: lambda self, node: self.is_pure(node.name) and self.is_pure(node.subscript),
    c_ast.TernaryOp: lambda self, node: (
        self.is_pure(node.cond) and self.is_pure(node.iftrue) and self.is_pure(node.iffalse)
    ),
    c_ast.ExprList: Expressions._are_pure,
    c_ast.Typename: lambda self, node: True,
}
