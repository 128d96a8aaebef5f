"""What a function knows of its variables where it stands, because it asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analyzer.flow.walk import expressions_of, parts_of, subexpressions, uncast
from analyzer.ir.nodes import (
    Access,
    Assign,
    Binary,
    Block,
    Branch,
    Call,
    Const,
    Expr,
    Function,
    Jump,
    Select,
    Switch,
    Symbol,
    Terminator,
    Var,
)

Tags = Mapping[Symbol, int]
_NO_TAGS: Tags = {}


def tags_by_block(function: Function) -> list[Tags]:
    """For each block of a function the tags that are certain there, by variable."""
    edges = dict(_decisions(function))
    if not edges:
        return [_NO_TAGS] * len(function.blocks)
    predecessors = _predecessors(function)
    known: list[Tags] = [_NO_TAGS] * len(function.blocks)
    dominators = _dominators(function, predecessors)
    for number in range(1, len(function.blocks)):
        dominator = dominators[number]
        tags = known[dominator]
        if predecessors[number] == [dominator] and (dominator, number) in edges:
            symbol, tag = edges[dominator, number]
            tags = {**tags, symbol: tag}
        known[number] = tags
    return known


def opened_at_once(function: Function) -> frozenset[Symbol]:
    """The parameters of which a field is read where nothing has asked whether they are blocks."""
    dominators = _dominators(function, _predecessors(function))
    asked: list[frozenset[Symbol]] = []
    found: set[Symbol] = set()
    params = frozenset(function.params)
    copies: dict[Symbol, Symbol] = {}
    for block in function.blocks:
        known: frozenset[Symbol] = frozenset()
        if block.number:
            above = dominators[block.number]
            known = asked[above] | _mentioned(function.blocks[above].terminator)
        asked.append(known)
        for step in (*block.instructions, block.terminator):
            if isinstance(step, Assign) and isinstance(step.place, Var):
                source = uncast(step.source)
                if isinstance(source, Var) and source.symbol in params:
                    copies.setdefault(step.place.symbol, source.symbol)
            if isinstance(step, Call) and step.name == "Store_field" and step.args:
                found |= _mentioned_by(step.args[0]) - known
            for expr in expressions_of(step):
                found |= _opened(expr, known)
    return frozenset({copies.get(symbol, symbol) for symbol in found} & params)


def _opened(expr: Expr, known: frozenset[Symbol]) -> set[Symbol]:
    found: set[Symbol] = set()
    pending = [(expr, known)]
    while pending:
        each, asked = pending.pop()
        if isinstance(each, Select):
            asked = asked | _mentioned_by(each.condition)
        if isinstance(each, Access) and each.name == "Field" and each.args:
            block = uncast(each.args[0])
            if isinstance(block, Var) and block.symbol not in asked:
                found.add(block.symbol)
        pending += [(part, asked) for part in parts_of(each)]
    return found


def _mentioned(step: Terminator) -> frozenset[Symbol]:
    """What a decision depends on."""
    if not isinstance(step, Branch | Switch):
        return frozenset()
    (condition,) = expressions_of(step)
    return _mentioned_by(condition)


def _mentioned_by(expr: Expr) -> frozenset[Symbol]:
    return frozenset(each.symbol for each in subexpressions(expr) if isinstance(each, Var))


def _decisions(function: Function) -> Iterator[tuple[tuple[int, int], tuple[Symbol, int]]]:
    """The edges that are taken for one tag of one variable only."""
    for block in function.blocks:
        end = block.terminator
        if isinstance(end, Switch):
            symbol = _whose_tag(end.subject)
            for labels, target in end.cases:
                tag = _number(labels[0]) if len(labels) == 1 else None
                if symbol is not None and tag is not None and target != end.default:
                    yield (block.number, target), (symbol, tag)
        elif isinstance(end, Branch) and end.then != end.otherwise:
            condition = end.condition
            if isinstance(condition, Binary) and condition.op in ("==", "!="):
                symbol, tag = _whose_tag(condition.left), _number(condition.right)
                if symbol is not None and tag is not None:
                    target = end.then if condition.op == "==" else end.otherwise
                    yield (block.number, target), (symbol, tag)


def _whose_tag(expr: Expr) -> Symbol | None:
    expr = uncast(expr)
    if isinstance(expr, Access) and expr.name == "Tag_val":
        block = uncast(expr.args[0])
        return block.symbol if isinstance(block, Var) else None
    return None


def _number(expr: Expr) -> int | None:
    expr = uncast(expr)
    return expr.number if isinstance(expr, Const) else None


def _targets(block: Block) -> Iterator[int]:
    end = block.terminator
    if isinstance(end, Jump):
        yield end.target
    elif isinstance(end, Branch):
        yield from {end.then, end.otherwise}
    elif isinstance(end, Switch):
        yield from {end.default, *(target for _, target in end.cases)}


def _predecessors(function: Function) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in function.blocks]
    for block in function.blocks:
        for target in _targets(block):
            found[target].append(block.number)
    return found


def _dominators(function: Function, predecessors: list[list[int]]) -> list[int]:
    """For each block the last one on every way to it (Cooper, Harvey and Kennedy's algorithm).

    Blocks are numbered in reverse postorder.
    """
    found = [0] * len(function.blocks)
    known = {0}
    changed = True
    while changed:
        changed = False
        for number in range(1, len(function.blocks)):
            common: int | None = None
            for way in predecessors[number]:
                if way in known:
                    common = way if common is None else _meet(found, common, way)
            if common is not None and (number not in known or found[number] != common):
                found[number], changed = common, True
                known.add(number)
    return found


def _meet(dominators: list[int], one: int, other: int) -> int:
    while one != other:
        if one > other:
            one = dominators[one]
        else:
            other = dominators[other]
    return one
