"""What is reported in the lint fixtures is what their marks say, function by function."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from analyzer import ProjectResult, check_project
from analyzer.diagnostics import Diagnostic, Severity
from analyzer.options import OcamlFile, Options, SourceFile
from analyzer.rules import RULES
from stubcheck.suppress import read_suppressions, suppress, unused
from tests.analyzer.rules.marks import OCAML_SIDE, Expected, Fixture, Report, read_fixture

FOLDER = Path(__file__).parents[2] / "fixtures" / "lint"
FILES = sorted(FOLDER.glob("*/*.c"))
NAMES = [module.RULE.name for module in RULES]

each_file = pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")


def shown(path: Path, fixture: Fixture, result: ProjectResult) -> list[Diagnostic]:
    """What a user would see: suppressions applied, and notes of the folder's own rule alone."""
    comments = {
        str(file): read_suppressions(
            str(file), file.read_text(), result.extents.get(str(file), ())
        )
        for file in (path, *fixture.ocaml)
    }
    reasons = suppress(result.diagnostics, comments)
    kept = [d for d, reason in zip(result.diagnostics, reasons, strict=True) if reason is None]
    kept += [d for some in comments.values() for one in some for d in unused(one, NAMES, NAMES)]
    return [
        d
        for d in kept
        if (fixture.pedantic or not d.pedantic)
        and (d.severity is not Severity.NOTE or d.rule == path.parent.name)
    ]


def by_function(result: ProjectResult, findings: list[Diagnostic]) -> dict[str, Report]:
    """Findings by the function they name, or stand in."""
    reports: dict[str, Report] = defaultdict(set)
    for finding in findings:
        line = finding.position.line
        if finding.position.path.endswith(".ml"):
            reports[OCAML_SIDE].add((finding.rule, line))
            continue
        around = [
            name
            for name, first, last in result.extents.get(finding.position.path, ())
            if first <= line <= last
        ]
        reports[finding.function or "".join(around)].add((finding.rule, line))
    return reports


@each_file
def test_a_fixture_is_reported_as_it_is_marked(path: Path) -> None:
    fixture = read_fixture(path)
    options = Options(fixture.profile, str(path.parent))
    ocaml = [OcamlFile(str(file)) for file in fixture.ocaml]
    result = check_project([SourceFile(str(path))], options, None, ocaml)
    assert result.errors == ()
    found = by_function(result, shown(path, fixture, result))
    faults = [
        fault
        for function in sorted({*fixture.functions, *found})
        for fault in fixture.functions.get(function, Expected(function)).faults(
            found.get(function, set())
        )
    ]
    assert faults == []


@each_file
def test_a_fixture_marks_the_line_of_each_fault(path: Path) -> None:
    for function in read_fixture(path).functions.values():
        unmarked = (function.must | function.missed) - {rule for rule, _ in function.lines}
        assert unmarked == set(), function.function


@each_file
def test_a_fixture_names_rules_that_exist(path: Path) -> None:
    for expected in read_fixture(path).functions.values():
        named = expected.must | expected.may | expected.missed | expected.alarms
        assert named <= set(NAMES), expected.function


def test_each_rule_has_three_bad_functions_and_four_good_ones() -> None:
    bad, good = Counter[str](), Counter[str]()
    for path in FILES:
        rule = path.parent.name
        for expected in read_fixture(path).functions.values():
            bad[rule] += rule in expected.must | expected.missed
            good[rule] += expected.is_good or bool(expected.alarms)
    short = [name for name in NAMES if bad[name] < 3 or good[name] < 4]
    assert short == []
