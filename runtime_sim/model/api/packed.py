"""Rows as lines of text: quick to load, and unfolded only when a name is asked for.

    caml_alloc_some|collects=yes|params=stored|result=fresh|size=1

Keys are those of the TOML files; lists have commas, flags that are true have no value.
"""

from __future__ import annotations

from typing import Any

Data = dict[str, Any]
"""A row before its enumerations are looked up: strings, numbers, flags and tuples of them."""

DEFAULTS: Data = {"kind": "function", "collects": "no", "raises": "no", "lock": "needs"}
FLAGS = frozenset({"runs_ocaml", "pure", "lvalue", "oxcaml", "internal"})
NUMBERS = frozenset({"result_of", "size"})
VERSIONS = frozenset({"since", "until"})


def pack(name: str, data: Data) -> str:
    """One row on one line."""
    fields = [name]
    for key, item in sorted(data.items()):
        if item == DEFAULTS.get(key) or item == "" or item is False:
            continue
        if key == "params":
            item = ",".join(item)
        elif key in VERSIONS:
            item = ".".join(map(str, item))
        elif "|" in str(item):
            raise ValueError(f"{name}.{key}: '|' separates fields")
        fields.append(key if item is True else f"{key}={item}")
    return "|".join(fields)


def unpack(fields: str) -> Data:
    """What `pack` wrote after the name."""
    data = dict(DEFAULTS)
    for field in fields.split("|"):
        key, _, item = field.partition("=")
        if key == "params":
            data[key] = tuple(item.split(",")) if item else ()
        elif key in FLAGS:
            data[key] = True
        elif key in NUMBERS:
            data[key] = int(item)
        elif key in VERSIONS:
            major, _, minor = item.partition(".")
            data[key] = int(major), int(minor)
        else:
            data[key] = item
    return data
