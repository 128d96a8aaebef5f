"""The numbers in a C file: literals, the OCaml headers' constants, constant expressions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pycparser import c_ast

from analyzer.ir.types import DOUBLE, INT, UNKNOWN, VALUE, VOID, CType, TypeKind, pointer_to
from runtime_sim.model.memory import CONSTANTS, header_layout
from runtime_sim.model.profile import Profile

CHAR = CType(TypeKind.INTEGER, "char", bits=8)
SIZE = CType(TypeKind.INTEGER, "size_t", bits=64, signed=False)
NULL_POINTER = pointer_to(VOID)


class Enumerator(NamedTuple):
    """A name that stands for a number."""

    number: int | None
    type: CType


# Words that are values are accesses, not numbers.
_VALUES = frozenset(
    {"Val_unit", "Val_false", "Val_true", "Val_emptylist", "Val_none", "Val_null", "NO_ARG"}
)

HEADER_CONSTANTS: Mapping[str, Enumerator] = {
    name: Enumerator(number, NULL_POINTER if name.startswith("custom_") else INT)
    for name, number in CONSTANTS.items()
    if name not in _VALUES
} | {
    "Max_wosize": Enumerator(header_layout(Profile.OCAML_5).max_wosize, INT),
    "Nothing": Enumerator(0, VALUE),
    "NULL": Enumerator(0, NULL_POINTER),
    "true": Enumerator(1, INT),
    "false": Enumerator(0, INT),
}

_INTEGERS = {
    "int": INT,
    "unsigned int": CType(TypeKind.INTEGER, "unsigned int", bits=32, signed=False),
    "long int": CType(TypeKind.INTEGER, "long", bits=64),
    "unsigned long int": CType(TypeKind.INTEGER, "unsigned long", bits=64, signed=False),
    "long long int": CType(TypeKind.INTEGER, "long long", bits=64),
    "unsigned long long int": CType(TypeKind.INTEGER, "unsigned long long", bits=64, signed=False),
    "bool": CType(TypeKind.INTEGER, "_Bool", bits=8, signed=False),
}
_ESCAPES = {
    "a": 7, "b": 8, "e": 27, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11,
}  # fmt: skip


@lru_cache(maxsize=4096)
def literal(kind: str, text: str) -> Enumerator:
    """The number and type of a literal; `kind` as the parser names it."""
    if kind == "char":
        return Enumerator(_character(text), INT)
    if kind in ("float", "double", "long double"):
        return Enumerator(None, DOUBLE)
    if kind == "bool":
        return Enumerator(int(text == "true"), _INTEGERS["bool"])
    if kind == "nullptr_t":
        return Enumerator(0, NULL_POINTER)
    number = _integer(text)
    ctype = _INTEGERS.get(kind, UNKNOWN)
    if ctype is INT and number is not None and number >= 1 << 31:
        ctype = _INTEGERS["long int"]
    return Enumerator(number, ctype)


def _integer(text: str) -> int | None:
    digits = text.lower().rstrip("ul").replace("'", "")
    try:
        if digits[:2] in ("0x", "0b"):
            return int(digits, 0)
        return int(digits, 8 if digits.startswith("0") else 10)
    except ValueError:
        return None


def _character(text: str) -> int | None:
    body = text[text.index("'") + 1 : -1]
    if len(body) == 1:
        return ord(body)
    if not body.startswith("\\"):
        return None
    rest = body[1:]
    try:
        if rest[0] == "x":
            return int(rest[1:], 16)
        if rest[0] in "01234567":
            return int(rest, 8)
    except ValueError:
        return None
    return _ESCAPES.get(rest, ord(rest) if len(rest) == 1 else None)


def string_length(text: str) -> int:
    """How many characters a string literal has (without its quotes); an escape counts one."""
    length = at = 0
    while at < len(text):
        at += 2 if text[at] == "\\" else 1
        length += 1
    return length


# --- constant expressions ----------------------------------------------------------------------


def _quotient(left: int, right: int) -> int:
    size = abs(left) // abs(right)
    return size if (left < 0) == (right < 0) else -size


_BINARY: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _quotient,
    "%": lambda left, right: left - right * _quotient(left, right),
    "<<": operator.lshift,
    ">>": operator.rshift,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "==": lambda left, right: int(left == right),
    "!=": lambda left, right: int(left != right),
    "<": lambda left, right: int(left < right),
    ">": lambda left, right: int(left > right),
    "<=": lambda left, right: int(left <= right),
    ">=": lambda left, right: int(left >= right),
}
_UNARY: dict[str, Callable[[int], int]] = {
    "-": operator.neg,
    "+": operator.pos,
    "~": operator.invert,
    "!": lambda operand: int(not operand),
}


def evaluate(node: c_ast.Node, names: Mapping[str, object]) -> int | None:
    """The number of a constant expression, None if it is none or not known."""
    handler = _EVALUATE.get(type(node))
    return handler(node, names) if handler else None


def _of_literal(node: Any, names: Mapping[str, object]) -> int | None:
    return None if node.type == "string" else literal(node.type, node.value).number


def _of_name(node: Any, names: Mapping[str, object]) -> int | None:
    named = names.get(node.name) or HEADER_CONSTANTS.get(node.name)
    return named.number if type(named) is Enumerator else None


def _of_unary(node: Any, names: Mapping[str, object]) -> int | None:
    function = _UNARY.get(node.op)
    if function is None:
        return None
    operand = evaluate(node.expr, names)
    return None if operand is None else function(operand)


def _of_binary(node: Any, names: Mapping[str, object]) -> int | None:
    left = evaluate(node.left, names)
    if node.op in ("&&", "||"):
        return _of_logical(node, left, names)
    if left is None:
        return None
    right = evaluate(node.right, names)
    if right is None or (node.op in ("/", "%") and right == 0):
        return None
    if node.op in ("<<", ">>") and not 0 <= right < 64:
        return None
    function = _BINARY.get(node.op)
    return function(left, right) if function else None


def _of_logical(node: Any, left: int | None, names: Mapping[str, object]) -> int | None:
    if left is None:
        return None
    if bool(left) is (node.op == "||"):
        return int(bool(left))
    right = evaluate(node.right, names)
    return None if right is None else int(bool(right))


def _of_choice(node: Any, names: Mapping[str, object]) -> int | None:
    condition = evaluate(node.cond, names)
    if condition is None:
        return None
    return evaluate(node.iftrue if condition else node.iffalse, names)


def _of_cast(node: Any, names: Mapping[str, object]) -> int | None:
    return evaluate(node.expr, names)


_EVALUATE: dict[type, Callable[[Any, Mapping[str, object]], int | None]] = {
    c_ast.Constant: _of_literal,
    c_ast.ID: _of_name,
    c_ast.UnaryOp: _of_unary,
    c_ast.BinaryOp: _of_binary,
    c_ast.TernaryOp: _of_choice,
    c_ast.Cast: _of_cast,
}
