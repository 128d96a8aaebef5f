from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.diagnostics import Severity
from runtime_sim.model.api.row import Collects
from runtime_sim.model.profile import Profile
from stubcheck.config import find_config, read_config
from stubcheck.errors import UserError
from stubcheck.settings import Settings

Write = Callable[..., Path]


def test_every_key_is_read(write: Write) -> None:
    write(
        "stubcheck.toml",
        """
        profile = ["ocaml-4.14", "ocaml-5"]
        select = ["bad-tag"]
        ignore = ["stale-pointer"]
        pedantic = true
        fail-on = "error"
        define = ["A", "B=1"]
        include = ["inc"]
        exclude = ["vendor/"]
        per-file-ignores = { "t/*" = ["bad-tag"] }
        """,
    )
    assert read_config("stubcheck.toml") == Settings(
        profile=(Profile.OCAML_4_14, Profile.OCAML_5),
        select=("bad-tag",),
        ignore=("stale-pointer",),
        pedantic=True,
        fail_on=Severity.ERROR,
        define=("A", "B=1"),
        include=("inc",),
        exclude=("vendor/",),
        per_file_ignores=(("t/*", ("bad-tag",)),),
        base=os.getcwd(),
    )


def test_a_section_of_pyproject_is_read(write: Write) -> None:
    write("pyproject.toml", '[tool.stubcheck]\nprofile = "oxcaml"\n[tool.ruff]\nx = 1\n')
    assert read_config("pyproject.toml").profile == (Profile.OXCAML,)


def test_functions_are_rows_of_the_table(write: Write) -> None:
    write(
        "stubcheck.toml",
        """
        [function.my_make]
        signature = "value (value)"
        header = "my.h"
        params = ["value"]
        collects = "yes"
        result = "fresh"
        """,
    )
    (row,) = read_config("stubcheck.toml").function
    assert (row.name, row.collects) == ("my_make", Collects.YES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("slect = []", "stubcheck.toml: 'slect' is no setting; is 'select' meant?"),
        ("zzz = 1", "stubcheck.toml: 'zzz' is no setting"),
        ("pedantic = 1", "stubcheck.toml: 'pedantic' wants true or false"),
        ("select = 'a'", "stubcheck.toml: 'select' wants a list of rule names"),
        ("fail-on = 'never'", "'never' is no severity"),
        ("profile = 'ocaml-3'", "'ocaml-3' is no profile"),
        ("per-file-ignores = []", "wants a table from a pattern"),
        ("function.f.colects = 'yes'", "f.colects: "),
        ("[[function]]\nname = 'f'", "'function' wants a table from a function's name"),
        ("x = ", "stubcheck.toml: Invalid value"),
    ],
)
def test_what_is_wrong_is_said_with_the_file_and_the_key(
    write: Write, text: str, message: str
) -> None:
    write("stubcheck.toml", text)
    with pytest.raises(UserError) as error:
        read_config("stubcheck.toml")
    assert message in str(error.value)


def test_a_settings_file_that_is_named_must_exist() -> None:
    with pytest.raises(UserError, match=r"cannot open 'gone\.toml'"):
        read_config("gone.toml")


def test_the_nearest_settings_file_above_the_first_path_holds(write: Write, folder: Path) -> None:
    write("stubcheck.toml")
    write("a/pyproject.toml", "[tool.other]\n")
    write("a/b/pyproject.toml", "[tool.stubcheck]\n")
    write("a/b/c/x.c")
    assert find_config("a/b/c/x.c") == str(folder / "a/b/pyproject.toml")
    assert find_config("a") == str(folder / "stubcheck.toml")


def test_folders_are_relative_to_the_settings_file(write: Write) -> None:
    write("a/stubcheck.toml", 'include = ["inc"]')
    assert read_config("a/stubcheck.toml").include == ("a/inc",)
