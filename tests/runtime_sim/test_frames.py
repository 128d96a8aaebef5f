"""The collector finds its callers' values by a frame table in the layout of the profile."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from runtime_sim.frames import Describe, install_frames, place_frames, program
from runtime_sim.frametable import LAYOUTS, Descriptor, FrameTableError, Layout, layout_of
from runtime_sim.model.profile import Profile
from runtime_sim.outcome import EVERY_POINT, NEVER, Fault, Outcome, Returned
from runtime_sim.runtime import Function, Runtime
from runtime_sim.values import Block

Compile = Callable[[str, Profile], Path]

STUBS = r"""
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>

value collect(value v_text)
{
  (void) v_text;
  return caml_alloc_string(1);
}

value apply_twice(value v_fun, value v_text)
{
  CAMLparam2(v_fun, v_text);
  CAMLlocal1(result);
  result = caml_callback2(v_fun, v_text, v_text);
  CAMLreturn(caml_callback2(v_fun, result, v_text));
}

value write_over(value *argv, int argn)
{
  argv[0] = argv[argn - 1];
  caml_alloc_string(10);
  return argv[0];
}
"""

# The sites of the program's table: the end of a chunk, the allocation of a pair, the calls.
START, PAIR, CALL = range(3)
Change = Callable[[Descriptor], Sequence[Descriptor]]


@pytest.fixture(scope="module")
def stubs(compile_stubs: Compile) -> Path:
    return compile_stubs(STUBS, Profile.OCAML_5)


@pytest.fixture
def runtime(runtime_library: Path, stubs: Path) -> Iterator[Runtime]:
    with Runtime(Profile.OCAML_5, EVERY_POINT, runtime_library) as made:
        made.load(stubs)
        yield made


def changed(site: int, change: Change) -> Describe:
    """The program's table with one of its descriptors another."""

    def describe(code: int) -> list[Descriptor]:
        table = program(code)
        table[site : site + 1] = change(table[site])
        return table

    return describe


def install(runtime: Runtime, describe: Describe, layout: Layout = LAYOUTS["ocaml"]) -> None:
    frames = place_frames(runtime._native, layout, describe)
    install_frames(runtime._native, runtime._handle, frames)
    runtime.frames = frames  # type: ignore[attr-defined] # as long as the runtime


def pairs(runtime: Runtime) -> Outcome:
    return runtime.call("apply_twice", runtime.closure(Function.PAIR, 2), runtime.string(b"x"))


def assert_internal(outcome: Outcome, message: str) -> None:
    assert isinstance(outcome, Fault)
    assert outcome.rule == "internal"
    assert message in outcome.message


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_a_table_is_read_in_the_layout_of_its_profile(runtime: Runtime, layout: str) -> None:
    install(runtime, program, LAYOUTS[layout])
    outcome = pairs(runtime)
    assert isinstance(outcome, Returned)
    assert runtime.read(outcome.value) == Block(0, [Block(0, [b"x", b"x"]), b"x"])


def test_the_long_form_of_a_descriptor_is_read(runtime: Runtime) -> None:
    # A frame so large that only the long form tells its size; no call has so many live values.
    def grown(old: Descriptor) -> list[Descriptor]:
        return [dataclasses.replace(old, frame_bytes=0x8000)]

    install(runtime, changed(CALL + 60, grown), layout_of(Profile.OXCAML))
    assert isinstance(pairs(runtime), Returned)


def test_debug_information_is_passed_over(runtime: Runtime) -> None:
    def described(code: int) -> list[Descriptor]:
        return [
            dataclasses.replace(
                old, debug=(None,) * (1 if old.allocations is None else len(old.allocations))
            )
            if not old.is_boundary
            else old
            for old in program(code)
        ]

    install(runtime, described)
    assert isinstance(pairs(runtime), Returned)


@pytest.mark.parametrize("site", [START, PAIR, CALL + 3])
def test_a_return_address_without_descriptor_is_found(runtime: Runtime, site: int) -> None:
    install(runtime, changed(site, lambda old: []))
    assert_internal(pairs(runtime), "no frame is known for the return address")


def test_a_frame_of_a_wrong_size_leads_astray(runtime: Runtime) -> None:
    install(runtime, changed(CALL + 1, lambda old: [dataclasses.replace(old, frame_bytes=48)]))
    assert_internal(runtime.call("collect", runtime.string(b"x")), "no frame is known")


def test_a_frame_larger_than_the_stack_is_found(runtime: Runtime) -> None:
    install(runtime, changed(CALL + 1, lambda old: [dataclasses.replace(old, frame_bytes=0xFFF0)]))
    outcome = runtime.call("collect", runtime.string(b"x"))
    assert_internal(outcome, "a frame of 65520 bytes does not lie on the stack")


def test_a_live_slot_outside_of_its_frame_is_found(runtime: Runtime) -> None:
    install(runtime, changed(CALL + 1, lambda old: [dataclasses.replace(old, live=(8, 32))]))
    outcome = runtime.call("collect", runtime.string(b"x"))
    assert_internal(outcome, "a live slot lies outside of its frame")


def test_a_register_is_alive_in_the_youngest_frame_alone(runtime: Runtime) -> None:
    install(runtime, changed(CALL + 1, lambda old: [dataclasses.replace(old, live=(8, 17))]))
    outcome = runtime.call("collect", runtime.string(b"x"))
    assert_internal(outcome, "a frame has a live register, and none are saved")


def test_a_value_that_the_table_leaves_out_is_lost(runtime: Runtime) -> None:
    install(runtime, changed(CALL + 1, lambda old: [dataclasses.replace(old, live=())]))
    outcome = runtime.call("collect", runtime.string(b"x"))
    assert_internal(outcome, "argument 0 is no longer what it was")


def test_a_dead_slot_is_not_to_be_followed(runtime: Runtime) -> None:
    install(runtime, changed(CALL + 1, lambda old: [dataclasses.replace(old, live=(0, 8))]))
    outcome = runtime.call("collect", runtime.string(b"x"))
    assert isinstance(outcome, Fault)
    assert outcome.message == "a stack slot of the caller's has no value yet"


def test_a_register_that_the_table_leaves_out_is_lost(runtime: Runtime) -> None:
    install(runtime, changed(PAIR, lambda old: [dataclasses.replace(old, live=(1,))]))
    outcome = pairs(runtime)
    assert isinstance(outcome, Fault)
    assert outcome.rule == "unrooted-value"


def test_where_nothing_is_collected_no_table_is_read(runtime_library: Path, stubs: Path) -> None:
    with Runtime(Profile.OCAML_5, NEVER, runtime_library) as runtime:
        runtime.load(stubs)
        install(runtime, lambda code: [])
        assert isinstance(runtime.call("collect", runtime.string(b"x")), Returned)


def test_a_table_that_is_cut_off_is_refused(runtime: Runtime) -> None:
    whole = place_frames(runtime._native, LAYOUTS["ocaml"])
    cut = dataclasses.replace(whole, table_bytes=whole.table_bytes - 8)
    with pytest.raises(FrameTableError, match="reaches beyond its table"):
        install_frames(runtime._native, runtime._handle, cut)


def test_bytecode_may_write_to_its_arguments(runtime: Runtime) -> None:
    texts = [runtime.string(b"%d" % number) for number in range(6)]
    outcome = runtime.call("write_over", *texts)
    assert isinstance(outcome, Returned)
    assert runtime.read(outcome.value) == b"5"
