"""The compiler flags of a C file, from compile_commands.json or dune, and the command line's."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from analyzer.options import Flags
from stubcheck.sexp import Sexp, SexpError, atoms, parse_sexps, stanzas

T = TypeVar("T")

COMPILE_COMMANDS = "compile_commands.json"
_OPTION = re.compile(r"(-iquote|-isystem|-idirafter|-[DUI])(.*)", re.DOTALL)


def parse_flags(arguments: Iterable[str], folder: str) -> Flags:
    """What -D, -U and -I among a compiler's arguments come to; `folder` is where it runs."""
    macros: dict[str, str | None] = {}
    includes: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        match = _OPTION.fullmatch(argument)
        if match is None:
            continue
        option, content = match.groups()
        content = content or next(rest, "")
        if option == "-D":
            name, equals, replacement = content.partition("=")
            macros[name] = replacement if equals else "1"
        elif option == "-U":
            macros[content] = None
        elif content:
            includes.append(os.path.normpath(os.path.join(folder, content)))
    return Flags(
        tuple((name, text) for name, text in macros.items() if text is not None),
        tuple(name for name, text in macros.items() if text is None),
        tuple(dict.fromkeys(includes)),
    )


def merge_flags(project: Flags, user: Flags) -> Flags:
    """Both, the user's winning: his macros hold, his folders are searched first."""
    decided = {name for name, _ in user.defines} | set(user.undefines)
    return Flags(
        user.defines + tuple(pair for pair in project.defines if pair[0] not in decided),
        user.undefines + tuple(name for name in project.undefines if name not in decided),
        tuple(dict.fromkeys(user.includes + project.includes)),
    )


class BuildFlags:
    """What a project's build files say about its C files; each is read once.

    `warnings` are the build files that could not be understood: their flags are not known, which
    is no reason not to check.  Folders outside the project are left out, as are their headers.
    """

    def __init__(self, root: str) -> None:
        self._name = root
        self._root = os.path.abspath(root)
        self.warnings: list[str] = []
        self._commands: dict[str, dict[str, Flags]] = {}
        self._stanzas: dict[str, list[Sexp]] = {}

    def of(self, path: str) -> Flags:
        """The flags of a C file: from the nearest compile_commands.json, else from dune."""
        absolute = os.path.abspath(path)
        folders = list(self._upward(os.path.dirname(absolute)))
        for folder in folders:
            flags = self._compile_commands(folder).get(absolute)
            if flags is not None:
                return self._inside(flags)
        for folder in folders:
            relative = os.path.splitext(os.path.relpath(absolute, folder))[0]
            found = _dune_flags(self._dune(folder), relative.replace(os.sep, "/"))
            if found is not None:
                return self._inside(parse_flags(found, folder))
        return Flags()

    def _upward(self, folder: str) -> Iterator[str]:
        while True:
            yield folder
            parent = os.path.dirname(folder)
            if folder == self._root or parent == folder:
                return
            folder = parent

    def _inside(self, flags: Flags) -> Flags:
        within = os.path.join(self._root, "")
        includes = tuple(
            os.path.normpath(os.path.join(self._name, os.path.relpath(path, self._root)))
            for path in flags.includes
            if (path + os.sep).startswith(within)
        )
        return Flags(flags.defines, flags.undefines, includes)

    def _compile_commands(self, folder: str) -> dict[str, Flags]:
        if folder not in self._commands:
            self._commands[folder] = self._read(folder, COMPILE_COMMANDS, _parse_commands) or {}
        return self._commands[folder]

    def _dune(self, folder: str) -> list[Sexp]:
        if folder not in self._stanzas:
            self._stanzas[folder] = self._read(folder, "dune", _parse_dune) or []
        return self._stanzas[folder]

    def _read(self, folder: str, name: str, parse: Callable[[str, str], T]) -> T | None:
        path = os.path.join(folder, name)
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                return parse(file.read(), folder)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except OSError as error:
            self.warnings.append(f"{os.path.relpath(path)}: {error.strerror}")
        except SexpError as error:
            self.warnings.append(f"{os.path.relpath(path)}:{error}")
        except (ValueError, RecursionError) as error:
            self.warnings.append(f"{os.path.relpath(path)}: {error}")
        return None


def _parse_commands(text: str, folder: str) -> dict[str, Flags]:
    """The flags of each file of a compilation database; the first entry of a file counts."""
    entries = json.loads(text)
    if not isinstance(entries, list):
        raise ValueError("not a list of commands")
    flags: dict[str, Flags] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("file"), str):
            raise ValueError("a command names no file")
        directory = os.path.join(folder, str(entry.get("directory", "")))
        path = os.path.normpath(os.path.join(directory, entry["file"]))
        if path not in flags:
            arguments = entry.get("arguments")
            if not isinstance(arguments, list):
                arguments = shlex.split(str(entry.get("command", "")))
            flags[path] = parse_flags(map(str, arguments), directory)
    return flags


def _parse_dune(text: str, folder: str) -> list[Sexp]:
    # A dune file that is an OCaml program says so in its first comment.
    return [] if text.startswith("(*") else parse_sexps(text)


def _dune_flags(dune: Sequence[Sexp], name: str) -> list[str] | None:
    """The C flags that a dune file gives the C file of that name; None if it has none such.

    `name` is without suffix, relative to the folder of the dune file.  What dune computes
    (`%{...}`, `(:include ...)`) is not known and left out.
    """
    for stanza in dune:
        if not isinstance(stanza, list):
            continue
        for stubs in stanzas(stanza, "foreign_stubs"):
            if _is_c(stubs) and _names(stubs, "names", name):
                return _plain_flags(stubs, "flags") + _include_dirs(stubs)
        if any(stanzas(stanza, "c_names")) and _names(stanza, "c_names", name):
            return _plain_flags(stanza, "c_flags")
        if _is_c(stanza) and _names(stanza, "names", name):
            return _plain_flags(stanza, "flags") + _include_dirs(stanza)
    return None


def _is_c(stanza: Sequence[Sexp]) -> bool:
    return any(language == ["c"] for language in stanzas(stanza, "language"))


def _names(stanza: Sequence[Sexp], field: str, name: str) -> bool:
    """Whether the field names the file; without the field every C file beside it is meant."""
    named = list(stanzas(stanza, field))
    return any(name in atoms(names) for names in named) if named else "/" not in name


def _plain_flags(stanza: Sequence[Sexp], field: str) -> list[str]:
    return [
        flag
        for flags in stanzas(stanza, field)
        for flag in atoms(flags)
        if not flag.startswith(":") and "%{" not in flag
    ]


def _include_dirs(stanza: Sequence[Sexp]) -> list[str]:
    return [f"-I{folder}" for folder in _plain_flags(stanza, "include_dirs")]
