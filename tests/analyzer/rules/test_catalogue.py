"""The catalogue of rules is complete, sorted and documented."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

import analyzer.rules
from analyzer.diagnostics import Severity
from analyzer.rules import RULES, by_name
from runtime_sim.model.profile import Profile

SECTIONS = ["Why", "Bad", "Good", "Limits", "References"]
SUPPORT = {"__init__", "conversions", "finding", "rule", "wording"}
FIXTURES = Path(__file__).parents[2] / "fixtures" / "lint"

each_rule = pytest.mark.parametrize("module", RULES, ids=lambda module: module.RULE.name)


def test_rules_are_sorted_by_name_and_named_once() -> None:
    names = [module.RULE.name for module in RULES]
    assert names == sorted(set(names))


def test_every_module_of_the_folder_is_registered() -> None:
    folder = Path(analyzer.rules.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - SUPPORT
    assert modules == {module.__name__.rpartition(".")[2] for module in RULES}


@each_rule
def test_a_module_is_named_as_its_rule(module: ModuleType) -> None:
    assert module.RULE.name.replace("-", "_") == module.__name__.rpartition(".")[2]


@each_rule
def test_a_rule_is_found_by_its_name(module: ModuleType) -> None:
    assert by_name(module.RULE.name) is module


def test_an_unknown_name_is_no_rule() -> None:
    assert by_name("no-such-rule") is None


@each_rule
def test_the_docstring_has_a_summary_and_every_section_in_order(module: ModuleType) -> None:
    summary, _, rest = (module.__doc__ or "").partition("\n\n")
    assert re.fullmatch(r"[^\n]+\.", summary)
    assert re.findall(r"^([A-Z]\w+):", rest, re.M) == SECTIONS


@each_rule
def test_the_sections_say_something(module: ModuleType) -> None:
    parts = re.split(rf"^(?:{'|'.join(SECTIONS)}):", module.__doc__ or "", flags=re.M)
    assert all(part.strip() for part in parts)


@each_rule
def test_a_pedantic_rule_is_a_note(module: ModuleType) -> None:
    rule = module.RULE
    assert not rule.pedantic or rule.severity is Severity.NOTE


@each_rule
def test_a_rule_exists_in_some_profile_and_no_severity_is_for_another(module: ModuleType) -> None:
    rule = module.RULE
    assert rule.profiles
    assert set(rule.severity_in) <= rule.profiles


def test_naked_pointers_are_less_severe_where_there_is_a_page_table() -> None:
    module = by_name("naked-pointer")
    assert module is not None
    severities = [module.RULE.severity_under(profile).label for profile in Profile]
    assert severities == ["warning", "error", "error"]


@each_rule
def test_a_rule_has_fixtures(module: ModuleType) -> None:
    assert list((FIXTURES / module.RULE.name).glob("*.c"))
