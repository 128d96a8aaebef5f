from __future__ import annotations

import json

from analyzer.diagnostics import Step
from analyzer.ir.nodes import Position
from analyzer.report.style import Style
from analyzer.result import Primitive
from runtime_sim.model.types import Constr, External, Slot
from stubcheck.print_primitives import primitives_json, primitives_text

INT = Slot(Constr("int"))
READ = Primitive(
    External("read", (INT, INT), INT, ("a_read_bytecode", "a_read"), (), "int -> int -> int"),
    "Low.read",
    Position("a.ml", 3, 1),
    Position("a.c", 10, 7),
    may_collect=True,
    may_raise=True,
    releases_lock=True,
    why=(
        Step(Position("a.c", 12, 3), "'fill' may collect here"),
        Step(Position("fill.c", 4, 5), "'caml_alloc_string' may collect here"),
    ),
)
SIZE = Primitive(
    External("size", (INT,), INT, ("a_size",), ("noalloc",), "int -> int"),
    "size",
    Position("a.ml", 5, 1),
    Position("a.c", 30, 7),
    may_collect=False,
    may_raise=False,
    releases_lock=False,
)
HASH = Primitive(
    External("hash", (INT,), INT, ("caml_hash",), (), "int -> int"),
    "hash",
    Position("b.mli", 1, 1),
    None,
    may_collect=True,
    may_raise=False,
    releases_lock=False,
)
OPEN = Primitive(
    External("open", (INT,), INT, ("a_open",), (), "int -> int"),
    "open",
    Position("c.ml", 1, 1),
    Position("c.c", 4, 7),
    may_collect=True,
    may_raise=None,
    releases_lock=False,
    why=(Step(Position("c.c", 5, 3), "'helper' is called, of which nothing is known"),),
)
GONE = Primitive(
    External("gone", (INT,), INT, ("a_gone",), ("noalloc",), "int -> int"),
    "gone",
    Position("c.ml", 2, 1),
    None,
    may_collect=None,
    may_raise=None,
    releases_lock=False,
)


def test_people_read_a_block_a_file_and_the_calls_below_each_external() -> None:
    assert (
        primitives_text([READ, SIZE, HASH], Style(False))
        == """\
a.ml
  Low.read  a_read (in bytecode a_read_bytecode), a.c:10: may collect, may raise, releases the lock
    line 12: 'fill' may collect here
    fill.c:4: 'caml_alloc_string' may collect here
  size      a_size, a.c:30: neither collects nor raises, declared noalloc

b.mli
  hash  caml_hash, not defined here: may collect
"""
    )


def test_people_are_told_what_is_not_known() -> None:
    assert (
        primitives_text([OPEN, GONE], Style(False))
        == """\
c.ml
  open  a_open, c.c:4: may collect, not known whether it raises
    line 5: 'helper' is called, of which nothing is known
  gone  a_gone, not defined here: not known whether it collects or raises, declared noalloc
"""
    )


def test_programs_are_told_that_it_may_be_and_that_it_is_not_known() -> None:
    rows = json.loads(primitives_json([READ, SIZE, OPEN, GONE]))
    assert [(row["may_collect"], row["may_raise"], row["known"]) for row in rows] == [
        (True, True, True),
        (False, False, True),
        (True, True, False),
        (True, True, False),
    ]


def test_names_are_made_to_stand_out_where_there_are_colours() -> None:
    coloured = primitives_text([HASH], Style(True))
    assert coloured.splitlines()[0] == "\x1b[1mb.mli\x1b[0m"


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    odd = External("x", (INT,), INT, ("a\x1b[2J",), (), "int -> int")
    primitive = Primitive(odd, "x", Position("b.ml", 1, 1), None, False, False, False)
    assert "\x1b" not in primitives_text([primitive], Style(False))


def test_nothing_found_is_said() -> None:
    assert primitives_text([], Style(False)) == "no externals\n"
    assert primitives_json([]) == "[]\n"


def test_programs_read_a_list_of_objects() -> None:
    assert json.loads(primitives_json([READ, HASH])) == [
        {
            "ml_name": "Low.read",
            "ml_path": "a.ml",
            "ml_line": 3,
            "type": "int -> int -> int",
            "c_name": "a_read",
            "bytecode_name": "a_read_bytecode",
            "path": "a.c",
            "line": 10,
            "arity": 2,
            "may_collect": True,
            "may_raise": True,
            "releases_lock": True,
            "known": True,
            "noalloc": False,
            "why": [
                {"path": "a.c", "line": 12, "column": 3, "message": "'fill' may collect here"},
                {
                    "path": "fill.c",
                    "line": 4,
                    "column": 5,
                    "message": "'caml_alloc_string' may collect here",
                },
            ],
        },
        {
            "ml_name": "hash",
            "ml_path": "b.mli",
            "ml_line": 1,
            "type": "int -> int",
            "c_name": "caml_hash",
            "bytecode_name": "caml_hash",
            "path": None,
            "line": None,
            "arity": 1,
            "may_collect": True,
            "may_raise": False,
            "releases_lock": False,
            "known": True,
            "noalloc": False,
            "why": [],
        },
    ]
