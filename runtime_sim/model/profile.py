"""The OCaml releases that stubs are checked for."""

from __future__ import annotations

import enum


class Profile(enum.Enum):
    """A family of OCaml runtimes with the same rules for C stubs."""

    OCAML_4_14 = "ocaml-4.14"
    OCAML_5 = "ocaml-5"
    OXCAML = "oxcaml"

    @property
    def version(self) -> tuple[int, int]:
        """The release the profile stands for."""
        return (4, 14) if self is Profile.OCAML_4_14 else (5, 3)

    @property
    def ocaml_version(self) -> int:
        """The headers' OCAML_VERSION."""
        return 41400 if self is Profile.OCAML_4_14 else 50300
