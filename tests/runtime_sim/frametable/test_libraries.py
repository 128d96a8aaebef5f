"""Frame tables of libraries as they are installed, against figures and against objdump."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime_sim.frametable import Unit, read_object_file, write_table

# Descriptors, those of allocations and polls, and the bytes of both, in the libraries of Debian 12
# for amd64, which are those of OCaml 4.13.1.
COUNTS = {
    "stdlib": (("stdlib",), 6096, 2086, 147720, 58736),
    "unix": (("unix",), 377, 49, 7888, 1400),
    "str": (("str",), 337, 87, 7904, 2368),
    "base": (("base/base",), 6632, 3123, 162104, 85576),
    "batteries": (("batteries/batteries",), 11438, 4677, 279592, 129064),
    "zarith": (("zarith/zarith",), 243, 53, 5008, 1056),
    "lwt": (("lwt/lwt", "lwt/unix/lwt_unix"), 3228, 1339, 76888, 35936),
    "yojson": (("yojson/yojson",), 3503, 824, 81904, 20952),
    "js_of_ocaml-compiler": (
        ("js_of_ocaml-compiler/js_of_ocaml_compiler",),
        8489,
        2799,
        228904,
        86856,
    ),
    "ocamlcommon": (("compiler-libs/ocamlcommon",), 35433, 13509, 961448, 414320),
    "ocamloptcomp": (
        ("compiler-libs/ocamloptcomp", "compiler-libs/ocamlmiddleend"),
        23001,
        8188,
        598840,
        238448,
    ),
}

CALLED_WITH_DESCRIPTOR = re.compile(
    r"caml([A-Z].*|_(apply|curry|send|tuplify)\d.*|_call_gc|_alloc[123N]|_c_call(_stack_args)?"
    r"|_(re)?raise_exn|_ml_array_bound_error|_runstack|_perform|_reperform|_resume)"
)
"""What compiled code calls that may collect, raise or show in a backtrace. Other functions of C
are called as they are: nothing is recorded for those, and they cannot collect."""


def library_folders() -> Iterator[Path]:
    """Where libraries of OCaml 4.13.1 are; packages may be unpacked beside the installed ones."""
    if given := os.environ.get("STUBCHECK_OCAML4_LIBRARIES"):
        yield Path(given)
    if (ocamlopt := shutil.which("ocamlopt")) is not None:
        version, where = (
            subprocess.run([ocamlopt, option], capture_output=True, text=True, check=True)
            for option in ("-version", "-where")
        )
        if version.stdout.strip() == "4.13.1":
            yield Path(where.stdout.strip())


def library(name: str) -> Path:
    found = (folder / f"{name}.a" for folder in library_folders())
    path = next((path for path in found if path.exists()), None)
    if path is None:
        pytest.skip(f"OCaml 4.13.1's {name}.a is not installed")
    return path


def units_of(path: Path) -> tuple[Unit, ...]:
    found = read_object_file(path.read_bytes())
    if found.archs != ("amd64",):
        pytest.skip("the libraries are for another machine")
    return found.units


@pytest.mark.parametrize("name", COUNTS)
def test_the_descriptors_of_debians_libraries_are_counted(name: str) -> None:
    libraries, *figures = COUNTS[name]
    sizes = [
        (size, descriptor.allocations is not None)
        for path in [library(each) for each in libraries]
        for unit in units_of(path)
        for descriptor, size in zip(unit.table.descriptors, unit.table.sizes(), strict=True)
    ]
    allocating = [size for size, allocates in sizes if allocates]
    assert [
        len(sizes),
        len(allocating),
        sum(size for size, _ in sizes),
        sum(allocating),
    ] == figures


def stdlib_of(release: str) -> Path:
    return ocaml5_libraries()[0] if release == "5" else library("stdlib")


@pytest.mark.parametrize("release", ["4", "5"])
def test_what_is_read_is_written_as_the_compiler_wrote_it(release: str) -> None:
    units = units_of(stdlib_of(release))
    for unit in units:
        table = unit.table
        section = unit.image.section_at(table.address)
        assert section is not None
        start, end = table.address - section.address, table.end - section.address
        compiled = bytes(unit.image.relocated(section)[start:end])
        assert write_table(table.descriptors, unit.layout, table.address) == compiled
    assert len(units) > 50


def calls_by_objdump(path: Path) -> Iterator[tuple[str, str, int]]:
    """Where calls return to that need a descriptor: member, function and distance."""
    listing = subprocess.run(
        ["objdump", "-d", "-r", "-w", path], capture_output=True, text=True, check=True
    ).stdout
    member = function = ""
    start = 0
    for line in listing.splitlines():
        if heading := re.match(r"(\S+): +file format", line):
            member = heading[1]
        elif label := re.match(r"([0-9a-f]+) <(.*)>:$", line):
            start, function = int(label[1], 16), label[2]
        elif call := re.match(r" *([0-9a-f]+):\t((?:[0-9a-f]{2} )+) *\tcall +(\S+)", line):
            callee = re.search(r"R_X86_64_\w+\t(\S+)-0x4", line)
            name = callee[1] if callee else "" if call[3].startswith("*") else call[3]
            if not name or CALLED_WITH_DESCRIPTOR.fullmatch(name):
                yield member, function, int(call[1], 16) + len(call[2].split()) - start


def places(units: tuple[Unit, ...]) -> Iterator[tuple[str, str, int]]:
    for unit in units:
        for descriptor in unit.table.descriptors:
            place = unit.image.function_before(descriptor.return_address)
            assert place is not None
            yield unit.member, *place


def ocaml5_libraries() -> list[Path]:
    root = os.environ.get("STUBCHECK_OCAML5_ROOT")
    if not root:
        pytest.skip("STUBCHECK_OCAML5_ROOT names no system with OCaml 5")
    names = ("stdlib.a", "unix/unix.a", "str/str.a")
    found = sorted(Path(root).glob("usr/lib/**/ocaml/*/stdlib.a"))
    if not found:
        pytest.skip(f"there is no OCaml in {root}")
    return [found[-1].parent / name for name in names]


@pytest.mark.parametrize("release", ["4", "5"])
def test_return_addresses_are_those_that_objdump_shows(release: str) -> None:
    if shutil.which("objdump") is None:
        pytest.skip("there is no objdump")
    paths = ocaml5_libraries() if release == "5" else [library("stdlib"), library("unix")]
    for path in paths:
        units = units_of(path)
        compiler = {"4": "OCaml up to 5.0", "5": "OCaml 5.1 to 5.3"}[release]
        assert {unit.compiler for unit in units} == {compiler}
        ours, theirs = sorted(places(units)), sorted(calls_by_objdump(path))
        assert len(ours) > 300
        assert ours == theirs
