from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer import InternalFailure, ProjectResult
from analyzer.diagnostics import Diagnostic, Edit, Fix, Severity, Step
from analyzer.ir.nodes import Position
from stubcheck.cache import Cache, default_folder, header_names, make_key, own_state

Write = Callable[..., Path]

RESULT = ProjectResult(
    diagnostics=(
        Diagnostic(
            "stale-pointer",
            Severity.ERROR,
            Position("a.c", 3, 4),
            "f",
            "'p' is stale \udc80",
            (Step(Position("a.h", 1, 2), "made here"),),
            "read it again",
            Fix("do it", (Edit("a.c", (1, 2), (1, 3), "x"),)),
            True,
        ),
        Diagnostic("parse-error", Severity.WARNING, Position("a.c", 9, 1), "", "unread"),
    ),
    functions=7,
    skipped=(("b.c", "too large"),),
    headers=("a.h", "missing.h"),
    extents={"a.c": (("f", 1, 5),)},
)


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(str(tmp_path / "cache" / "deep"))


def test_what_is_saved_is_loaded(cache: Cache, write: Write) -> None:
    write("a.h", "int x;")
    cache.save("k", RESULT)
    assert cache.load("k") == RESULT
    assert cache.load("other") is None


@pytest.mark.parametrize(
    ("name", "text"), [("a.h", "int y;"), ("missing.h", ""), ("missing.h", "int z;")]
)
def test_a_header_that_changes_or_appears_ends_an_entry(
    cache: Cache, write: Write, name: str, text: str
) -> None:
    write("a.h", "int x;")
    cache.save("k", RESULT)
    write(name, text)
    assert cache.load("k") is None


def test_a_header_that_disappears_ends_an_entry(cache: Cache, write: Write) -> None:
    header = write("a.h", "int x;")
    cache.save("k", RESULT)
    header.unlink()
    assert cache.load("k") is None


@pytest.mark.parametrize("keep", [0, 10, 40, -1])
def test_a_truncated_entry_is_none(cache: Cache, tmp_path: Path, keep: int) -> None:
    cache.save("k", RESULT)
    (entry,) = (tmp_path / "cache/deep").iterdir()
    entry.write_bytes(entry.read_bytes()[:keep])
    assert cache.load("k") is None


def test_a_changed_entry_is_none(cache: Cache, tmp_path: Path) -> None:
    cache.save("k", RESULT)
    (entry,) = (tmp_path / "cache/deep").iterdir()
    entry.write_bytes(entry.read_bytes().replace(b"stale", b"fresh"))
    assert cache.load("k") is None


def test_a_run_in_which_we_failed_is_not_kept(cache: Cache) -> None:
    cache.save("k", ProjectResult(errors=(InternalFailure("a.c", "f", "Traceback"),)))
    assert cache.load("k") is None


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(str(tmp_path / "file"))
    cache.save("k", RESULT)
    cache.prune()
    assert cache.load("k") is None


def test_the_oldest_entries_go_when_there_is_too_much(cache: Cache, tmp_path: Path) -> None:
    for age, key in enumerate(("new", "old", "older")):
        cache.save(key, RESULT)
        entry = tmp_path / "cache/deep" / f"{key}.json"
        os.utime(entry, ns=(10**9 * (100 - age), 10**9 * (100 - age)))
    size = entry.stat().st_size
    cache.prune(limit=2 * size)
    assert sorted(path.stem for path in (tmp_path / "cache/deep").iterdir()) == ["new", "old"]


def test_keys_depend_on_every_part() -> None:
    assert (
        len({make_key(parts) for parts in (["a", "b"], ["ab"], ["a"], ["b", "a"], [("a", "b")])})
        == 5
    )


def test_headers_that_appear_are_noticed_wherever_they_are_looked_for(write: Write) -> None:
    write("p/src/a.c")
    states = [header_names("p", ["inc"])]
    for name in ("p/src/a.h", "p/other/deep/b.h", "inc/c.h"):
        write(name)
        states.append(header_names("p", ["inc"]))
    assert len(set(states)) == len(states)
    write("p/README")
    write("p/.hidden/d.h")
    assert header_names("p", ["inc"]) == states[-1]


def test_our_own_state_is_the_same_from_run_to_run() -> None:
    assert own_state() == own_state()


def test_the_folder_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUBCHECK_CACHE_DIR", "/x")
    assert default_folder() == "/x"
    monkeypatch.delenv("STUBCHECK_CACHE_DIR")
    assert "stubcheck" in default_folder()
