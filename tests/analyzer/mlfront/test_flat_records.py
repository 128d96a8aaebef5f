"""Which records are flat, by what the compiler saw of their fields, and by OCaml itself.

Source: OCaml, typing/typedecl.ml, is_float.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from analyzer.mlfront import Environment, read_ml
from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.shapes import ValueShape
from runtime_sim.model.tags import DOUBLE_ARRAY_TAG

A_MLI = """
type t
type transparent = float
type priv = private float
module N : sig type t end
type u = N.t
type inside
val inside : inside
"""
A_ML = """
type t = float
type transparent = float
type priv = float
module N = struct type t = float end
type u = N.t
type inside = { x : t; y : u }
let inside = { x = 1.; y = 2. }
"""
PRELUDE = """
module type T = sig type t end
module Floats = struct type t = float end
module Sealed : T = Floats
module Written : sig type t end = struct type t = float end
module Transparent : sig type t = float end = Floats
module Private : sig type t = private float end = Floats
module Alias = Sealed
module Including = struct include Sealed end
module Inner = struct include (Floats : T) end
module Typed_alike : module type of Floats = Floats
module Typed_including : sig include module type of Sealed end = Floats
module Packed = (val (module Floats : T) : T)
module rec First : T = Floats
and Second : sig type t = float end = Floats
type 'a id = 'a
type sealed_id = Sealed.t id
type wrapper = W of float [@@unboxed]
type sealed_wrapper = S of Sealed.t [@@unboxed]
module Wrapping : sig type t = private V of float [@@unboxed] end = struct
  type t = V of float [@@unboxed]
end
module type S = sig type t type u = t type v end
module Made = struct type t = float type u = t type v = float end
module Hidden : S = Made
module Constrained : S with type t = float = Made
module Deep : sig module M : T module N : T end with type M.t = float =
  struct module M = Floats module N = Floats end
module F (X : T) = struct
  type r = { x : X.t }
  let r : r = { x = Obj.magic 1. }
  type t = X.t
  module Y = X
end
module Applied = F (Floats)
module G (X : sig type t = float end) = struct
  type r = { x : X.t }
  let r = { x = 1. }
end
module Of_float = G (Floats)
module H (X : T) : T = X
module Hiding = H (Floats)
"""

FLAT, FIELDS, EITHER = "flat", "fields", "either"


def of(type_: str) -> str:
    return f"type r = {{ x : {type_} }} let r : r = {{ x = Obj.magic 1. }}"


CASES: Mapping[str, str] = {
    of("float"): FLAT,
    of("Floats.t"): FLAT,
    of("Sealed.t"): FIELDS,
    of("Written.t"): FIELDS,
    "type r = { x : Sealed.t; y : float } let r : r = { x = Obj.magic 1.; y = 2. }": FIELDS,
    of("Transparent.t"): FLAT,
    of("Private.t"): FLAT,
    of("Alias.t"): FIELDS,
    of("Including.t"): FIELDS,
    of("Inner.t"): FIELDS,
    of("Typed_alike.t"): FLAT,
    of("Typed_including.t"): FIELDS,
    of("Packed.t"): FIELDS,
    of("First.t"): FIELDS,
    of("Second.t"): FLAT,
    f"open Sealed {of('t')}": FIELDS,
    f"include Transparent {of('t')}": FLAT,
    of("float id"): FLAT,
    of("Sealed.t id"): FIELDS,
    of("sealed_id"): FIELDS,
    of("wrapper"): FLAT,
    of("sealed_wrapper"): FIELDS,
    of("Wrapping.t"): FLAT,
    of("Hidden.t"): FIELDS,
    of("Hidden.u"): FIELDS,
    of("Constrained.t"): FLAT,
    of("Constrained.u"): EITHER,
    of("Constrained.v"): EITHER,
    of("Deep.M.t"): EITHER,
    of("Deep.N.t"): EITHER,
    "type r = Applied.r let r = Applied.r": FIELDS,
    "type r = Of_float.r let r = Of_float.r": FLAT,
    of("Applied.t"): EITHER,
    of("Applied.Y.t"): EITHER,
    of("Hiding.t"): EITHER,
    of("A.t"): FIELDS,
    of("A.transparent"): FLAT,
    of("A.priv"): FLAT,
    of("A.u"): FIELDS,
    f"module B = A {of('B.t')}": FIELDS,
    "type r = A.inside let r = A.inside": FLAT,
    "type r = A.t array let r : r = [| Obj.magic 1. |]": FLAT,
    "type r = Sealed.t array let r : r = [| Obj.magic 1. |]": FLAT,
    "type 'a q = { x : 'a } constraint 'a = float type r = float q let r = { x = 1. }": FIELDS,
}
"""Types `r` and whether their values are flat; for "either" that is not found out."""

FILES = {
    "a.mli": A_MLI,
    "a.ml": A_ML,
    "b.ml": "\n".join(
        [
            PRELUDE,
            *(f"module Case_{i} = struct {case} end" for i, case in enumerate(CASES)),
            *(f'external f : Case_{i}.r -> unit = "f"' for i in range(len(CASES))),
        ]
    ),
}


def shapes_of(files: Mapping[str, str]) -> list[ValueShape]:
    """The shapes of the parameters of the externals of the last file."""
    environment = Environment([*files], lambda path: files[path].encode())
    found = Shapes(environment.definition, Profile.OCAML_5)
    path, text = list(files.items())[-1]
    declared = read_ml(path, text.encode()).externals
    return [found.of(environment.closed(one).params[0].type) for one in declared]


def flatness(shape: ValueShape) -> str:
    if shape.open:
        return EITHER
    flat = {block.tag == DOUBLE_ARRAY_TAG for block in shape.blocks if block.size != 0}
    assert len(flat) == 1
    return FLAT if flat == {True} else FIELDS


@pytest.fixture(scope="module")
def shapes() -> Mapping[str, ValueShape]:
    return dict(zip(CASES, shapes_of(FILES), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_a_record_is_flat_where_its_fields_are_seen_to_be_floats(
    case: str, shapes: Mapping[str, ValueShape]
) -> None:
    assert flatness(shapes[case]) == CASES[case]


HIDING = {"src/m.mli": "type t", "src/m.ml": "type t = float"}


@pytest.mark.parametrize(
    ("before", "fields", "expected"),
    [
        ("", "x : M.t", FIELDS),
        ("", "x : Lib.M.t", FIELDS),
        ("open M", "x : t", FIELDS),
        ("", "x : Gone.t", EITHER),
        ("", "x : Gone.t; y : float", EITHER),
        ("", "x : Gone.t; y : M.t", FIELDS),
        ("", "x : Gone.t; y : int", FIELDS),
        ("module N : Gone.S = struct type t = float end", "x : N.t", EITHER),
        (
            "module N : Gone.S = struct module M = struct type t = float end end",
            "x : N.M.t",
            EITHER,
        ),
        ("module N = Gone.Make (M)", "x : N.t", EITHER),
    ],
)
def test_a_record_is_open_where_a_field_may_be_a_float(
    before: str, fields: str, expected: str
) -> None:
    text = f'{before} type r = {{ {fields} }} external f : r -> unit = "f"'
    (found,) = shapes_of({**HIDING, "src/a.ml": text})
    assert flatness(found) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("x : M.t; y : float", ["src/m.ml", "src/m.mli"]),
        ("x : M.t; y : int", ["src/m.ml"]),
    ],
)
def test_signatures_are_read_for_what_may_be_flat_alone(fields: str, expected: list[str]) -> None:
    files = {**HIDING, "src/a.ml": f'type r = {{ {fields} }} external f : r -> unit = "f"'}
    parsed = read_ml("src/a.ml", files["src/a.ml"].encode())
    read: list[str] = []

    def reading(path: str) -> bytes:
        read.append(path)
        return files[path].encode()

    environment = Environment([*files], reading, {"src/a.ml": parsed})
    external = environment.closed(parsed.externals[0])
    Shapes(environment.definition, Profile.OCAML_5).of(external.params[0].type)
    assert read == expected


@pytest.fixture(scope="module")
def tags(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, int]:
    """The tags of OCaml's values `r`."""
    ocaml = shutil.which("ocamlc")
    if ocaml is None:
        pytest.skip("there is no OCaml to ask")
    folder = Path(tmp_path_factory.mktemp("flat"))
    shown = [f"let () = print_int (Obj.tag (Obj.repr B.Case_{i}.r))" for i in range(len(CASES))]
    ends = "\nlet () = print_newline ()\n"
    files = {**FILES, "c.ml": ends.join([*shown, ""])}
    for name, text in files.items():
        (folder / name).write_text(text)
    subprocess.run([ocaml, "-w", "-a", *files, "-o", "flat"], cwd=folder, check=True)
    run = subprocess.run([folder / "flat"], capture_output=True, text=True, check=True)
    return dict(zip(CASES, map(int, run.stdout.split()), strict=True))


@pytest.mark.parametrize("case", CASES)
def test_ocaml_agrees(case: str, tags: Mapping[str, int]) -> None:
    expected = {FLAT: {DOUBLE_ARRAY_TAG}, FIELDS: {0}, EITHER: {0, DOUBLE_ARRAY_TAG}}
    assert tags[case] in expected[CASES[case]]
