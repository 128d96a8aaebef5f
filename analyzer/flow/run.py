"""One interpretation of one function: what its passes share, and where its facts collect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analyzer.diagnostics import Step
from analyzer.flow.facts import (
    Collection,
    EncodedUse,
    Fact,
    GarbageFields,
    GarbageRoot,
    InteriorPointer,
    NakedPointer,
    Origin,
    PointerEscape,
    StaleUse,
    UnlockedAccess,
    UnrootedStore,
)
from analyzer.flow.program import is_primitive_like
from analyzer.flow.state import Kept, LockState, State, roots_cover
from analyzer.flow.summary import Chain, FieldStore, Raise, extend
from analyzer.flow.types.facts import AllocEffect, LocalEscape, NoallocBroken
from analyzer.flow.values import (
    EXCEPTION,
    FRESH,
    HEAP_SHAPES,
    AbsVal,
    Memory,
    Place,
    Shape,
    base_of,
)
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import Call, Expr, Function, Position, Symbol, Temp, Var
from analyzer.ir.text import render
from runtime_sim.model.api.row import Raises

if TYPE_CHECKING:
    from analyzer.flow.analysis import Analysis


class Run:
    """The interpretation of `function`.

    `exits` are the states at its returns, with what they return.  `given` are arguments that are
    known of the call, by parameter.
    """

    def __init__(
        self,
        analysis: Analysis,
        function: Function,
        given: Mapping[int, AbsVal] | None = None,
    ) -> None:
        self.analysis = analysis
        self.program = analysis.program
        self.api = analysis.api
        self.function = function
        self.given = given or {}
        self.unit = analysis.program.unit_of[function]
        self.survey = analysis.survey(function)
        self.contract = analysis.contract(function)
        self.noalloc = None if self.contract is None else self.contract.noalloc
        self.primitive = self.contract is not None or is_primitive_like(function)
        self.facts: dict[tuple[object, ...], Fact] = {}
        self.exits: list[tuple[State, AbsVal, Expr | None]] = []
        self.raise_: Raise | None = None
        self.collections: dict[object, Collection | None] = {}
        self.needs_lock: Chain = ()
        self.releases_first: Chain = ()
        self.acquires_first: Chain = ()
        self.escapes: dict[int, Chain] = {}
        self.writes: set[int] = set()
        self.plain_stores: dict[int, Position] = {}
        self.frees: set[int] = set()
        self.keeps: set[int] = set()
        self.registers: dict[tuple[int | str, ...], bool] = {}
        self.removes: set[tuple[int | str, ...]] = set()
        self.late_reads: set[int] = set()
        self.tests: set[int] = set()
        self.fills: set[int] = set()
        self.fields: set[FieldStore] = set()
        self.opens: dict[int, tuple[str, Chain]] = {}
        self.lodges: dict[int, tuple[int | None, Chain]] = {}
        self.c_safe: set[int] = set()
        self.unseen: Chain = ()
        self.forks: list[State] = []
        self.raising: dict[int, tuple[int | None, int | None]] = {}
        self.inlined: dict[Position, Step] = {}
        self.origins: dict[tuple[Position, str], Origin] = {}
        if function.incomplete:
            self.meet_unseen(function.symbol.position, f"not all of '{function.name}' was read")

    # --- facts ---------------------------------------------------------------------------------

    def emit(self, fact: Fact) -> None:
        """Keep a fact; of two about the same thing at the same place, the certain one."""
        key = (
            type(fact),
            fact.position,
            getattr(fact, "fault", None),
            getattr(fact, "name", "") or getattr(fact, "place", ""),
        )
        known = self.facts.get(key)
        if known is None or (_in_doubt(known) and not _in_doubt(fact)):
            self.facts[key] = fact

    def text(self, expr: Expr) -> str:
        """The expression as a C programmer would write it."""
        return render(expr, self.survey.made)

    def origin(self, position: Position, text: str) -> Origin:
        """An Origin, one object for equal ones, so that joins meet the same object."""
        key = (position, text)
        found = self.origins.get(key)
        if found is None:
            found = self.origins[key] = Origin(position, text)
        return found

    # --- the lock ------------------------------------------------------------------------------

    def use_heap(self, state: State, position: Position, what: str, chain: Chain = ()) -> None:
        """The heap or the runtime is used here: the lock must be held."""
        if state.lock is LockState.RELEASED:
            assert state.lock_at is not None
            self.emit(UnlockedAccess(position, what, state.lock_at, chain))
        elif state.lock is LockState.ENTRY and not self.needs_lock:
            self.needs_lock = chain or (Step(position, what),)

    # --- uses ----------------------------------------------------------------------------------

    def use(
        self,
        state: State,
        val: AbsVal,
        expr: Expr,
        position: Position,
        use: str,
        encoded: bool = True,
    ) -> AbsVal:
        """A value or pointer is used: it must be neither stale nor an untested result.

        Returns it as if it were all right, so that one fault is told once.
        """
        if val.stale is not None and val.shape in HEAP_SHAPES:
            self.stale(val, expr, position, use)
            val = val._replace(stale=None)
            self._mend(state, expr, val)
        if encoded and val.shape is Shape.ENCODED:
            if val.parameter is None:
                name = _name_of(expr)
                origin, tested = self._origin_of(val, expr), val.source == EXCEPTION
                self.emit(EncodedUse(position, name, use, origin, tested))
            val = val._replace(shape=Shape.VALUE)
            self._mend(state, expr, val)
        return val

    def stale(self, val: AbsVal, expr: Expr, position: Position, use: str) -> None:
        """Report the use of a stale value; a temporary's is `unsequenced-gc`, told elsewhere."""
        inner = uncast(expr)
        if isinstance(inner, Temp) and val.shape is not Shape.DERIVED:
            return
        pointer = val.shape in (Shape.DERIVED, Shape.INTERIOR)
        assert val.stale is not None
        self.emit(
            StaleUse(
                position,
                _name_of(expr),
                pointer,
                val.source,
                use,
                self._origin_of(val, expr),
                val.stale,
            )
        )

    def expose(self, val: AbsVal, expr: Expr, position: Position, use: str) -> None:
        """A value gets where the collector looks: it must be one."""
        if val.shape is Shape.NAKED:
            origin = self._origin_of(val, expr)
            self.emit(NakedPointer(position, self.text(expr) or origin.text, use, origin))
        elif val.shape is Shape.INTERIOR:
            self.emit(InteriorPointer(position, val.source, use, self._origin_of(val, expr)))

    def _mend(self, state: State, expr: Expr, val: AbsVal) -> None:
        inner = uncast(expr)
        if isinstance(inner, Var) and inner.symbol in state.cells:
            state.cells[inner.symbol] = val

    def _origin_of(self, val: AbsVal, expr: Expr) -> Origin:
        return val.origin or self.origin(expr.position, render(expr) or "a temporary")

    # --- what is not known ---------------------------------------------------------------------

    def meet_unseen(self, position: Position, told: str, chain: Chain = ()) -> None:
        """From here on there is code that may use the runtime, and of which not all is known."""
        if not self.unseen:
            self.unseen = extend(Step(position, told), chain)

    # --- what the external's declaration rules out ---------------------------------------------

    def breaks_noalloc(
        self, effect: AllocEffect, position: Position, name: str, chain: Chain, doubt: bool = False
    ) -> None:
        """What native code does not reckon with in a noalloc primitive happens here."""
        if self.noalloc is not None:
            self.emit(NoallocBroken(position, effect, name, chain, self.noalloc, doubt))

    def lodge(
        self,
        val: AbsVal,
        name: str,
        position: Position,
        into: str,
        target: AbsVal | None = None,
        chain: Chain = (),
    ) -> None:
        """A value, in the text `name`, is put where it outlives its region.

        `target` is what it is put into, which may be local itself.
        """
        if target is not None and target.local:
            return
        if val.local:
            declared = None if self.contract is None else self.contract.origin
            origin = val.origin or self.origin(position, name or "a local value")
            self.emit(LocalEscape(position, name, into, origin, declared, chain))
        elif val.parameter is not None and self.contract is None:
            owner = None if target is None else target.parameter
            step = Step(position, f"stored in {into}")
            self.lodges.setdefault(val.parameter, (owner, chain or (step,)))

    # --- collections ---------------------------------------------------------------------------

    def collect(
        self,
        state: State,
        collection: Collection,
        passed: tuple[AbsVal, ...] = (),
        later: bool = False,
    ) -> None:
        """A collection may happen: whatever is not a root is stale afterwards.

        `passed` are values that the collecting call keeps alive itself.  `later` when the call may
        as well keep for later what would collect.
        """
        if state.collected is None or (state.collected.doubt and not collection.doubt):
            state.collected = collection
        if self.noalloc is not None and collection.position != state.lock_at:
            self.breaks_noalloc(
                AllocEffect.COLLECTS,
                collection.position,
                collection.callee,
                collection.chain,
                collection.doubt,
            )
        certain = not collection.doubt
        cells = state.cells
        live: set[object] = set()
        for place, val in cells.items():
            shape = val.shape
            if val.garbage and certain:
                self._garbage_root(state, place, val)
            if shape not in HEAP_SHAPES:
                if shape is Shape.NAKED and roots_cover(state, place):
                    self._naked_root(val, collection)
                continue
            base = place[0] if type(place) is tuple else place
            if isinstance(base, Memory) or (isinstance(base, Symbol) and not base.is_local):
                continue
            if shape is not Shape.DERIVED and (place in state.roots or base in state.roots):
                if shape is Shape.INTERIOR and certain and val.origin is not None:
                    self.emit(
                        InteriorPointer(
                            val.origin.position, val.source, "live in a root", val.origin
                        )
                    )
                if shape is Shape.ENCODED and certain and val.parameter is None:
                    self._kept_encoded(val, place, collection)
                    cells[place] = val._replace(shape=Shape.VALUE)
                if val.site is not None:
                    live.add(val.site)
                elif val.source == FRESH and certain:
                    cells[place] = val._replace(source="")
                continue
            if place in state.registered:
                continue
            if val.stale is None or (val.stale.doubt and certain):
                cells[place] = val._replace(stale=collection)
        if certain:
            for val in passed:
                if val.site is not None and val.shape in HEAP_SHAPES:
                    live.add(val.site)
            self._age(state, collection, live)
            if state.kept and not later:
                self._leave_unrooted(state, collection)

    def _garbage_root(self, state: State, place: Place, val: AbsVal) -> None:
        """The collector reads a root that has no defined value on this path."""
        record = state.roots.get(place)
        symbol = base_of(place)
        if record is None and isinstance(symbol, Symbol):
            record = state.roots.get(symbol)
        if record is None or not isinstance(symbol, Symbol):
            return
        if symbol.type.is_value_array and (
            place is symbol or val.shape is not Shape.UNKNOWN or _partly_written(state, symbol)
        ):
            return
        frame = record.frame
        self.emit(GarbageRoot(frame.position, frame.macro, symbol.name, symbol.position))

    def _naked_root(self, val: AbsVal, collection: Collection) -> None:
        origin = val.origin
        if origin is not None and not collection.doubt:
            self.emit(NakedPointer(origin.position, origin.text, "live in a root", origin))

    def _kept_encoded(self, val: AbsVal, place: object, collection: Collection) -> None:
        name = place.name if isinstance(place, Symbol) else ""
        origin = val.origin or Origin(collection.position, name)
        use, tested = "kept across a collection", val.source == EXCEPTION
        self.emit(EncodedUse(collection.position, name, use, origin, tested))

    def _age(self, state: State, collection: Collection, live: set[object]) -> None:
        for site, block in state.blocks.items():
            if not block.filled and block.scanned is not False:
                if site in live or block.reachable:
                    self.garbage_fields(state, site, collection.position, "collection", collection)
                    block = state.blocks[site]
            if block.young or not block.filled:
                state.blocks[site] = block._replace(young=False)
            else:
                state.blocks[site] = block

    def garbage_fields(
        self,
        state: State,
        site: Call,
        position: Position,
        event: str,
        collection: Collection | None,
    ) -> None:
        """Something looks at a block: all its fields must have a value."""
        block = state.blocks.get(site)
        if block is None or block.filled or block.scanned is False:
            return
        bound = state.cells.get(block.prefix[0]) if block.prefix else None
        missing = block.missing(bound)
        if missing:
            name = next(
                (
                    p.name
                    for p, v in state.cells.items()
                    if v.site is site and isinstance(p, Symbol) and v.shape is Shape.BLOCK
                ),
                "",
            )
            self.emit(
                GarbageFields(
                    position, name, _list_fields(missing), event, block.origin, collection
                )
            )
            state.blocks[site] = block._replace(filled=True, size=None)

    def _leave_unrooted(self, state: State, collection: Collection) -> None:
        for kept in state.kept.values():
            self.left(kept, collection, None)
        state.kept = {p: k for p, k in state.kept.items() if not (k.pointer or k.kind)}

    def left(self, kept: Kept, collection: Collection | None, leaves: Position | None) -> None:
        """Something that points into the heap is still where the collector does not look."""
        if kept.parameter is not None and leaves is not None:
            step = Step(kept.position, f"stored in '{kept.text}'")
            self.escapes.setdefault(kept.parameter, (step,))
        if kept.pointer:
            self.emit(PointerEscape(kept.position, kept.pointer, f"'{kept.text}'", kept.value))
        elif kept.kind:
            self.emit(
                UnrootedStore(kept.position, kept.text, kept.kind, kept.value, collection, leaves)
            )

    # --- exceptions ----------------------------------------------------------------------------

    def may_raise(self, state: State, kind: Raises, chain: Chain, locked: bool = False) -> None:
        """Note that an exception may leave the function; what ordinary use meets goes first."""
        order = (Raises.ALWAYS, Raises.YES, Raises.HANDLERS, Raises.OUT_OF_MEMORY)
        kind = Raises.YES if kind is Raises.ALWAYS else kind
        if kind is Raises.YES:
            self._note_raising(state)
        locked = locked or state.lock is LockState.HELD
        known = self.raise_
        if known is None or (order.index(kind), locked) < (order.index(known.kind), known.locked):
            self.raise_ = Raise(kind, chain, locked)

    def _note_raising(self, state: State) -> None:
        for number, symbol in enumerate(self.function.params):
            if symbol.type.is_value:
                continue
            val = state.cells.get(symbol)
            bounds = (
                (None, None) if val is None or val.parameter != number else (val.low, val.high)
            )
            known = self.raising.get(number)
            self.raising[number] = bounds if known is None else _wider(known, bounds)


Bounds = tuple[int | None, int | None]


def _wider(a: Bounds, b: Bounds) -> Bounds:
    low = None if a[0] is None or b[0] is None else min(a[0], b[0])
    high = None if a[1] is None or b[1] is None else max(a[1], b[1])
    return low, high


def _partly_written(state: State, array: Symbol) -> bool:
    """Whether some element was given a value: which ones were not is more than we know."""
    return any(
        type(place) is tuple and place[0] is array and type(place[-1]) is int
        for place in state.cells
    )


def _in_doubt(fact: Fact) -> bool:
    collection = getattr(fact, "collection", None)
    return bool(getattr(fact, "doubt", False) or (collection is not None and collection.doubt))


def _name_of(expr: Expr) -> str:
    return render(uncast(expr))


def _list_fields(missing: tuple[int, ...]) -> str:
    if len(missing) == 1:
        return f"field {missing[0]}"
    if len(missing) == 2:
        return f"fields {missing[0]} and {missing[1]}"
    return f"fields {missing[0]} to {missing[-1]}"
