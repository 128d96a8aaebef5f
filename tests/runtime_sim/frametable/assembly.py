"""Object files to read, from assembler text as the compilers write it."""

from __future__ import annotations

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

OXCAML_UNIT = """\
  .text
.Lcaml_call_gc_:
  jmp caml_call_gc@PLT
.Lcaml_call_gc_avx_:
  jmp caml_call_gc_avx@PLT
  .globl camlSmall__pair_0_1_code
  .type camlSmall__pair_0_1_code,@function
camlSmall__pair_0_1_code:
  call caml_c_call@PLT
.L1:
  call *%rdi
.L2:
  movl (%rcx), %ecx
.L3:
  call camlSmall__pair_0_1_code@PLT
.L4:
  call caml_ml_array_align_error@PLT
.L5:
  call .Lcaml_call_gc_
.L6:
  call .Lcaml_call_gc_avx_
.L7:
  call *caml_raise_exn@GOTPCREL(%rip)
.L8:
  .data
  .quad camlSmall__pair_0_1_code
  .section .rodata
  .align 8
  .globl camlSmall__frametable
camlSmall__frametable:
  .8byte 8
  .4byte (.L1 - .) + 0
  .2byte 17, 2, 0, 8
  .align 4
  .4byte (.L9 - .) + 0
  .align 8
  .4byte (.L2 - .) + 0
  .2byte 32, 0
  .align 8
  .4byte (.L3 - .) + 0
  .2byte 34, 1, 3
  .byte 0
  .align 8
  .4byte (.L4 - .) + 0
  .2byte 0x7fff
  .align 4
  .4byte 0x20000, 2, 0, 0x1fff8
  .align 8
  .4byte (.L5 - .) + 0
  .2byte 16, 0
  .align 8
  .4byte (.L6 - .) + 0
  .2byte 19, 0
  .byte 2, 1, 3
  .align 4
  .4byte (.L9 - .) + 0, 0
  .align 8
  .4byte (.L7 - .) + 0
  .2byte 18, 1, 25
  .byte 1, 0
  .align 8
  .4byte (.L8 - .) + 0
  .2byte 16, 0
  .align 8
.L9:
  .4byte 0, 0
  .section .note.GNU-stack,"",@progbits
"""
"""A unit with a call of each kind, as OxCaml's compiler lays it out."""

OCAML_UNITS = """\
  .text
  .globl camlFirst.f_1
  .type camlFirst.f_1,@function
camlFirst.f_1:
  call caml_call_gc@PLT
.L1:
  call caml_alloc2@PLT
.L2:
  call *24(%rbx)
.L3:
  call *(%r12)
.L4:
  call caml_reraise_exn@PLT
.L5:
  nop
.L6:
  .data
  .align 8
  .globl camlFirst.frametable
camlFirst.frametable:
  .quad 6
  .quad .L1
  .word 10, 2, 1, 8
  .byte 2, 1, 3
  .align 8
  .quad .L2
  .word 18, 0
  .byte 1, 1
  .align 8
  .quad .L3
  .word 16, 1, 0
  .align 8
  .quad .L4
  .word 16, 0
  .align 8
  .quad .L5
  .word 16, 0
  .align 8
  .quad .L6
  .word 0xffff, 0
  .align 8
  .globl camlSecond.frametable
camlSecond.frametable:
  .quad 0
  .section .note.GNU-stack,"",@progbits
"""
"""Two units of OCaml 5.1 in one object, one of them without a descriptor."""

C_UNIT = "int three(void) { return 3; }\n"


def run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)


def needs_amd64() -> None:
    """Skip a test where there is nothing that assembles for amd64."""
    if shutil.which("gcc") is None or platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("there is no gcc for amd64")


def assemble(folder: Path, name: str, text: str, suffix: str = ".s") -> Path:
    """The object file of some assembler or C text."""
    needs_amd64()
    source = folder / f"{name}{suffix}"
    source.write_text(text)
    target = folder / f"{name}.o"
    run("gcc", "-c", source, "-o", target)
    return target


def archive(folder: Path, name: str, *members: Path) -> Path:
    """An archive of object files."""
    target = folder / name
    run("ar", "rc", target, *members)
    return target


def link_shared(folder: Path, name: str, *objects: Path) -> Path:
    """A shared library of object files, which calls through the linker's stubs."""
    target = folder / name
    run("gcc", "-shared", "-nostdlib", *objects, "-o", target)
    return target
