"""What can be set, on the command line and in `stubcheck.toml`.

The dataclass is the only list of settings: the reader of settings files takes the keys and their
types from it, the command line its help, and docs/config.md is generated from it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Any

from analyzer.diagnostics import Severity
from runtime_sim.model.api.row import ApiRow
from runtime_sim.model.profile import Profile


class Shape(enum.Enum):
    """How a setting is written in TOML."""

    FLAG = "true or false"
    PROFILES = "profile name, or a list of them"
    SEVERITY = '"error", "warning" or "note"'
    RULES = "list of rule names"
    DEFINES = 'list of "NAME" or "NAME=VALUE"'
    FOLDERS = "list of folders, relative to the file they are written in"
    PATTERNS = "list of patterns as in .gitignore, relative to the file they are written in"
    RULES_BY_PATTERN = "table from a pattern as in .gitignore to a list of rule names"
    FUNCTIONS = "table from a function's name to what it does"


def setting(shape: Shape, summary: str, default: Any, example: str) -> Any:
    """A field with what its reader and its documentation need."""
    return field(
        default=default, metadata={"shape": shape, "summary": summary, "example": example}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one run.  A field's name with `-` for `_` is its key and its option."""

    profile: tuple[Profile, ...] = setting(
        Shape.PROFILES,
        "OCaml release to check for; unset, the bounds in dune-project or *.opam decide",
        (),
        'profile = ["ocaml-4.14", "ocaml-5"]',
    )
    select: tuple[str, ...] = setting(
        Shape.RULES, "report these rules only", (), 'select = ["unrooted-value"]'
    )
    ignore: tuple[str, ...] = setting(
        Shape.RULES, "do not report these rules", (), 'ignore = ["removed-api"]'
    )
    pedantic: bool = setting(
        Shape.FLAG,
        "also report what may be wrong where the analysis does not know",
        False,
        "pedantic = true",
    )
    fail_on: Severity = setting(  # noqa: RUF009 - an enumeration member cannot change
        Shape.SEVERITY,
        "least severity of a finding that makes the exit status 1",
        Severity.WARNING,
        'fail-on = "error"',
    )
    define: tuple[str, ...] = setting(
        Shape.DEFINES, "define a C macro", (), 'define = ["HAVE_MMAP", "LIMIT=64"]'
    )
    include: tuple[str, ...] = setting(
        Shape.FOLDERS, "look for included files here too", (), 'include = ["vendor/include"]'
    )
    exclude: tuple[str, ...] = setting(
        Shape.PATTERNS, "leave these files out of folders", (), 'exclude = ["vendor/", "*_gen.c"]'
    )
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = setting(
        Shape.RULES_BY_PATTERN,
        "do not report these rules in these files",
        (),
        '[tool.stubcheck.per-file-ignores]\n"tests/*" = ["removed-api"]',
    )
    function: tuple[ApiRow, ...] = setting(
        Shape.FUNCTIONS,
        "what further C functions do, in the format of the table of runtime functions",
        (),
        '[tool.stubcheck.function.my_alloc]\nsignature = "value (size_t)"\ncollects = "yes"',
    )
    base: str = ""
    """The folder that patterns are relative to: where the settings file is."""
