"""The one place that knows pycparser's private parts.

`Parser` is pycparser's parser fed with our tokens.  It differs in four ways: names are told from
types once, before parsing, and again only where a declaration shadows a type; a token is its own
coordinate; expressions, the bulk of every file, take a shorter way through the grammar; and what
cannot be read is skipped by argument, statement or declaration, and said.
"""

from __future__ import annotations

from typing import Any, NoReturn

import pycparser
from pycparser import c_ast
from pycparser.c_parser import CParser, ParseError

from analyzer.cfront.holes import HOLE, OPAQUE
from analyzer.cfront.tokens import Token
from analyzer.cfront.words import name_set
from analyzer.ir.nodes import Position, Problem

_ENTRY_POINTS = (
    "_add_identifier _add_typedef_name _advance _expect _is_type_in_scope _parse_any_declarator"
    " _parse_block_item _parse_conditional_expression _parse_designator _parse_error"
    " _parse_expression _parse_external_declaration _parse_function_definition _parse_initializer"
    " _parse_initializer_item _parse_labeled_statement _parse_primary_expression _parse_statement"
    " _parse_type_name _peek _starts_declaration"
)


def check_version() -> None:
    """Fail at once with a pycparser whose inner parts are not those we override."""
    found = pycparser.__version__
    parts = tuple(int(part) for part in found.split(".")[:2] if part.isdigit())
    missing = [name for name in _ENTRY_POINTS.split() if not hasattr(CParser, name)]
    if parts < (3, 12) or missing:
        raise ImportError(
            f"pycparser >= 3.12 is needed, and {found} is installed"
            + (f" (it lacks {', '.join(missing)})" if missing else "")
        )


check_version()

_DECLARATION_START = name_set(
    """
    TYPEID STRUCT UNION ENUM VOID CHAR SHORT INT LONG FLOAT DOUBLE SIGNED UNSIGNED _BOOL _COMPLEX
    __INT128 CONST RESTRICT VOLATILE _ATOMIC AUTO REGISTER STATIC EXTERN TYPEDEF _THREAD_LOCAL
    INLINE _NORETURN _ALIGNAS TYPEOF TYPEOF_UNQUAL
    """
)
_NAMES = frozenset({"ID", "TYPEID"})
_RESET = frozenset({"TYPEID", "PAINTED"})
_ASSIGNMENTS = name_set(
    """
    EQUALS XOREQUAL TIMESEQUAL DIVEQUAL MODEQUAL PLUSEQUAL MINUSEQUAL LSHIFTEQUAL RSHIFTEQUAL
    ANDEQUAL OREQUAL
    """
)
_PRECEDENCE = {
    kind: strength
    for strength, kinds in enumerate(
        (
            ("LOR",),
            ("LAND",),
            ("OR",),
            ("XOR",),
            ("AND",),
            ("EQ", "NE"),
            ("GT", "GE", "LT", "LE"),
            ("RSHIFT", "LSHIFT"),
            ("PLUS", "MINUS"),
            ("TIMES", "DIVIDE", "MOD"),
        ),
        start=1,
    )
    for kind in kinds
}
_PREFIX = frozenset({"AND", "TIMES", "PLUS", "MINUS", "NOT", "LNOT"})
_INTEGER_TYPES = frozenset(f"INT_CONST_{kind}" for kind in ("DEC", "OCT", "HEX", "BIN", "CHAR"))
_CHARACTERS = frozenset(
    {"CHAR_CONST", "WCHAR_CONST", "U8CHAR_CONST", "U16CHAR_CONST", "U32CHAR_CONST"}
)
_STRINGS = frozenset(
    {
        "STRING_LITERAL",
        "WSTRING_LITERAL",
        "U8STRING_LITERAL",
        "U16STRING_LITERAL",
        "U32STRING_LITERAL",
    }
)
_OPERAND_START = (
    _NAMES
    | _INTEGER_TYPES
    | _CHARACTERS
    | _STRINGS
    | _PREFIX
    | {"FLOAT_CONST", "LPAREN", "PLUSPLUS", "MINUSMINUS", "SIZEOF", "_ALIGNOF", "_GENERIC"}
    | {"OFFSETOF", "__BUILTIN_VA_ARG", "LAND"}
)
_OPENING = frozenset({"LPAREN", "LBRACKET", "LBRACE"})
_CLOSING = frozenset({"RPAREN", "RBRACKET", "RBRACE"})
_REACH = 5_000
"""Tokens that something unreadable in parentheses may have."""
_FAULTY = {
    "BAD_STRING": "unterminated string",
    "BAD_CHAR": "unterminated character constant",
    "STRAY": "stray character",
    "HASH": "stray '#'",
    "PASTE": "stray '##'",
}


class _Feed:
    """The lexer that pycparser asks for: its tokens are handed over as a list instead."""

    def __init__(self, error_func: object, *, dialect: object) -> None:
        self.filename = ""

    def input(self, text: str, filename: str = "") -> None:
        self.filename = filename

    def token(self) -> None:
        return None


class _UnreadableError(ParseError):  # type: ignore[misc]
    """A parse error at a token, given by its index."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


class Parser(CParser):  # type: ignore[misc]
    """Parses one token list; `names` are the typedef names known from the start."""

    def __init__(self, tokens: list[Token], names: set[str]) -> None:
        super().__init__(lexer=_Feed, dialect="c23")
        self._buffer: list[Any] = [*tokens, None, None, None, None]
        self._last = len(tokens)
        self._index = 0
        self._typenames = names
        self._depth = 0  # of scopes
        self._function = ""
        self.problems: list[Problem] = []
        self.incomplete: set[str] = set()
        # Tokens of headers come as another file left them.
        for token in [token for token in tokens if token.type in _RESET]:
            token.type = "ID"
        for token in [token for token in tokens if token.value in names]:
            if token.type == "ID":
                token.type = "TYPEID"

    # --- translation unit ----------------------------------------------------------------------

    @property
    def index(self) -> int:
        """The index of the token that comes next."""
        return self._index

    @index.setter
    def index(self, value: int) -> None:
        self._index = value

    @property
    def is_done(self) -> bool:
        return self._index >= self._last

    def parse_declaration(self) -> list[c_ast.Node]:
        """The next external declaration; one that cannot be read is skipped and reported."""
        start = self._index
        reported = len(self.problems)
        self._depth = 0
        self._function = ""
        try:
            declarations: list[c_ast.Node] = self._parse_external_declaration()
        except ParseError as error:
            index, reason = getattr(error, "index", self._index), "cannot parse declaration"
        except RecursionError:
            index, reason = start, "nested too deeply"
        else:
            return declarations
        del self.problems[reported:]
        self._skip_declaration(start, index, reason)
        return []

    def _skip_declaration(self, start: int, index: int, reason: str) -> None:
        self._function = ""
        end = max(self._declaration_end(start, index), start + 1)
        name = ""
        for here in range(start, end):
            token = self._buffer[here]
            if token.type == "LPAREN":
                if here > start and self._buffer[here - 1].type in _NAMES:
                    name = self._buffer[here - 1].value
                break
            if token.type in ("LBRACE", "EQUALS", "SEMI"):
                break
        self._index = end
        has_body = any(token.type == "LBRACE" for token in self._buffer[start:end])
        self._report(index if index < end else start, end, reason, name if has_body else "")

    def _declaration_end(self, start: int, index: int) -> int:
        """Behind the `;` or the function body that ends the declaration at `start`.

        A declaration that starts a line of its own ends what is unreadable before it.
        """
        buffer = self._buffer
        for heed_parens in (True, False):
            braces = parens = 0
            body = False
            last = min(self._last, start + _REACH) if heed_parens else self._last
            for here in range(start, last):
                kind = buffer[here].type
                if kind == "LBRACE":
                    if braces == 0:
                        before = buffer[here - 1].type if here > start else ""
                        body = before in ("RPAREN", "SEMI") or before == "ID"
                    braces += 1
                elif kind == "RBRACE":
                    braces -= 1
                    if braces <= 0 and not (heed_parens and parens > 0):
                        following = buffer[here + 1]
                        if following is None or braces < 0:
                            return here + 1
                        if following.type in _DECLARATION_START:
                            return here + 1
                        if body and following.type != "SEMI":
                            return here + 1
                elif braces == 0:
                    if kind == "LPAREN":
                        parens += 1
                    elif kind == "RPAREN":
                        parens -= 1
                    elif heed_parens and parens > 0:
                        continue
                    elif kind == "SEMI" and here >= index:
                        return here + 1
                    elif kind in _DECLARATION_START and here > start and self._starts_line(here):
                        return here
        return self._last

    def _starts_line(self, index: int) -> bool:
        token: Token = self._buffer[index]
        before: Token = self._buffer[index - 1]
        return token.column == 1 and token.line > before.line

    def _report(self, index: int, end: int, reason: str, function: str) -> None:
        """Say that the text from the token at `index` up to that at `end` is skipped."""
        token = self._buffer[min(index, self._last - 1)]
        last = self._buffer[end - 1]
        reason = _FAULTY.get(token.type, reason)
        skipped = f"; skipped to line {last.line}" if last.line != token.line else "; skipped"
        position = Position(token.file, token.line, token.column)
        self.problems.append(Problem(position, reason + skipped, function))

    # --- tokens --------------------------------------------------------------------------------

    def _parse_error(self, msg: str, coord: object) -> NoReturn:
        raise _UnreadableError(self._index)

    def _peek(self, k: int = 1) -> Any:
        return self._buffer[self._index + k - 1]

    def _peek_type(self, k: int = 1) -> str | None:
        token = self._buffer[self._index + k - 1]
        return None if token is None else token.type

    def _advance(self) -> Any:
        token = self._buffer[self._index]
        if token is None:
            raise _UnreadableError(self._index)
        self._index += 1
        return token

    def _accept(self, token_type: str) -> Any:
        token = self._buffer[self._index]
        if token is not None and token.type == token_type:
            self._index += 1
            return token
        return None

    def _expect(self, token_type: str) -> Any:
        token = self._buffer[self._index]
        if token is None or token.type != token_type:
            raise _UnreadableError(self._index)
        self._index += 1
        return token

    def _mark(self) -> int:
        return self._index

    def _reset(self, mark: int) -> None:
        self._index = mark

    def _tok_coord(self, tok: Any) -> Any:
        return tok

    def _starts_declaration(self, tok: Any = None) -> bool:
        tok = tok or self._buffer[self._index]
        return tok is not None and tok.type in _DECLARATION_START

    # --- names and types -----------------------------------------------------------------------

    def _push_scope(self) -> None:
        self._depth += 1

    def _pop_scope(self) -> None:
        self._depth -= 1

    def _is_type_in_scope(self, name: str) -> bool:
        return name in self._typenames

    def _add_typedef_name(self, name: str, coord: object) -> None:
        if name not in self._typenames:
            self._typenames.add(name)
            self._retype(name, "TYPEID", self._last)

    def _add_identifier(self, name: str, coord: object) -> None:
        if name in self._typenames and self._depth:
            self._retype(name, "ID", self._scope_end())

    def _scope_end(self) -> int:
        """The index of the brace that ends the innermost scope."""
        buffer = self._buffer
        depth = 0
        for index in range(self._index, self._last):
            kind = buffer[index].type
            if kind == "LBRACE":
                depth += 1
            elif kind == "RBRACE":
                depth -= 1
                # A parameter's scope starts before the brace that opens the body.
                if depth < 0 or (depth == 0 and self._depth == 1):
                    return index
        return self._last

    def _retype(self, name: str, kind: str, end: int) -> None:
        for token in self._buffer[self._index : end]:
            if token.value == name and token.type in _NAMES:
                token.type = kind

    # --- functions and statements --------------------------------------------------------------

    def _parse_function_definition(self, spec: Any, decl: Any) -> Any:
        node = decl
        while not isinstance(node, c_ast.TypeDecl):
            node = node.type
        self._function = node.declname
        return super()._parse_function_definition(spec, decl)

    def _parse_block_item(self) -> Any:
        start = self._index
        depth = self._depth
        reported = len(self.problems)
        try:
            return super()._parse_block_item()
        except ParseError as error:
            index = getattr(error, "index", self._index)
        token = self._buffer[start]
        self._depth = depth
        if token is not None and token.type == "TYPEID":
            # A guessed type that is none: the item may be a statement.
            self._index = start
            token.type = "ID"
            try:
                return self._parse_statement()
            except ParseError:
                token.type = "TYPEID"
                self._depth = depth
        del self.problems[reported:]
        end = self._statement_end(start)
        if end == start:
            raise _UnreadableError(index)
        self._index = end
        self._report(index, end, "cannot parse statement", self._function)
        self.incomplete.add(self._function)
        return self._mark_skipped(HOLE, start, end)

    def _statement_end(self, start: int) -> int:
        """Behind the `;` or the block that ends the statement at `start`."""
        buffer = self._buffer
        for heed_parens in (True, False):
            braces = parens = 0
            last = min(self._last, start + _REACH) if heed_parens else self._last
            for here in range(start, last):
                kind = buffer[here].type
                if kind == "LBRACE":
                    braces += 1
                elif kind == "RBRACE":
                    braces -= 1
                    if braces < 0:
                        if heed_parens and parens > 0:
                            break
                        return here
                    if braces == 0 and not (heed_parens and parens > 0):
                        following = buffer[here + 1]
                        if following is None or following.type not in ("ELSE", "SEMI"):
                            return here + 1
                elif braces == 0:
                    if kind == "LPAREN":
                        parens += 1
                    elif kind == "RPAREN":
                        parens -= 1
                    elif kind == "SEMI" and not (heed_parens and parens > 0):
                        following = buffer[here + 1]
                        if following is None or following.type != "ELSE":
                            return here + 1
        return self._last

    def _mark_skipped(self, name: str, start: int, end: int) -> c_ast.FuncCall:
        place = self._buffer[start]
        names = [
            c_ast.ID(token.value, token)
            for here, token in enumerate(self._buffer[start:end], start)
            if token.type == "ID" and self._buffer[here - 1].type not in ("PERIOD", "ARROW")
        ]
        arguments = c_ast.ExprList(names, place) if names else None
        return c_ast.FuncCall(c_ast.ID(name, place), arguments, place)

    def _parse_selection_statement(self) -> Any:
        """With `else if` in a row read without recursion, and conditions without parentheses.

        The latter are what a macro that has parentheses of its own leaves.
        """
        if self._buffer[self._index].type != "IF":
            return super()._parse_selection_statement()
        chain = []
        otherwise = None
        while token := self._accept("IF"):
            opening = self._accept("LPAREN")
            condition = self._parse_expression()
            if opening is not None:
                self._expect("RPAREN")
            chain.append((token, condition, self._parse_pragmacomp_or_statement()))
            if not self._accept("ELSE"):
                break
            following = self._buffer[self._index]
            if following is None or following.type != "IF":
                otherwise = self._parse_pragmacomp_or_statement()
        for token, condition, statement in reversed(chain):
            otherwise = c_ast.If(condition, statement, otherwise, token)
        return otherwise

    def _parse_labeled_statement(self) -> Any:
        """With GNU's case ranges, as the operator `...`."""
        token = self._buffer[self._index]
        if token.type != "CASE":
            return super()._parse_labeled_statement()
        self._index += 1
        label = self._parse_conditional_expression()
        if self._accept("ELLIPSIS"):
            last = self._parse_conditional_expression()
            label = c_ast.BinaryOp("...", label, last, label.coord)
        self._expect("COLON")
        if self._starts_statement():
            statement = self._parse_pragmacomp_or_statement()
        else:
            statement = c_ast.EmptyStatement(token)
        return c_ast.Case(label, [statement], token)

    # --- initialisers --------------------------------------------------------------------------

    def _parse_initializer_item(self) -> Any:
        """With GNU's old `name: value`."""
        token = self._buffer[self._index]
        if token is not None and token.type in _NAMES:
            following = self._buffer[self._index + 1]
            if following is not None and following.type == "COLON":
                self._index += 2
                name = c_ast.ID(token.value, token)
                return c_ast.NamedInitializer([name], self._parse_initializer())
        elif token is not None and token.type == "LBRACE":
            return self._parse_initializer()
        return super()._parse_initializer_item()

    def _parse_designator(self) -> Any:
        """With GNU's ranges `[1 ... 5]`."""
        token = self._accept("LBRACKET")
        if token is None:
            return super()._parse_designator()
        index = self._parse_conditional_expression()
        if self._accept("ELLIPSIS"):
            last = self._parse_conditional_expression()
            index = c_ast.BinaryOp("...", index, last, index.coord)
        self._expect("RBRACKET")
        return c_ast.ArrayDesignator(index, token)

    # --- expressions ---------------------------------------------------------------------------

    def _parse_expression(self) -> Any:
        first = self._parse_assignment_expression()
        token = self._buffer[self._index]
        if token is None or token.type != "COMMA":
            return first
        parts = [first]
        while self._accept("COMMA"):
            parts.append(self._parse_assignment_expression())
        return c_ast.ExprList(parts, first.coord)

    def _parse_assignment_expression(self) -> Any:
        target = self._parse_conditional_expression()
        token = self._buffer[self._index]
        if token is None or token.type not in _ASSIGNMENTS:
            return target
        self._index += 1
        source = self._parse_assignment_expression()
        return c_ast.Assignment(token.value, target, source, target.coord)

    def _parse_conditional_expression(self) -> Any:
        """With GNU's `a ?: b`, in which the first and second operand are one node."""
        condition = self._parse_cast_expression()
        token = self._buffer[self._index]
        if token is not None and token.type in _PRECEDENCE:
            condition = self._parse_operators(condition, 1)
            token = self._buffer[self._index]
        if token is None or token.type != "CONDOP":
            return condition
        self._index += 1
        following = self._buffer[self._index]
        if following is not None and following.type == "COLON":
            then = condition
        else:
            then = self._parse_expression()
        self._expect("COLON")
        otherwise = self._parse_conditional_expression()
        return c_ast.TernaryOp(condition, then, otherwise, condition.coord)

    def _parse_operators(self, left: Any, weakest: int) -> Any:
        """The operators that bind at least as `weakest` does, behind an operand."""
        buffer = self._buffer
        precedence = _PRECEDENCE
        while True:
            token = buffer[self._index]
            if token is None:
                return left
            strength = precedence.get(token.type, 0)
            if strength < weakest or not strength:
                return left
            self._index += 1
            right = self._parse_cast_expression()
            following = buffer[self._index]
            if following is not None and precedence.get(following.type, 0) > strength:
                right = self._parse_operators(right, strength + 1)
            left = c_ast.BinaryOp(token.value, left, right, left.coord)

    def _parse_cast_expression(self) -> Any:
        buffer = self._buffer
        token = buffer[self._index]
        if token is None:
            raise _UnreadableError(self._index)
        kind = token.type
        if kind == "ID":
            self._index += 1
            node = c_ast.ID(token.value, token)
        elif kind == "LPAREN":
            following = buffer[self._index + 1]
            if following is not None and following.type in _DECLARATION_START:
                cast = self._parse_cast()
                if cast is not None:
                    return cast
            node = self._parse_primary_expression()
        elif kind in _INTEGER_TYPES:
            self._index += 1
            node = c_ast.Constant(_integer_type(token.value), token.value, token)
        elif kind in _PREFIX:
            self._index += 1
            operand = self._parse_cast_expression()
            return c_ast.UnaryOp(token.value, operand, token)
        elif kind == "LAND":  # GNU: the address of a label
            self._index += 1
            name = self._expect("ID")
            return c_ast.UnaryOp("&&", c_ast.ID(name.value, name), token)
        elif kind in ("PLUSPLUS", "MINUSMINUS"):
            self._index += 1
            operand = self._parse_cast_expression()
            return c_ast.UnaryOp(token.value, operand, token)
        elif kind in ("SIZEOF", "_ALIGNOF"):
            return self._parse_size()
        else:
            node = self._parse_primary_expression()
        following = buffer[self._index]
        if following is not None and following.type in _POSTFIX:
            return self._parse_postfix(node)
        return node

    # pycparser's other ways into an operand.
    _parse_unary_expression = _parse_cast_expression
    _parse_postfix_expression = _parse_cast_expression

    def _parse_cast(self) -> Any:
        """`(type) operand` or `(type) { ... }`; None, and nothing read, when it is neither."""
        opening = self._buffer[self._index]
        start = self._index
        self._index += 1
        try:
            type_ = self._parse_type_name()
            self._expect("RPAREN")
            following = self._buffer[self._index]
            if following is not None and following.type == "LBRACE":
                literal = c_ast.CompoundLiteral(type_, self._parse_initializer(), [], opening)
                return self._parse_postfix(literal)
            if following is not None and following.type in _OPERAND_START:
                return c_ast.Cast(type_, self._parse_cast_expression(), opening)
        except ParseError:
            if self._buffer[start + 1].type != "TYPEID":
                raise
        self._index = start
        return None

    def _parse_size(self) -> Any:
        """`sizeof` or `_Alignof` of a type or an expression."""
        token = self._advance()
        opening = self._buffer[self._index]
        following = self._buffer[self._index + 1]
        if (
            opening is not None
            and opening.type == "LPAREN"
            and following is not None
            and following.type in _DECLARATION_START
        ):
            start = self._index
            self._index += 1
            type_ = self._parse_type_name()
            self._expect("RPAREN")
            behind = self._buffer[self._index]
            if behind is None or behind.type != "LBRACE":
                return c_ast.UnaryOp(token.value, type_, token)
            self._index = start
        return c_ast.UnaryOp(token.value, self._parse_cast_expression(), token)

    def _parse_primary_expression(self) -> Any:
        token = self._buffer[self._index]
        if token is None:
            raise _UnreadableError(self._index)
        kind = token.type
        if kind == "TYPEID":  # a guessed type that is none
            self._index += 1
            return c_ast.ID(token.value, token)
        if kind in _CHARACTERS:
            self._index += 1
            return c_ast.Constant("char", token.value, token)
        if kind == "FLOAT_CONST":
            self._index += 1
            return c_ast.Constant(_floating_type(token.value), token.value, token)
        if kind in _INTEGER_TYPES:
            self._index += 1
            return c_ast.Constant(_integer_type(token.value), token.value, token)
        return super()._parse_primary_expression()

    def _parse_postfix(self, node: Any) -> Any:
        """Calls, indexing, members, `++` and `--` behind an operand."""
        buffer = self._buffer
        while True:
            token = buffer[self._index]
            if token is None:
                return node
            kind = token.type
            if kind == "LPAREN":
                self._index += 1
                node = c_ast.FuncCall(node, self._parse_arguments(), node.coord)
            elif kind == "ARROW" or kind == "PERIOD":
                name = buffer[self._index + 1]
                if name is None or name.type not in _NAMES:
                    self._index += 1
                    raise _UnreadableError(self._index)
                self._index += 2
                member = c_ast.ID(name.value, name)
                node = c_ast.StructRef(node, token.value, member, node.coord)
            elif kind == "LBRACKET":
                self._index += 1
                index = self._parse_expression()
                self._expect("RBRACKET")
                node = c_ast.ArrayRef(node, index, node.coord)
            elif kind == "PLUSPLUS" or kind == "MINUSMINUS":
                self._index += 1
                node = c_ast.UnaryOp("p" + token.value, node, node.coord)
            else:
                return node

    def _parse_arguments(self) -> c_ast.ExprList | None:
        """A call's arguments up to its closing parenthesis."""
        buffer = self._buffer
        first = buffer[self._index]
        if first is not None and first.type == "RPAREN":
            self._index += 1
            return None
        arguments = []
        while True:
            start = self._index
            reported = len(self.problems)
            depth = self._depth
            try:
                token = buffer[start]
                if token is not None and token.type in _DECLARATION_START:
                    argument = self._parse_type_argument()
                elif token is not None and token.type == "LBRACE":
                    argument = self._parse_compound_statement()  # of a statement macro
                else:
                    argument = self._parse_assignment_expression()
                token = buffer[self._index]
                readable = token is not None and token.type in ("COMMA", "RPAREN")
                index = self._index
            except ParseError as error:
                readable = False
                index = getattr(error, "index", self._index)
            if not readable:
                self._depth = depth
                del self.problems[reported:]
                argument = self._skip_argument(start, index)
            arguments.append(argument)
            token = buffer[self._index]
            self._index += 1
            if token.type == "RPAREN":
                return c_ast.ExprList(arguments, arguments[0].coord)

    def _parse_type_argument(self) -> Any:
        """A type as an argument of an unknown macro, or an expression that starts like one."""
        start = self._index
        try:
            type_ = self._parse_type_name()
        except ParseError:
            pass
        else:
            following = self._buffer[self._index]
            if following is not None and following.type in ("COMMA", "RPAREN"):
                return type_
        self._index = start
        return self._parse_assignment_expression()

    def _skip_argument(self, start: int, index: int) -> c_ast.FuncCall:
        """Leave out the argument at `start`; where it has no end, the statement has to go."""
        buffer = self._buffer
        depth = 0
        for here in range(start, min(self._last, start + _REACH)):
            kind = buffer[here].type
            if kind in _OPENING:
                depth += 1
            elif kind in _CLOSING:
                if depth == 0:
                    if kind != "RPAREN":
                        break
                    return self._opaque(start, here, index)
                depth -= 1
            elif kind == "COMMA" and depth == 0:
                return self._opaque(start, here, index)
        raise _UnreadableError(index)

    def _opaque(self, start: int, end: int, index: int) -> c_ast.FuncCall:
        self._index = end
        if end > start:
            self._report(index, end, "cannot parse argument", self._function)
            self.incomplete.add(self._function)
        return self._mark_skipped(OPAQUE, start, end)


_POSTFIX = frozenset({"LPAREN", "LBRACKET", "PERIOD", "ARROW", "PLUSPLUS", "MINUSMINUS"})


def _integer_type(text: str) -> str:
    """`unsigned long int` for `1UL`; suffixes are letters that hexadecimal digits do not have."""
    suffix = text[-3:].lower()
    if suffix[-1:] not in ("u", "l"):
        return "int"
    return "unsigned " * ("u" in suffix) + "long " * min(suffix.count("l"), 2) + "int"


def _floating_type(text: str) -> str:
    if text[-1] in "lL":
        return "long double"
    return "float" if text[-1] in "fF" and text[:2] not in ("0x", "0X") else "double"
