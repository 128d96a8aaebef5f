"""What a return address comes after: which of the runtime's entries is called there."""

from __future__ import annotations

import enum


class Kind(enum.Enum):
    """The call before a return address, as the compilers' `emit` files write it."""

    CALL = "call"
    """Of an OCaml function, directly or through a closure."""
    CALL_GC = "call_gc"
    """Of the collector, out of line, when an allocation does not fit."""
    POLL = "poll"
    """The same where nothing is allocated: signals and other domains are looked at."""
    ALLOC = "alloc"
    """Of the runtime's allocation, in line, in code that is compiled for size."""
    C_CALL = "c_call"
    RAISE = "raise"
    BOUND_ERROR = "bound_error"
    OTHER = "other"
    """No call that is known: in the runtime's own tables, or on a machine not read so far."""


def _with_vectors(name: str) -> tuple[str, ...]:
    """OxCaml has an entry for each set of vector registers that is to be saved."""
    return (name, f"{name}_sse", f"{name}_avx", f"{name}_avx512")


ENTRIES = {
    **dict.fromkeys(_with_vectors("caml_call_gc"), Kind.CALL_GC),
    **dict.fromkeys(
        (entry for size in ("1", "2", "3", "N") for entry in _with_vectors(f"caml_alloc{size}")),
        Kind.ALLOC,
    ),
    "caml_c_call": Kind.C_CALL,
    "caml_c_call_stack_args": Kind.C_CALL,
    "caml_raise_exn": Kind.RAISE,
    "caml_reraise_exn": Kind.RAISE,
    "caml_ml_array_bound_error": Kind.BOUND_ERROR,
    "caml_ml_array_align_error": Kind.BOUND_ERROR,
}
"""The runtime's entries that compiled code calls with a descriptor, by what they are for."""
