"""Macro definitions and their expansion.

An expanded token stands where the macro is used; the tokens of an argument keep their own place.
What a name is already being expanded from stays as it is ("painted"), as in C.
"""

from __future__ import annotations

from typing import NamedTuple

from analyzer.cfront.tokens import Token, split_words, type_of

TOKEN_LIMIT = 1_000_000
"""Tokens that expansion may make in one configuration of a file."""
DEPTH_LIMIT = 200
"""How deep macros may stand in one another."""


class ExpansionLimitError(Exception):
    """Expanding would not end in a reasonable size."""

    def __init__(self, token: Token, message: str) -> None:
        super().__init__(message)
        self.token = token
        self.message = message


class Macro(NamedTuple):
    """`#define name body`.

    `params` is None when it is not function-like; `variadic` is the name of the rest.
    """

    name: str
    params: dict[str, int] | None
    variadic: str
    body: list[Token]
    plain: bool  # no `#`, `##` or `__VA_OPT__` in the body
    parts: list[list[Token] | int]  # the body, with a number for each use of a parameter


_OPERATORS = frozenset({"HASH", "PASTE"})


def define(tokens: list[Token]) -> Macro | None:
    """The macro that `#define tokens` defines, None if that makes no sense."""
    if not tokens or not tokens[0].value.isidentifier():
        return None
    name = tokens[0]
    params: dict[str, int] | None = None
    variadic = ""
    body = tokens[1:]
    if (
        body
        and body[0].value == "("
        and body[0].line == name.line
        and body[0].column == name.column + len(name.value)
    ):
        words = [token.value for token in body]
        if ")" not in words:
            return None
        end = words.index(")")
        params = {}
        for word in words[1:end]:
            if word == "...":
                # Either `args...` or a nameless rest.
                variadic = (
                    "__VA_ARGS__" if words[words.index("...") - 1] in ("(", ",") else variadic
                )
                if variadic == "__VA_ARGS__":
                    params[variadic] = len(params)
                else:
                    variadic = next(reversed(params))
            elif word != ",":
                params[word] = len(params)
        body = body[end + 1 :]
    plain = not any(t.type in _OPERATORS or t.value == "__VA_OPT__" for t in body)
    return Macro(name.value, params, variadic, body, plain, _parts(body, params or {}))


def _parts(body: list[Token], params: dict[str, int]) -> list[list[Token] | int]:
    parts: list[list[Token] | int] = []
    start = 0
    for index, token in enumerate(body):
        if token.value in params:
            if index > start:
                parts.append(body[start:index])
            parts.append(params[token.value])
            start = index + 1
    if start < len(body):
        parts.append(body[start:])
    return parts


def define_text(name: str, text: str) -> Macro:
    """The macro of `-Dname=text` and of predefined names; `name` may have parameters."""
    words = split_words(name)
    tokens = [Token(type_of(word), word, 1, 1, "") for word in words + split_words(text)]
    if len(words) > 1:
        tokens[1].column += len(words[0])
    else:
        for token in tokens[1:]:
            token.line = 0
    macro = define(tokens)
    return macro if macro is not None else Macro(words[0] if words else "", None, "", [], True, [])


Hidden = tuple[str, ...]


class Expander:
    """Expands with a table of macros that its owner changes as directives are met."""

    __slots__ = ("macros", "produced")

    def __init__(self, macros: dict[str, Macro]) -> None:
        self.macros = macros
        self.produced = 0

    def expand(self, tokens: list[Token], out: list[Token]) -> int:
        """Append the expansion to `out`.

        Return how many tokens of `tokens` were used: fewer than all when its end leaves a
        function-like macro's arguments open.
        """
        macros = self.macros
        position = 0
        for index in [i for i, token in enumerate(tokens) if token.value in macros]:
            if index < position:
                continue
            out += tokens[position:index]
            position = self._use(tokens, index, (), out, True)
            if position < 0:
                return index
        out += tokens[position:]
        return len(tokens)

    def expand_all(self, tokens: list[Token], hidden: Hidden = ()) -> list[Token]:
        """The whole expansion of tokens that nothing follows."""
        out: list[Token] = []
        macros = self.macros
        position = 0
        for index in [i for i, token in enumerate(tokens) if token.value in macros]:
            if index >= position:
                out += tokens[position:index]
                position = self._use(tokens, index, hidden, out, False)
        out += tokens[position:]
        return out

    def _use(
        self, tokens: list[Token], index: int, hidden: Hidden, out: list[Token], more: bool
    ) -> int:
        """Expand the macro at `index`; return the index behind it, -1 if it needs more tokens."""
        name = tokens[index]
        while True:
            macro = self.macros.get(name.value)
            if macro is None or name.type == "PAINTED":
                out.append(name)
                return index + 1
            if name.value in hidden:
                out.append(Token("PAINTED", name.value, name.line, name.column, name.file))
                return index + 1
            arguments: list[list[Token]] = []
            end = index + 1
            if macro.params is not None:
                if end >= len(tokens):
                    if more:
                        return -1
                    out.append(name)
                    return end
                if tokens[end].value != "(":
                    out.append(name)
                    return end
                closing = _split_arguments(tokens, end, macro, arguments)
                if closing < 0:
                    if more:
                        return -1
                    out.append(name)
                    return end
                end = closing
            result = self._substitute(macro, arguments, name, hidden)
            # A function-like name at the very end may find its arguments behind the macro.
            if (
                result
                and end < len(tokens)
                and tokens[end].value == "("
                and result[-1].type != "PAINTED"
                and (last := self.macros.get(result[-1].value)) is not None
                and last.params is not None
                and last.name not in hidden
            ):
                name = result.pop()
                out += result
                index = end - 1
                continue
            out += result
            return end

    def _substitute(
        self, macro: Macro, arguments: list[list[Token]], use: Token, hidden: Hidden
    ) -> list[Token]:
        if len(hidden) > DEPTH_LIMIT:
            raise ExpansionLimitError(use, f"macro '{use.value}' is nested too deeply")
        line, column, file = use.line, use.column, use.file
        made: list[Token] = []
        if macro.name == "__LINE__":
            made = [Token("INT_CONST_DEC", str(line), line, column, file)]
        elif macro.plain:
            expanded: dict[int, list[Token]] = {}
            for part in macro.parts:
                if not isinstance(part, int):
                    made += [Token(t.type, t.value, line, column, file) for t in part]
                    continue
                if part not in expanded:
                    expanded[part] = self.expand_all(arguments[part], hidden)
                made += expanded[part]
                if len(made) > TOKEN_LIMIT:
                    break
        else:
            made = self._paste(macro, macro.body, arguments, use, hidden)
        self.produced += len(made) + 1
        if self.produced > TOKEN_LIMIT:
            raise ExpansionLimitError(use, f"macro '{use.value}' expands to too many tokens")
        if self.macros.keys().isdisjoint([token.value for token in made]):
            return made
        return self.expand_all(made, (*hidden, macro.name))

    def _paste(
        self,
        macro: Macro,
        body: list[Token],
        arguments: list[list[Token]],
        use: Token,
        hidden: Hidden,
    ) -> list[Token]:
        """Substitute in a body with `#`, `##` or `__VA_OPT__`."""
        params = macro.params or {}
        made: list[Token] = []
        index = 0
        pasting = False
        while index < len(body):
            token = body[index]
            following = body[index + 1] if index + 1 < len(body) else None
            index += 1
            if token.type == "PASTE" and made is not None:
                pasting = True
                continue
            number = params.get(token.value)
            piece: list[Token]
            if token.type == "HASH" and following is not None and following.value in params:
                piece = [_stringify(arguments[params[following.value]], use)]
                index += 1
            elif token.value == "__VA_OPT__" and following is not None and following.value == "(":
                end = _closing(body, index)
                inner = body[index + 1 : end]
                rest = arguments[params[macro.variadic]] if macro.variadic in params else []
                piece = self._paste(macro, inner, arguments, use, hidden) if rest else []
                index = end + 1
            elif number is None:
                piece = [Token(token.type, token.value, use.line, use.column, use.file)]
            elif pasting or (following is not None and following.type == "PASTE"):
                piece = list(arguments[number])
            else:
                piece = self.expand_all(arguments[number], hidden)
            if not pasting:
                made += piece
                if token.value == macro.variadic and not piece:
                    continue
            elif token.value == macro.variadic and made and made[-1].value == ",":
                # GNU: `, ## __VA_ARGS__` loses its comma when there are none.
                if piece:
                    made += piece
                else:
                    made.pop()
            elif made and piece:
                made[-1:] = _join(made[-1], piece[0], use)
                made += piece[1:]
            else:
                made += piece
            pasting = False
        return made


def _split_arguments(
    tokens: list[Token], opening: int, macro: Macro, arguments: list[list[Token]]
) -> int:
    """Collect a call's arguments; return the index behind them, -1 if they have no end."""
    params = macro.params
    assert params is not None
    last = len(params) - 1 if macro.variadic else -1
    depth = 0
    current: list[Token] = []
    for index in range(opening + 1, len(tokens)):
        token = tokens[index]
        word = token.value
        if word == "(" or word == "[" or word == "{":
            if word == "(":
                depth += 1
        elif word == ")":
            if depth == 0:
                if current or arguments or params:
                    arguments.append(current)
                while len(arguments) < len(params):
                    arguments.append([])
                return index + 1
            depth -= 1
        elif word == "," and depth == 0 and len(arguments) != last:
            arguments.append(current)
            current = []
            continue
        current.append(token)
    return -1


def _closing(tokens: list[Token], opening: int) -> int:
    depth = 0
    for index in range(opening, len(tokens)):
        word = tokens[index].value
        if word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
            if depth == 0:
                return index
    return len(tokens)


def _stringify(tokens: list[Token], use: Token) -> Token:
    parts: list[str] = []
    end = -1
    for token in tokens:
        if parts and token.column != end:
            parts.append(" ")
        word = token.value
        if '"' in word or "'" in word:
            word = word.replace("\\", "\\\\").replace('"', '\\"')
        parts.append(word)
        end = token.column + len(token.value)
    text = "".join(parts)
    return Token("STRING_LITERAL", f'"{text}"', use.line, use.column, use.file)


def _join(left: Token, right: Token, use: Token) -> list[Token]:
    """`left ## right`, left apart when together they are no token."""
    word = left.value + right.value
    if len(split_words(word)) != 1:
        return [left, right]
    return [Token(type_of(word), word, use.line, use.column, use.file)]
