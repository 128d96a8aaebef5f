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
    `rows` are the user's additions to the table of runtime functions.
    """

    profile: Profile
    root: str
    rows: tuple[ApiRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to check: `path` as the user gave it, which is how findings name it.

    `content` is what it holds when that is not to be read from the path (standard input).
    """

    path: str
    flags: Flags = Flags()
    content: bytes | None = None
