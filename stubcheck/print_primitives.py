"""How `stubcheck primitives` prints what it has found: for people, and for programs."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence

from analyzer.diagnostics import Step
from analyzer.report.style import Style, printable
from analyzer.result import Primitive


def primitives_text(primitives: Sequence[Primitive], style: Style) -> str:
    """A block for each OCaml file; in it a line for each external, below it what leads there."""
    blocks = []
    for path, group in itertools.groupby(primitives, lambda primitive: primitive.position.path):
        declared = list(group)
        width = max(len(primitive.ml_name) for primitive in declared)
        lines = [style.paint(path, "bold")]
        lines += [line for primitive in declared for line in _lines(primitive, width, style)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks or ["no externals"]) + "\n"


def primitives_json(primitives: Sequence[Primitive]) -> str:
    """A list with an object for each external, on a line of its own."""
    rows = ",\n".join(json.dumps(_row(primitive)) for primitive in primitives)
    return f"[\n{rows}\n]\n" if rows else "[]\n"


def _lines(primitive: Primitive, width: int, style: Style) -> Iterator[str]:
    name = style.paint(f"{primitive.ml_name:<{width}}", "bold")
    yield f"  {name}  {printable(_answer(primitive))}: {_facts(primitive)}"
    for step in primitive.why:
        place = style.paint(f"{_place(step, primitive)}:", "dim")
        yield f"    {place} {printable(step.message)}"


def _facts(primitive: Primitive) -> str:
    """What it may do, what is not known of that, and what the external promises."""
    effects = [
        told
        for holds, told in (
            (primitive.may_collect, "may collect"),
            (primitive.may_raise, "may raise"),
            (primitive.releases_lock, "releases the lock"),
        )
        if holds
    ]
    open_questions = [
        told
        for holds, told in ((primitive.may_collect, "collects"), (primitive.may_raise, "raises"))
        if holds is None
    ]
    if open_questions:
        effects.append(f"not known whether it {' or '.join(open_questions)}")
    promised = ["declared noalloc"] if primitive.external.noalloc else []
    return ", ".join((effects or ["neither collects nor raises"]) + promised)


def _answer(primitive: Primitive) -> str:
    """The C function, that of bytecode where it is another, and where it is defined."""
    external = primitive.external
    name = external.native_name
    if external.bytecode_name != name:
        name += f" (in bytecode {external.bytecode_name})"
    if primitive.definition is None:
        return f"{name}, not defined here"
    return f"{name}, {primitive.definition.path}:{primitive.definition.line}"


def _place(step: Step, primitive: Primitive) -> str:
    """Where a step is: its line alone if that is in the file of the C function."""
    path, line, _ = step.position
    if primitive.definition is not None and primitive.definition.path == path:
        return f"line {line}"
    return f"{path}:{line}"


def _row(primitive: Primitive) -> dict[str, object]:
    """What is not known may be so: who asks for no more than that is on the safe side."""
    external = primitive.external
    definition = primitive.definition
    return {
        "ml_name": primitive.ml_name,
        "ml_path": primitive.position.path,
        "ml_line": primitive.position.line,
        "type": external.text,
        "c_name": external.native_name,
        "bytecode_name": external.bytecode_name,
        "path": None if definition is None else definition.path,
        "line": None if definition is None else definition.line,
        "arity": external.arity,
        "may_collect": primitive.may_collect is not False,
        "may_raise": primitive.may_raise is not False,
        "releases_lock": primitive.releases_lock,
        "known": None not in (primitive.may_collect, primitive.may_raise),
        "noalloc": external.noalloc,
        "why": [{**step.position._asdict(), "message": step.message} for step in primitive.why],
    }
