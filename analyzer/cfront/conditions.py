"""`#if` expressions over macros that may be known or not: three-valued evaluation."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Container

from analyzer.cfront.macros import Expander, Macro
from analyzer.cfront.tokens import Token

Truth = int | None
"""The value of an expression; None when it depends on an unknown macro."""


class ConditionError(Exception):
    """The expression cannot be read."""


class Definedness:
    """Which macros are defined, as far as that is known."""

    __slots__ = ("_always", "_macros", "undefined")

    def __init__(
        self, macros: dict[str, Macro], always: Container[str], undefined: set[str]
    ) -> None:
        self._macros = macros
        self._always = always
        self.undefined = undefined

    def __call__(self, name: str) -> Truth:
        if name in self._macros:
            return 1
        if name in self.undefined:
            return 0
        return 1 if name in self._always else None


def evaluate(
    tokens: list[Token], expander: Expander, is_defined: Definedness
) -> tuple[Truth, int]:
    """An expression's value, and its value with unknown macros taken as undefined."""
    words = _expanded(tokens, expander, is_defined)
    truth = _Expression(words, None).value()
    if truth is not None:
        return truth, truth
    return None, _Expression(words, 0).value() or 0


_Word = Token | int | None


def _expanded(tokens: list[Token], expander: Expander, is_defined: Definedness) -> list[_Word]:
    """Expand macros, replacing `defined x` first and what is unknown last (by None)."""
    resolved: list[Token | tuple[Truth]] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.value == "defined" and index < len(tokens):
            if tokens[index].value == "(" and index + 1 < len(tokens):
                resolved.append((is_defined(tokens[index + 1].value),))
                index += 3
            else:
                resolved.append((is_defined(tokens[index].value),))
                index += 1
        else:
            resolved.append(token)
    words: list[_Word] = []
    plain: list[Token] = []
    for item in [*resolved, (None,)]:
        if isinstance(item, tuple):
            words += _operands(expander.expand_all(plain), is_defined)
            plain = []
            words.append(item[0])
        else:
            plain.append(item)
    return words[:-1]


def _operands(tokens: list[Token], is_defined: Definedness) -> list[_Word]:
    words: list[_Word] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        word = token.value
        if word == "defined":  # made by a macro
            end = index + 3 if index < len(tokens) and tokens[index].value == "(" else index + 1
            names = [t.value for t in tokens[index:end] if t.value.isidentifier()]
            words.append(is_defined(names[0]) if names else None)
            index = end
        elif word[0].isidentifier():
            words.append({"true": 1, "false": 0}.get(word, 0 if is_defined(word) == 0 else None))
            if index < len(tokens) and tokens[index].value == "(":
                depth = 0
                while index < len(tokens):
                    depth += {"(": 1, ")": -1}.get(tokens[index].value, 0)
                    index += 1
                    if depth == 0:
                        break
        elif word[0].isdigit():
            words.append(_number(word))
        elif token.type.endswith("CHAR_CONST"):
            words.append(ord(word[-2]))
        else:
            words.append(token)
    return words


_INTEGER = re.compile(r"0[xX]([\da-fA-F]+)|0[bB]([01]+)|0([0-7]*)|(\d+)")


def _number(word: str) -> int:
    match = _INTEGER.match(word.replace("'", ""))
    if match is None:
        raise ConditionError
    hexadecimal, binary, octal, decimal = match.groups()
    if hexadecimal:
        return int(hexadecimal, 16)
    if binary:
        return int(binary, 2)
    return int(decimal) if decimal else int(octal or "0", 8)


_BINARY: tuple[dict[str, Callable[[int, int], int]], ...] = (
    {"|": operator.or_},
    {"^": operator.xor},
    {"&": operator.and_},
    {"==": operator.eq, "!=": operator.ne},
    {"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge},
    {"<<": lambda a, b: a << min(b, 64) if b >= 0 else 0, ">>": lambda a, b: a >> max(b, 0)},
    {"+": operator.add, "-": operator.sub},
    {
        "*": operator.mul,
        "/": lambda a, b: a // b if b else 0,
        "%": lambda a, b: a % b if b else 0,
    },
)
"""Operators that are unknown when an operand is, weakest first."""


class _Expression:
    """Recursive descent over operands and operators; None operands count as `unknown`."""

    __slots__ = ("_index", "_unknown", "_words")

    def __init__(self, words: list[_Word], unknown: Truth) -> None:
        self._words = words
        self._index = 0
        self._unknown = unknown

    def value(self) -> Truth:
        result = self._choice()
        if self._index != len(self._words):
            raise ConditionError
        return result

    def _accept(self, word: str) -> bool:
        if self._index < len(self._words):
            item = self._words[self._index]
            if isinstance(item, Token) and item.value == word:
                self._index += 1
                return True
        return False

    def _choice(self) -> Truth:
        condition = self._or()
        if not self._accept("?"):
            return condition
        then = self._choice()
        if not self._accept(":"):
            raise ConditionError
        otherwise = self._choice()
        if condition is None:
            return then if then == otherwise else None
        return then if condition else otherwise

    def _or(self) -> Truth:
        left = self._and()
        while self._accept("||"):
            right = self._and()
            if left or right:
                left = 1
            elif left is None or right is None:
                left = None
            else:
                left = 0
        return left

    def _and(self) -> Truth:
        left = self._binary(0)
        while self._accept("&&"):
            right = self._binary(0)
            if left == 0 or right == 0:
                left = 0
            elif left is None or right is None:
                left = None
            else:
                left = 1
        return left

    def _binary(self, level: int) -> Truth:
        if level == len(_BINARY):
            return self._unary()
        left = self._binary(level + 1)
        operators = _BINARY[level]
        while self._index < len(self._words):
            item = self._words[self._index]
            if not isinstance(item, Token) or item.value not in operators:
                break
            self._index += 1
            right = self._binary(level + 1)
            if left is None or right is None:
                left = None
            else:
                left = int(operators[item.value](left, right))
        return left

    def _unary(self) -> Truth:
        if self._index >= len(self._words):
            raise ConditionError
        item = self._words[self._index]
        self._index += 1
        if not isinstance(item, Token):
            return self._unknown if item is None else item
        if item.value == "(":
            result = self._choice()
            if not self._accept(")"):
                raise ConditionError
            return result
        if item.value not in ("!", "-", "+", "~"):
            raise ConditionError
        operand = self._unary()
        if operand is None:
            return None
        return {"!": int(not operand), "-": -operand, "+": operand, "~": ~operand}[item.value]
