"""Documentation that is taken from the code is what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.make_docs import TOP, documents

PAGES = sorted([*TOP.glob("*.md"), *TOP.glob("docs/**/*.md")])


@pytest.mark.parametrize("name", ["docs/rules.md", "docs/config.md", "README.md"])
def test_generated_documents_are_fresh(name: str) -> None:
    assert (TOP / name).read_text() == documents()[TOP / name], "run python -m tools.make_docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    local = [link for link in links if not link.startswith(("http://", "https://"))]
    assert [link for link in local if not (page.parent / link).exists()] == []
