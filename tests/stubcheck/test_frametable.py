"""`stubcheck frametable` from outside."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from stubcheck.cli import main
from tests.runtime_sim.frametable.assembly import (
    C_UNIT,
    OCAML_UNITS,
    OXCAML_UNIT,
    archive,
    assemble,
)

BY_KIND = {
    "call": 2,
    "call_gc": 1,
    "poll": 0,
    "alloc": 1,
    "c_call": 0,
    "raise": 1,
    "bound_error": 0,
    "other": 1,
}
FIGURES = {
    "tables": 2,
    "descriptors": 6,
    "bytes": 104,
    "by_kind": BY_KIND,
    "live_slots": 3,
    "combined_allocations": 3,
}


@pytest.fixture
def library(folder: Path) -> Path:
    """`lib.a`, with two units of OCaml and one of C."""
    first = assemble(folder, "first", OCAML_UNITS)
    return archive(folder, "lib.a", first, assemble(folder, "stubs", C_UNIT, ".c"))


def test_a_row_is_printed_for_each_table(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["frametable", "lib.a"]) == 0
    title, *table, summary = capsys.readouterr().out.splitlines()
    assert title == "lib.a: amd64, OCaml 5.1 to 5.3"
    assert [line.split() for line in table] == [
        ["table", "descriptors", "bytes", *BY_KIND],
        ["First", "6", "104", *map(str, BY_KIND.values())],
        ["Second", "0", "0", *("0" for _ in BY_KIND)],
        ["total", "6", "104", *map(str, BY_KIND.values())],
    ]
    assert len({len(line) for line in table}) == 1
    assert summary == (
        "6 descriptors in 2 tables, 104 bytes; 3 live slots; 3 allocations at 2 points"
    )


def test_each_descriptor_is_printed_if_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assemble(folder, "small", OXCAML_UNIT)
    assert main(["frametable", "--descriptors", "small.o"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("    ")]
    name = "camlSmall__pair_0_1_code"
    assert lines == [
        f"    {name}+0x5: c_call, frame of 16 bytes, live: sp+0 sp+8",
        f"    {name}+0x7: call, frame of 32 bytes",
        f"    {name}+0x9: poll, frame of 32 bytes, live: rbx",
        f"    {name}+0xe: call, frame of 131072 bytes, live: sp+0 sp+131064",
        f"    {name}+0x13: bound_error, frame of 16 bytes",
        f"    {name}+0x18: call_gc, frame of 16 bytes, allocates 2+4 words",
        f"    {name}+0x1d: call_gc, frame of 16 bytes, live: rbp, allocates 1 word",
        f"    {name}+0x23: raise, frame of 16 bytes",
    ]


def test_json_has_the_figures_of_all_of_each_file_and_of_each_table(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["frametable", "--format", "json", "lib.a"]) == 0
    document = json.loads(capsys.readouterr().out)
    (file,) = document.pop("files")
    assert document == {"version": 1, "arch": "amd64", **FIGURES}
    first, second = file.pop("units")
    assert file == {"path": "lib.a", "arch": "amd64", **FIGURES}
    assert first == {
        "name": "First",
        "member": "first.o",
        "arch": "amd64",
        "compiler": "OCaml 5.1 to 5.3",
        "layout": "ocaml",
        **FIGURES,
        "tables": 1,
    }
    assert (second["name"], second["descriptors"]) == ("Second", 0)


def test_json_has_each_descriptor_if_asked_for(
    library: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["frametable", "--format", "json", "--descriptors", "lib.a"]) == 0
    document = json.loads(capsys.readouterr().out)
    listed = document["files"][0]["units"][0]["list"]
    assert [listed[0], listed[-1]] == [
        {
            "return_address": "camlFirst.f_1+0x5",
            "kind": "call_gc",
            "bytes": 24,
            "frame_bytes": 8,
            "live": ["rax", "sp+8"],
            "allocations": [2, 4],
        },
        {
            "return_address": "camlFirst.f_1+0x17",
            "kind": "other",
            "bytes": 16,
            "frame_bytes": None,
            "live": [],
            "allocations": None,
        },
    ]


def test_a_file_without_tables_is_said_to_have_none(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assemble(folder, "stubs", C_UNIT, ".c")
    archive(folder, "empty.a")
    assert main(["frametable", "stubs.o", "empty.a"]) == 0
    assert capsys.readouterr().out == (
        "stubs.o: amd64, no frame tables\n\n"
        "empty.a: no objects, no frame tables\n\n"
        "2 files: 0 descriptors in 0 tables, 0 bytes; 0 live slots; 0 allocations at 0 points\n"
    )


def test_what_cannot_be_read_leaves_the_other_files_as_they_are(
    library: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.joinpath("a.ml").write_text("let x = 1\n")
    folder.joinpath("cut.a").write_bytes(library.read_bytes()[:-40])
    assert main(["frametable", "gone", "a.ml", "cut.a", ".", "lib.a"]) == 2
    printed = capsys.readouterr()
    gone, text, cut, itself = printed.err.splitlines()
    assert gone == "stubcheck: error: cannot open 'gone': No such file or directory"
    assert text == (
        "stubcheck: error: cannot read 'a.ml': neither an ELF file nor an archive (at byte 0x0)"
    )
    assert cut.startswith(
        "stubcheck: error: cannot read 'cut.a': an archive's member is cut off (at byte 0x"
    )
    assert itself == "stubcheck: error: cannot open '.': Is a directory"
    assert printed.out.startswith("lib.a: amd64, OCaml 5.1 to 5.3\n")


def test_nothing_is_printed_where_nothing_could_be_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["frametable", "--format", "json", "gone"]) == 2
    assert capsys.readouterr().out == ""


def test_pyelftools_is_asked_for_where_it_is_missing(
    library: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "elftools.elf.elffile", None)
    assert main(["frametable", "lib.a"]) == 2
    assert capsys.readouterr().err == (
        "stubcheck: error: stubcheck frametable needs pyelftools: "
        "pip install 'stubcheck[frametable]'\n"
    )


def test_a_layout_may_be_required(library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["frametable", "--layout", "ocaml", "lib.a"]) == 0
    capsys.readouterr()
    assert main(["frametable", "--layout", "oxcaml", "lib.a"]) == 2
    assert "cannot read 'lib.a': first.o: First: " in capsys.readouterr().err


def test_output_goes_to_a_file(library: Path, folder: Path) -> None:
    assert main(["frametable", "--format", "json", "--output", "out.json", "lib.a"]) == 0
    assert json.loads(folder.joinpath("out.json").read_text())["descriptors"] == 6
