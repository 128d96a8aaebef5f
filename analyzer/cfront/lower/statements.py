"""Statements: control flow, scopes and local declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pycparser import c_ast

from analyzer.cfront.lower.calls import Calls
from analyzer.cfront.lower.constants import evaluate, string_length
from analyzer.cfront.lower.graph import Draft, ScopeExit
from analyzer.cfront.lower.initialisers import Arranger, Item, element_count
from analyzer.cfront.lower.unit import Names, place_of
from analyzer.ir.nodes import (
    Assign,
    Binary,
    Cast,
    Const,
    Declare,
    EndScope,
    Expr,
    Frame,
    FrameOp,
    Global,
    Index,
    Initialiser,
    InitList,
    Jump,
    Member,
    Opaque,
    Position,
    Return,
    Storage,
    Switch,
    Symbol,
    Unreachable,
    Var,
)
from analyzer.ir.spelling import spell_type
from analyzer.ir.types import INT, VALUE, VOID, CType, TypeKind

_OWNED = (TypeKind.VALUE, TypeKind.ARRAY, TypeKind.STRUCT)
_NO_EFFECT = (c_ast.EmptyStatement, c_ast.Pragma, c_ast.StaticAssert, c_ast.AttributeDeclaration)


class Scope:
    """A block of C with the locals declared in it so far."""

    __slots__ = ("mark", "parent", "start", "symbols")

    def __init__(self, parent: Scope | None, start: Position, mark: int) -> None:
        self.parent = parent
        self.start = start
        self.mark = mark
        self.symbols: list[Symbol] = []


@dataclass(slots=True, eq=False)
class Target:
    """Where break and continue go, and which scope they leave for; a switch has no `again`."""

    end: Draft
    again: Draft | None
    scope: Scope | None


@dataclass(slots=True, eq=False)
class Cases:
    """The case labels of a switch met so far, by block."""

    labels: list[tuple[Draft, list[Expr]]]
    default: Draft | None = None


@dataclass(slots=True, eq=False)
class Departure:
    """A goto: the block it ends, and the scopes around it with their locals till then."""

    label: str
    block: Draft
    left: list[tuple[Scope, tuple[Symbol, ...]]]
    position: Position


class Statements(Calls):
    """Lowers the statements of one function body."""

    def __init__(self, unit: Names, function: str, result: CType, start: Position) -> None:
        super().__init__(unit, function, start)
        self.result = result
        self.scope: Scope | None = None
        self.targets: list[Target] = []
        self.switches: list[Cases] = []
        self.labels: dict[str, Draft] = {}
        self.label_scopes: dict[str, Scope | None] = {}
        self.departures: list[Departure] = []
        self.arranger = Arranger(
            unit.types, self.unevaluated, lambda node: evaluate(node, self.names)
        )

    def statement(self, node: Any) -> None:
        kind = type(node)
        coord = node.coord
        if coord is not None:
            self.last = Position(coord.file, coord.line, coord.column)
        handler = _STATEMENT.get(kind)
        if handler is not None:
            handler(self, node)
        else:
            self.effect(node)

    def body(self, node: Any) -> None:
        """Run the outermost block, whose locals end with the function."""
        for item in node.block_items or ():
            self.statement(item)

    def resolve_jumps(self) -> None:
        """Decide which scopes each goto leaves, now that all labels are known."""
        for jump in self.departures:
            if jump.label not in self.label_scopes:
                jump.block.terminator = Unreachable(jump.position)
                message = f"there is no label '{jump.label}'"
                self.unit.problem(jump.position, message, self.function)
                continue
            around = set(_outwards(self.label_scopes[jump.label]))
            for scope, symbols in jump.left:
                if scope in around:
                    break
                at = len(jump.block.instructions)
                exits = ScopeExit(jump.block, at, symbols, jump.position, scope.start)
                self.graph.exits.append(exits)

    # --- scopes ---

    def enter(self, start: Position) -> None:
        self.scope = Scope(self.scope, start, self.bindings.mark())

    def leave(self, position: Position) -> None:
        """Leave the innermost scope by running to its end."""
        scope = self.scope
        assert scope is not None
        symbols = tuple(symbol for symbol in scope.symbols if symbol in self.tracked)
        if symbols:
            self.emit(EndScope(symbols, position, scope.start))
        self.bindings.restore(scope.mark)
        self.scope = scope.parent

    def _jump(self, target: Draft, around: Scope | None, position: Position) -> None:
        """Leave all scopes inside `around`."""
        for scope in _outwards(self.scope):
            if scope is around:
                break
            if scope.symbols:
                at = len(self.current.instructions)
                symbols = tuple(scope.symbols)
                exits = ScopeExit(self.current, at, symbols, position, scope.start)
                self.graph.exits.append(exits)
        self.close(Jump(target.number, position))
        self.current = self.graph.block()

    def _compound(self, node: Any) -> None:
        self.enter(place_of(node.coord))
        for item in node.block_items or ():
            self.statement(item)
        self.leave(self.last)

    def block_value(self, node: Any) -> Expr:
        items = node.block_items or ()
        result: Expr | None = None
        self.enter(place_of(node.coord))
        for at, item in enumerate(items):
            if at + 1 < len(items) or type(item) in _STATEMENT:
                self.statement(item)
            else:
                result = self.value(item)
                if self.scope is not None and self.scope.symbols and result.type is not VOID:
                    result = self.kept(result)
        self.leave(self.last)
        return result if result is not None else Opaque((), VOID, self.at(node))

    # --- control flow ---

    def _if(self, node: Any) -> None:
        self.branch(node.cond, node.iftrue, node.iffalse)

    def _loop(self, condition: Any, body: Any, step: Any, position: Position, first: bool) -> None:
        """A loop; its condition is tested `first`, or only after the body."""
        top, inside, again = self.graph.block(), self.graph.block(), self.graph.block()
        end = self.graph.block()
        self.close(Jump((top if first else inside).number, position))
        self.current = top
        if condition is None:
            self.close(Jump(inside.number, position))
        else:
            self.condition(condition, inside, end)
        self.current = inside
        self.targets.append(Target(end, again, self.scope))
        self.statement(body)
        self.targets.pop()
        self.close(Jump(again.number, self.last))
        self.current = again
        if step is not None:
            self.effect(step)
        self.close(Jump(top.number, position))
        self.current = end

    def _while(self, node: Any) -> None:
        self._loop(node.cond, node.stmt, None, place_of(node.coord), True)

    def _do(self, node: Any) -> None:
        self._loop(node.cond, node.stmt, None, place_of(node.coord), False)

    def _for(self, node: Any) -> None:
        position = place_of(node.coord)
        self.enter(position)
        if node.init is not None:
            self.statement(node.init)
        self._loop(node.cond, node.stmt, node.next, position, True)
        self.leave(self.last)

    def _switch(self, node: Any) -> None:
        position = place_of(node.coord)
        mark = len(self.pending)
        subject = self.value(node.cond)
        self.consume(mark)
        head, end = self.current, self.graph.block()
        cases = Cases([])
        self.targets.append(Target(end, None, self.scope))
        self.switches.append(cases)
        self.current = self.graph.block()
        self.statement(node.stmt)
        self.switches.pop()
        self.targets.pop()
        self.close(Jump(end.number, self.last))
        head.terminator = head.terminator or Switch(
            subject,
            tuple((tuple(labels), block.number) for block, labels in cases.labels if labels),
            (cases.default or end).number,
            position,
        )
        self.current = end

    def _case(self, node: Any) -> None:
        if self.switches:
            block, labels = self._labelled(self.switches[-1])
            if type(node) is c_ast.Default:
                self.switches[-1].default = block
            else:
                labels.append(self._label_value(node.expr))
        for item in node.stmts or ():
            self.statement(item)

    def _labelled(self, cases: Cases) -> tuple[Draft, list[Expr]]:
        """The block that a case label stands before: one that another label began, if empty."""
        if cases.labels and cases.labels[-1][0] is self.current:
            block, labels = cases.labels[-1]
            if not block.instructions:
                return block, labels
        block = self.graph.block()
        self.close(Jump(block.number, self.last))
        self.current = block
        cases.labels.append((block, []))
        return cases.labels[-1]

    def _label_value(self, node: Any) -> Expr:
        if type(node) is c_ast.BinaryOp and node.op == "...":
            low, high = self._label_value(node.left), self._label_value(node.right)
            return Binary("...", low, high, INT, self.at(node))
        expr = self.value(node)
        if isinstance(expr, (Binary, Cast)):
            number = evaluate(node, self.names)
            if number is not None:
                return Const(number, str(number), expr.type, expr.position)
        return expr

    def _break(self, node: Any) -> None:
        if self.targets:
            target = self.targets[-1]
            self._jump(target.end, target.scope, self.last)

    def _continue(self, node: Any) -> None:
        for target in reversed(self.targets):
            if target.again is not None:
                self._jump(target.again, target.scope, self.last)
                return

    def _goto(self, node: Any) -> None:
        left = [(scope, tuple(scope.symbols)) for scope in _outwards(self.scope)]
        self.departures.append(Departure(node.name, self.current, left, self.last))
        self.close(Jump(self._label(node.name).number, self.last))
        self.current = self.graph.block()

    def _label(self, name: str) -> Draft:
        block = self.labels.get(name)
        if block is None:
            block = self.labels[name] = self.graph.block()
        return block

    def _labelled_statement(self, node: Any) -> None:
        block = self._label(node.name)
        self.label_scopes[node.name] = self.scope
        self.close(Jump(block.number, self.last))
        self.current = block
        self.statement(node.stmt)

    def _attributed(self, node: Any) -> None:
        self.statement(node.stmt)

    def _ignore(self, node: Any) -> None:
        pass

    def _return(self, node: Any) -> None:
        position = self.last
        expr = node.expr
        word = self.word(expr.name) if type(expr) is c_ast.FuncCall else None
        result: Expr | None = None
        if word is not None and word.frame is FrameOp.RETURN:
            result = self._frame_return(expr)
        elif expr is not None and self.result.kind is TypeKind.VOID:
            self.effect(expr)
        elif expr is not None:
            result = self.value(expr)
            self.consume(0)
        self.close(Return(result, False, position))
        self.current = self.graph.block()

    def _frame_return(self, node: Any) -> Expr | None:
        """CAMLreturn, CAMLreturnT (whose type comes as a cast) or CAMLreturn0."""
        result: Expr | None = None
        ctype = VOID
        if node.args is not None:
            operand = node.args.exprs[0]
            ctype = VALUE
            if node.name.name == "CAMLreturnT" and type(operand) is c_ast.Cast:
                ctype = self.types.resolve(operand.to_type)
                operand = operand.expr
            result = self.value(operand)
            if result.type != ctype and ctype is not VALUE:
                result = Cast(result, ctype, result.position)
        self.consume(0)
        position = place_of(node.coord)
        self.emit(Frame(FrameOp.RETURN, node.name.name, (), None, ctype, position))
        return result

    # --- declarations ---

    def _typedef(self, node: Any) -> None:
        self.bindings.bind_type(node.name, self.types.typedef(node))

    def _declarations(self, node: Any) -> None:
        for decl in node.decls:
            self.statement(decl)

    def _declaration(self, node: Any) -> None:
        name = node.name
        if name is None:
            self.types.resolve(node.type)
        elif "extern" in node.storage or type(node.type) is c_ast.FuncDecl:
            self._external(node)
        elif "static" in node.storage:
            self._static(node)
        else:
            self._local(node)

    def _external(self, node: Any) -> None:
        ctype = self.types.resolve(node.type)
        position = place_of(node.coord)
        if ctype.kind is TypeKind.FUNCTION:
            symbol = self.unit.declared_function(node.name, ctype, position)
        else:
            symbol = self.unit.variable(node.name, ctype, position)
        self.bindings.bind(node.name, symbol)

    def _static(self, node: Any) -> None:
        ctype, items = self._measured(node)
        symbol = Symbol(node.name, ctype, Storage.STATIC_LOCAL, place_of(node.coord))
        self.bindings.bind(node.name, symbol)
        initialiser = self.static_initialiser(node.init, items)
        self.unit.globals.append(Global(symbol, initialiser, self.function))

    def _local(self, node: Any) -> None:
        position = place_of(node.coord)
        self._run_dimensions(node.type)
        ctype, items = self._measured(node)
        symbol = self._variable(node.name, ctype, position)
        self.bindings.bind(node.name, symbol)
        if node.init is None or items is not None or ctype.kind in _OWNED:
            self.emit(Declare(symbol, items is not None, position))
        if node.init is None:
            return
        place = Var(symbol, ctype, position)
        if items is not None:
            self._assign_items(place, items)
            return
        mark = len(self.pending)
        source = self.value(node.init)
        self.consume(mark)
        self.emit(Assign(place, source, position))

    def _variable(self, name: str, ctype: CType, position: Position) -> Symbol:
        symbol = Symbol(name, ctype, Storage.LOCAL, position)
        if self.scope is not None:
            self.scope.symbols.append(symbol)
        if ctype.kind in _OWNED:
            self.tracked.add(symbol)
        return symbol

    def _run_dimensions(self, declarator: Any) -> None:
        """Evaluate the sizes of variable-length arrays."""
        while type(declarator) is c_ast.ArrayDecl:
            dim = declarator.dim
            if dim is not None and evaluate(dim, self.names) is None:
                self.effect(dim)
            declarator = declarator.type

    def _measured(self, node: Any) -> tuple[CType, list[Item] | None]:
        """A variable's type, completed by its initialiser, and the items of a braced one."""
        ctype = self.types.resolve(node.type)
        return self.measured(ctype, node.init)

    def measured(self, ctype: CType, init: Any) -> tuple[CType, list[Item] | None]:
        unsized = ctype.kind is TypeKind.ARRAY and ctype.length is None
        if type(init) is c_ast.InitList:
            items = self.arranger.items(init, ctype)
            if unsized:
                ctype = replace(ctype, length=element_count(items))
            return ctype, items
        if unsized and type(init) is c_ast.Constant and init.type == "string":
            text = init.value.partition('"')[2][:-1]
            ctype = replace(ctype, length=string_length(text) + 1)
        return ctype, None

    def _assign_items(self, place: Expr, items: list[Item]) -> None:
        """Evaluate all items, in no order that C fixes, then assign them."""
        mark = len(self.pending)
        parts = list(self._parts(place, items))
        sources = self.operands([node for _, node in parts]) if parts else []
        self.consume(mark)
        for (part, _), source in zip(parts, sources, strict=True):
            self.emit(Assign(part, source, source.position))

    def _parts(self, place: Expr, items: list[Item]) -> Iterator[tuple[Expr, Any]]:
        scalar = place.type.kind not in (TypeKind.ARRAY, TypeKind.STRUCT, TypeKind.UNKNOWN)
        for item in items:
            key, position = item.key, place.position
            if scalar:
                part = place
            elif isinstance(key, str):
                part = Member(place, key, item.type, position)
            else:
                part = Index(place, Const(key, str(key), INT, position), item.type, position)
            if isinstance(item.content, list):
                yield from self._parts(part, item.content)
            else:
                yield part, item.content

    def compound_literal(self, node: Any) -> Expr:
        position = self.at(node)
        ctype, items = self.measured(self.types.resolve(node.type), node.init)
        symbol = self._variable(f"({spell_type(ctype)})", ctype, position)
        place = Var(symbol, ctype, position)
        if self.static:
            return Opaque((), ctype, position)
        self.emit(Declare(symbol, True, position))
        self._assign_items(place, items or [])
        return place

    def static_initialiser(self, init: Any, items: list[Item] | None) -> Initialiser | None:
        """What a variable holds from the start: nothing of it is executed."""
        if init is None:
            return None
        before = self.current, len(self.calls), len(self.pending), self.temps, self.static
        self.current, self.static = Draft(-1), True
        result: Initialiser
        if items is None:
            result = self.value(init)
        else:
            result = self._list(items, self.at(init))
        self.current, calls, pending, self.temps, self.static = before
        del self.calls[calls:]
        del self.pending[pending:]
        return result

    def _list(self, items: list[Item], position: Position) -> InitList:
        entries: list[tuple[str | int, Initialiser]] = []
        for item in items:
            content = item.content
            if isinstance(content, list):
                entries.append((item.key, self._list(content, position)))
            else:
                entries.append((item.key, self.value(content)))
        return InitList(tuple(entries), position)


def _outwards(scope: Scope | None) -> Iterator[Scope]:
    while scope is not None:
        yield scope
        scope = scope.parent


_STATEMENT: dict[type, Callable[[Any, Any], None]] = {
    c_ast.Compound: Statements._compound,
    c_ast.If: Statements._if,
    c_ast.While: Statements._while,
    c_ast.DoWhile: Statements._do,
    c_ast.For: Statements._for,
    c_ast.Switch: Statements._switch,
    c_ast.Case: Statements._case,
    c_ast.Default: Statements._case,
    c_ast.Break: Statements._break,
    c_ast.Continue: Statements._continue,
    c_ast.Goto: Statements._goto,
    c_ast.Label: Statements._labelled_statement,
    c_ast.Return: Statements._return,
    c_ast.Decl: Statements._declaration,
    c_ast.DeclList: Statements._declarations,
    c_ast.Typedef: Statements._typedef,
    c_ast.AttributedStatement: Statements._attributed,
} | dict.fromkeys(_NO_EFFECT, Statements._ignore)
