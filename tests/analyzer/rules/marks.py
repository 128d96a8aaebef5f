"""Reads what a lint fixture says should be found in it.

The first line of a file may give options: `/* case: profile=ocaml-4.14; pedantic */`.  Above a
function stands one of

    /* bad: rule; also rule */    the rule must be reported; another may be
    /* good: why */               nothing may be reported
    /* missed: rule */            the rule should be reported and is not yet
    /* false-alarm: rule */       the rule should not be reported and still is

and `/* <- rule */` on the line where it is to be reported.  What is unmarked is support code, in
which nothing may be reported.  The OCaml side is the `.ml` file with the same stem, where
`(* <- rule *)` marks a line on which a rule must be reported, and modules of the same folder that
have no C file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from runtime_sim.model.profile import Profile

_OPTIONS = re.compile(r"/\*\s*case:(.*?)\*/")
_MARK = re.compile(r"/\*\s*(bad|good|missed|false-alarm):(.*?)\*/", re.DOTALL)
_LINE_MARK = re.compile(r"/\*\s*<-\s*([\w-]+)\s*\*/")
_OCAML_MARK = re.compile(r"\(\*\s*<-\s*([\w-]+)\s*\*\)")
_FUNCTION = re.compile(r"\b(?!(?:if|for|while|switch)\b)([A-Za-z_]\w*)\s*\([^;{}]*\)\s*\{")

OCAML_SIDE = "the OCaml side"
"""Where findings in the `.ml` file are expected, in the place of a function's name."""

Report = set[tuple[str, int]]
"""Rules and the lines they are reported on."""


@dataclass(slots=True)
class Expected:
    """What should be found in one function."""

    function: str
    is_good: bool = False
    must: set[str] = field(default_factory=set)
    may: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)
    alarms: set[str] = field(default_factory=set)
    lines: Report = field(default_factory=set)
    exact: bool = False  # nothing may be reported on a line without a mark

    def faults(self, found: Report) -> Iterator[str]:
        """How the findings in the function differ from what its marks say."""
        rules = {rule for rule, _ in found}
        for rule, line in sorted(self.lines):
            if rule in self.must and (rule, line) not in found:
                yield f"{self.function}: {rule} is not reported on line {line}"
        for rule in sorted(self.missed & rules):
            yield f"{self.function}: {rule} is no longer missed, mark it bad"
        for rule in sorted(self.alarms - rules):
            yield f"{self.function}: {rule} is no longer a false alarm, mark it good"
        for rule, line in sorted(found):
            known = rule in self.must | self.may | self.missed | self.alarms
            if not known or (self.exact and (rule, line) not in self.lines):
                yield f"{self.function}: {rule} is reported on line {line}"


@dataclass(slots=True)
class Fixture:
    """A fixture file: its options, its OCaml side, and what it expects by function."""

    profile: Profile
    pedantic: bool
    ocaml: tuple[Path, ...]
    functions: dict[str, Expected]


def read_fixture(path: Path) -> Fixture:
    text = path.read_text()
    head = _OPTIONS.match(text)
    options = [option.strip() for option in head[1].split(";")] if head else []
    profiles = [o.removeprefix("profile=") for o in options if o.startswith("profile=")]
    functions: dict[str, Expected] = {}
    marks = list(_MARK.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        function = _FUNCTION.search(text, mark.end())
        assert function is not None, f"{path}: no function under {mark[0]}"
        expected = functions.setdefault(function[1], Expected(function[1]))
        _read_mark(mark[1], mark[2], expected)
        end = following.start() if following else len(text)
        first = text.count("\n", 0, mark.start()) + 1
        for number, line in enumerate(text[mark.start() : end].split("\n"), first):
            expected.lines |= {(rule, number) for rule in _LINE_MARK.findall(line)}
    ocaml = tuple(_ocaml_side(path))
    if path.with_suffix(".ml") in ocaml:
        functions[OCAML_SIDE] = _read_ocaml_marks(path.with_suffix(".ml"))
    return Fixture(
        Profile(profiles[0] if profiles else "ocaml-5"), "pedantic" in options, ocaml, functions
    )


def _ocaml_side(path: Path) -> Iterator[Path]:
    for other in sorted(path.parent.glob("*.ml")):
        if other.stem == path.stem or not other.with_suffix(".c").exists():
            yield other


def _read_ocaml_marks(path: Path) -> Expected:
    lines = {
        (rule, number)
        for number, line in enumerate(path.read_text().split("\n"), 1)
        for rule in _OCAML_MARK.findall(line)
    }
    return Expected(OCAML_SIDE, must={rule for rule, _ in lines}, lines=lines, exact=True)


def _read_mark(word: str, body: str, expected: Expected) -> None:
    if word == "bad":
        must, _, also = body.partition("; also")
        expected.must |= _names(must)
        expected.may |= _names(also)
    elif word == "missed":
        expected.missed |= _names(body)
    elif word == "false-alarm":
        expected.alarms |= _names(body)
    else:
        expected.is_good = True


def _names(text: str) -> set[str]:
    return {name.strip() for name in text.split(",")} - {""}
