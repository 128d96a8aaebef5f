from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.options import OcamlFile
from stubcheck.contents import Contents

Write = Callable[..., Path]

EXTERNAL = 'external f : int -> int = "f"\n'
MARKED = "(* stubcheck: ignore[bad-tag] x *)\n"


@pytest.mark.parametrize(
    ("text", "file"),
    [
        (EXTERNAL, OcamlFile("a.ml", EXTERNAL.encode())),
        (MARKED, OcamlFile("a.ml", MARKED.encode(), may_declare=False)),
        ("let x = 1\n", OcamlFile("a.ml", may_declare=False)),
    ],
)
def test_of_ocaml_files_those_are_kept_that_are_looked_into(
    write: Write, text: str, file: OcamlFile
) -> None:
    write("a.ml", text)
    contents = Contents(hashed=True)
    assert contents.read_ocaml("a.ml") == file
    assert contents.kept == ({} if file.content is None else {"a.ml": file.content})
    assert contents.size_of(["a.ml"]) == len(file.content or b"")


def test_every_file_has_the_hash_of_its_content(write: Write) -> None:
    contents = Contents(hashed=True)
    for name, text in (("a.ml", "1"), ("b.ml", "1"), ("c.ml", "2"), ("d.ml", EXTERNAL)):
        write(name, text)
        contents.read_ocaml(name)
    write("a.c", "1")
    contents.read("a.c")
    one, same, other, declaring, c = map(contents.hash_of, ("a.ml", "b.ml", "c.ml", "d.ml", "a.c"))
    assert one == same == c
    assert len({one, other, declaring}) == 3
