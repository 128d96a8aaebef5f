"""Names that no file defines, in the text of the folder."""

from __future__ import annotations

import pytest

from tests.analyzer.flow.projects import mixed_findings

DEFINED = "value lib_one(value v) { return v; }\nvalue lib_two(value v) { return v; }\n"
OCAML = """\
external one : int -> int = "lib_one"
external two : int -> int = "lib_two"
external three : int -> int = "lib_sub_three"
"""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("value lib_sub_three(value v);", 1),
        ("extern CAMLprim value\nlib_sub_three (value v) ;", 1),
        ("value lib_sub_three(value (*f)(value));", 0),
        ("// lib_sub_three", 0),
        ("// lib_sub_three_more", 1),
        ("STUB(sub_three)", 0),
        ("STUBS(one, two,\n sub_three, four)", 0),
        ("STUB(one)\nSTUB (lib, sub_three, int)", 0),
        ("STUB(one); // sub_three", 1),
        ("  x = f(sub_three);", 1),
        ("STUB(three)", 1),
    ],
)
def test_a_name_that_the_folder_speaks_of_may_be_defined_there(text: str, count: int) -> None:
    include = "#include <caml/mlvalues.h>\n"
    files = {"a.c": f"{include}{DEFINED}", "b.c": f"#if 0\n{text}\n#endif\n", "a.ml": OCAML}
    assert mixed_findings(files) == [("missing-primitive", "", 3)] * count


def test_a_folders_text_is_taken_apart_once() -> None:
    defined = "".join(f"value lib_{n}(value v) {{ return v; }}\n" for n in range(1000))
    rest = "int number; /* of something (or other) */\n" * 5_000
    declared = [f'external f : int -> int = "lib_{n}"\n' for n in range(1000)]
    missing = [f'external f : int -> int = "lib_very_{n}"\n' for n in range(2000)]
    files = {
        "a.c": f"#include <caml/mlvalues.h>\n{defined}",
        "b.c": f"#if 0\n{rest}#endif\n",
        "a.ml": "".join(declared + missing),
    }
    assert len(mixed_findings(files)) == 2000
