"""The generated table is that of the TOML files."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_the_generated_table_is_up_to_date() -> None:
    maker = runpy.run_path(str(ROOT / "tools" / "make_api_table.py"))
    assert maker["TABLE"].read_text("utf-8") == maker["render"]()


def test_rows_are_in_order() -> None:
    for file in (ROOT / "runtime_sim" / "model" / "api").glob("*.toml"):
        heads = [line[1:-1] for line in file.read_text("utf-8").splitlines() if line[:1] == "["]
        assert sorted(heads) == heads, file.name
