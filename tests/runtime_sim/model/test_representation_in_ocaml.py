"""What the values of types look like, by OCaml itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.shapes import ValueShape
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Constructor,
    Extensible,
    Field,
    Opaque,
    PolyVariant,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
)
from tests.runtime_sim.model.definitions import (
    FLOAT,
    INT,
    STRING,
    A,
    define,
    record,
    variant,
)

PRELUDE = """
type u = float
type hidden_float = Hidden.t
type floats = { x : float; y : u }
type pair = { v : hidden_float; w : float }
type 'a cell = { mutable it : 'a }
type number = N of float [@@unboxed]
type numbers = { n : number; m : number }
type tree = Leaf | Node of { left : tree; depth : int; right : tree } | One of floats | Nil
type _ gadt = I : int -> int gadt | S : string * 'a list -> 'a gadt | E : unit gadt
type small = [ `A | `Some_longer_tag ]
type tags = [ small | `Pair of int * string | `Float of float ]
type ext = ..
type ext += Plain | Carrying of int
"""
"""The types of the samples; `Hidden.t` is an abstract float."""

SAMPLED: Mapping[str, TypeDefinition] = {
    "u": define(FLOAT),
    "hidden_float": define(None),
    "floats": define(record(("x", FLOAT), ("y", Constr("u")))),
    "pair": define(record(("v", Constr("hidden_float")), ("w", FLOAT))),
    "cell": define(record(Field("it", A, mutable=True)), "a"),
    "number": define(variant(("N", FLOAT)), unboxed=True),
    "numbers": define(record(("n", Constr("number")), ("m", Constr("number")))),
    "tree": define(
        Variant(
            (
                Constructor("Leaf"),
                Constructor(
                    "Node",
                    (
                        Field("left", Constr("tree")),
                        Field("depth", INT),
                        Field("right", Constr("tree")),
                    ),
                    record=True,
                ),
                Constructor("One", (Field("", Constr("floats")),)),
                Constructor("Nil"),
            )
        )
    ),
    "gadt": define(
        variant(("I", INT), ("S", STRING, Constr("list", (TypeVar("b"),))), ("E",)), "_"
    ),
    "small": define(PolyVariant((("A", ()), ("Some_longer_tag", ())))),
    "tags": define(
        PolyVariant(
            (("Pair", (Tuple((INT, STRING)),)), ("Float", (FLOAT,))), inherits=(Constr("small"),)
        )
    ),
    "ext": define(Extensible()),
}

SAMPLES: Mapping[str, Type] = {
    "42": INT,
    "min_int": INT,
    "'z'": Constr("char"),
    "true": Constr("bool"),
    "()": Constr("unit"),
    '"text"': STRING,
    "Bytes.create 3": Constr("bytes"),
    "1.5": FLOAT,
    "7l": Constr("int32"),
    "7L": Constr("int64"),
    "7n": Constr("nativeint"),
    "Uchar.max": Constr("Uchar.t"),
    "(1, 2., (3, Some 4l))": Tuple(
        (INT, FLOAT, Tuple((INT, Constr("option", (Constr("int32"),)))))
    ),
    "[1.; 2.]": Constr("list", (FLOAT,)),
    "([] : int list)": Constr("list", (INT,)),
    "[|1.; 2.|]": Constr("array", (FLOAT,)),
    "([||] : float array)": Constr("array", (FLOAT,)),
    "[|(1, 2)|]": Constr("array", (Tuple((INT, INT)),)),
    "([||] : string array)": Constr("array", (STRING,)),
    "[|Hidden.x|]": Constr("array", (Constr("hidden_float"),)),
    "[|Hidden.x; Hidden.x|]": Constr("array", (A,)),
    "Float.Array.create 2": Constr("floatarray"),
    "Float.Array.create 0": Constr("Float.Array.t"),
    "ref 1.": Constr("Stdlib.ref", (FLOAT,)),
    "(Ok 1 : (int, string) result)": Constr("Stdlib.result", (INT, STRING)),
    '(Error "no" : (int, string) result)': Constr("Stdlib.result", (INT, STRING)),
    "{ x = 1.; y = 2. }": Constr("floats"),
    "{ v = Hidden.x; w = 2. }": Constr("pair"),
    "{ it = 1. }": Constr("cell", (FLOAT,)),
    "N 1.": Constr("number"),
    "{ n = N 1.; m = N 2. }": Constr("numbers"),
    "Node { left = Leaf; depth = 1; right = One { x = 1.; y = 2. } }": Constr("tree"),
    "(Nil : tree)": Constr("tree"),
    "I 5": Constr("gadt", (INT,)),
    'S ("", [0])': Constr("gadt", (INT,)),
    "E": Constr("gadt", (Constr("unit"),)),
    "(`Some_longer_tag : small)": Constr("small"),
    "(`A : tags)": Constr("tags"),
    '(`Pair (1, "") : tags)': Constr("tags"),
    "(`Float 1. : tags)": Constr("tags"),
    "Not_found": Constr("exn"),
    'Failure "no"': Constr("exn"),
    "Plain": Constr("ext"),
    "Carrying 3": Constr("ext"),
    "(fun x -> x)": Arrow(A, A),
    "(object method m = 1 end)": Opaque("< m : int >", "object"),
    "(module Hidden : Hidden_type)": Opaque("(module Hidden_type)", "package"),
    "stdin": Constr("Stdlib.in_channel"),
    "stdout": Constr("Stdlib.out_channel"),
    "{ Complex.re = 1.; im = 2. }": Constr("Complex.t"),
    "(Either.Right 1 : (string, int) Either.t)": Constr("Either.t", (STRING, INT)),
    "Seq.return 1": Constr("Seq.t", (INT,)),
    "Seq.return 1 ()": Constr("Seq.node", (INT,)),
    'format_of_string "%d"': Constr("Stdlib.format", (A, A, A)),
    "Weak.create 3": Constr("Weak.t", (A,)),
    "Lexing.dummy_pos": Constr("Lexing.position"),
    "Gc.stat ()": Constr("Gc.stat"),
    "Gc.get ()": Constr("Gc.control"),
    "Hashtbl.stats (Hashtbl.create 1)": Constr("Hashtbl.statistics"),
    "Atomic.make 1": Constr("Atomic.t", (INT,)),
    'Digest.string ""': Constr("Digest.t"),
    'Sys.Other ""': Constr("Sys.backend_type"),
    "Bigarray.(Array2.create Char Fortran_layout 1 1)": Constr("Bigarray.Array2.t", (A, A, A)),
    "Bigarray.(Array0.create Int C_layout)": Constr("Bigarray.Array0.t", (A, A, A)),
    "Bigarray.(Genarray.create Int C_layout [|1|])": Constr("Bigarray.Genarray.t", (A, A, A)),
    "Bigarray.Char": Constr("Bigarray.kind", (A, A)),
    "Bigarray.Fortran_layout": Constr("Bigarray.layout", (A,)),
    "Unix.EOVERFLOW": Constr("Unix.error"),
    "Unix.EUNKNOWNERR 5": Constr("Unix.error"),
    "Unix.O_KEEPEXEC": Constr("Unix.open_flag"),
    'Unix.stat "/"': Constr("Unix.stats"),
    'Unix.LargeFile.stat "/"': Constr("Unix.LargeFile.stats"),
    "Unix.times ()": Constr("Unix.process_times"),
    "Unix.gmtime 0.": Constr("Unix.tm"),
    "Unix.WSTOPPED 9": Constr("Unix.process_status"),
    "Unix.SO_REUSEPORT": Constr("Unix.socket_bool_option"),
    "Unix.(ADDR_INET (inet_addr_loopback, 80))": Constr("Unix.sockaddr"),
    "Unix.AI_PASSIVE": Constr("Unix.getaddrinfo_option"),
    "Unix.getitimer Unix.ITIMER_REAL": Constr("Unix.interval_timer_status"),
    "UnixLabels.S_SOCK": Constr("UnixLabels.file_kind"),
}
"""Expressions of OCaml and their types."""

DUMP = """
module type Hidden_type = sig type t val x : t end
module Hidden : Hidden_type = struct type t = float let x = 1. end
let rec dump o =
  if Obj.is_int o then string_of_int (Obj.obj o)
  else
    let inside = if Obj.tag o >= Obj.lazy_tag then [] else
      List.init (Obj.size o) (fun i -> dump (Obj.field o i)) in
    Printf.sprintf "[%d, %d, [%s]]" (Obj.tag o) (Obj.size o) (String.concat ", " inside)
let show value = print_endline (dump (Obj.repr value))
"""
"""A value as JSON: an integer, or tag, size and fields of a block."""

Word = int | list[object]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Word]:
    """What OCaml's values of the samples are."""
    ocaml = shutil.which("ocaml")
    if ocaml is None:
        pytest.skip("there is no OCaml to ask")
    script = Path(tmp_path_factory.mktemp("ocaml"), "samples.ml")
    lines = [f"let () = show ({sample})" for sample in SAMPLES]
    script.write_text("\n".join([DUMP, PRELUDE, *lines]))
    run = subprocess.run(
        [ocaml, "-noinit", "-w", "-a", "-I", "+unix", "unix.cma", str(script)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    return dict(zip(SAMPLES, map(json.loads, run.stdout.splitlines()), strict=True))


def fits(word: object, shape: ValueShape) -> bool:
    """Whether a value is one of those that the shape allows."""
    if shape.open:
        return True
    if isinstance(word, int):
        return shape.immediates is not None and word in shape.immediates
    assert isinstance(word, list)
    tag, size, fields = word
    return any(
        block.may_have_tag(tag)
        and block.size in (None, size)
        and all(
            known is None or fits(each, known.shape)
            for each, known in zip(fields, map(block.field, range(size)), strict=False)
        )
        for block in shape.blocks
    )


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_value_of_ocaml_fits_the_shape_of_its_type(
    sample: str, printed: Mapping[str, Word]
) -> None:
    shapes = Shapes(SAMPLED.get, Profile.OCAML_4_14)
    assert fits(printed[sample], shapes.of(SAMPLES[sample]))


def test_a_value_of_ocaml_fits_no_shape_but_that_of_its_type(
    printed: Mapping[str, Word],
) -> None:
    shapes = Shapes(SAMPLED.get, Profile.OCAML_4_14)
    told_apart = [
        ("{ x = 1.; y = 2. }", Constr("pair")),
        ("{ v = Hidden.x; w = 2. }", Constr("floats")),
        ("(`A : tags)", Constr("tree")),
        ('Unix.stat "/"', Constr("Unix.LargeFile.stats")),
        ("Unix.EOVERFLOW", Constr("Unix.open_flag")),
        ("[1.; 2.]", Constr("list", (INT,))),
        ("Unix.times ()", Constr("Complex.t")),
        ("1.5", STRING),
        ("7l", FLOAT),
        ("42", Constr("bool")),
        ("Not_found", STRING),
    ]
    assert [each for each in told_apart if fits(printed[each[0]], shapes.of(each[1]))] == []
