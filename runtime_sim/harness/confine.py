"""Limits for the process that stubs run in: time, memory, files, and what it may do to others.

A stub that is called with made-up arguments may be `unlink` or `kill`. Where the kernel offers it
(Linux), such a process can write below its own folder alone (Landlock), and can neither signal
others nor start programs (seccomp). What is refused comes back to the stub as an error.

Sources: landlock(7); the kernel's include/uapi/linux/{landlock,seccomp,filter,audit}.h and the
tables of system calls of the two machines.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_WRITTEN_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a process may use: `memory` in bytes, `seconds` of processor time."""

    memory: int
    seconds: int


def confine(limits: Limits, folder: Path) -> None:
    """Confine this process for good; its files are made in the folder."""
    os.chdir(folder)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_CPU, limits.seconds)
    # The reserved address space of the heap is none of its data.
    _limit(resource.RLIMIT_DATA, limits.memory)
    _limit(resource.RLIMIT_FSIZE, _WRITTEN_BYTES)
    if sys.platform == "linux":
        library = ctypes.CDLL(None, use_errno=True)
        library.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _allow_writing(library, folder)
        _refuse_calls(library)


def die_with_parent() -> None:
    """Let this process end when the one that made it does, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _limit(kind: int, most: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(kind, (most, most))


_NO_NEW_PRIVILEGES = 38
_SET_DEATH_SIGNAL = 1
_SET_SECCOMP, _SECCOMP_FILTER = 22, 2

# --- Landlock ----------------------------------------------------------------------------------

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_ASK_VERSION = 1
_EXECUTE, _WRITE_FILE = 1 << 0, 1 << 1
_CHANGES = sum(1 << bit for bit in range(4, 13))  # to remove and to make files of any kind
_MOVES, _TRUNCATES = 1 << 13, 1 << 14  # since the second and the third version


def _allow_writing(library: ctypes.CDLL, folder: Path) -> None:
    """Writing below one folder and to the null device, and nowhere else."""
    version = library.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        return
    handled = _EXECUTE | _WRITE_FILE | _CHANGES
    handled |= (_MOVES if version >= 2 else 0) | (_TRUNCATES if version >= 3 else 0)
    attribute = struct.pack("=Q", handled)
    rules = library.syscall(_CREATE_RULESET, attribute, len(attribute), 0)
    if rules < 0:
        return
    _allow(library, rules, folder, handled & ~_EXECUTE)
    _allow(library, rules, Path(os.devnull), handled & (_WRITE_FILE | _TRUNCATES))
    library.syscall(_RESTRICT_SELF, rules, 0)
    os.close(rules)


def _allow(library: ctypes.CDLL, rules: int, path: Path, access: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", access, opened)
    library.syscall(_ADD_RULE, rules, _PATH_BENEATH, rule, 0)
    os.close(opened)


# --- seccomp -----------------------------------------------------------------------------------


class _Machine(NamedTuple):
    audit: int
    calls: dict[str, int]


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        {
            "kill": 62,
            "tkill": 200,
            "tgkill": 234,
            "clone": 56,
            "clone3": 435,
            "fork": 57,
            "vfork": 58,
            "execve": 59,
            "execveat": 322,
            "setuid": 105,
            "setgid": 106,
            "setgroups": 116,
            "setreuid": 113,
            "setregid": 114,
            "setresuid": 117,
            "setresgid": 119,
            "setfsuid": 122,
            "setfsgid": 123,
            "chroot": 161,
            "mount": 165,
            "umount2": 166,
            "reboot": 169,
            "settimeofday": 164,
            "clock_settime": 227,
            "sethostname": 170,
            "setpriority": 141,
            "chmod": 90,
            "fchmodat": 268,
            "fchmod": 91,
            "fchmodat2": 452,
            "chown": 92,
            "fchownat": 260,
            "fchown": 93,
            "lchown": 94,
            "utime": 132,
            "utimes": 235,
            "futimesat": 261,
            "utimensat": 280,
            "setxattr": 188,
            "lsetxattr": 189,
            "fsetxattr": 190,
            "removexattr": 197,
            "lremovexattr": 198,
            "fremovexattr": 199,
            "ptrace": 101,
            "process_vm_writev": 311,
            "sched_setparam": 142,
            "sched_setscheduler": 144,
            "sched_setaffinity": 203,
            "unshare": 272,
            "setns": 308,
            "pivot_root": 155,
            "adjtimex": 159,
            "clock_adjtime": 305,
            "setdomainname": 171,
            "acct": 163,
            "swapon": 167,
            "swapoff": 168,
            "init_module": 175,
            "finit_module": 313,
            "delete_module": 176,
            "kexec_load": 246,
            "bpf": 321,
            "rt_sigqueueinfo": 129,
            "pidfd_send_signal": 424,
        },
    ),
    "aarch64": _Machine(
        0xC00000B7,
        {
            "kill": 129,
            "tkill": 130,
            "tgkill": 131,
            "clone": 220,
            "clone3": 435,
            "execve": 221,
            "execveat": 281,
            "setuid": 146,
            "setgid": 144,
            "setgroups": 159,
            "setreuid": 145,
            "setregid": 143,
            "setresuid": 147,
            "setresgid": 149,
            "setfsuid": 151,
            "setfsgid": 152,
            "chroot": 51,
            "mount": 40,
            "umount2": 39,
            "reboot": 142,
            "settimeofday": 170,
            "clock_settime": 112,
            "sethostname": 161,
            "setpriority": 140,
            "fchmodat": 53,
            "fchmod": 52,
            "fchmodat2": 452,
            "fchownat": 54,
            "fchown": 55,
            "utimensat": 88,
            "setxattr": 5,
            "lsetxattr": 6,
            "fsetxattr": 7,
            "removexattr": 14,
            "lremovexattr": 15,
            "fremovexattr": 16,
            "ptrace": 117,
            "process_vm_writev": 271,
            "sched_setparam": 118,
            "sched_setscheduler": 119,
            "sched_setaffinity": 122,
            "unshare": 97,
            "setns": 268,
            "pivot_root": 41,
            "adjtimex": 171,
            "clock_adjtime": 266,
            "setdomainname": 162,
            "acct": 89,
            "swapon": 224,
            "swapoff": 225,
            "init_module": 105,
            "finit_module": 273,
            "delete_module": 106,
            "kexec_load": 104,
            "bpf": 280,
            "rt_sigqueueinfo": 138,
            "pidfd_send_signal": 424,
        },
    ),
}
_LOAD, _JUMP_EQUAL, _JUMP_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EPERM, _ENOSYS = 1, 38
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # in struct seccomp_data
_CLONE_THREAD = 0x10000


def _refuse_calls(library: ctypes.CDLL) -> None:
    """Nothing that reaches another process; a process may signal itself and start threads."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return
    program = b"".join(_program(machine, os.getpid()))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))

    whole = Program(len(program) // 8, program)
    library.prctl(_SET_SECCOMP, _SECCOMP_FILTER, ctypes.byref(whole), 0, 0)


def _program(machine: _Machine, own: int) -> Iterator[bytes]:
    yield _instruction(_LOAD, _ARCHITECTURE)
    yield from _unless(_JUMP_EQUAL, machine.audit, _ALLOW)
    yield _instruction(_LOAD, _NUMBER)
    for name, number in machine.calls.items():
        body = list(_body(name, own))
        yield _instruction(_JUMP_EQUAL, number, 0, len(body))
        yield from body
    yield _instruction(_RETURN, _ALLOW)


def _body(name: str, own: int) -> Sequence[bytes]:
    """What is done about a call; it ends the program."""
    if name == "clone3":  # its flags are behind a pointer: the C library then takes clone
        return [_instruction(_RETURN, _ERRNO | _ENOSYS)]
    refused = _instruction(_RETURN, _ERRNO | _EPERM)
    allowed = _instruction(_RETURN, _ALLOW)
    if name in ("kill", "tgkill"):
        own_process = _instruction(_JUMP_EQUAL, own, 0, 1)
        return [_instruction(_LOAD, _FIRST_ARGUMENT), own_process, allowed, refused]
    if name == "clone":
        thread = _instruction(_JUMP_SET, _CLONE_THREAD, 0, 1)
        return [_instruction(_LOAD, _FIRST_ARGUMENT), thread, allowed, refused]
    return [refused]


def _unless(jump: int, operand: int, verdict: int) -> Iterator[bytes]:
    yield _instruction(jump, operand, 1, 0)
    yield _instruction(_RETURN, verdict)


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)
