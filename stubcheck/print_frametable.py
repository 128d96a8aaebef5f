"""How `stubcheck frametable` prints what it has read: for people, and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from analyzer.report.style import Style, printable
from runtime_sim.frametable import Descriptor, Kind, Unit, register_of
from stubcheck.frametable import Counts, FileTables, count

FORMAT_VERSION = 1

_COLUMNS = ("descriptors", "bytes", *(kind.value for kind in Kind))


def frametables_text(files: Sequence[FileTables], style: Style, descriptors: bool) -> str:
    """A block for each file: a row for each table, below it its descriptors if they are wanted."""
    blocks = ["\n".join(_file_lines(file, style, descriptors)) for file in files]
    if len(files) > 1:
        together = count(unit for file in files for unit in file.found.units)
        blocks.append(f"{len(files)} files: {_summary(together)}")
    return "\n\n".join(blocks) + "\n"


def frametables_json(files: Sequence[FileTables], descriptors: bool) -> str:
    """One object: the figures of all files together, of each, and of each table in it."""
    units = [unit for file in files for unit in file.found.units]
    document = {
        "version": FORMAT_VERSION,
        "arch": _arch(arch for file in files for arch in file.found.archs),
        **_figures(count(units)),
        "files": [_file_object(file, descriptors) for file in files],
    }
    return json.dumps(document) + "\n"


def _file_lines(file: FileTables, style: Style, descriptors: bool) -> Iterator[str]:
    units = file.found.units
    path = style.paint(file.path, "bold")
    arch = _arch(file.found.archs) or "no objects"
    if not units:
        yield f"{path}: {arch}, no frame tables"
        return
    yield f"{path}: {arch}, {', '.join(dict.fromkeys(unit.compiler for unit in units))}"
    total = count(units)
    heading, *rows, last = _aligned(
        [
            ("table", *_COLUMNS),
            *((printable(unit.name), *_cells(count([unit]))) for unit in units),
            ("total", *_cells(total)),
        ]
    )
    yield style.paint(heading, "dim")
    for unit, row in zip(units, rows, strict=True):
        yield row
        if descriptors:
            yield from _descriptor_lines(unit)
    if len(units) > 1:
        yield last
    yield _summary(total)


def _cells(counts: Counts) -> Iterator[str]:
    yield str(counts.descriptors)
    yield str(counts.bytes)
    yield from (str(counts.by_kind[kind]) for kind in Kind)


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """A line for each row: names to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            ["", name.ljust(widths[0])]
            + [figure.rjust(width) for figure, width in zip(figures, widths[1:], strict=True)]
        )
        for name, *figures in rows
    ]


def _descriptor_lines(unit: Unit) -> Iterator[str]:
    for descriptor, kind in zip(unit.table.descriptors, unit.kinds, strict=True):
        place = printable(_place(unit, descriptor))
        yield f"    {place}: {kind.value}{_described(unit, descriptor)}"


def _summary(counts: Counts) -> str:
    return (
        f"{_many(counts.descriptors, 'descriptor')} in {_many(counts.tables, 'table')}, "
        f"{_many(counts.bytes, 'byte')}; {_many(counts.live_slots, 'live slot')}; "
        f"{_many(counts.combined_allocations, 'allocation')} "
        f"at {_many(counts.allocation_points, 'point')}"
    )


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _place(unit: Unit, descriptor: Descriptor) -> str:
    """The return address, as a distance from the start of the function that it leads back to."""
    function = unit.image.function_before(descriptor.return_address)
    if function is None:
        return f"{descriptor.return_address:#x}"
    name, distance = function
    return f"{name}+{distance:#x}"


def _described(unit: Unit, descriptor: Descriptor) -> str:
    """The rest of a descriptor in words."""
    if descriptor.is_boundary:
        return ", a frame of C"
    told = f", frame of {_many(descriptor.frame_bytes or 0, 'byte')}"
    if descriptor.live:
        told += f", live: {' '.join(_slot(unit, slot) for slot in descriptor.live)}"
    if descriptor.allocations:
        words = "+".join(map(str, descriptor.allocations))
        told += f", allocates {words} {'word' if words == '1' else 'words'}"
    return told


def _slot(unit: Unit, slot: int) -> str:
    number = register_of(slot)
    return f"sp+{slot}" if number is None else unit.image.machine.register(number)


def _arch(archs: Iterable[str]) -> str | None:
    """The machine; None if there is no code, "mixed" if there is code for several."""
    distinct = set(archs)
    return "mixed" if len(distinct) > 1 else next(iter(distinct), None)


def _figures(counts: Counts) -> dict[str, object]:
    return {
        "tables": counts.tables,
        "descriptors": counts.descriptors,
        "bytes": counts.bytes,
        "by_kind": {kind.value: counts.by_kind[kind] for kind in Kind},
        "live_slots": counts.live_slots,
        "combined_allocations": counts.combined_allocations,
    }


def _file_object(file: FileTables, descriptors: bool) -> dict[str, object]:
    units = file.found.units
    return {
        "path": file.path,
        "arch": _arch(file.found.archs),
        **_figures(count(units)),
        "units": [_unit_object(unit, descriptors) for unit in units],
    }


def _unit_object(unit: Unit, descriptors: bool) -> dict[str, object]:
    listed = zip(unit.table.descriptors, unit.kinds, unit.table.sizes(), strict=True)
    return {
        "name": unit.name,
        "member": unit.member or None,
        "arch": unit.arch,
        "compiler": unit.compiler,
        "layout": unit.layout.name,
        **_figures(count([unit])),
        **({"list": [_descriptor_object(unit, *each) for each in listed]} if descriptors else {}),
    }


def _descriptor_object(
    unit: Unit, descriptor: Descriptor, kind: Kind, size: int
) -> dict[str, object]:
    allocations = descriptor.allocations
    return {
        "return_address": _place(unit, descriptor),
        "kind": kind.value,
        "bytes": size,
        "frame_bytes": descriptor.frame_bytes,
        "live": [_slot(unit, slot) for slot in descriptor.live],
        "allocations": None if allocations is None else list(allocations),
    }
