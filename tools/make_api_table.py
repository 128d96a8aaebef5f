"""Write runtime_sim/model/api/_table.py from the TOML files beside it.

Reading the TOML costs more than linting a file, so it is done when a row changes:

    python tools/make_api_table.py
"""

from __future__ import annotations

from pathlib import Path

from runtime_sim.model.api.packed import pack
from runtime_sim.model.api.reader import read_rows

API = Path(__file__).resolve().parent.parent / "runtime_sim" / "model" / "api"
TABLE = API / "_table.py"


def render() -> str:
    """The text of the generated module."""
    rows = read_rows({file.name: file.read_text("utf-8") for file in sorted(API.glob("*.toml"))})
    return f'''# Generated from the .toml files beside it by tools/make_api_table.py.
# ruff: noqa: E501
"""The API table, a row a line; see packed.py."""

from __future__ import annotations

TABLE = """\\
{chr(10).join(pack(name, rows[name]) for name in sorted(rows))}
"""
'''


if __name__ == "__main__":
    TABLE.write_text(render(), encoding="utf-8")
