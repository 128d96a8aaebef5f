"""Assignments: into variables and C memory, and plain stores into the heap."""

from __future__ import annotations

from analyzer.diagnostics import Step
from analyzer.flow.blocks import Block
from analyzer.flow.blocks import Index as FieldIndex
from analyzer.flow.evaluate import (
    as_value,
    check_field,
    evaluate,
    field_index,
    locate,
    tag_name,
    use_pointer,
)
from analyzer.flow.facts import (
    EncodedUse,
    GlobalRootFault,
    InitializeAgain,
    ModifyGarbage,
    NamedValueFault,
    Origin,
    PlainStore,
    PointerEscape,
    RootFault,
    StringWrite,
    TagFault,
    TagMismatch,
    UnrootedStore,
)
from analyzer.flow.frames import close
from analyzer.flow.run import Run
from analyzer.flow.state import (
    Kept,
    State,
    forget_conditions,
    forget_tests,
    inside_of,
    roots_cover,
)
from analyzer.flow.values import (
    FRESH,
    GARBAGE,
    UNKNOWN,
    AbsVal,
    Memory,
    Place,
    Shape,
    base_of,
    exactly,
    inside,
    join,
)
from analyzer.flow.walk import subexpressions
from analyzer.ir.nodes import (
    Access,
    Assign,
    Binary,
    Cast,
    Const,
    Declare,
    Deref,
    Expr,
    Index,
    Member,
    Position,
    Storage,
    Symbol,
    Temp,
    Unary,
    Var,
)
from analyzer.ir.text import render
from analyzer.ir.types import TypeKind

_HEAP_VALUES = frozenset({Shape.BLOCK, Shape.VALUE, Shape.ENCODED})
_STATIC = frozenset({Storage.STATIC, Storage.STATIC_LOCAL, Storage.GLOBAL, Storage.EXTERN})


def declare(run: Run, state: State, instruction: Declare) -> None:
    """A local comes into being: whatever was known of it, or of its parts, is gone."""
    symbol = instruction.symbol
    cells = state.cells
    for place in [p for p in cells if type(p) is tuple and p[0] is symbol]:
        del cells[place]
    forget_conditions(state, symbol)
    forget_tests(state, symbol)
    if instruction.zeroed:
        cells[symbol] = UNKNOWN
        if symbol.type.kind is TypeKind.ARRAY:
            cells[inside(symbol, "*")] = exactly(0)
    else:
        cells[symbol] = GARBAGE
        if symbol.type.kind is TypeKind.ARRAY and symbol.type.is_value_array:
            cells[inside(symbol, "*")] = GARBAGE
    state.kept = {p: k for p, k in state.kept.items() if base_of(p) is not symbol}


def assign(run: Run, state: State, instruction: Assign) -> None:
    """`place = source`."""
    place_expr, source = instruction.place, instruction.source
    position = instruction.position
    val = evaluate(run, state, source)
    typed = source if isinstance(place_expr, Temp) else place_expr
    if typed.type.is_value:
        val = as_value(run, val, source, source.position)
    store(run, state, place_expr, val, source, position)


def store(
    run: Run, state: State, place_expr: Expr, val: AbsVal, source: Expr, position: Position
) -> None:
    """Put `val` where `place_expr` says, with what such a store asks for there."""
    inner = place_expr
    while type(inner) is Cast:
        inner = inner.operand
    kind = type(inner)
    if kind is Var or kind is Temp:
        _store_variable(run, state, inner, val, source, position)
        return
    if kind is Access:
        _store_access(run, state, inner, val, source, position)  # type: ignore[arg-type]
        return
    if kind is Member:
        forget_conditions(state, inner.name)  # type: ignore[union-attr]
        if inner.name == "local_roots":  # type: ignore[union-attr]
            close_by_hand(state, position)
            return
    place = locate(run, state, inner)
    if place is not None:
        _store_place(run, state, place, inner, val, source, position)
        return
    _store_through_pointer(run, state, inner, val, source, position)


def _store_variable(
    run: Run, state: State, expr: Expr, val: AbsVal, source: Expr, position: Position
) -> None:
    if isinstance(expr, Temp):
        state.cells[expr.number] = val
        return
    assert isinstance(expr, Var)
    symbol = expr.symbol
    if symbol.name in _ROOT_LISTS and not symbol.is_local:
        close_by_hand(state, position)
        return
    if symbol.storage in _STATIC:
        _store_place(run, state, symbol, expr, val, source, position)
        return
    if symbol in state.registered:
        _check_generational(run, state, symbol, expr, val, position)
    _move_prefixes(state, symbol, source)
    if state.conditions:
        forget_conditions(state, symbol)
    if state.tests:
        forget_tests(state, symbol)
    if symbol.type.kind is TypeKind.INTEGER:
        _keep_test(state, symbol, source)
    if symbol.type.kind is TypeKind.STRUCT:
        _copy_struct(run, state, symbol, source)
        return
    if val.origin is None and val.shape in _HEAP_VALUES:
        val = val._replace(origin=run.origin(position, f"'{symbol.name}' is set"))
    state.cells[symbol] = val


_ROOT_LISTS = frozenset({"caml_local_roots", "CAML_LOCAL_ROOTS"})


def close_by_hand(state: State, position: Position) -> None:
    """The list of local roots is set back without a macro."""
    close(state, position)


def _move_prefixes(state: State, symbol: Symbol, source: Expr) -> None:
    """Keep what is known of loops over fields right when their counter moves."""
    for site, block in state.blocks.items():
        if block.prefix is None or block.prefix[0] is not symbol:
            continue
        step = _step(symbol, source)
        if step is None:
            state.blocks[site] = block.forget(symbol, state.cells.get(symbol))
        else:
            state.blocks[site] = block.shift(symbol, step)


_TESTS = frozenset({"==", "!=", "<", "<=", ">", ">="})


def _keep_test(state: State, symbol: Symbol, source: Expr) -> None:
    """`int bad = Is_exception_result(res)`: whoever tests the variable tests what it stands
    for."""
    while isinstance(source, Cast):
        source = source.operand
    is_test = (
        (isinstance(source, Access) and source.name.startswith("Is_"))
        or (isinstance(source, Binary) and source.op in _TESTS)
        or (isinstance(source, Unary) and source.op == "!")
    )
    if not is_test:
        return
    symbols = set()
    for part in subexpressions(source):
        if isinstance(part, Var):
            symbols.add(part.symbol)
        elif isinstance(part, Temp):
            return
    if symbol not in symbols:
        state.tests = {**state.tests, symbol: (source, frozenset(symbols))}


def _step(symbol: Symbol, source: Expr) -> int | None:
    if (
        isinstance(source, Binary)
        and source.op in "+-"
        and isinstance(source.left, Var)
        and source.left.symbol is symbol
        and isinstance(source.right, Const)
        and source.right.number is not None
    ):
        return source.right.number if source.op == "+" else -source.right.number
    return None


def _copy_struct(run: Run, state: State, symbol: Symbol, source: Expr) -> None:
    cells = state.cells
    for place in [p for p in cells if type(p) is tuple and p[0] is symbol]:
        del cells[place]
    cells[symbol] = UNKNOWN
    origin = locate(run, state, source)
    if origin is None:
        return
    for _, rest, val in inside_of(state, origin):
        cells[(symbol, *rest)] = val


def _store_place(
    run: Run,
    state: State,
    place: Place,
    expr: Expr,
    val: AbsVal,
    source: Expr,
    position: Position,
) -> None:
    base: object = base_of(place)
    weak = type(place) is tuple and "*" in place
    old = state.cells.get(place)
    if place in state.registered and not weak:
        _check_generational(run, state, place, expr, val, position)
    outlives = (isinstance(base, Memory) and not base.is_parameter) or (
        isinstance(base, Symbol) and base.storage in _STATIC
    )
    if outlives:
        _store_outside(run, state, place, expr, val, position)
    elif isinstance(base, Memory):
        if val.shape is Shape.DERIVED:
            _note_escape(run, val, position, render(expr))
        number_ = run.analysis.parameter_number(run.function, base)
        if number_ is not None:
            run.writes.add(number_)
    if isinstance(base, Memory | Symbol) and not (isinstance(base, Symbol) and base.is_local):
        hand_over(state, val)
    state.cells[place] = join(old, val) if weak and old is not None and not old.garbage else val


def _store_outside(
    run: Run, state: State, place: Place, expr: Expr, val: AbsVal, position: Position
) -> None:
    """A store into memory that is there after the call: a static, or memory made in the call."""
    text = render(expr)
    base = base_of(place)
    # Of an array it is not known which element is looked at again, and which is set before.
    element = type(place) is tuple and "*" in place
    if val.shape is Shape.DERIVED:
        if val.source and not element:
            origin = val.origin or Origin(position, text)
            state.kept[place] = Kept(position, text, "", origin, val.source, val.parameter)
        return
    if val.shape not in _HEAP_VALUES:
        state.kept.pop(place, None)
        if val.parameter is not None and expr.type.is_pointer and not element:
            origin = val.origin or Origin(position, text)
            state.kept[place] = Kept(position, text, "", origin, "", val.parameter)
        return
    if val.source == "caml_named_value" and isinstance(base, Symbol):
        run.emit(NamedValueFault(position, text, True, val.origin or Origin(position, text)))
    if place in state.registered or roots_cover(state, place):
        return
    if isinstance(base, Symbol):
        if run.program.is_registered("", base.name):
            return
        kind = "a static variable"
    else:
        assert isinstance(base, Memory)
        if isinstance(base.site, Symbol):
            return
        kind = base.what
    origin = val.origin or run.origin(position, f"stored in '{text}'")
    state.kept[place] = Kept(position, text, kind, origin)


def _note_escape(run: Run, val: AbsVal, position: Position, text: str) -> None:
    if val.parameter is not None and val.parameter not in run.escapes:
        run.escapes[val.parameter] = (Step(position, f"stored in '{text}'"),)


def _check_generational(
    run: Run, state: State, place: Place, expr: Expr, val: AbsVal, position: Position
) -> None:
    registration = state.registered[place]
    if registration.generational and val.shape in _HEAP_VALUES:
        origin = Origin(registration.position, f"'{render(expr)}' is registered")
        run.emit(GlobalRootFault(position, RootFault.ASSIGNED, render(expr), "", origin))


def hand_over(state: State, val: AbsVal) -> None:
    """A resource's handle is stored where it is found again: this function does not own it any
    more."""
    target = val.target
    if target is not None:
        base = base_of(target)
        if isinstance(base, Memory):
            state.resources.pop(base, None)


def _store_through_pointer(
    run: Run, state: State, expr: Expr, val: AbsVal, source: Expr, position: Position
) -> None:
    pointer_expr = _pointer_of(expr)
    if pointer_expr is None:
        evaluate(run, state, expr)
        return
    pointer = evaluate(run, state, pointer_expr)
    hand_over(state, val)
    if pointer.shape is Shape.DERIVED:
        use_pointer(run, state, pointer, pointer_expr, position, "written through")
        _store_derived(run, state, pointer, expr, val, source, position)
        return
    if pointer.parameter is not None:
        run.writes.add(pointer.parameter)
    text = render(expr)
    if pointer.shape is Shape.UNKNOWN or pointer.parameter is not None:
        return
    if isinstance(pointer_expr, Var) and pointer.target is None:
        # Memory that somebody else owns. What is put there is looked at when it is left there.
        memory = Memory(pointer_expr.symbol, "memory that outlives the call")
        state.cells[pointer_expr.symbol] = pointer._replace(shape=Shape.ADDRESS, target=memory)
        place = locate(run, state, expr)
        if place is not None and val.shape is Shape.DERIVED:
            _store_place(run, state, place, expr, val, source, position)
    elif val.shape is Shape.DERIVED and val.source and isinstance(expr, Member):
        origin = val.origin or Origin(position, text)
        run.emit(PointerEscape(position, val.source, f"'{text}'", origin))


def _pointer_of(expr: Expr) -> Expr | None:
    while isinstance(expr, Member | Index):
        if isinstance(expr, Index) and expr.base.type.kind is not TypeKind.ARRAY:
            return expr.base
        expr = expr.base
    if isinstance(expr, Index):
        return expr.base
    return expr.pointer if isinstance(expr, Deref) else None


# --- stores into the heap ----------------------------------------------------------------------


def _store_derived(
    run: Run,
    state: State,
    pointer: AbsVal,
    expr: Expr,
    val: AbsVal,
    source: Expr,
    position: Position,
) -> None:
    via = pointer.functions[0] if pointer.functions else ""
    if via == "String_val":
        write_string(run, pointer, position, "an assignment")
        return
    text = render(expr)
    if pointer.parameter is not None:
        run.writes.add(pointer.parameter)
    if expr.type.is_value and via in ("Field", "Op_val", "") and via != "Data_custom_val":
        if via or pointer.site is not None:
            index = FieldIndex(None, None)
            block = AbsVal(
                Shape.BLOCK if pointer.site else Shape.VALUE,
                origin=pointer.origin,
                site=pointer.site,
                parameter=pointer.parameter,
            )
            store_field(run, state, block, index, val, expr, source, position)
        return
    if val.shape is Shape.DERIVED and val.source:
        origin = val.origin or Origin(position, text)
        run.emit(PointerEscape(position, val.source, f"'{text}'", origin))
    elif val.shape in _HEAP_VALUES and via in ("Data_custom_val", "Data_abstract_val"):
        origin = val.origin or Origin(position, text)
        run.emit(
            UnrootedStore(position, text, "the data of a custom block", origin, None, position)
        )
    raw = state.blocks.get(pointer.site) if pointer.site is not None else None
    if raw is not None and pointer.site is not None:
        state.blocks[pointer.site] = raw._replace(filled=True)


def write_string(run: Run, pointer: AbsVal, position: Position, how: str) -> None:
    """A write through String_val: only a string made here may be written."""
    if pointer.site is None:
        origin = pointer.origin or Origin(position, pointer.source)
        run.emit(StringWrite(position, pointer.source, how, origin))


def _store_access(
    run: Run, state: State, access: Access, val: AbsVal, source: Expr, position: Position
) -> None:
    name = access.name
    if name in _ROOT_LISTS:
        close_by_hand(state, position)
        return
    if not access.args:
        return
    block = evaluate(run, state, access.args[0])
    if name in ("Field", "Some_val"):
        block = run.use(state, block, access.args[0], position, f"written by '{name}'")
        run.use_heap(state, position, f"'{name}' writes the heap")
        index = field_index(run, state, access)
        check_field(run, state, block, index, access)
        store_field(run, state, block, index, val, access, source, position)
        return
    for part in access.args[1:]:
        evaluate(run, state, part)
    block = run.use(state, block, access.args[0], position, f"written by '{name}'")
    run.use_heap(state, position, f"'{name}' writes the heap")
    if block.site is not None and block.site in state.blocks:
        state.blocks[block.site] = state.blocks[block.site]._replace(filled=True)


def store_field(
    run: Run,
    state: State,
    block: AbsVal,
    index: FieldIndex,
    val: AbsVal,
    place: Expr,
    source: Expr,
    position: Position,
) -> None:
    """A plain assignment to a field: right as the first store into a young block, else a barrier
    is missing."""
    scanned = block.site is None or block.site not in state.blocks
    if scanned or state.blocks[block.site].scanned is not False:  # type: ignore[index]
        run.expose(state, val, source, position, "stored in a block")
    val = run.use(state, val, source, position, "stored")
    hand_over(state, val)
    if val.site is not None and val.site in state.blocks and val.shape is Shape.BLOCK:
        inner = state.blocks[val.site]
        if not inner.reachable:
            state.blocks[val.site] = inner._replace(reachable=True)
    known = state.blocks.get(block.site) if block.site is not None else None
    if known is not None and block.shape is Shape.BLOCK:
        assert block.site is not None
        if known.scanned is False and val.shape in (Shape.BLOCK, Shape.VALUE):
            if known.tag is not None and tag_name(known.tag) != "Closure_tag":
                run.emit(
                    TagMismatch(
                        position,
                        TagFault.VALUES_UNSCANNED,
                        render(place),
                        tag_name(known.tag),
                        known.origin,
                    )
                )
            return
        may_point = val.shape in _HEAP_VALUES
        if may_point and not known.young:
            why = (
                "was allocated in the major heap"
                if known.major
                else "has lived through a call that may collect"
            )
            run.emit(PlainStore(position, render(place), why, known.origin, False))
        state.blocks[block.site] = known.write(index)
        return
    if block.parameter is not None:
        run.fills.add(block.parameter)
    if val.shape not in _HEAP_VALUES:
        return
    if block.shape in (Shape.UNKNOWN, Shape.DATA, Shape.NAKED, Shape.IMMEDIATE):
        return
    if block.source == FRESH:
        return
    if block.parameter is not None and not run.primitive:
        run.plain_stores.setdefault(block.parameter, position)
        return
    if block.garbage:
        return
    origin = block.origin or run.origin(position, render(place))
    run.emit(PlainStore(position, render(place), "may be old", origin, False))


def barrier_store(
    run: Run,
    state: State,
    callee: str,
    block: AbsVal,
    index: FieldIndex,
    val: AbsVal,
    place: Expr,
    source: Expr,
    position: Position,
) -> None:
    """caml_modify, Store_field or caml_initialize on a field."""
    run.expose(state, val, source, position, "stored in a block")
    if val.shape is Shape.ENCODED and val.parameter is None:
        origin = val.origin or run.origin(position, render(source))
        run.emit(EncodedUse(position, render(source), "stored", origin))
    val = run.use(state, val, source, position, "stored")
    hand_over(state, val)
    if val.site is not None and val.site in state.blocks and val.shape is Shape.BLOCK:
        run.garbage_fields(state, val.site, position, "stored", None)
        state.blocks[val.site] = state.blocks[val.site]._replace(reachable=True)
    known = state.blocks.get(block.site) if block.site is not None else None
    text = render(place)
    if known is None or block.shape is not Shape.BLOCK:
        if callee == "caml_initialize" and block.shape in (Shape.VALUE, Shape.BLOCK):
            if block.site is None and (block.parameter is None or run.primitive):
                origin = block.origin or run.origin(position, text)
                if block.parameter is not None:
                    run.emit(InitializeAgain(position, text, "came from OCaml", origin))
        if block.parameter is not None:
            run.fills.add(block.parameter)
        return
    assert block.site is not None
    if known.scanned is False:
        if val.shape in (Shape.BLOCK, Shape.VALUE) and known.tag is not None:
            run.emit(
                TagMismatch(
                    position, TagFault.VALUES_UNSCANNED, text, tag_name(known.tag), known.origin
                )
            )
        return
    written = _is_written(state, known, index)
    if callee == "caml_initialize":
        if written is True:
            run.emit(InitializeAgain(position, text, "already has a value", known.origin))
    elif written is False:
        run.emit(ModifyGarbage(position, text, callee, known.young, known.origin))
    state.blocks[block.site] = known.write(index)


def _is_written(state: State, block: Block, index: FieldIndex) -> bool | None:
    """Whether the field certainly has, or certainly lacks, a value; None when that is not
    known."""
    constant = index.constant
    if block.unit:
        again = constant is not None and block.written >> max(constant, 0) & 1
        return True if again else None
    if block.filled:
        return True if constant is not None and block.size is not None else None
    if constant is not None and block.written >> max(constant, 0) & 1:
        return True
    if block.prefix is not None:
        if index.symbol is not None and block.prefix == (index.symbol, index.offset):
            return False
        bound = state.cells.get(block.prefix[0])
        if bound is None or index.low is None:
            return None
        if bound.low is not None and constant is not None:
            if constant < bound.low + block.prefix[1]:
                return True
        if bound.high is None:
            return None
        return False if index.low >= bound.high + block.prefix[1] else None
    if block.written == 0:
        return False
    if constant is not None:
        return False
    return None
