"""What the analysis is told besides the files themselves."""

from __future__ import annotations

from dataclasses import dataclass

from runtime_sim.model.api.row import ApiRow
from runtime_sim.model.profile import Profile


@dataclass(frozen=True, slots=True)
class Flags:
    """Compiler flags of one file.

    `defines` maps a name to its replacement text ("1" for a bare -D).
    """

    defines: tuple[tuple[str, str], ...] = ()
    undefines: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of one run over one project.

    `root` is the project's folder: no header outside it is read, apart from `Flags.includes`.
    `rows` are the user's additions to the table of runtime functions.  `folders` are those that
    were given as a whole.
    """

    profile: Profile
    root: str
    rows: tuple[ApiRow, ...] = ()
    folders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A C file to check: `path` as the user gave it, which is how findings name it.

    `content` is what it holds when that is not to be read from the path (standard input).
    """

    path: str
    flags: Flags = Flags()
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class OcamlFile:
    """A file of a project's OCaml side: `path` as the user gave it.

    `may_declare` is false where it is known to hold no `external`: such a file is read, from its
    path, only when a type that it defines is asked for.  `content` is given where it is at hand.
    """

    path: str
    content: bytes | None = None
    may_declare: bool = True
