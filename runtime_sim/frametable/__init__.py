"""Frame tables: where the collector finds the live values of OCaml's stack frames.

For every return address that can be on the OCaml stack there is a descriptor: the frame's size,
where in it and in which registers values are alive, and what is about to be allocated. `layout`
states the binary format as data; `reading` and `writing` go by it; `lookup` finds a descriptor by
its return address as the runtime does; `objects` takes the tables out of object files, archives
and executables.
"""

from runtime_sim.frametable.descriptors import Descriptor, Table, register_of
from runtime_sim.frametable.errors import ElfReaderMissing, FrameTableError
from runtime_sim.frametable.kinds import Kind
from runtime_sim.frametable.layout import LAYOUTS, OCAML, OXCAML, Layout, layout_of
from runtime_sim.frametable.lookup import Lookup, capacity_for
from runtime_sim.frametable.objects import ObjectTables, Unit, read_object_file
from runtime_sim.frametable.reading import read_table
from runtime_sim.frametable.writing import write_table

__all__ = [
    "LAYOUTS",
    "OCAML",
    "OXCAML",
    "Descriptor",
    "ElfReaderMissing",
    "FrameTableError",
    "Kind",
    "Layout",
    "Lookup",
    "ObjectTables",
    "Table",
    "Unit",
    "capacity_for",
    "layout_of",
    "read_object_file",
    "read_table",
    "register_of",
    "write_table",
]
