"""Phrases that the messages of several rules share."""

from __future__ import annotations

import re

from analyzer.diagnostics import Step
from analyzer.flow.facts import Collection, Origin
from analyzer.ir.nodes import Frame, FrameOp, Function

_FIELD = re.compile(r"field \d")


def quoted(text: str) -> str:
    """Source text in quotes; a description as a noun: "result of 'f'", "field 1 (age)"."""
    if _FIELD.match(text):
        return text
    if "'" not in text:
        return f"'{text}'"
    return text if text.startswith("'") else f"the {text}"


def ocaml_type(text: str) -> str:
    """A type in quotes, unless its variables have quotes of their own."""
    return text if "'" in text else f"'{text}'"


def subject(name: str, origin: Origin) -> str:
    """What a message is about: a variable, or for a temporary where it came from."""
    return quoted(name) if name else f"the {origin.text}"


def expression(text: str, origin: Origin | None) -> str:
    """An expression by its text, or one without a name by where it came from."""
    if text:
        return quoted(text)
    return "this" if origin is None else f"the {origin.text}"


def mover(collection: Collection) -> str:
    """The call that may collect, as the subject of "may have moved"."""
    callee = f"'{collection.callee}'"
    return f"{callee}, whose code is not known," if collection.doubt else callee


def came_from(origin: Origin) -> Step:
    return Step(origin.position, f"{origin.text} here")


def may_collect(collection: Collection) -> tuple[Step, ...]:
    """The call that may collect, and the way from it to what allocates."""
    return (Step(collection.position, f"{mover(collection)} may collect here"), *collection.chain)


def register(name: str, function: Function) -> str:
    """The macro that makes a root of a variable, as advice."""
    if not name:
        return "keep it in a variable declared with CAMLlocal1 before the call"
    if all(param.name != name for param in function.params):
        return f"declare '{name}' with CAMLlocal1({name})"
    if opens_frame(function):
        return f"register '{name}' with CAMLxparam1({name}), or in the CAMLparam of the frame"
    return f"register '{name}' with CAMLparam1({name}) and leave with CAMLreturn"


def opens_frame(function: Function) -> bool:
    """Whether the function has a CAMLparam of its own."""
    return any(
        isinstance(instruction, Frame) and instruction.op is FrameOp.PARAM
        for block in function.blocks
        for instruction in block.instructions
    )


def closing_macro(result: str) -> str:
    """The CAMLreturn that fits a function with this result type."""
    if result == "void":
        return "CAMLreturn0"
    return "CAMLreturn(...)" if result == "value" else f"CAMLreturnT({result}, ...)"
