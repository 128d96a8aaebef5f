"""Basic blocks while they are made, and their order when they are done."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.ir.nodes import (
    Block,
    Branch,
    EndScope,
    Instruction,
    Jump,
    Position,
    Switch,
    Symbol,
    Terminator,
    Unreachable,
)


class Draft:
    """A block under construction; its terminator names blocks by their place in the graph."""

    __slots__ = ("instructions", "number", "terminator")

    def __init__(self, number: int) -> None:
        self.number = number
        self.instructions: list[Instruction] = []
        self.terminator: Terminator | None = None


@dataclass(slots=True, eq=False)
class ScopeExit:
    """An EndScope by a jump: which symbols matter shows only when their block is known whole."""

    block: Draft
    index: int
    symbols: tuple[Symbol, ...]
    position: Position
    start: Position


class Graph:
    """The blocks of one function in the order in which they were begun; the first is the entry."""

    __slots__ = ("drafts", "exits")

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.exits: list[ScopeExit] = []

    def block(self) -> Draft:
        draft = Draft(len(self.drafts))
        self.drafts.append(draft)
        return draft

    def finish(self, relevant: set[Symbol], start: Position) -> tuple[Block, ...]:
        """The reachable blocks in reverse postorder, with nothing left that only jumps on."""
        self._place_exits(relevant)
        for draft in self.drafts:
            if draft.terminator is None:
                draft.terminator = Unreachable(start)
        self._shorten()
        order, heads = self._order()
        order = self._merged(order, heads)
        renumbered = {draft.number: number for number, draft in enumerate(order)}
        return tuple(
            Block(
                number,
                tuple(draft.instructions),
                _retarget(_terminator(draft), renumbered),
                draft.number in heads,
            )
            for number, draft in enumerate(order)
        )

    def _place_exits(self, relevant: set[Symbol]) -> None:
        for leaving in reversed(self.exits):
            symbols = tuple(symbol for symbol in leaving.symbols if symbol in relevant)
            if symbols:
                end = EndScope(symbols, leaving.position, leaving.start)
                leaving.block.instructions.insert(leaving.index, end)

    def _shorten(self) -> None:
        """Make every edge to an empty block that only jumps on go to where it leads."""
        leads: dict[int, int] = {}
        for draft in self.drafts:
            number, passed = draft.number, {draft.number}
            while (target := self._passage(number)) is not None and target not in passed:
                passed.add(target)
                number = target
            leads[draft.number] = number
        for draft in self.drafts:
            draft.terminator = _retarget(_terminator(draft), leads)

    def _passage(self, number: int) -> int | None:
        draft = self.drafts[number]
        end = draft.terminator
        return end.target if type(end) is Jump and not draft.instructions else None

    def _merged(self, order: list[Draft], heads: set[int]) -> list[Draft]:
        """Append each block that has one predecessor, which jumps to it, to that predecessor.

        Such a block stands directly behind its predecessor: what is left is still in order.
        """
        entries = [0] * len(self.drafts)
        entries[0] = 1
        for draft in order:
            for target in _targets(_terminator(draft)):
                entries[target] += 1
        kept: list[Draft] = []
        for draft in order:
            before = kept[-1] if kept else None
            if (
                before is not None
                and type(end := _terminator(before)) is Jump
                and end.target == draft.number
                and entries[draft.number] == 1
                and draft.number not in heads
            ):
                before.instructions += draft.instructions
                before.terminator = draft.terminator
            else:
                kept.append(draft)
        return kept

    def _order(self) -> tuple[list[Draft], set[int]]:
        """Reachable blocks in reverse postorder, and the targets of edges back up the walk."""
        open_blocks, done = {0}, set[int]()
        heads: set[int] = set()
        order: list[Draft] = []
        walk = [(0, iter(_targets(_terminator(self.drafts[0]))[::-1]))]
        while walk:
            number, targets = walk[-1]
            for target in targets:
                if target in open_blocks:
                    heads.add(target)
                elif target not in done:
                    open_blocks.add(target)
                    following = _terminator(self.drafts[target])
                    walk.append((target, iter(_targets(following)[::-1])))
                    break
            else:
                walk.pop()
                open_blocks.discard(number)
                done.add(number)
                order.append(self.drafts[number])
        order.reverse()
        return order, heads


def _terminator(draft: Draft) -> Terminator:
    assert draft.terminator is not None, "every block is closed before the graph is finished"
    return draft.terminator


def _targets(end: Terminator) -> tuple[int, ...]:
    match end:
        case Jump(target=target):
            return (target,)
        case Branch(then=then, otherwise=otherwise):
            return (then, otherwise)
        case Switch(cases=cases, default=default):
            return (*(target for _, target in cases), default)
    return ()


def _retarget(end: Terminator, numbers: dict[int, int]) -> Terminator:
    match end:
        case Jump(target=target, position=position):
            return Jump(numbers[target], position)
        case Branch(condition, then, otherwise, position):
            return Branch(condition, numbers[then], numbers[otherwise], position)
        case Switch(subject, cases, default, position):
            moved = tuple((labels, numbers[target]) for labels, target in cases)
            return Switch(subject, moved, numbers[default], position)
    return end
