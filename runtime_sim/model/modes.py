"""Locality: whether a value may lie on OxCaml's local stack.

A value at mode `local` ends with the region it was made in, so nothing that outlives the region
may hold it.  The mode is deep: what a local value holds is local too, except where its type says
otherwise.

Source: OxCaml, jane/doc/extensions/_02-stack-allocation/reference.md.
"""

from __future__ import annotations

import enum


class Locality(enum.IntEnum):
    """How long a value may be kept; ordered: what is `GLOBAL` may be used as `LOCAL`."""

    GLOBAL = 0
    EITHER = 1  # [@local_opt]: every position so marked is local, or every one is global
    LOCAL = 2

    @property
    def may_be_local(self) -> bool:
        return self is not Locality.GLOBAL

    def fits(self, expected: Locality) -> bool:
        """Whether a value of this mode may be handed on where `expected` is asked for.

        Positions marked `EITHER` follow one another, so `EITHER` fits `EITHER`.
        """
        return self <= expected

    def of_field(self, mutable: bool, global_: bool) -> Locality:
        """The mode of a field's content: a mutable or `global_` field holds global values only."""
        return Locality.GLOBAL if mutable or global_ else self


def join(a: Locality, b: Locality) -> Locality:
    """The mode of a value that has one mode or the other."""
    return max(a, b)
