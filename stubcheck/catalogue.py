"""`stubcheck explain` and `stubcheck rules`."""

from __future__ import annotations

import json
import textwrap
from types import ModuleType

from analyzer.report.rule_text import RuleText, read_rule_text
from analyzer.report.style import Style
from analyzer.rules import RULES, by_name
from analyzer.rules.rule import Rule
from runtime_sim.model.profile import Profile
from stubcheck.config import near
from stubcheck.errors import UserError

WIDTH = 88


def explain_text(name: str, style: Style) -> str:
    """A rule's page."""
    module = _module(name)
    rule: Rule = module.RULE
    text = read_rule_text(module.__doc__ or "")
    parts = [f"{style.paint(rule.name, 'bold')}: {text.summary}", f"Severity: {facts_of(rule)}."]
    for heading, content in text.sections:
        body = (
            textwrap.indent(content, "    ")
            if heading in ("Bad", "Good")
            else "\n\n".join(
                textwrap.fill(
                    part,
                    WIDTH,
                    initial_indent="  ",
                    subsequent_indent="  ",
                    break_on_hyphens=False,
                )
                for part in content.split("\n\n")
            )
        )
        parts.append(f"{style.paint(heading, 'green')}\n{body}")
    return "\n\n".join(parts) + "\n"


def explain_json(name: str) -> str:
    """A rule's page as data."""
    module = _module(name)
    text = read_rule_text(module.__doc__ or "")
    sections = {heading.lower(): content for heading, content in text.sections}
    return json.dumps({**_row(module.RULE, text), **sections}, indent=2) + "\n"


def rules_text(style: Style) -> str:
    """A line for each rule."""
    width = max(len(module.RULE.name) for module in RULES)
    lines = [
        f"{style.paint(f'{module.RULE.name:<{width}}', 'bold')}  {facts_of(module.RULE)}"
        for module in RULES
    ]
    return "\n".join(lines) + "\n"


def rules_json() -> str:
    """Every rule as data."""
    rows = [_row(module.RULE, read_rule_text(module.__doc__ or "")) for module in RULES]
    return json.dumps(rows, indent=2) + "\n"


def facts_of(rule: Rule) -> str:
    """Its severity, where it is another, and where it speaks at all."""
    facts = [rule.severity.label]
    facts += [
        f"{severity.label} for {profile.value}"
        for profile, severity in sorted(rule.severity_in.items(), key=lambda item: item[0].value)
    ]
    if rule.pedantic:
        facts.append("with --pedantic only")
    if rule.profiles != frozenset(Profile):
        names = sorted(profile.value for profile in rule.profiles)
        facts.append(f"for {' and '.join(names)} only")
    return ", ".join(facts)


def _row(rule: Rule, text: RuleText) -> dict[str, object]:
    return {
        "rule": rule.name,
        "summary": text.summary,
        "severity": {
            profile.value: rule.severity_under(profile).label
            for profile in Profile
            if profile in rule.profiles
        },
        "profiles": sorted(profile.value for profile in rule.profiles),
        "pedantic": rule.pedantic,
        "since": rule.since,
    }


def _module(name: str) -> ModuleType:
    module = by_name(name)
    if module is None:
        raise UserError(f"'{name}' is no rule{near(name, [rule.RULE.name for rule in RULES])}")
    return module
