"""A C file to pycparser's trees, one for each configuration worth looking at.

No compiler and no system header is needed: what is not in the project is guessed from the grammar
(`type_names`, `repair`), and what still cannot be read is skipped and reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pycparser import c_ast

from analyzer.cfront.braces import balance
from analyzer.cfront.declarations import ParsedDeclarations
from analyzer.cfront.known_names import TYPE_NAMES
from analyzer.cfront.preprocessor import ActiveText, preprocess
from analyzer.cfront.pycparser_adapter import Parser
from analyzer.cfront.repair import repair
from analyzer.cfront.shapes import Shaped, declaration_spans, shape_of
from analyzer.cfront.sources import Sources, decode
from analyzer.cfront.syntax_words import rewrite_syntax_words
from analyzer.cfront.tokens import Token, scan
from analyzer.cfront.type_names import find_type_names
from analyzer.ir.nodes import Position, Problem
from analyzer.options import Flags


@dataclass(slots=True)
class Parsed:
    """One configuration of a file.

    The coordinates in `ast` have `file`, `line` and `column` (from 1, in code points); what a
    macro makes stands where the macro is used.  `headers` are the project's files that were
    included.  `incomplete` names the functions of which something was skipped; the tree has a
    call of `holes.HOLE` or `holes.OPAQUE` there.  `ends` gives the closing brace of each function.
    """

    path: str
    ast: c_ast.FileAST
    problems: tuple[Problem, ...]
    headers: tuple[str, ...]
    incomplete: frozenset[str]
    ends: dict[c_ast.FuncDef, Position] = field(default_factory=dict)


def parse_file(path: str, text: bytes, sources: Sources, flags: Flags) -> list[Parsed]:
    """Parse a file with unknown macros undefined, and once more if other branches are longer."""
    if b"\0" in text:
        problem = Problem(Position(path, 1, 1), "not a text file; skipped", "")
        return [Parsed(path, c_ast.FileAST([]), (problem,), (), frozenset())]
    file = scan(decode(text), path)
    active = preprocess(file, sources, flags, longest=False)
    headers = sources.declarations
    if not active.alternative:
        return [_parse(path, active, headers, None)]
    own = ParsedDeclarations()
    other = preprocess(file, sources, flags, longest=True)
    return [_parse(path, active, headers, own), _parse(path, other, headers, own)]


def _parse(
    path: str, active: ActiveText, headers: ParsedDeclarations, own: ParsedDeclarations | None
) -> Parsed:
    problems = list(active.problems)
    # The patterns over shapes need no case for the start when a semicolon ends what is before it.
    tokens = [Token("SEMI", ";", 1, 1, path), *active.tokens]
    text = rewrite_syntax_words(Shaped(tokens, shape_of(tokens)))
    text, faults = balance(text)
    problems += [_problem(fault.token, fault.message, fault.function) for fault in faults]
    repaired = repair(text, declaration_spans(text.shape))
    for first, last in repaired.unknown:
        skipped = f"skipped to line {last.line}" if last.line != first.line else "skipped"
        problems.append(
            _problem(first, f"unknown macro '{first.value}' outside of functions; {skipped}")
        )
    text = repaired.text
    tokens = text.tokens
    names = find_type_names(text, declaration_spans(text.shape)) | TYPE_NAMES
    parser = Parser(tokens, names)
    declarations: list[c_ast.Node] = []
    ends: dict[c_ast.FuncDef, Position] = {}
    while not parser.is_done:
        start = parser.index
        known = own if tokens[start].file == path else headers
        found = known.find(tokens, start, names) if known is not None else None
        if found is not None:
            nodes, parser.index = found
        else:
            skipped_before, named_before = len(parser.problems), len(names)
            nodes = parser.parse_declaration()
            whole = len(parser.problems) == skipped_before and len(names) == named_before
            if known is not None and whole:
                known.add(tokens, start, parser.index, names, nodes)
        declarations += nodes
        if nodes and isinstance(nodes[0], c_ast.FuncDef):
            brace = tokens[parser.index - 1]
            ends[nodes[0]] = Position(brace.file, brace.line, brace.column)
    problems += parser.problems
    return Parsed(
        path,
        c_ast.FileAST(declarations),
        tuple(problems),
        tuple(active.headers),
        frozenset(parser.incomplete) | {fault.function for fault in faults if fault.function},
        ends,
    )


def _problem(token: Token, message: str, function: str = "") -> Problem:
    return Problem(Position(token.file, token.line, token.column), message, function)
