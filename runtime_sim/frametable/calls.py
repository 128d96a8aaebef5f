"""What is called by the instruction before a return address."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from runtime_sim.frametable.descriptors import Descriptor
from runtime_sim.frametable.image import Image
from runtime_sim.frametable.kinds import ENTRIES, Kind

Callee = tuple[str, int | None]
"""What is called: its name, empty if it is not known by one, and its address, if it has one."""

UNKNOWN: Callee = ("", None)


class Calls:
    """Finds out what a file's code calls."""

    def __init__(self, image: Image) -> None:
        self._image = image
        self._callee = _DECODERS[image.machine.name]

    def kind(self, descriptor: Descriptor) -> Kind:
        """The kind of the call that a descriptor belongs to.

        A poll is known by its descriptor, which allocates nothing: recent OxCaml compilers have no
        call there, but a load that faults.
        """
        if descriptor.is_boundary:
            return Kind.OTHER
        callee = self._callee(self._image, descriptor.return_address)
        if descriptor.allocations == ():
            return Kind.POLL
        if callee is None:
            return Kind.OTHER
        return ENTRIES.get(self._name(*callee), Kind.CALL)

    def _name(self, name: str, address: int | None, hops: int = 2) -> str:
        """The name of the runtime's entry that is called, directly or through a stub."""
        if name in ENTRIES or address is None:
            return name
        if address in self._entries:
            return self._entries[address]
        if hops and (jump := _stub_target(self._image, address)) is not None:
            return self._name(*jump, hops - 1)
        return name

    @cached_property
    def _entries(self) -> dict[int, str]:
        return {
            symbol.value: symbol.name
            for symbol in self._image.symbols
            if symbol.name in ENTRIES and symbol.section is not None
        }


def _direct(image: Image, field: int, address: int) -> Callee:
    """What a direct call calls: by its relocated field, else by the address it has."""
    relocated = None if image.is_linked else image.call_target(field)
    return relocated or ("", address)


# `call *reg`, `call *d(reg)`, `call *d(reg,reg,n)`: ff /2 with its ModRM byte, a SIB byte after
# ModRM 14, 54 and 94, and a distance of 1 byte after 50-57, of 4 after 90-97.
_INDIRECT = re.compile(
    rb"\xff(?:[\xd0-\xd7]|[\x10-\x13\x16\x17]|\x14.|[\x50-\x53\x55-\x57].|\x54..|"
    rb"[\x15\x90-\x93\x95-\x97].{4}|\x94.{5})\Z",
    re.DOTALL,
)


def _intel_callee(image: Image, address: int) -> Callee | None:
    before = image.code_before(address, 7)
    if before[-5:-4] == b"\xe8":
        distance = int.from_bytes(before[-4:], "little", signed=True)
        return _direct(image, address - 4, address + distance)
    if before[-6:-4] == b"\xff\x15":
        return _through_pointer(image, address, before[-4:])
    return UNKNOWN if _INDIRECT.search(before) else None


def _through_pointer(image: Image, address: int, distance: bytes) -> Callee:
    """What a word holds that an instruction ending at an address reaches by its last 32 bits."""
    if not image.is_linked:
        target = image.call_target(address - 4)
        return UNKNOWN if target is None else (target[0], None)
    return image.pointer_at(address + int.from_bytes(distance, "little", signed=True))


def _stub_target(image: Image, address: int) -> Callee | None:
    """Where an amd64 stub jumps: OxCaml's local entries to the collector, and the linker's PLT."""
    if image.machine.name != "amd64":
        return None
    code = image.code_at(address, 16)
    for prefix in (b"\xf3\x0f\x1e\xfa", b"\xf2"):  # endbr64, bnd
        if code.startswith(prefix):
            code, address = code[len(prefix) :], address + len(prefix)
    if code[:1] == b"\xe9" and len(code) >= 5:
        distance = int.from_bytes(code[1:5], "little", signed=True)
        return _direct(image, address + 1, address + 5 + distance)
    if code[:2] == b"\xff\x25" and len(code) >= 6:
        return _through_pointer(image, address + 6, code[2:6])
    return None


def _arm64_callee(image: Image, address: int) -> Callee | None:
    before = image.code_before(address, 4)
    if len(before) < 4:
        return None
    word = int.from_bytes(before, "little")
    if word >> 26 == 0b100101:  # bl
        words = (word & 0x3FFFFFF) - ((word & 0x2000000) << 1)
        return _direct(image, address - 4, address - 4 + 4 * words)
    return UNKNOWN if word & 0xFFFFFC1F == 0xD63F0000 else None  # blr


def _s390x_callee(image: Image, address: int) -> Callee | None:
    before = image.code_before(address, 6)
    if len(before) == 6 and before[0] == 0xC0 and before[1] == 0xE5:  # brasl %r14
        halves = int.from_bytes(before[2:], "big", signed=True)
        return _direct(image, address - 4, address - 6 + 2 * halves)
    return UNKNOWN if before[-2:-1] == b"\x0d" else None  # basr


_DECODERS: dict[str, Callable[[Image, int], Callee | None]] = {
    "amd64": _intel_callee,
    "i386": _intel_callee,
    "arm64": _arm64_callee,
    "s390x": _s390x_callee,
}
