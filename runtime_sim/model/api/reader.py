"""Rows of the API table as TOML: one table a name, defaults left out, nothing unknown let pass.

    header = "caml/alloc.h"              # a key outside a table holds for every row of the file

    [caml_alloc_small]
    signature = "value (mlsize_t, tag_t)"
    params = ["wosize", "tag"]
    collects = "yes"
    result = "fresh"
    contents = "garbage"

The keys are the fields of `ApiRow`.  `like = "other"` takes what is not said from another row, and
a LEGACY row takes everything from its `replacement`.
"""

from __future__ import annotations

import enum
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from runtime_sim.model.api.packed import DEFAULTS, FLAGS, NUMBERS, VERSIONS, Data
from runtime_sim.model.api.row import ENUMERATIONS, Role, Version

_TEXTS = frozenset(
    {"header", "signature", "collects_if", "raises_if", "tag", "replacement", "note", "like"}
)
# What a name is, as opposed to what it does: not taken from another row.
_IDENTITY = frozenset(
    {"kind", "header", "signature", "since", "until", "oxcaml", "internal", "replacement", "note"}
)
_VERSION = re.compile(r"(\d+)\.(\d+)")


class RowError(ValueError):
    """A row that cannot be used. `key` is "" when the fault is not in a single one."""

    def __init__(self, source: str, line: int | None, row: str, key: str, problem: str) -> None:
        where = source if line is None else f"{source}:{line}"
        what = ".".join(filter(None, (row, key)))
        super().__init__(f"{where}: {what}: {problem}" if what else f"{where}: {problem}")
        self.source = source
        self.line = line
        self.row = row
        self.key = key


def read_rows(
    files: Mapping[str, str], known: Callable[[str], Data | None] = lambda name: None
) -> dict[str, Data]:
    """Read and check the rows of files, given by name and text.

    They may refer to each other's rows, and to those that `known` finds elsewhere.
    """
    said: dict[str, tuple[_File, Data]] = {}
    for source, text in files.items():
        file = _File(source, text)
        for name, data in file.rows():
            if name in said:
                raise file.error(name, "", f"{said[name][0].source} has this row too")
            said[name] = file, data
    reader = _Completer(said, known)
    return {name: reader.complete(name, ()) for name in said}


class _File:
    """One file of rows, and where in it a fault is."""

    def __init__(self, source: str, text: str) -> None:
        self.source = source
        self.text = text

    def rows(self) -> Iterator[tuple[str, Data]]:
        """Each row as it is written, with what holds for the whole file."""
        try:
            document = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise RowError(self.source, None, "", "", str(error)) from None
        tables = {name: item for name, item in document.items() if isinstance(item, dict)}
        shared = self.plain("", {k: v for k, v in document.items() if k not in tables})
        for name, table in tables.items():
            yield name, shared | self.plain(name, table)

    def plain(self, row: str, table: Mapping[str, Any]) -> Data:
        """The keys of one table, each checked and brought into plain form."""
        data: Data = {}
        for key, item in table.items():
            try:
                data[key] = _plain(key, item)
            except ValueError as error:
                raise self.error(row, key, str(error)) from None
        return data

    def error(self, row: str, key: str, problem: str) -> RowError:
        return RowError(self.source, self.line_of(row, key), row, key, problem)

    def line_of(self, row: str, key: str) -> int | None:
        """The line of a row's key, or of its head where the key is not written."""
        start, end = 0, len(self.text)
        if row:
            head = re.search(rf"""^\[\s*["']?{re.escape(row)}["']?\s*\]""", self.text, re.M)
            if not head:
                return None
            start = head.end()
        following = re.compile(r"^\[", re.M).search(self.text, start)
        if following:
            end = following.start()
        place = re.compile(rf"^\s*{re.escape(key)}\s*=", re.M).search(self.text, start, end)
        return self.text.count("\n", 0, place.end() if key and place else start) + 1


class _Completer:
    """Fills rows up from the rows they refer to and with the defaults."""

    def __init__(
        self, said: Mapping[str, tuple[_File, Data]], known: Callable[[str], Data | None]
    ) -> None:
        self.said = said
        self.known = known
        self.full: dict[str, Data] = {}

    def complete(self, name: str, above: tuple[str, ...]) -> Data:
        """The whole row; `above` are the rows that led here."""
        if name in self.full:
            return self.full[name]
        file, own = self.said[name]
        key = "like" if "like" in own else "replacement"
        data = dict(DEFAULTS)
        if own.get(key):
            if own[key] in (name, *above):
                raise file.error(name, key, "the rows refer to each other in a circle")
            other = self.other(own[key], (*above, name))
            if other is None:
                raise file.error(name, key, f"there is no row '{own[key]}'")
            data.update((k, v) for k, v in other.items() if k not in _IDENTITY)
        data.update((k, v) for k, v in own.items() if k != "like")
        if "result" not in data and re.match(r"void\s*\(", data.get("signature", "")):
            data["result"] = "void"
        fault = fault_of(data)
        if fault:
            raise file.error(name, *fault)
        self.full[name] = data
        return data

    def other(self, name: str, above: tuple[str, ...]) -> Data | None:
        return self.complete(name, above) if name in self.said else self.known(name)


def _plain(key: str, item: Any) -> Any:
    """One value in plain form; ValueError says what was expected."""
    if key in ENUMERATIONS:
        return _member(ENUMERATIONS[key], item)
    if key == "params":
        if not isinstance(item, list):
            raise ValueError("expected a list of roles")
        return tuple(_member(Role, role) for role in item)
    if key in VERSIONS:
        return _version(item)
    for keys, kind, name in (
        (_TEXTS, str, "a string"),
        (FLAGS, bool, "true or false"),
        (NUMBERS, int, "a number"),
    ):
        if key in keys:
            if type(item) is not kind:
                raise ValueError(f"expected {name}")
            return item
    raise ValueError("unknown key")


def _member(kind: type[enum.Enum], item: Any) -> str:
    names = [str(member.value) for member in kind]
    if item not in names:
        raise ValueError(f"expected one of {', '.join(names)}")
    return str(item)


def _version(item: Any) -> Version:
    match = _VERSION.fullmatch(item) if isinstance(item, str) else None
    if not match:
        raise ValueError('expected a release such as "4.14"')
    return int(match[1]), int(match[2])


def arity(signature: str) -> int | None:
    """How many named arguments a prototype or macro has; None when it says nothing."""
    if re.match(r"\w+\s*\(\*", signature):  # a variable that holds a function
        return None
    start = signature.find("(")
    if start < 0:
        return None
    inside = signature[start + 1 : signature.rindex(")")]
    nested = 1
    while nested:  # function pointers
        inside, nested = re.subn(r"\([^()]*\)", "*", inside)
    names = [part.strip() for part in inside.split(",")]
    return sum(name not in ("", "void", "...") for name in names)


def fault_of(data: Data) -> tuple[str, str] | None:
    """The key and the fault of a row that contradicts itself; None if it does not."""
    if "result" not in data:
        return "result", "missing"
    params, counted = data.get("params"), arity(data.get("signature", ""))
    result_of = data.get("result_of")
    effects = data["collects"] != "no" or data["raises"] != "no"
    for wrong, key, problem in (
        (
            params is not None and counted not in (None, len(params or ())),
            "params",
            f"the signature has {counted}",
        ),
        (
            (data["raises"] == "always") and data["result"] != "never",
            "result",
            "what always raises never returns",
        ),
        (
            (data["collects"] == "unlikely") != bool(data.get("collects_if")),
            "collects_if",
            "goes with collects = unlikely",
        ),
        (
            (data["raises"] == "unlikely") != bool(data.get("raises_if")),
            "raises_if",
            "goes with raises = unlikely",
        ),
        (
            data["collects"] == "if-raises" and data["raises"] == "no",
            "collects",
            "if-raises needs something that raises",
        ),
        (bool(data.get("pure")) and effects, "pure", "it collects or raises"),
        (
            data["result"] in ("argument", "derived") and result_of is None,
            "result_of",
            "missing",
        ),
        (
            result_of is not None and params is not None and not 0 <= result_of < len(params),
            "result_of",
            "there is no such argument",
        ),
        (
            "since" in data and "until" in data and data["since"] > data["until"],
            "until",
            "lies before since",
        ),
    ):
        if wrong:
            return key, problem
    return None
