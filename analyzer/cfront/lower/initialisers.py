"""Which part of a variable each item of a braced initialiser is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pycparser import c_ast

from analyzer.cfront.lower.declarations import Types
from analyzer.ir.types import UNKNOWN, CType, TypeKind

_AGGREGATES = (TypeKind.ARRAY, TypeKind.STRUCT)


@dataclass(frozen=True, slots=True)
class Item:
    """One item: the member or index it is for, that part's type, and what it becomes."""

    key: str | int
    type: CType
    content: Any  # a syntax tree, or a list of Items


class Arranger:
    """Applies C's rules for braces: designators, elided braces, and what comes next.

    `type_of` gives an expression's type, `number` a constant's.
    """

    def __init__(
        self,
        types: Types,
        type_of: Callable[[Any], CType],
        number: Callable[[Any], int | None],
    ) -> None:
        self._types = types
        self._type_of = type_of
        self._number = number

    def items(self, braced: Any, ctype: CType) -> list[Item]:
        """The items of a braced list for something of this type."""
        return self._fill(ctype, list(braced.exprs), True)

    def _fill(self, ctype: CType, exprs: list[Any], braced: bool) -> list[Item]:
        """Take items for one aggregate off the front; without braces, only as many as fit."""
        fields = self._types.fields(ctype)
        names = list(fields) if fields else None
        if names and ctype.name.startswith("union "):
            names = names[:1]
        room = len(names) if names else ctype.length
        items: list[Item] = []
        following = 0
        while exprs:
            expr = exprs[0]
            if type(expr) is c_ast.NamedInitializer:
                if not braced:
                    break
                del exprs[0]
                key, following = self._designated(expr.name[0], names, following)
                part = self._part(ctype, fields, key)
                inner = expr.expr
                if len(expr.name) > 1:
                    rest = c_ast.NamedInitializer(expr.name[1:], inner)
                    content: Any = self._fill(part, [rest], True)
                else:
                    content = self._content(inner, part)
                items.append(Item(key, part, content))
                continue
            if room is not None and following >= room:
                if not braced:
                    break
                del exprs[0]  # more than fits
                continue
            key = names[following] if names else following
            part = self._part(ctype, fields, key)
            following += 1
            if self._is_elided(expr, part):
                items.append(Item(key, part, self._fill(part, exprs, False)))
            else:
                del exprs[0]
                items.append(Item(key, part, self._content(expr, part)))
        return items

    def _designated(
        self, designator: Any, names: list[str] | None, following: int
    ) -> tuple[str | int, int]:
        if type(designator) is c_ast.ArrayDesignator:
            first = last = designator.expr
            if type(first) is c_ast.BinaryOp and first.op == "...":  # GNU's range
                first, last = first.left, first.right
            number, end = self._number(first), self._number(last)
            key = following if number is None else number
            return key, (key if end is None else end) + 1
        name = designator.name
        if names and name in names:
            return name, names.index(name) + 1
        return name, following + 1

    def _part(self, ctype: CType, fields: dict[str, CType] | None, key: str | int) -> CType:
        if fields is not None:
            return fields.get(str(key), UNKNOWN)
        return (ctype.target or UNKNOWN) if ctype.kind is TypeKind.ARRAY else UNKNOWN

    def _content(self, expr: Any, part: CType) -> Any:
        if type(expr) is not c_ast.InitList:
            return expr
        if part.kind in _AGGREGATES or part.kind is TypeKind.UNKNOWN:
            return self.items(expr, part)
        # Braces around a scalar.
        return self._content(expr.exprs[0], part) if expr.exprs else []

    def _is_elided(self, expr: Any, part: CType) -> bool:
        """Whether the expression is for the first part of an aggregate that has no braces."""
        if part.kind not in _AGGREGATES or type(expr) is c_ast.InitList:
            return False
        if part.kind is TypeKind.ARRAY:
            return not (type(expr) is c_ast.Constant and expr.type == "string")
        if self._types.fields(part) is None:
            return False
        return type(expr) is c_ast.Constant or self._type_of(expr).kind not in (
            TypeKind.STRUCT,
            TypeKind.UNKNOWN,
        )


def element_count(items: list[Item]) -> int:
    """The length of an array that is as long as its initialiser."""
    return 1 + max((item.key for item in items if isinstance(item.key, int)), default=-1)
