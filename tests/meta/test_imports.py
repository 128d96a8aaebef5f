"""Packages know only of those below them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
OURS = ("analyzer", "runtime_sim", "stubcheck", "tools", "tests")

# What the modules of a package may import of ours; the first prefix that fits a module counts.
ALLOWED = {
    "analyzer.ir": ("analyzer.ir",),
    "analyzer.cfront": (
        "analyzer.cfront",
        "analyzer.ir",
        "analyzer.options",
        "analyzer.diagnostics",
        "runtime_sim.model",
    ),
    "analyzer.mlfront": (
        "analyzer.mlfront",
        "analyzer.ir",
        "analyzer.diagnostics",
        "runtime_sim.model",
    ),
    "analyzer.flow": (
        "analyzer.flow",
        "analyzer.ir",
        "analyzer.mlfront",
        "analyzer.diagnostics",
        "analyzer.neighbours",
        "analyzer.result",
        "runtime_sim.model",
    ),
    "analyzer.inference": (
        "analyzer.inference",
        "analyzer.flow",
        "analyzer.ir",
        "runtime_sim.model",
    ),
    "analyzer.rules": (
        "analyzer.rules",
        "analyzer.flow",
        "analyzer.ir",
        "analyzer.diagnostics",
        "runtime_sim.model",
    ),
    "analyzer": ("analyzer", "runtime_sim.model"),
    "runtime_sim.model": ("runtime_sim.model",),
    "runtime_sim.frametable": ("runtime_sim.frametable", "runtime_sim.model"),
    "runtime_sim": ("runtime_sim",),
    "stubcheck": ("stubcheck", "analyzer", "runtime_sim"),
}
SHARED_BY_RULES = {"rule", "finding", "wording", "conversions"}

MODULES = sorted(
    path
    for package in ("analyzer", "runtime_sim", "stubcheck")
    for path in TOP.glob(f"{package}/**/*.py")
)


def name_of(path: Path) -> str:
    parts = path.relative_to(TOP).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_below(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_imports_only_what_its_package_may(path: Path) -> None:
    module = name_of(path)
    package = next(package for package in ALLOWED if is_below(module, package))
    wrong = [
        name
        for name in imports_of(path)
        if name.split(".")[0] in OURS
        and not any(
            is_below(name, allowed) or is_below(allowed, name) for allowed in ALLOWED[package]
        )
    ]
    assert wrong == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_c_parser_is_known_to_the_front_end_alone(path: Path) -> None:
    if is_below(name_of(path), "analyzer.cfront"):
        return
    assert [name for name in imports_of(path) if is_below(name, "pycparser")] == []


@pytest.mark.parametrize("path", sorted(TOP.glob("analyzer/rules/*.py")), ids=name_of)
def test_rules_do_not_import_each_other(path: Path) -> None:
    if path.stem == "__init__":
        return
    imported = {
        name.split(".")[2] for name in imports_of(path) if name.startswith("analyzer.rules.")
    }
    assert imported <= SHARED_BY_RULES
