"""The table of pinned source packages."""

from __future__ import annotations

import pytest

from tools.corpus.packages import Entry, load_table, parse_table, pinned_versions

HEADER = "package\tversion\tfiles\tlines\n"


def test_a_row_names_a_package_its_version_and_its_counts() -> None:
    assert parse_table(f"{HEADER}camlzip\t1.11-1\t1\t188\n") == (
        Entry("camlzip", "1.11-1", 1, 188),
    )


def test_the_parts_of_a_package_share_its_source() -> None:
    entries = parse_table(f"{HEADER}ocaml:runtime\t4.13.1-4\t2\t9\nocaml:other\t4.13.1-4\t1\t3\n")
    assert pinned_versions(entries) == {"ocaml": "4.13.1-4"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("camlzip\t1.11-1\t1\t188\n", "must start with the columns"),
        (f"{HEADER}camlzip\t1.11-1\t1\n", "must have 4 columns"),
        (f"{HEADER}a:x\t1\t1\t1\na:y\t2\t1\t1\n", "pinned to two versions"),
        (f"{HEADER}a\t1\t1\t1\na\t1\t1\t1\n", "stands in the table twice"),
    ],
)
def test_a_malformed_table_is_refused(text: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_table(text)


def test_the_table_of_the_project_is_well_formed_and_sorted() -> None:
    names = [(entry.source, entry.name) for entry in load_table()]
    assert names == sorted(names)
