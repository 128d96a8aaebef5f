"""Reads `[tool.stubcheck]` of pyproject.toml, or stubcheck.toml, into settings."""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, replace
from typing import Any

from analyzer.diagnostics import Severity
from runtime_sim.model.api.row import ApiRow
from runtime_sim.model.profile import Profile
from stubcheck.errors import UserError
from stubcheck.settings import Settings, Shape

FILE_NAMES = ("stubcheck.toml", "pyproject.toml")


def find_config(start: str) -> str | None:
    """The settings file that holds for a path: in its folder, or the nearest one above."""
    folder = os.path.abspath(start)
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    while True:
        for name in FILE_NAMES:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and (name == "stubcheck.toml" or _has_section(path)):
                return path
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def _has_section(path: str) -> bool:
    with open(path, "rb") as file:
        return b"stubcheck" in (text := file.read()) and "stubcheck" in _tool(_parse(path, text))


def read_config(path: str) -> Settings:
    """The settings that a file gives; whatever in it is not understood is an error."""
    try:
        with open(path, "rb") as file:
            document = _parse(path, file.read())
    except OSError as error:
        raise UserError(f"cannot open '{path}': {error.strerror}") from None
    if os.path.basename(path) == "pyproject.toml":
        document = _tool(document).get("stubcheck", {})
    return replace(_settings(path, document), base=os.path.dirname(os.path.abspath(path)))


def _parse(path: str, text: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: {error}") from None


def _tool(document: dict[str, Any]) -> dict[str, Any]:
    tool = document.get("tool", {})
    return tool if isinstance(tool, dict) else {}


def _settings(path: str, table: dict[str, Any]) -> Settings:
    shapes = {
        field.name.replace("_", "-"): field.metadata["shape"]
        for field in fields(Settings)
        if field.metadata
    }
    chosen: dict[str, Any] = {}
    for key, content in table.items():
        where = f"{path}: '{key}'"
        if key not in shapes:
            raise UserError(f"{where} is no setting{near(key, shapes)}")
        shape = shapes[key]
        try:
            chosen[key.replace("-", "_")] = _READERS[shape](content)
        except (TypeError, ValueError) as error:
            wanted = f"{where} wants {_with_article(shape.value)}"
            raise UserError(f"{wanted}: {error}" if str(error) else wanted) from None
    settings = Settings(**chosen)
    if settings.include:
        folder = os.path.dirname(path)
        included = tuple(os.path.join(folder, name) for name in settings.include)
        settings = replace(settings, include=included)
    return settings


def near(name: str, known: Collection[str]) -> str:
    """What may have been meant by a name that is not known, as the end of a message."""
    matches = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; is '{matches[0]}' meant?" if matches else ""


def read_profile(name: object) -> Profile:
    """The profile of that name, or a ValueError that lists them."""
    for profile in Profile:
        if profile.value == name:
            return profile
    known = ", ".join(profile.value for profile in Profile)
    raise ValueError(f"'{name}' is no profile (there are {known})")


def read_severity(name: object) -> Severity:
    """The severity of that name."""
    for severity in Severity:
        if severity.label == name:
            return severity
    raise ValueError(f"'{name}' is no severity")


def _flag(content: object) -> bool:
    if not isinstance(content, bool):
        raise TypeError
    return content


def _strings(content: object) -> tuple[str, ...]:
    if not isinstance(content, list) or not all(isinstance(item, str) for item in content):
        raise TypeError
    return tuple(content)


def _profiles(content: object) -> tuple[Profile, ...]:
    names = (content,) if isinstance(content, str) else _strings(content)
    return tuple(read_profile(name) for name in names)


def _by_pattern(content: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(content, dict):
        raise TypeError
    return tuple((pattern, _strings(rules)) for pattern, rules in content.items())


def _functions(content: object) -> tuple[ApiRow, ...]:
    from runtime_sim.model.api import parse_rows
    from runtime_sim.model.api.reader import RowError

    if not isinstance(content, dict) or not all(isinstance(row, dict) for row in content.values()):
        raise TypeError
    try:
        return parse_rows("\n".join(map(_toml_table, content, content.values())), "function")
    except RowError as error:
        raise ValueError(str(error).partition(": ")[2]) from None


def _toml_table(name: str, row: dict[str, object]) -> str:
    """A row as TOML again, which its reader takes; JSON's strings and lists are TOML's."""
    lines = [f"{json.dumps(key)} = {json.dumps(item)}" for key, item in row.items()]
    return "\n".join([f"[{json.dumps(name)}]", *lines])


_READERS: Mapping[Shape, Callable[[object], object]] = {
    Shape.FLAG: _flag,
    Shape.PROFILES: _profiles,
    Shape.SEVERITY: read_severity,
    Shape.RULES: _strings,
    Shape.DEFINES: _strings,
    Shape.FOLDERS: _strings,
    Shape.PATTERNS: _strings,
    Shape.RULES_BY_PATTERN: _by_pattern,
    Shape.FUNCTIONS: _functions,
}


def _with_article(noun: str) -> str:
    if noun.startswith(("true", '"')):
        return noun
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
