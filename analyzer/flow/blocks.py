"""What is known of a block that the function has allocated itself."""

from __future__ import annotations

from typing import NamedTuple

from analyzer.flow.facts import Origin
from analyzer.flow.values import AbsVal
from analyzer.ir.nodes import Position, Symbol
from runtime_sim.model.shapes import Content
from runtime_sim.model.tags import NO_SCAN_TAG

MAX_CONTENTS = 32
"""The fields of a block whose content is remembered."""


class Index(NamedTuple):
    """A field index: bounds, and the variable it is written with (`i + offset`)."""

    low: int | None
    high: int | None
    symbol: Symbol | None = None
    offset: int = 0

    @property
    def constant(self) -> int | None:
        return self.low if self.low is not None and self.low == self.high else None


class Block(NamedTuple):
    """A block from one allocation site, the newest from there.

    `size` and `tag` are None when not constant.  `young`: in the minor heap, no collection since.
    `major`: certainly allocated in the major heap.  Which fields have a value is told by
    `written` (a bit a constant index), `prefix` (all indices below this variable plus offset) and
    `filled`
    (all of them, or nothing is known).  `reachable`: stored in another block, or handed out.
    `unit`: the allocation has put
    Val_unit in its fields; `written` are those that got something else.
    `holds` are the fields that may hold a block, by bits.  `lost`: fields were written in a way
    that is not followed, so which lack a value is not known any more.  `local`: on OxCaml's local
    stack.  `content` tells custom blocks apart.  `contents` are the last values stored at constant
    indices, and where; with -1 for an index, the last stored anywhere.
    """

    origin: Origin
    size: int | None
    tag: int | None
    young: bool
    major: bool
    filled: bool
    written: int = 0
    prefix: tuple[Symbol, int] | None = None
    reachable: bool = False
    unit: bool = False
    holds: int = 0
    lost: bool = False
    local: bool = False
    content: Content | None = None
    contents: tuple[tuple[int, AbsVal, Position], ...] = ()

    @property
    def scanned(self) -> bool | None:
        return None if self.tag is None else self.tag < NO_SCAN_TAG

    def leading(self) -> int:
        """How many fields from the first on are written, by constant index."""
        n = 0
        while self.written >> n & 1:
            n += 1
        return n

    def write(self, index: Index, may_point: bool = True) -> Block:
        """The block after a field was given a value, a block perhaps."""
        constant = index.constant
        if may_point:
            bits = -1 if constant is None or constant < 0 else 1 << min(constant, 4096)
            return self._replace(holds=self.holds | bits).write(index, False)
        if self.filled:
            if self.unit and constant is not None and 0 <= constant < 4096:
                return self._replace(written=self.written | 1 << constant)
            return self
        if constant is not None and 0 <= constant < 4096:
            written = self.written | 1 << constant
            block = self._replace(written=written)
            ours = self.prefix is None or self.prefix[0] is index.symbol
            if index.symbol is not None and ours and constant <= self.leading():
                block = block._replace(prefix=(index.symbol, index.offset + 1))
            return block._settled()
        if index.symbol is None:
            return self._replace(lost=True)
        if self.prefix == (index.symbol, index.offset):
            return self._replace(prefix=(index.symbol, index.offset + 1))
        return self._replace(lost=True)

    def keep(self, index: Index, val: AbsVal, position: Position) -> Block:
        """The block with what was stored at a constant index remembered."""
        constant = index.constant
        if constant is None or not 0 <= constant < MAX_CONTENTS:
            return self._replace(contents=((-1, val, position),))
        others = tuple([kept for kept in self.contents if kept[0] != constant])
        return self._replace(contents=(*others, (constant, val, position)))

    def _settled(self) -> Block:
        if self.size is not None and self.leading() >= self.size:
            return self._replace(filled=True)
        return self

    def shift(self, symbol: Symbol, step: int) -> Block:
        """The block after `symbol += step`."""
        if self.prefix is None or self.prefix[0] is not symbol:
            return self
        return self._replace(prefix=(symbol, self.prefix[1] - step))

    def forget(self, symbol: Symbol, held: AbsVal | None) -> Block:
        """The block after `symbol`, which held `held`, got an unrelated value."""
        if self.prefix is None or self.prefix[0] is not symbol:
            return self
        if held is None or held.low is None or self.size is None:
            return self._replace(prefix=None, lost=True)
        known = min(held.low + self.prefix[1], self.size)
        written = self.written | ((1 << known) - 1 if 0 < known <= 4096 else 0)
        return self._replace(prefix=None, written=written)._settled()

    def missing(self, bound: AbsVal | None) -> tuple[int, ...]:
        """Indices that certainly have no value on this path, () if unknown or none.

        `bound` is what the prefix's variable holds.
        """
        if self.filled or self.lost or self.size is None:
            return ()
        known = self.leading()
        if self.prefix is not None:
            if bound is None or bound.high is None:
                return ()
            known = max(known, bound.high + self.prefix[1])
        return tuple(i for i in range(known, min(self.size, 4096)) if not self.written >> i & 1)


def join_blocks(a: Block, b: Block, bound_a: AbsVal | None, bound_b: AbsVal | None) -> Block:
    """What is known when either may be. The bounds are those of the other's prefix variable."""
    if a == b:
        return a
    prefix = a.prefix if a.prefix == b.prefix else None
    if prefix is None:
        if a.prefix is not None and _covers(b, a.prefix[1], bound_b):
            prefix = a.prefix
        elif b.prefix is not None and _covers(a, b.prefix[1], bound_a):
            prefix = b.prefix
    if a.filled != b.filled:
        partial = b if a.filled else a
        written, prefix = partial.written, prefix or partial.prefix
    else:
        written = a.written & b.written
    joined = Block(
        a.origin,
        a.size if a.size == b.size else None,
        a.tag if a.tag == b.tag else None,
        a.young and b.young,
        a.major and b.major,
        a.filled and b.filled,
        written,
        prefix,
        a.reachable or b.reachable,
        a.unit and b.unit,
        a.holds | b.holds,
        a.lost or b.lost,
        a.local and b.local,
        a.content if a.content is b.content else None,
        _joined_contents(a.contents, b.contents),
    )
    return a if joined == a else joined


def _joined_contents(
    a: tuple[tuple[int, AbsVal, Position], ...], b: tuple[tuple[int, AbsVal, Position], ...]
) -> tuple[tuple[int, AbsVal, Position], ...]:
    """What both hold at constant indices, or what one holds somewhere: a loop has put it there."""
    for contents in (a, b):
        if contents and contents[0][0] < 0:
            return contents
    return tuple([kept for kept in a if kept in b])


def _covers(block: Block, offset: int, bound: AbsVal | None) -> bool:
    """Whether all fields below `bound + offset` are written in `block`."""
    if block.filled:
        return True
    if bound is None or bound.high is None:
        return False
    return bound.high + offset <= block.leading()
