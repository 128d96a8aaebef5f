from __future__ import annotations

import contextlib
import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from runtime_sim.frametable import (
    OCAML,
    OXCAML,
    ElfReaderMissing,
    FrameTableError,
    Kind,
    ObjectTables,
    Unit,
    read_object_file,
)
from tests.runtime_sim.frametable.assembly import (
    C_UNIT,
    OCAML_UNITS,
    OXCAML_UNIT,
    archive,
    assemble,
    link_shared,
    needs_amd64,
    run,
)

OXCAML_KINDS = (
    Kind.C_CALL,
    Kind.CALL,
    Kind.POLL,
    Kind.CALL,
    Kind.BOUND_ERROR,
    Kind.CALL_GC,
    Kind.CALL_GC,
    Kind.RAISE,
)


def read(path: Path) -> ObjectTables:
    return read_object_file(path.read_bytes())


def only_unit(path: Path) -> Unit:
    (unit,) = read(path).units
    return unit


def without_addresses(unit: Unit) -> list[tuple[object, ...]]:
    return [(each.frame_bytes, each.live, each.allocations) for each in unit.table.descriptors]


def test_a_unit_of_ocaml_is_read_from_its_object_file(tmp_path: Path) -> None:
    first, second = read(assemble(tmp_path, "first", OCAML_UNITS)).units
    assert (first.name, first.arch, first.compiler, first.layout.name) == (
        "First",
        "amd64",
        "OCaml 5.1 to 5.3",
        "ocaml",
    )
    assert (second.name, second.table.descriptors) == ("Second", ())
    assert without_addresses(first) == [
        (8, (1, 8), (2, 4)),
        (16, (), (2,)),
        (16, (0,), None),
        (16, (), None),
        (16, (), None),
        (None, (), None),
    ]
    assert first.kinds == (
        Kind.CALL_GC,
        Kind.ALLOC,
        Kind.CALL,
        Kind.CALL,
        Kind.RAISE,
        Kind.OTHER,
    )


def test_a_unit_of_oxcaml_is_told_by_where_its_addresses_lead(tmp_path: Path) -> None:
    unit = only_unit(assemble(tmp_path, "small", OXCAML_UNIT))
    assert (unit.name, unit.compiler, unit.layout.name) == ("Small", "OxCaml", "oxcaml")
    assert without_addresses(unit) == [
        (16, (0, 8), None),
        (32, (), None),
        (32, (3,), ()),
        (0x20000, (0, 0x1FFF8), None),
        (16, (), None),
        (16, (), (2, 4)),
        (16, (25,), (1,)),
        (16, (), None),
    ]
    assert unit.kinds == OXCAML_KINDS


def test_source_locations_are_found_by_their_relocations(tmp_path: Path) -> None:
    table = only_unit(assemble(tmp_path, "small", OXCAML_UNIT)).table
    assert [each.debug for each in table.descriptors] == [
        (table.end,),
        None,
        None,
        None,
        None,
        (table.end, None),
        None,
        None,
    ]


def test_a_return_address_is_told_by_function_and_distance(tmp_path: Path) -> None:
    unit = only_unit(assemble(tmp_path, "small", OXCAML_UNIT))
    places = [unit.image.function_before(each.return_address) for each in unit.table.descriptors]
    name = "camlSmall__pair_0_1_code"
    assert places == [(name, distance) for distance in (5, 7, 9, 14, 19, 24, 29, 35)]


@pytest.mark.parametrize("text", [OXCAML_UNIT, OCAML_UNITS], ids=["oxcaml", "ocaml"])
def test_a_shared_library_has_the_tables_of_its_objects(tmp_path: Path, text: str) -> None:
    made = assemble(tmp_path, "made", text)
    linked = read(link_shared(tmp_path, "made.so", made)).units
    for ours, theirs in zip(read(made).units, linked, strict=True):
        assert (ours.name, without_addresses(ours)) == (theirs.name, without_addresses(theirs))
        assert ours.kinds == theirs.kinds


def test_an_archive_has_the_tables_of_its_members(tmp_path: Path) -> None:
    objects = (
        assemble(tmp_path, "a_member_with_a_long_name", OXCAML_UNIT),
        assemble(tmp_path, "stubs", C_UNIT, ".c"),
        assemble(tmp_path, "b", OCAML_UNITS),
    )
    tables = read(archive(tmp_path, "lib.a", *objects))
    assert tables.archs == ("amd64",)
    assert [(unit.member, unit.name) for unit in tables.units] == [
        ("a_member_with_a_long_name.o", "Small"),
        ("b.o", "First"),
        ("b.o", "Second"),
    ]


def test_an_object_of_c_has_no_table(tmp_path: Path) -> None:
    assert read(assemble(tmp_path, "three", C_UNIT, ".c")) == ObjectTables((), ("amd64",))


def test_an_executable_has_the_tables_of_its_units_and_of_the_runtime(tmp_path: Path) -> None:
    compiler = shutil.which("ocamlopt")
    if compiler is None:
        pytest.skip("there is no OCaml to compile with")
    needs_amd64()
    source = tmp_path / "small.ml"
    source.write_text("let pair a = a, Some a\nlet () = print_int (fst (pair (read_int ())))\n")
    executable, stripped = tmp_path / "small.exe", tmp_path / "stripped.exe"
    run(compiler, "-g", source, "-o", executable)
    run("strip", executable, "-o", stripped)
    compiled = only_unit(tmp_path / "small.o")
    for path in (executable, stripped):
        units = {unit.name: unit for unit in read(path).units}
        assert without_addresses(units["Small"]) == without_addresses(compiled)
        assert units["Small"].kinds == compiled.kinds
        assert {"Stdlib", "caml_startup", "caml_system"} <= units.keys()
        assert set(units["caml_system"].kinds) == {Kind.OTHER}
        kinds = Counter(kind for unit in units.values() for kind in unit.kinds)
        assert kinds[Kind.OTHER] == len(units["caml_system"].kinds)
        assert min(kinds[Kind.C_CALL], kinds[Kind.CALL_GC], kinds[Kind.POLL]) > 10


def test_a_layout_that_is_given_is_the_only_one_tried(tmp_path: Path) -> None:
    data = assemble(tmp_path, "small", OXCAML_UNIT).read_bytes()
    assert read_object_file(data, OXCAML).units[0].kinds == OXCAML_KINDS
    with pytest.raises(FrameTableError, match=r"^Small: descriptor 2 of 8 is cut off \(at byte "):
        read_object_file(data, OCAML)


def test_a_table_without_sense_is_told_with_its_place_in_the_file(tmp_path: Path) -> None:
    text = OCAML_UNITS.replace(".quad .L3", ".quad 1")
    made = assemble(tmp_path, "wrong", text)
    with pytest.raises(FrameTableError) as caught:
        read(archive(tmp_path, "lib.a", assemble(tmp_path, "three", C_UNIT, ".c"), made))
    error = caught.value
    assert (error.part, error.message) == (
        "wrong.o: First",
        "in none of the layouts 'ocaml' and 'oxcaml': the return address 0x1 is not in code",
    )
    data = (tmp_path / "lib.a").read_bytes()
    assert error.offset is not None
    assert data[error.offset : error.offset + 12] == bytes.fromhex("0100000000000000 1000 0100")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "neither an ELF file nor an archive (at byte 0x0)"),
        (b"let x = 1\n", "neither an ELF file nor an archive (at byte 0x0)"),
        (b"!<thin>\n", "a thin archive, whose members are files of their own: name those"),
        (b"!<arch>\n" + b"x" * 70, "no header of an archive's member (at byte 0x8)"),
        (
            b"!<arch>\n" + b"a.o/".ljust(58) + b"`\n",
            "an archive's member without a size (at byte 0x8)",
        ),
        (
            b"!<arch>\n" + b"a.o/".ljust(48) + b"12".ljust(10) + b"`\nshort",
            "an archive's member is cut off (at byte 0x8)",
        ),
    ],
)
def test_what_holds_no_code_is_told(data: bytes, told: str) -> None:
    with pytest.raises(FrameTableError) as caught:
        read_object_file(data)
    assert str(caught.value) == told


def test_an_unknown_machine_is_named(tmp_path: Path) -> None:
    data = bytearray(assemble(tmp_path, "three", C_UNIT, ".c").read_bytes())
    data[18:20] = (8).to_bytes(2, "little")
    with pytest.raises(FrameTableError, match=r"^code for 'EM_MIPS', where only amd64, "):
        read_object_file(bytes(data))


def test_a_program_without_symbols_is_told(tmp_path: Path) -> None:
    made = assemble(tmp_path, "start", ".globl _start\n_start: ret\n")
    run("gcc", "-static", "-nostdlib", "-s", made, "-o", tmp_path / "start")
    with pytest.raises(FrameTableError, match=r"^it has no symbols, by which frame tables"):
        read(tmp_path / "start")


def test_pyelftools_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "elftools.elf.elffile", None)
    with pytest.raises(ElfReaderMissing):
        read_object_file(b"\x7fELF")


@pytest.mark.parametrize("text", [OXCAML_UNIT, OCAML_UNITS], ids=["oxcaml", "ocaml"])
@pytest.mark.parametrize("is_linked", [False, True], ids=["object", "library"])
def test_damage_anywhere_is_an_error_or_goes_unnoticed(
    tmp_path: Path, text: str, is_linked: bool
) -> None:
    made = assemble(tmp_path, "made", text)
    path = link_shared(tmp_path, "made.so", made) if is_linked else made
    whole = archive(tmp_path, "lib.a", path).read_bytes()
    data = path.read_bytes()
    generator = random.Random(11)
    for attempt in range(600):
        source = whole if attempt % 4 == 0 else data
        damaged = bytearray(source)
        if attempt % 3 == 0:
            del damaged[generator.randrange(len(damaged)) :]
        for _ in range(attempt % 5):
            # Headers stand at both ends.
            near = generator.choice((64, len(source), -2000))
            place = (
                generator.randrange(near)
                if near > 0
                else len(source) - generator.randrange(1, -near)
            )
            if 0 <= place < len(damaged):
                damaged[place] = generator.choice((0, 0x7F, 0xFF, generator.randrange(256)))
        with contextlib.suppress(FrameTableError):
            read_object_file(bytes(damaged))


def test_an_archive_of_bsd_names_its_members_in_their_contents(tmp_path: Path) -> None:
    content = assemble(tmp_path, "small", OXCAML_UNIT).read_bytes()
    name = b"a name.o\0\0\0\0"
    header = b"#1/12".ljust(48) + str(len(name + content)).encode().ljust(10) + b"`\n"
    tables = read_object_file(b"!<arch>\n" + header + name + content)
    assert [unit.member for unit in tables.units] == ["a name.o"]
