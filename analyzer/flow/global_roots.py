"""Global roots: registered, removed and set."""

from __future__ import annotations

from analyzer.flow.allocation import Effect
from analyzer.flow.facts import GlobalRootFault, NonValueRoot, Origin, RootFault
from analyzer.flow.places import locate
from analyzer.flow.run import Run
from analyzer.flow.state import Registration, State
from analyzer.flow.values import AbsVal, Memory, Place, Shape, base_of
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import AddressOf, Call, Cast, Expr, Symbol
from analyzer.ir.text import render
from analyzer.ir.types import TypeKind
from runtime_sim.model.api.row import ApiRow


def _root_place(
    run: Run, state: State, instruction: Call, vals: list[AbsVal]
) -> tuple[Place | None, str]:
    argument = instruction.args[0]
    inner = uncast(argument)
    text = render(inner.place) if isinstance(inner, AddressOf) else f"*{render(inner)}"
    val = vals[0]
    if val.shape is Shape.ADDRESS and val.target is not None:
        target = val.target
        if isinstance(target, Symbol) and target.type.kind is TypeKind.ARRAY:
            return (target, 0), text
        return target, text
    if isinstance(inner, AddressOf):
        return locate(run, state, inner.place), text
    return None, text


def register(generational: bool) -> Effect:
    def effect(run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]) -> None:
        if not vals:
            return
        place, text = _root_place(run, state, instruction, vals)
        position, name = instruction.position, instruction.name
        _check_root_type(run, instruction)
        if place is None:
            return
        base = base_of(place)
        earlier = state.registered.get(place)
        if earlier is not None and not (type(place) is tuple and "*" in place):
            run.emit(
                GlobalRootFault(
                    position,
                    RootFault.TWICE,
                    text,
                    name,
                    Origin(earlier.position, f"'{text}' is registered"),
                )
            )
        # A plain root is looked at by the next collection, a generational one here and now.
        if generational and _is_unset(state, place):
            run.emit(GlobalRootFault(position, RootFault.UNINITIALISED, text, name, None))
        path = _parameter_path(run, place)
        if path is not None:
            run.registers[path] = generational
        state.registered[place] = Registration(position, generational)
        kept = state.kept.pop(place, None)
        held = state.cells.get(place)
        if kept is not None and held is not None and held.local:
            run.lodge(held, "", kept.position, f"the global root '{text}'")
        if isinstance(base, Symbol) and not base.is_local:
            state.kept = {p: k for p, k in state.kept.items() if base_of(p) is not base}

    return effect


def _is_unset(state: State, place: Place) -> bool:
    held = state.cells.get(place)
    if held is not None:
        return held.garbage and held.shape is Shape.UNKNOWN
    base = base_of(place)
    return isinstance(base, Memory) and _is_raw(base)


def _is_raw(memory: Memory) -> bool:
    """Whether only this function has written the memory, and its maker does not clear it."""
    return isinstance(memory.site, Call) and memory.site.name in (
        "malloc",
        "caml_stat_alloc",
        "caml_stat_alloc_noexc",
        "stat_alloc",
    )


def _parameter_path(run: Run, place: Place) -> tuple[int | str, ...] | None:
    """A place behind a pointer parameter, as callers know it: the parameter, then its members."""
    base = base_of(place)
    if not isinstance(base, Memory) or not base.is_parameter:
        return None
    number = run.analysis.parameter_number(run.function, base)
    if number is None:
        return None
    path = place[1:] if type(place) is tuple else ()
    return (number, *(p for p in path if isinstance(p, int | str)))


def _check_root_type(run: Run, instruction: Call) -> None:
    argument = instruction.args[0]
    if not isinstance(argument, Cast):
        return
    inner: Expr = argument
    inner = uncast(inner)
    if isinstance(inner, AddressOf):
        type_ = inner.place.type
        if type_.kind in (TypeKind.POINTER, TypeKind.FLOATING) or (
            type_.kind is TypeKind.INTEGER and type_.bits not in (0, 64)
        ):
            text = render(inner.place)
            run.emit(
                NonValueRoot(instruction.position, instruction.name, text, type_.name or "pointer")
            )


def remove(generational: bool) -> Effect:
    def effect(run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]) -> None:
        if not vals:
            return
        place, text = _root_place(run, state, instruction, vals)
        if place is None:
            return
        position, name = instruction.position, instruction.name
        registration = state.registered.pop(place, None)
        base = base_of(place)
        path = _parameter_path(run, place)
        if path is not None:
            run.removes.add(path)
        if registration is not None:
            if registration.generational is not generational:
                origin = Origin(registration.position, f"'{text}' is registered")
                run.emit(GlobalRootFault(position, RootFault.WRONG_REMOVAL, text, name, origin))
            return
        local = isinstance(base, Symbol) and base.is_local and type(base) is Symbol
        if local and isinstance(base, Symbol) and base.type.kind is not TypeKind.UNKNOWN:
            if base not in run.survey.addressed or place in state.cells:
                run.emit(GlobalRootFault(position, RootFault.NEVER_REGISTERED, text, name, None))

    return effect


def modify_root(
    run: Run, state: State, instruction: Call, row: ApiRow, vals: list[AbsVal]
) -> None:
    if len(vals) < 2:
        return
    place, _ = _root_place(run, state, instruction, vals)
    source = instruction.args[1]
    run.expose(vals[1], source, instruction.position, "stored in a global root")
    if place is not None:
        state.cells[place] = vals[1]
