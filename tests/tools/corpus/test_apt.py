"""Rewriting the machine's apt sources to source packages."""

from __future__ import annotations

from tools.corpus.apt import source_entries


def test_one_line_entries_are_offered_as_source_packages_once() -> None:
    text = (
        "# comment\n"
        "deb [arch=amd64] http://mirror.invalid/debian stable main\n"
        "deb-src [arch=amd64] http://mirror.invalid/debian stable main\n"
    )
    assert source_entries(text, deb822=False) == (
        "deb-src [arch=amd64] http://mirror.invalid/debian stable main\n"
    )


def test_deb822_entries_keep_everything_but_their_types() -> None:
    text = "Types: deb deb-src\nURIs: http://mirror.invalid/debian\nSuites: stable\n"
    assert source_entries(text, deb822=True) == (
        "Types: deb-src\nURIs: http://mirror.invalid/debian\nSuites: stable\n"
    )
