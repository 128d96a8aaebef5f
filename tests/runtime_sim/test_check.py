"""The heap is walked at any time: what is wrong with it is told, and its blocks are counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from runtime_sim.model import tags
from runtime_sim.model.profile import Profile
from runtime_sim.outcome import EVERY_POINT, NEVER
from runtime_sim.runtime import Blocks, Function, HeapDamaged, Runtime, RuntimeSpent

Compile = Callable[[str, Profile], Path]

STUBS = r"""
#include <string.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/custom.h>

static value root = Val_unit;
static int outside;

/* bad: crash: the header of a block is written over */
value write_over_the_next_block(value unit)
{
  value text = caml_alloc_string(8);
  caml_alloc_string(8);
  memset((char *) Bytes_val(text), 'x', 40);
  return Val_unit;
}

/* bad: crash: bytes are written behind the end of a string */
value write_past_the_end(value unit)
{
  value text = caml_alloc_string(3);
  memcpy((char *) Bytes_val(text), "12345", 5);
  return Val_unit;
}

/* bad: bad-tag: a block of 2 fields has the tag 253 */
value change_the_tag(value unit)
{
  value pair = caml_alloc_tuple(2);
  Tag_val(pair) = Double_tag;
  return Val_unit;
}

/* bad: uninitialised-block: what has no value yet is held by a field */
value return_an_empty_block(value unit)
{
  value block = caml_alloc_tuple(1);
  value empty = caml_alloc_small(1, 0);
  Field(block, 0) = empty;
  return block;
}

/* bad: uninitialised-root: a global root has no value yet */
value register_a_field(value unit)
{
  value empty = caml_alloc_small(1, 0);
  caml_register_global_root((value *) &Field(empty, 0));
  return Val_unit;
}

/* bad: naked-pointer: a pointer outside the heap is held by a root */
value keep_an_address(value unit)
{
  root = (value) &outside & ~(value) 7;
  caml_register_generational_global_root(&root);
  return Val_unit;
}

/* bad: interior-pointer: a pointer into a block is held by a field */
value point_into_a_block(value unit)
{
  value pair = caml_alloc_tuple(2);
  Field(pair, 0) = (value) &Field(pair, 1);
  return pair;
}

/* bad: missing-write-barrier: field 0 of an old block points to a young one */
value forget_the_barrier(value unit)
{
  value old = caml_alloc_shr(1, 0);
  Field(old, 0) = caml_copy_string("young");
  return Val_unit;
}

/* bad: crash: the first word of a custom block leads to no operations */
value forget_the_operations(value unit)
{
  value block = caml_alloc_small(2, Custom_tag);
  Field(block, 0) = 0;
  return block;
}

/* bad: naked-pointer: a pointer leads where no block can be */
value forge_the_operations(value unit)
{
  value block = caml_alloc_small(2, Custom_tag);
  Field(block, 0) = 64;
  return block;
}

value leave_garbage(value unit)
{
  caml_alloc_small(3, 0);
  caml_alloc_string(20);
  return caml_copy_double(1.5);
}
"""

# OCaml 5 has no such functions.
EPHEMERON = r"""
#include <caml/memory.h>
#include <caml/weak.h>

value make_an_ephemeron(value key)
{
  CAMLparam1(key);
  CAMLlocal2(ephemeron, data);
  if (Is_long(key)) key = caml_copy_double(1.0); /* that nobody keeps */
  ephemeron = caml_ephemeron_create(1);
  data = caml_copy_string("data");
  caml_ephemeron_set_key(ephemeron, 0, key);
  caml_ephemeron_set_data(ephemeron, data);
  CAMLreturn(ephemeron);
}
"""


def damages() -> list[tuple[str, str, str]]:
    """The bad stubs, each with its rule and how its message begins."""
    found = []
    for part in STUBS.split("/* bad: ")[1:]:
        head, _, rest = part.partition(" */\nvalue ")
        rule, _, message = head.partition(": ")
        found.append((rest.partition("(")[0], rule, message))
    return found


@pytest.fixture(scope="module")
def stubs(compile_stubs: Compile) -> Path:
    return compile_stubs(STUBS, Profile.OCAML_5)


@pytest.mark.parametrize(("primitive", "rule", "message"), damages())
def test_damage_is_told(
    stubs: Path, runtime_library: Path, primitive: str, rule: str, message: str
) -> None:
    with Runtime(policy=NEVER, library=runtime_library) as runtime:
        runtime.load(stubs)
        assert runtime.check() is None
        runtime.call(primitive, runtime.integer(0))
        fault = runtime.check()
        assert fault is not None
        assert (fault.rule, fault.message[: len(message)]) == (rule, message)
        with pytest.raises(RuntimeSpent, match="its heap is damaged"):
            runtime.check()


def test_who_made_the_block_is_told(stubs: Path, runtime_library: Path) -> None:
    with Runtime(policy=NEVER, library=runtime_library) as runtime:
        runtime.load(stubs)
        runtime.call("write_past_the_end", runtime.integer(0))
        fault = runtime.check()
    line = STUBS[: STUBS.index("value text = caml_alloc_string(3)")].count("\n") + 1
    assert fault is not None
    assert fault.made_at is not None
    assert (fault.made_by, fault.made_at.line) == ("caml_alloc_string", line)


def test_blocks_are_counted_by_tag_and_reach(stubs: Path, runtime_library: Path) -> None:
    with Runtime(policy=NEVER, library=runtime_library) as runtime:
        runtime.load(stubs)
        text = runtime.string(b"12345678")
        runtime.tuple_of(text, text, runtime.closure(Function.CONSTANT))
        runtime.call("leave_garbage", runtime.integer(0))
        assert runtime.blocks() == [
            Blocks(0, False, 1, 3),
            Blocks(0, True, 1, 3),
            Blocks(tags.CLOSURE_TAG, True, 1, 3),
            Blocks(tags.STRING_TAG, False, 1, 3),
            Blocks(tags.STRING_TAG, True, 1, 2),
            Blocks(tags.DOUBLE_TAG, True, 1, 1),
        ]


def test_a_collection_leaves_what_can_be_reached(stubs: Path, runtime_library: Path) -> None:
    with Runtime(policy=EVERY_POINT, library=runtime_library) as runtime:
        runtime.load(stubs)
        runtime.call("leave_garbage", runtime.integer(0))
        assert runtime.blocks() == [Blocks(tags.DOUBLE_TAG, True, 1, 1)]


def test_an_ephemeron_reaches_its_data_by_its_key(
    compile_stubs: Compile, runtime_library: Path
) -> None:
    with Runtime(Profile.OCAML_4_14, NEVER, runtime_library) as runtime:
        runtime.load(compile_stubs(EPHEMERON, Profile.OCAML_4_14))
        runtime.call("make_an_ephemeron", runtime.floating(2.0))
        runtime.call("make_an_ephemeron", runtime.integer(0))
        assert runtime.blocks() == [
            Blocks(tags.ABSTRACT_TAG, True, 2, 6),
            Blocks(tags.STRING_TAG, False, 1, 1),
            Blocks(tags.STRING_TAG, True, 1, 1),
            Blocks(tags.DOUBLE_TAG, False, 1, 1),
            Blocks(tags.DOUBLE_TAG, True, 1, 1),
        ]


def test_a_damaged_heap_is_not_counted(stubs: Path, runtime_library: Path) -> None:
    with Runtime(policy=NEVER, library=runtime_library) as runtime:
        runtime.load(stubs)
        runtime.call("write_past_the_end", runtime.integer(0))
        with pytest.raises(HeapDamaged, match="crash: bytes are written behind"):
            runtime.blocks()
