"""Which OCaml release a project is for, from the bounds in its dune-project and opam files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeAlias

from runtime_sim.model.profile import Profile
from stubcheck.sexp import Sexp, parse_sexps, stanzas

Version: TypeAlias = "tuple[int, ...]"
Formula: TypeAlias = "Callable[[Version], bool]"

OCAML_5 = tuple((5, minor, 0) for minor in range(10))
"""Releases that a bound may let in; the second and third digits decide nothing else."""

_COMPARE: dict[str, Callable[[Version, Version], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    "!=": lambda left, right: left != right,
}
_OPAM_OCAML = re.compile(r'"ocaml(?:-base-compiler)?"\s*(?:\{([^}]*)\})?')
_OPAM_TOKEN = re.compile(r'\s*(?:(<=|>=|!=|[<>=&|()!])|"([^"]*)"|([\w:.+-]+))')


def profile_of_dune_project(text: str) -> Profile | None:
    """What the bounds on `ocaml` of its packages allow; None when there are none."""
    project = parse_sexps(text)
    constraints = [
        entry[1:]
        for package in [*stanzas(project, "package")]
        for depends in stanzas(package, "depends")
        for entry in depends
        if isinstance(entry, list) and entry and entry[0] == "ocaml"
    ]
    return _decide([_of_sexp(["and", *constraint]) for constraint in constraints])


def profile_of_opam(text: str) -> Profile | None:
    """What the filter on `ocaml` in its dependencies allows; None when there is none."""
    filters = [match[1] for match in _OPAM_OCAML.finditer(text) if match[1]]
    return _decide([_of_filter(text) for text in filters])


def _decide(formulas: list[Formula]) -> Profile | None:
    if not formulas:
        return None
    if any(formula(version) for formula in formulas for version in OCAML_5):
        return Profile.OCAML_5
    return Profile.OCAML_4_14


def _always(version: Version) -> bool:
    return True


def _of_sexp(constraint: Sexp) -> Formula:
    if isinstance(constraint, str) or not constraint or not isinstance(constraint[0], str):
        return _always
    operator, *operands = constraint
    if operator == "and":
        parts = [_of_sexp(operand) for operand in operands]
        return lambda version: all(part(version) for part in parts)
    if operator == "or":
        parts = [_of_sexp(operand) for operand in operands]
        return lambda version: any(part(version) for part in parts)
    if len(operands) == 1 and isinstance(operands[0], str):
        return _comparison(str(operator), operands[0])
    return _always


def _comparison(operator: str, bound: str) -> Formula:
    """A comparison of the release; what is not one (`:with-test`) holds always."""
    numbers = re.match(r"\d+(?:\.\d+)*", bound)
    if operator not in _COMPARE or numbers is None:
        return _always
    compare = _COMPARE[operator]
    limit = (*map(int, numbers[0].split(".")), 0, 0)[:3]
    return lambda version: compare(version, limit)


def _of_filter(text: str) -> Formula:
    """An opam filter: comparisons joined by `&` and `|`, of which `&` binds tighter."""
    tokens = [match.groups() for match in _OPAM_TOKEN.finditer(text)]
    position = 0

    def next_is(symbols: str) -> bool:
        return position < len(tokens) and tokens[position][0] in tuple(symbols)

    def disjunction() -> Formula:
        parts = [*separated("|", conjunction)]
        return lambda version: any(part(version) for part in parts)

    def conjunction() -> Formula:
        parts = [*separated("&", operand)]
        return lambda version: all(part(version) for part in parts)

    def separated(symbol: str, read: Callable[[], Formula]) -> Iterator[Formula]:
        nonlocal position
        yield read()
        while next_is(symbol):
            position += 1
            yield read()

    def operand() -> Formula:
        nonlocal position
        if next_is("("):
            position += 1
            inner = disjunction()
            position += 1
            return inner
        comparison: Formula = _always
        while position < len(tokens) and not next_is("&|()"):
            operator = tokens[position][0]
            position += 1
            if operator in _COMPARE and position < len(tokens):
                comparison = _comparison(operator, tokens[position][1] or "")
        return comparison

    return disjunction()
