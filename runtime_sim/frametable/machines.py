"""What the linker and the processor of each machine do that matters here, as data.

Relocation numbers are those of the psABI supplements: x86-64 table 4.9, i386 table 2.10, AArch64
chapter 5.7, zSeries table 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine that OCaml generates code for.

    - `absolute`, `relative`: types of relocation that put a symbol's address, or its distance from
      the place, into so many bytes;
    - `load`: the type that adds the address at which a program is loaded;
    - `call_bias`: what makes a relocated call's addend a distance from the symbol: how far after
      the field the processor counts from;
    - `registers`: the names of those that the collector finds saved, in their order.
    """

    name: str
    elf_name: str
    absolute: Mapping[int, int]
    relative: Mapping[int, int]
    load: int
    call_bias: int = 0
    registers: str = ""

    def register(self, number: int) -> str:
        """What to call a register that a live slot stands for."""
        names = self.registers.split()
        return names[number] if number < len(names) else f"register {number}"


MACHINES = {
    machine.elf_name: machine
    for machine in (
        Machine(
            "amd64",
            "EM_X86_64",
            absolute={1: 8, 10: 4, 11: 4},  # R_X86_64_64, _32, _32S
            relative={2: 4, 4: 4, 24: 8},  # _PC32, _PLT32, _PC64
            load=8,  # _RELATIVE
            call_bias=4,
            # int_reg_name in asmcomp/amd64/proc.ml
            registers="rax rbx rdi rsi rdx rcx r8 r9 r12 r13 r10 r11 rbp",
        ),
        Machine(
            "i386",
            "EM_386",
            absolute={1: 4},  # R_386_32
            relative={2: 4, 4: 4},  # _PC32, _PLT32
            load=8,  # _RELATIVE
            call_bias=4,
            registers="eax ebx ecx edx esi edi ebp",  # asmcomp/i386/proc.ml
        ),
        Machine(
            "arm64",
            "EM_AARCH64",
            absolute={257: 8, 258: 4},  # R_AARCH64_ABS64, _ABS32
            relative={260: 8, 261: 4},  # _PREL64, _PREL32
            load=1027,  # _RELATIVE
        ),
        Machine(
            "s390x",
            "EM_S390",
            absolute={22: 8, 4: 4},  # R_390_64, _32
            relative={23: 8, 5: 4},  # _PC64, _PC32
            load=12,  # _RELATIVE
            call_bias=-2,
        ),
    )
}
"""By the name that pyelftools has for it."""
