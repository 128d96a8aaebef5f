"""What a program does before it calls its stubs, as far as that is plain to see in its OCaml side.

Stubs count on it: they look up the exceptions that their module has registered, and keep what
their own initialisation has found. Looked for are `Callback.register` and `register_exception`
with a literal name, and externals applied to `()` in a `let () = ...` that stands by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_REGISTRATION = re.compile(r'\bCallback\s*\.\s*register(_exception)?\s*\(?\s*"([^"\\]+)"')
_EFFECT = re.compile(r"^let\s+(?:\(\s*\)|_)\s*=(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\(\*.*?\*\)", re.DOTALL)


class Initialisation(NamedTuple):
    """The names that are registered for exceptions and for functions, and the externals called."""

    exceptions: tuple[str, ...]
    functions: tuple[str, ...]
    externals: tuple[str, ...]


def read_initialisation(texts: Iterable[str]) -> Initialisation:
    """What some files do at the start, in their order; `externals` are OCaml names."""
    exceptions: dict[str, None] = {}
    functions: dict[str, None] = {}
    externals: dict[str, None] = {}
    for text in texts:
        plain = _COMMENT.sub(" ", text)
        for is_exception, name in _REGISTRATION.findall(plain):
            (exceptions if is_exception else functions)[name] = None
        externals |= dict.fromkeys(_called(plain))
    return Initialisation(tuple(exceptions), tuple(functions), tuple(externals))


def _called(text: str) -> Iterator[str]:
    for effect in _EFFECT.findall(text):
        yield from re.findall(r"\b([a-z_][\w']*)\s*\(\s*\)", effect)
