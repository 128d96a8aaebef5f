"""What each function and macro of the OCaml runtime does, for one profile."""

from __future__ import annotations

import re
from collections.abc import Sequence

from runtime_sim.model.api._table import TABLE
from runtime_sim.model.api.packed import Data, unpack
from runtime_sim.model.api.row import (
    ENUMERATIONS,
    ApiRow,
    Collects,
    Contents,
    Heap,
    Kind,
    LockUse,
    Raises,
    Result,
    Role,
    Version,
)
from runtime_sim.model.profile import Profile

__all__ = [
    "Api",
    "ApiRow",
    "Collects",
    "Contents",
    "Heap",
    "Kind",
    "LockUse",
    "Raises",
    "Result",
    "Role",
    "Version",
    "load_api",
    "parse_rows",
]

_PACKED: dict[str, str] = {
    name: fields for name, _, fields in [line.partition("|") for line in TABLE.splitlines()]
}
# What limits a packed row to some profiles.
_LIMIT = re.compile(r"(?:^|\|)(oxcaml|since|until)(?:=(\d+)\.(\d+))?")


class Api:
    """The rows of one profile, each made when it is first asked for.

    A name that the profile lacks is known all the same: who uses it should be told what became of
    it.  `exists` tells the two apart.
    """

    __slots__ = ("_profile", "_rows")

    def __init__(self, profile: Profile, extra: Sequence[ApiRow]) -> None:
        self._profile = profile
        self._rows = {row.name: row for row in extra}

    @property
    def profile(self) -> Profile:
        return self._profile

    def get(self, name: str) -> ApiRow | None:
        """The row of a name, in whatever release it is or was."""
        row = self._rows.get(name)
        if row is None and name in _PACKED:
            row = self._rows[name] = _row(name, unpack(_PACKED[name]))
        return row

    def exists(self, name: str) -> bool:
        """Whether the profile's headers or library have the name."""
        row = self._rows.get(name)
        if row is None:
            return name in _PACKED and self._has(_PACKED[name])
        return self._within(row.oxcaml, row.since, row.until)

    def names(self) -> frozenset[str]:
        """All names that have a row."""
        return frozenset(_PACKED) | frozenset(self._rows)

    def declared(self) -> frozenset[str]:
        """Those that exist in the profile; makes no rows."""
        return frozenset(filter(self.exists, self.names()))

    def macros(self) -> frozenset[str]:
        """Those that are macros to every stub, without CAML_INTERNALS and compatibility.h."""
        return frozenset(
            [
                name
                for name, fields in _PACKED.items()
                if "kind=macro" in fields
                and "internal" not in fields.split("|")
                and self._has(fields)
            ]
        )

    def _has(self, packed: str) -> bool:
        for key, major, minor in _LIMIT.findall(packed):
            if key == "oxcaml":
                if self._profile is not Profile.OXCAML:
                    return False
            elif (version := (int(major), int(minor))) != self._profile.version and (
                (version > self._profile.version) is (key == "since")
            ):
                return False
        return True

    def _within(self, oxcaml: bool, since: Version | None, until: Version | None) -> bool:
        version = self._profile.version
        return (
            (not oxcaml or self._profile is Profile.OXCAML)
            and (since is None or since <= version)
            and (until is None or version <= until)
        )


def load_api(profile: Profile, extra: Sequence[ApiRow] = ()) -> Api:
    """The table under a profile; `extra` rows go before ours of the same name."""
    return Api(profile, extra)


def parse_rows(text: str, source: str) -> tuple[ApiRow, ...]:
    """Read users' rows, in the format of our own files; RowError of `reader` names the fault."""
    # Our own rows are read when they change (tools/make_api_table.py): most runs need no TOML.
    from runtime_sim.model.api.reader import read_rows

    rows = read_rows({source: text}, _known)
    return tuple(_row(name, data) for name, data in rows.items())


def _known(name: str) -> Data | None:
    return unpack(_PACKED[name]) if name in _PACKED else None


def _row(name: str, data: Data) -> ApiRow:
    fields = {"header": "", "signature": "", **data}
    for key, kind in ENUMERATIONS.items():
        if key in fields:
            fields[key] = kind(fields[key])
    if "params" in fields:
        fields["params"] = tuple([Role(role) for role in fields["params"]])
    return ApiRow(name=name, **fields)
