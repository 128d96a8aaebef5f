"""C text to trees, and trees back to text."""

from __future__ import annotations

from pycparser import c_ast, c_generator

from analyzer.cfront import Parsed, Sources, parse_file
from analyzer.options import Flags
from runtime_sim.model.profile import Profile


def parse_all(
    text: str | bytes, profile: Profile = Profile.OCAML_5, flags: Flags | None = None
) -> list[Parsed]:
    """All configurations of a file that is alone in its project."""
    data = text.encode() if isinstance(text, str) else text
    return parse_file("a.c", data, Sources("/nonexistent", profile), flags or Flags())


def parse(
    text: str | bytes, profile: Profile = Profile.OCAML_5, flags: Flags | None = None
) -> Parsed:
    """The first configuration."""
    return parse_all(text, profile, flags)[0]


def code(parsed: Parsed) -> str:
    """The tree as C, in one line, blanks between all words gone that need none."""
    return " ".join(c_generator.CGenerator().visit(parsed.ast).split())


def read(text: str) -> str:
    """What a text is read as, without any problem."""
    parsed = parse(text)
    assert parsed.problems == ()
    return code(parsed)


def statements(body: str) -> str:
    """What the body of a function is read as."""
    return read(f"void f(void) {{ {body} }}").removeprefix("void f(void) { ").removesuffix(" }")


def functions(parsed: Parsed) -> list[str]:
    """The names of the functions that are defined."""
    return [node.decl.name for node in parsed.ast.ext if isinstance(node, c_ast.FuncDef)]


def reports(parsed: Parsed) -> list[str]:
    """The problems as `line:column: message [function]`."""
    return [
        f"{problem.position.line}:{problem.position.column}: {problem.message}"
        + (f" [{problem.function}]" if problem.function else "")
        for problem in parsed.problems
    ]


def places(parsed: Parsed, name: str) -> list[tuple[str, int, int]]:
    """Where the identifier `name` is used."""
    found: list[tuple[str, int, int]] = []

    def look(node: c_ast.Node) -> None:
        if isinstance(node, c_ast.ID) and node.name == name:
            found.append((node.coord.file, node.coord.line, node.coord.column))
        for _, child in node.children():
            look(child)

    look(parsed.ast)
    return found
