"""The preprocessor: one configuration of a file to the tokens that are active in it.

A configuration says what becomes of a condition on macros that the project does not define: they
are undefined, or the longest branch is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from analyzer.cfront.conditions import ConditionError, Definedness, evaluate
from analyzer.cfront.known_names import (
    KNOWN_UNDEFINED,
    header_macros,
    header_names,
    predefined_macros,
)
from analyzer.cfront.macros import Expander, ExpansionLimitError, Macro, define, define_text
from analyzer.cfront.sources import Sources
from analyzer.cfront.tokens import (
    Branch,
    Conditional,
    Directive,
    Item,
    Run,
    Token,
    TokenFile,
)
from analyzer.cfront.words import SYNTAX
from analyzer.ir.nodes import Position, Problem
from analyzer.options import Flags

DEPTH_LIMIT = 60
"""How deep headers may include one another."""
OUTPUT_LIMIT = 3_000_000
"""Active tokens of one configuration."""
_IGNORED = frozenset({"line", "error", "warning", "pragma", "ident", "include_next"})


@dataclass(slots=True)
class ActiveText:
    """What one configuration leaves of a file and its headers.

    `alternative` when the other configuration chooses a different branch somewhere.
    """

    tokens: list[Token] = field(default_factory=list)
    headers: dict[str, None] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    alternative: bool = False


def preprocess(file: TokenFile, sources: Sources, flags: Flags, longest: bool) -> ActiveText:
    """The active text of a file; `longest` chooses the second configuration."""
    preprocessor = _Preprocessor(sources, flags, longest)
    preprocessor.run(file)
    return preprocessor.text


class _Preprocessor:
    def __init__(self, sources: Sources, flags: Flags, longest: bool) -> None:
        self.text = ActiveText()
        self._sources = sources
        self._flags = flags
        self._longest = longest
        profile = sources.profile
        defined = (*predefined_macros(profile), *flags.defines)
        made = [define_text(name, text) for name, text in defined]
        self._macros: dict[str, Macro] = {macro.name: macro for macro in made}
        for name in flags.undefines:
            self._macros.pop(name, None)
        self._undefined = {*KNOWN_UNDEFINED, *flags.undefines} - self._macros.keys()
        self._kept = header_names(profile)
        self._is_defined = Definedness(self._macros, header_macros(profile), self._undefined)
        self._expander = Expander(self._macros)
        self._pending: list[Run] = []
        self._active: list[str] = []
        self._once: set[str] = set()
        self._full = False

    def run(self, file: TokenFile) -> None:
        self._active.append(file.path)
        for fault in file.faults:
            self._problem(fault.token, fault.message)
        self._items(file.items)
        self._flush()
        self._active.pop()

    def _problem(self, token: Token, message: str) -> None:
        position = Position(token.file, token.line, token.column)
        self.text.problems.append(Problem(position, message, ""))

    def _items(self, items: list[Item]) -> None:
        opened = [iter(items)]
        while opened:
            for item in opened[-1]:
                if isinstance(item, Run):
                    self._pending.append(item)
                elif isinstance(item, Conditional):
                    branch = self._choose(item)
                    if branch is not None:
                        opened.append(iter(branch.items))
                        break
                else:
                    self._directive(item)
            else:
                opened.pop()

    # --- conditionals --------------------------------------------------------------------------

    def _choose(self, conditional: Conditional) -> Branch | None:
        """The branch to take; where that hangs on unknown macros, note whether it matters."""
        default: Branch | None = None
        candidates: list[Branch] = []
        certain = False
        for branch in conditional.branches:
            truth, assumed = self._condition(branch.directive)
            if truth == 0:
                continue
            candidates.append(branch)
            if default is None and assumed:
                default = branch
            if truth is not None:
                certain = True
                break
        if (certain and len(candidates) == 1) or not candidates:
            return default
        best = max(candidates, key=lambda branch: branch.size)
        if best.size <= (default.size if default is not None else 0):
            return default
        self.text.alternative = True
        return best if self._longest else default

    def _condition(self, directive: Directive) -> tuple[int | None, int]:
        name, tokens = directive.name, directive.tokens
        if name == "else":
            return 1, 1
        if name in ("if", "elif"):
            try:
                return evaluate(tokens, self._expander, self._is_defined)
            except (ConditionError, RecursionError, ExpansionLimitError):
                self._problem(directive.token, f"cannot evaluate the condition of #{name}")
                return None, 0
        if not tokens:
            self._problem(directive.token, f"#{name} without a name")
            return None, 0
        defined = self._is_defined(tokens[0].value)
        if name.endswith("ndef"):
            return (None, 1) if defined is None else (1 - defined, 1 - defined)
        return (None, 0) if defined is None else (defined, defined)

    # --- directives ----------------------------------------------------------------------------

    def _directive(self, directive: Directive) -> None:
        name, tokens = directive.name, directive.tokens
        if name == "define":
            macro = define(tokens)
            if macro is None:
                self._problem(directive.token, "#define that cannot be read")
            elif macro.name not in SYNTAX and macro.name not in self._kept:
                self._flush()
                self._macros[macro.name] = macro
                self._undefined.discard(macro.name)
        elif name == "undef":
            if tokens:
                self._flush()
                self._macros.pop(tokens[0].value, None)
                self._undefined.add(tokens[0].value)
        elif name in ("include", "import"):
            self._include(directive)
        elif name == "pragma":
            if tokens and tokens[0].value == "once":
                self._once.add(self._active[-1])
        elif name not in _IGNORED and not name.isdigit():
            self._problem(directive.token, f"unknown directive '#{name}' is ignored")

    def _include(self, directive: Directive) -> None:
        self._flush()
        tokens = directive.tokens
        if tokens and tokens[0].value in self._macros:
            tokens = self._expander.expand_all(tokens)
        if not tokens:
            return
        first = tokens[0].value
        quoted = first[0] == '"'
        if quoted:
            name = first.strip('"')
        else:
            name = "".join([token.value for token in tokens])
            if not name.startswith("<") or ">" not in name:
                return  # a macro that is made elsewhere
            name = name[1 : name.index(">")]
        path = self._sources.find(name, self._active[-1], quoted, self._flags.includes)
        # A file that is being read is guarded against itself, or would never end.
        if path is None or path in self._active or path in self._once:
            return
        if len(self._active) > DEPTH_LIMIT:
            self._problem(directive.token, f"'{name}' is included too deeply and skipped")
            return
        file = self._sources.read(path)
        self.text.headers[path] = None
        if file is None:
            self._problem(directive.token, f"'{name}' is not a text file and is skipped")
        elif not self._full:
            self.run(file)

    # --- text ----------------------------------------------------------------------------------

    def _flush(self) -> None:
        """Expand what has gathered since the last change of the macros."""
        if not self._pending:
            return
        runs, self._pending = self._pending, []
        out = self.text.tokens
        names = self._macros.keys()
        rest: list[Token] = []
        for run in runs:
            if self._full:
                return
            if not rest and names.isdisjoint(run.names):
                out += run.tokens
                continue
            tokens = rest + run.tokens if rest else run.tokens
            rest = self._expand(tokens, out)
        if rest:
            out += rest
        if len(out) > OUTPUT_LIMIT and not self._full:
            self._full = True
            self._problem(out[-1], "too much text; the rest of the file is skipped")

    def _expand(self, tokens: list[Token], out: list[Token]) -> list[Token]:
        """Expand into `out`; what is left waits for the arguments of a macro to end."""
        length = len(out)
        try:
            used = self._expander.expand(tokens, out)
        except ExpansionLimitError as error:
            self._problem(error.token, error.message)
        except RecursionError:
            self._problem(tokens[0], "macros are nested too deeply to be expanded")
        else:
            return tokens[used:]
        del out[length:]
        out += tokens
        return []
