"""The generational policy collects as each release does, and shows what that cannot bear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.model.tags import STRING_TAG
from runtime_sim.outcome import GENERATIONAL, Fault, Place, Policy, Returned, generational
from runtime_sim.runtime import Function, Runtime
from runtime_sim.values import Block, Data

Compile = Callable[[str, Profile], Path]
Run = Callable[..., Data | Fault]

PROFILES = [Profile.OCAML_4_14, Profile.OCAML_5, Profile.OXCAML]
SMALLEST = generational(minor_heap=1)

# Each function takes an int; comments mark the lines that a fault is to name.
STUBS = r"""
#define CAML_NAME_SPACE
#define CAML_INTERNALS
#include <string.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/custom.h>
#include <caml/minor_gc.h>
#include <caml/major_gc.h>
#include <caml/compact.h>
#include <caml/signals.h>

extern value caml_gc_full_major(value);
extern value caml_gc_major(value);
extern value caml_gc_major_slice(value);
extern value caml_ephemeron_create(mlsize_t);
extern void caml_ephemeron_set_key(value, mlsize_t, value);
extern void caml_ephemeron_set_data(value, value);
extern int caml_ephemeron_key_is_set(value, mlsize_t);
extern int caml_ephemeron_data_is_set(value);
extern int caml_ephemeron_get_key(value, mlsize_t, value *);

static value answers(int n, const int *yes)
{
  value array = caml_alloc_tuple(n);
  for (int i = 0; i < n; i++) Field(array, i) = Val_bool(yes[i]);
  return array;
}
#define ANSWERS(...) \
  answers(sizeof((int[]){ __VA_ARGS__ }) / sizeof(int), (int[]){ __VA_ARGS__ })

static value old_block(mlsize_t size)
{
  value block = caml_alloc_shr(size, 0);
  for (mlsize_t i = 0; i < size; i++) caml_initialize(&Field(block, i), Val_unit);
  return block;
}

static int is_text(value v, const char *text)
{
  return strcmp(String_val(v), text) == 0;
}

enum { LARGE = 1000 };

static value table_of_texts(void)
{
  CAMLparam0();
  CAMLlocal1(table);
  table = old_block(LARGE);
  for (int i = 0; i < LARGE; i++) Store_field(table, i, caml_copy_string("text"));
  caml_minor_collection();
  CAMLreturn(table);
}

/* --- the minor heap --- */

value size(value v_n)
{
  return Val_long(Caml_state->young_end - Caml_state->young_start);
}

value is_filled_downwards(value v_n)
{
  value *first = (value *) caml_alloc_small(2, Abstract_tag);
  value *next = (value *) caml_alloc_small(1, Abstract_tag);
  return ANSWERS(first + 2 == Caml_state->young_end, next + 2 == first,
                 next - 1 == Caml_state->young_ptr);
}

value collections_of_so_many_cells(value v_n)
{
  for (int i = 0; i < Int_val(v_n); i++) {
    value cell = caml_alloc_small(2, 0);
    Field(cell, 0) = Field(cell, 1) = Val_unit;
  }
  return Val_long(Caml_state->stat_minor_collections);
}

value promotion(value v_n)
{
  CAMLparam0();
  CAMLlocal1(text);
  text = caml_copy_string("text");
  value young = text;
  int was_young = Is_young(text);
  caml_minor_collection();
  value old = text;
  int moved = old != young, is_young = Is_young(text);
  caml_copy_string("other");
  caml_minor_collection();
  caml_gc_major_slice(Val_int(0));
  CAMLreturn(ANSWERS(was_young, moved, is_young, text == old, is_text(text, "text")));
}

value young_cell(value v_n)
{
  value cell = caml_alloc_small(1, 0);
  Field(cell, 0) = v_n;
  return cell;
}

value what_leads_on_is_promoted(value v_n)
{
  CAMLparam0();
  CAMLlocal2(list, cell);
  for (int i = 0; i < Int_val(v_n); i++) {
    cell = caml_alloc_small(2, 0);
    Field(cell, 0) = Val_int(i);
    Field(cell, 1) = list;
    list = cell;
  }
  caml_minor_collection();
  int young = 0;
  for (value at = list; at != Val_unit; at = Field(at, 1)) young |= Is_young(at);
  CAMLreturn(ANSWERS(young));
}

value requested(value v_n)
{
  intnat before = Caml_state->stat_minor_collections;
  caml_copy_double(1.0);
  intnat without = Caml_state->stat_minor_collections;
  caml_request_minor_gc();
  intnat asked = Caml_state->stat_minor_collections;
  caml_copy_double(1.0);
  return ANSWERS(without > before, asked > before, Caml_state->stat_minor_collections > before);
}

value moved_by_a_minor_collection(value v_n)
{
  value text = caml_copy_string("text"); /* made */
  caml_minor_collection(); /* moved */
  return Val_int(String_val(text)[0]); /* seen */
}

value pointer_into_the_minor_heap(value v_n)
{
  CAMLparam0();
  CAMLlocal1(text);
  text = caml_copy_string("text"); /* made */
  const char *bytes = String_val(text);
  caml_minor_collection(); /* moved */
  CAMLreturn(Val_int(bytes[0])); /* seen */
}

/* --- the remembered set --- */

value remembered(value v_n)
{
  CAMLparam0();
  CAMLlocal2(block, text);
  block = caml_alloc_shr(2, 0);
  text = caml_copy_string("initial");
  caml_initialize(&Field(block, 0), text);
  caml_initialize(&Field(block, 1), Val_unit);
  text = caml_copy_string("modified");
  caml_modify(&Field(block, 1), text);
  text = Val_unit;
  caml_minor_collection();
  CAMLreturn(ANSWERS(is_text(Field(block, 0), "initial"), is_text(Field(block, 1), "modified")));
}

/* An entry counts for what is in the field when it is looked at. */
value overwritten(value v_n)
{
  CAMLparam0();
  CAMLlocal1(block);
  block = old_block(1);
  for (int i = 0; i < 3; i++) Store_field(block, 0, caml_copy_string("young"));
  double promoted = Caml_state->stat_promoted_words;
  Store_field(block, 0, Val_unit);
  caml_minor_collection();
  CAMLreturn(ANSWERS(Caml_state->stat_promoted_words > promoted, Field(block, 0) == Val_unit));
}

value stored_without_a_barrier(value v_n)
{
  CAMLparam0();
  CAMLlocal1(block);
  block = old_block(1);
  value text = caml_copy_string("young");
  Field(block, 0) = text;
  caml_minor_collection(); /* seen */
  CAMLreturn(block);
}

value stored_again_without_a_barrier(value v_n)
{
  CAMLparam0();
  CAMLlocal2(block, text);
  block = old_block(1);
  text = caml_copy_string("young");
  caml_modify(&Field(block, 0), text);
  caml_minor_collection();
  text = caml_copy_string("young");
  Field(block, 0) = text;
  caml_minor_collection(); /* seen */
  CAMLreturn(block);
}

value many_are_remembered(value v_n)
{
  CAMLparam0();
  CAMLlocal2(block, number);
  block = old_block(Int_val(v_n));
  number = caml_copy_double(1.0);
  intnat before = Caml_state->stat_minor_collections;
  for (int i = 0; i < Int_val(v_n); i++) Store_field(block, i, number);
  intnat during = Caml_state->stat_minor_collections;
  caml_copy_double(1.0);
  CAMLreturn(ANSWERS(during > before, Caml_state->stat_minor_collections > before));
}

/* --- ephemerons --- */

value dead_young_key(value v_n)
{
  CAMLparam0();
  CAMLlocal1(ephemeron);
  ephemeron = caml_ephemeron_create(1);
  caml_ephemeron_set_key(ephemeron, 0, caml_copy_string("key"));
  caml_ephemeron_set_data(ephemeron, caml_copy_string("data"));
  caml_minor_collection();
  int key = caml_ephemeron_key_is_set(ephemeron, 0), data = caml_ephemeron_data_is_set(ephemeron);
  caml_gc_full_major(Val_unit);
  CAMLreturn(ANSWERS(key, data, caml_ephemeron_key_is_set(ephemeron, 0),
                     caml_ephemeron_data_is_set(ephemeron)));
}

value live_key(value v_n)
{
  CAMLparam0();
  CAMLlocal2(ephemeron, key);
  ephemeron = caml_ephemeron_create(1);
  key = caml_copy_string("key");
  caml_ephemeron_set_key(ephemeron, 0, key);
  caml_ephemeron_set_data(ephemeron, caml_copy_string("data"));
  caml_minor_collection();
  caml_gc_full_major(Val_unit);
  caml_compact_heap(-1);
  value found = Val_unit;
  caml_ephemeron_get_key(ephemeron, 0, &found);
  CAMLreturn(ANSWERS(found == key, caml_ephemeron_data_is_set(ephemeron), is_text(key, "key")));
}

/* What is read from an ephemeron while there is marking is alive in that cycle. */
value key_read_while_marking(value v_n)
{
  CAMLparam0();
  CAMLlocal3(ephemeron, key, table);
  ephemeron = caml_ephemeron_create(1);
  key = caml_copy_string("key");
  caml_ephemeron_set_key(ephemeron, 0, key);
  table = table_of_texts();
  caml_finish_major_cycle();
  key = Val_unit;
  caml_gc_major_slice(Val_int(1));
  if (!caml_ephemeron_key_is_set(ephemeron, 0)) CAMLreturn(Val_unit);
  caml_ephemeron_get_key(ephemeron, 0, &key);
  caml_finish_major_cycle();
  CAMLreturn(ANSWERS(is_text(key, "key")));
}

/* --- custom blocks --- */

static int finalised;
static void finish(value v)
{
  finalised += *(int *) Data_custom_val(v);
}
static struct custom_operations counting = { .identifier = "counting", .finalize = finish };

static value counter(int n)
{
  value block = caml_alloc_custom(&counting, sizeof(int), 0, 1);
  *(int *) Data_custom_val(block) = n;
  return block;
}

value young_custom_block(value v_n)
{
  finalised = 0;
  counter(1);
  caml_copy_double(1.0);
  int before = finalised;
  caml_minor_collection();
  return ANSWERS(before == 1, finalised == 1);
}

value old_custom_block(value v_n)
{
  CAMLparam0();
  CAMLlocal1(block);
  finalised = 0;
  block = counter(1);
  caml_minor_collection();
  block = Val_unit;
  caml_copy_double(1.0);
  caml_minor_collection();
  int by_minor = finalised;
  caml_gc_full_major(Val_unit);
  CAMLreturn(ANSWERS(by_minor == 1, finalised == 1));
}

/* Memory outside the heap makes major collections come sooner. */
value heavy_custom_blocks(value v_n)
{
  CAMLparam0();
  CAMLlocal1(block);
  for (int i = 0; i < Int_val(v_n); i++) {
    block = caml_alloc_custom(&counting, sizeof(int), 1, 2);
    *(int *) Data_custom_val(block) = 1;
  }
  CAMLreturn(Val_long(Caml_state->stat_major_collections));
}

/* The same of memory that is told of: OxCaml asks whose it is. */
#ifdef CAML_SIM_OXCAML
#define OF(owner) owner,
#else
#define OF(owner)
#endif

value cycles_with_dependent_memory(value v_n)
{
  CAMLparam0();
  CAMLlocal1(owner);
  owner = caml_copy_string("owner");
  for (int i = 0; i < 1000; i++) {
    if (Int_val(v_n) > 0) caml_alloc_dependent_memory(OF(owner) Int_val(v_n));
    caml_alloc_string(1000);
    if (Int_val(v_n) > 0) caml_free_dependent_memory(OF(owner) Int_val(v_n));
  }
  CAMLreturn(Val_long(Caml_state->stat_major_collections));
}

/* --- marking --- */

value taken_out_with_the_barrier(value v_n)
{
  CAMLparam0();
  CAMLlocal2(table, text);
  table = table_of_texts();
  caml_gc_full_major(Val_unit);
  caml_gc_major_slice(Val_int(1)); /* marks the roots */
  text = Field(table, LARGE - 1);
  Store_field(table, LARGE - 1, Val_unit);
  caml_finish_major_cycle();
  caml_finish_major_cycle();
  CAMLreturn(ANSWERS(is_text(text, "text")));
}

value taken_out_without_the_barrier(value v_n)
{
  CAMLparam0();
  CAMLlocal2(table, text);
  table = table_of_texts();
  caml_gc_full_major(Val_unit);
  caml_gc_major_slice(Val_int(1));
  text = Field(table, LARGE - 1);
  Field(table, LARGE - 1) = Val_unit;
  caml_finish_major_cycle(); /* seen */
  CAMLreturn(text);
}

/* A stub may do what the barrier does. */
value darkened_by_hand(value v_n)
{
  CAMLparam0();
  CAMLlocal2(table, text);
  table = table_of_texts();
  caml_gc_full_major(Val_unit);
  caml_gc_major_slice(Val_int(1));
  text = Field(table, LARGE - 1);
  caml_darken(text, NULL);
  Field(table, LARGE - 1) = Val_unit;
  caml_finish_major_cycle();
  CAMLreturn(ANSWERS(is_text(text, "text")));
}

/* Every block changes its place again and again while a few words at a time are marked. */
value shuffled_while_marking(value v_n)
{
  CAMLparam0();
  CAMLlocal3(table, one, other);
  table = table_of_texts();
  intnat before = Caml_state->stat_major_collections;
  for (int i = 0; i < Int_val(v_n); i++) {
    int from = i * 7919 % LARGE, to = i * 104729 % LARGE;
    one = Field(table, from);
    other = Field(table, to);
    Store_field(table, from, other);
    Store_field(table, to, one);
    Store_field(table, i % LARGE, caml_copy_string("text"));
    caml_gc_major_slice(Val_int(50));
  }
  int whole = 1;
  for (int i = 0; i < LARGE; i++) whole &= is_text(Field(table, i), "text");
  CAMLreturn(ANSWERS(whole, Caml_state->stat_major_collections > before + 2));
}

/* A slice of a few words does not finish what is to be marked. */
value slices_of_a_cycle(value v_n)
{
  CAMLparam0();
  CAMLlocal1(table);
  table = table_of_texts();
  caml_finish_major_cycle();
  intnat before = Caml_state->stat_major_collections;
  int slices = 0;
  for (; Caml_state->stat_major_collections == before; slices++)
    caml_gc_major_slice(Val_int(Int_val(v_n)));
  CAMLreturn(Val_int(slices));
}

/* --- sweeping and free memory --- */

value memory_is_used_again(value v_n)
{
  value block = caml_alloc_shr(10, String_tag);
  value same = caml_alloc_shr(10, String_tag);
  value smaller = caml_alloc_shr(5, String_tag);
  int at_once = same == block || smaller == block;
  for (int i = 0; i < 3; i++) caml_finish_major_cycle();
  same = caml_alloc_shr(10, String_tag);
  return ANSWERS(at_once, same >= smaller && same <= block);
}

/* What is free on both sides of a block becomes one piece when that dies as well. */
value pieces_join(value v_n)
{
  CAMLparam0();
  CAMLlocal1(kept);
  value blocks[100];
  for (int i = 0; i < 100; i++) {
    blocks[i] = caml_alloc_shr(3, String_tag);
    if (i == 50) kept = blocks[i];
  }
  for (int i = 0; i < 3; i++) caml_finish_major_cycle();
  kept = Val_unit;
  for (int i = 0; i < 3; i++) caml_finish_major_cycle();
  value large = caml_alloc_shr(100 * 4 - 1, String_tag);
  char *first = (char *) blocks[99];
  CAMLreturn(ANSWERS((char *) large <= first && first < (char *) large + 8 * 400));
}

value heap_does_not_grow(value v_n)
{
  for (int i = 0; i < Int_val(v_n); i++) {
    caml_alloc_string(8 * 300);
    if (i == 1000) caml_gc_full_major(Val_unit);
  }
  return Val_bool(Caml_state->stat_heap_wsz < Int_val(v_n) * 301 / 3);
}

value used_after_it_was_freed(value v_n)
{
  value block = old_block(2);
  caml_finish_major_cycle();
  caml_finish_major_cycle();
  caml_finish_major_cycle(); /* moved */
  return Field(block, 0); /* seen */
}

value kept_after_it_was_freed(value v_n)
{
  CAMLparam0();
  CAMLlocal1(holder);
  holder = old_block(1);
  value block = old_block(2);
  for (int i = 0; i < 3; i++) caml_finish_major_cycle();
  Field(holder, 0) = block;
  caml_finish_major_cycle(); /* seen */
  CAMLreturn(holder);
}

value major_block_left_alone(value v_n)
{
  CAMLparam0();
  CAMLlocal1(block);
  block = caml_alloc_shr(2, 0);
  caml_minor_collection();
  caml_copy_double(1.0);
  caml_finish_major_cycle(); /* seen */
  CAMLreturn(Val_unit);
}

/* --- compaction --- */

value compacted(value v_n)
{
  CAMLparam0();
  CAMLlocal2(table, text);
  table = old_block(2);
  text = caml_copy_string("text");
  Store_field(table, 0, text);
  caml_minor_collection();
  value table_was = table, text_was = text;
  caml_compact_heap(-1);
  CAMLreturn(ANSWERS(table != table_was, text != text_was, Field(table, 0) == text,
                     is_text(text, "text")));
}

value freed_before_a_compaction(value v_n)
{
  value text = caml_alloc_shr(1, String_tag); /* made */
  for (int i = 0; i < 3; i++) caml_finish_major_cycle();
  caml_compact_heap(-1); /* moved */
  return Val_int(String_val(text)[0]); /* seen */
}

value moved_by_compaction(value v_n)
{
  CAMLparam0();
  CAMLlocal1(block);
  block = old_block(1);
  value before = block;
  caml_compact_heap(-1); /* moved */
  CAMLreturn(Field(before, 0)); /* seen */
}

/* Most of the heap is free, cycle after cycle. */
value much_is_wasted(value v_n)
{
  CAMLparam0();
  CAMLlocal1(block);
  block = old_block(1);
  value before = block;
  for (int i = 0; i < 200; i++) caml_alloc_shr(5000, String_tag);
  intnat words = Caml_state->stat_heap_wsz;
  for (int i = 0; i < 4; i++) caml_gc_major(Val_unit);
  CAMLreturn(ANSWERS(block != before, Caml_state->stat_heap_wsz < words / 10));
}

value compacted_while_marking(value v_n)
{
  CAMLparam0();
  CAMLlocal1(table);
  table = table_of_texts();
  for (int i = 0; i < 20; i++) {
    for (int j = 0; j < i; j++) caml_gc_major_slice(Val_int(100));
    caml_compact_heap(-1);
    Store_field(table, i, caml_copy_string("text"));
  }
  int whole = 1;
  for (int i = 0; i < LARGE; i++) whole &= is_text(Field(table, i), "text");
  CAMLreturn(ANSWERS(whole));
}

/* --- what is looked at in every collection --- */

static void allocates(void)
{
  caml_alloc_string(10);
}

value allocating_in_a_minor_hook(value v_n)
{
  caml_minor_gc_begin_hook = allocates;
  caml_alloc_string(10);
  caml_minor_collection();
  return Val_unit;
}

value allocating_in_a_slice_hook(value v_n)
{
  caml_major_slice_end_hook = allocates;
  caml_gc_major_slice(Val_int(0));
  return Val_unit;
}

static value written_behind(value text)
{
  CAMLparam1(text);
  memset(Bytes_val(text), 'x', caml_string_length(text) + 1);
  caml_finish_major_cycle();
  CAMLreturn(text);
}

value young_string_written_behind(value v_n)
{
  return written_behind(caml_alloc_string(10)); /* made */
}

value old_string_written_behind(value v_n)
{
  return written_behind(caml_alloc_string(8 * 300)); /* made */
}

#ifdef CAML_SIM_OXCAML
static void collect_all(void)
{
  caml_minor_collection();
  for (int i = 0; i < 3; i++) caml_finish_major_cycle();
  caml_compact_heap(-1);
}

value local_blocks_are_roots(value v_n)
{
  CAMLparam0();
  CAMLlocal2(outer, inner);
  inner = caml_alloc_local(1, 0);
  Field(inner, 0) = Val_unit;
  outer = caml_alloc_local(1, 0);
  Field(outer, 0) = inner;
  caml_modify_local(inner, 0, caml_copy_string("text"));
  caml_minor_collection();
  int promoted = is_text(Field(inner, 0), "text");
  value before = Field(inner, 0);
  collect_all();
  CAMLreturn(ANSWERS(promoted, Field(outer, 0) == inner, Field(inner, 0) != before,
                     is_text(Field(inner, 0), "text")));
}

value local_block_in_the_heap(value v_n)
{
  CAMLparam0();
  CAMLlocal2(cell, inner);
  cell = old_block(1);
  inner = caml_alloc_local(1, 0); /* made */
  Field(inner, 0) = Val_unit;
  Field(cell, 0) = inner;
  caml_finish_major_cycle(); /* seen */
  CAMLreturn(Val_unit);
}

value mixed_blocks_stay_mixed(value v_n)
{
  CAMLparam0();
  CAMLlocal2(text, block);
  text = caml_copy_string("text");
  block = caml_alloc_small_with_reserved(2, 0, Reserved_mixed_block_scannable_wosize_native(1));
  Field(block, 0) = text;
  long *flat = (long *) &Field(block, 1);
  *flat = 1 << 20; /* no value */
  caml_minor_collection();
  value promoted = block;
  collect_all();
  flat = (long *) &Field(block, 1);
  CAMLreturn(ANSWERS(block != promoted, *flat == 1 << 20, is_text(Field(block, 0), "text")));
}
#endif
"""


@pytest.fixture(scope="module")
def stubs(compile_stubs: Compile) -> dict[Profile, Path]:
    return {profile: compile_stubs(STUBS, profile) for profile in PROFILES}


@pytest.fixture(params=PROFILES, ids=lambda profile: profile.value)
def profile(request: pytest.FixtureRequest) -> Profile:
    chosen = request.param
    assert isinstance(chosen, Profile)
    return chosen


@pytest.fixture
def run(profile: Profile, runtime_library: Path, stubs: dict[Profile, Path]) -> Run:
    return runner(profile, runtime_library, stubs)


@pytest.fixture
def run_oxcaml(runtime_library: Path, stubs: dict[Profile, Path]) -> Run:
    return runner(Profile.OXCAML, runtime_library, stubs)


def runner(profile: Profile, runtime_library: Path, stubs: dict[Profile, Path]) -> Run:
    """Calls a primitive in a new runtime; its result as plain data, or the fault."""

    def run_once(name: str, number: int = 0, policy: Policy = GENERATIONAL) -> Data | Fault:
        with Runtime(profile, policy, runtime_library) as runtime:
            runtime.load(stubs[profile])
            outcome = runtime.call(name, runtime.integer(number))
            if isinstance(outcome, Returned):
                return runtime.read(outcome.value)
            assert isinstance(outcome, Fault)
            return outcome

    return run_once


def answers(result: Data | Fault) -> list[bool]:
    assert isinstance(result, Block), result
    return [field == 1 for field in result.fields]


def number(result: Data | Fault) -> int:
    assert isinstance(result, int), result
    return result


def marks(name: str) -> dict[str, int]:
    """The marked lines of a function."""
    start = STUBS.split("\n").index(f"value {name}(value v_n)")
    found = dict[str, int]()
    for line, text in enumerate(STUBS.split("\n")[start:], start + 1):
        if "/* " in text:
            found[text.split("/* ")[1].removesuffix(" */")] = line
        if text == "}":
            break
    return found


def line_of(place: Place | None) -> int | None:
    return place and place.line


def check_fault(result: Data | Fault, rule: str, name: str) -> Fault:
    assert isinstance(result, Fault), result
    expected = marks(name)
    places = {"seen": result.site, "made": result.made_at, "moved": result.moved_at}
    assert result.rule == rule
    assert {mark: line_of(places[mark]) for mark in expected} == expected
    return result


# --- the minor heap ---


@pytest.mark.parametrize(
    ("policy", "words"),
    [(GENERATIONAL, 262144), (generational(5000), 5000), (SMALLEST, 257)],
)
def test_the_minor_heap_has_its_size_and_is_filled_downwards(
    policy: Policy, words: int, run: Run
) -> None:
    assert run("size", policy=policy) == words
    assert answers(run("is_filled_downwards", policy=policy)) == [True, True, True]


def test_there_is_a_collection_only_when_the_minor_heap_is_full(run: Run) -> None:
    words = 262144
    assert run("collections_of_so_many_cells", words // 2 // 3) == 0
    # A cycle begins half-way through, with a minor collection.
    assert run("collections_of_so_many_cells", words // 2 // 3 + 1) == 1
    assert 10 <= number(run("collections_of_so_many_cells", 10 * words // 3)) <= 20


def test_a_collection_that_was_asked_for_is_at_the_next_allocation(run: Run) -> None:
    assert answers(run("requested")) == [False, False, True]
    assert answers(run("requested", policy=generational(traced=False))) == [False, False, True]


def test_what_is_alive_is_promoted_and_stays(run: Run) -> None:
    assert answers(run("promotion")) == [True, True, False, True, True]


def test_what_a_live_block_leads_to_is_promoted(run: Run) -> None:
    assert answers(run("what_leads_on_is_promoted", 10000)) == [False]


def test_a_block_that_was_promoted_is_missed_where_it_was(run: Run) -> None:
    name = "moved_by_a_minor_collection"
    fault = check_fault(run(name), "unrooted-value", name)
    assert (fault.made_by, fault.moved_by) == ("caml_copy_string", "caml_minor_collection")
    check_fault(run("pointer_into_the_minor_heap"), "stale-pointer", "pointer_into_the_minor_heap")


def test_the_caller_makes_closures_also_where_the_minor_heap_is_full(
    profile: Profile, runtime_library: Path, stubs: dict[Profile, Path]
) -> None:
    with Runtime(profile, SMALLEST, runtime_library) as runtime:
        runtime.load(stubs[profile])
        cell = runtime.call("young_cell", runtime.integer(1))
        assert isinstance(cell, Returned)
        for _ in range(200):
            runtime.closure(Function.CONSTANT, 1, cell.value)
        assert runtime.collections == 0
        assert isinstance(runtime.call("promotion", runtime.integer(0)), Returned)
        assert runtime.read(cell.value) == Block(0, [1])


# --- the remembered set ---


@pytest.mark.parametrize("traced", [True, False])
def test_what_the_barrier_records_is_promoted(traced: bool, run: Run) -> None:
    assert answers(run("remembered", policy=generational(traced=traced))) == [True, True]


def test_what_is_overwritten_is_not_promoted(run: Run) -> None:
    assert answers(run("overwritten")) == [False, True]


@pytest.mark.parametrize("name", ["stored_without_a_barrier", "stored_again_without_a_barrier"])
def test_a_young_block_that_was_stored_without_a_barrier_is_shown(name: str, run: Run) -> None:
    check_fault(run(name), "missing-write-barrier", name)


def test_a_missing_barrier_is_laid_to_the_primitive_that_lacks_it(
    runtime_library: Path, compile_stubs: Compile
) -> None:
    stubs = compile_stubs(
        "#include <caml/mlvalues.h>\n#include <caml/memory.h>\n"
        "value take(value v) { Field(v, 0) = Field(v, 1); return Val_unit; }\n",
        Profile.OCAML_5,
    )
    with Runtime(Profile.OCAML_5, GENERATIONAL, runtime_library) as runtime:
        runtime.load(stubs)
        pair = runtime.tuple_of(runtime.string(b"one"), runtime.string(b"two"))
        runtime.call("caml_gc_full_major", runtime.integer(0))
        fault = runtime.call("take", pair)
    assert isinstance(fault, Fault)
    assert (fault.rule, fault.site and fault.site.line) == ("missing-write-barrier", 3)


def test_a_full_table_asks_for_a_collection(run: Run) -> None:
    assert answers(run("many_are_remembered", 262144 // 8 - 1)) == [False, False]
    assert answers(run("many_are_remembered", 262144 // 8)) == [False, True]


# --- ephemerons ---


def test_a_dead_young_key_is_cleared_in_4_14_and_promoted_in_5(run: Run, profile: Profile) -> None:
    promoted = profile is not Profile.OCAML_4_14
    assert answers(run("dead_young_key")) == [promoted, promoted, False, False]


@pytest.mark.parametrize("policy", [GENERATIONAL, SMALLEST, generational(traced=False)])
def test_the_data_of_a_live_key_is_kept(policy: Policy, run: Run) -> None:
    assert answers(run("live_key", policy=policy)) == [True, True, True]


def test_a_key_that_is_read_while_there_is_marking_is_kept(run: Run) -> None:
    assert answers(run("key_read_while_marking")) == [True]


# --- custom blocks ---


@pytest.mark.parametrize("traced", [True, False])
def test_a_young_custom_block_is_finalised_by_the_minor_collection(traced: bool, run: Run) -> None:
    policy = generational(traced=traced)
    assert answers(run("young_custom_block", policy=policy)) == [False, True]


@pytest.mark.parametrize("traced", [True, False])
def test_an_old_custom_block_is_finalised_when_it_is_swept(traced: bool, run: Run) -> None:
    policy = generational(traced=traced)
    assert answers(run("old_custom_block", policy=policy)) == [False, True]


def test_memory_outside_the_heap_speeds_major_collections_up(run: Run) -> None:
    assert number(run("heavy_custom_blocks", 1000)) > 5
    with_none = number(run("cycles_with_dependent_memory", 0, generational(5000)))
    with_some = number(run("cycles_with_dependent_memory", 10000, generational(5000)))
    assert with_some > with_none + 5


# --- marking ---


@pytest.mark.parametrize("name", ["taken_out_with_the_barrier", "darkened_by_hand"])
def test_what_was_reachable_when_marking_began_is_kept(name: str, run: Run) -> None:
    assert answers(run(name)) == [True]


def test_a_block_that_the_barrier_would_have_kept_is_shown(run: Run) -> None:
    name = "taken_out_without_the_barrier"
    fault = check_fault(run(name), "missing-write-barrier", name)
    assert fault.made_by == "caml_copy_string"


@pytest.mark.parametrize("policy", [GENERATIONAL, SMALLEST, generational(traced=False)])
def test_a_program_may_change_what_is_being_marked(policy: Policy, run: Run) -> None:
    assert answers(run("shuffled_while_marking", 5000, policy)) == [True, True]


def test_a_slice_does_as_much_as_it_is_asked_for(run: Run) -> None:
    few, many = number(run("slices_of_a_cycle", 100)), number(run("slices_of_a_cycle", 10000))
    assert few > 5 * many


# --- sweeping and free memory ---


def test_the_memory_of_a_dead_block_is_used_again(run: Run) -> None:
    assert answers(run("memory_is_used_again")) == [False, True]


def test_free_pieces_that_are_adjacent_are_joined(run: Run) -> None:
    assert answers(run("pieces_join")) == [True]


@pytest.mark.parametrize("traced", [True, False])
def test_the_heap_of_a_program_that_keeps_nothing_stays_small(traced: bool, run: Run) -> None:
    assert run("heap_does_not_grow", 20000, generational(traced=traced)) == 1


def test_a_block_that_was_freed_is_missed(run: Run) -> None:
    for name in ("used_after_it_was_freed", "kept_after_it_was_freed"):
        fault = check_fault(run(name), "unrooted-value", name)
        assert fault.made_by == "caml_alloc_shr"
        assert "freed" in fault.message


def test_a_major_block_without_contents_is_shown_when_it_is_marked(run: Run) -> None:
    name = "major_block_left_alone"
    check_fault(run(name), "uninitialised-block", name)


# --- compaction ---


@pytest.mark.parametrize("policy", [GENERATIONAL, SMALLEST, generational(traced=False)])
def test_a_compaction_moves_major_blocks(policy: Policy, run: Run) -> None:
    assert answers(run("compacted", policy=policy)) == [True, True, True, True]
    assert answers(run("compacted_while_marking", policy=policy)) == [True]


def test_a_block_that_a_compaction_moved_is_missed_where_it_was(run: Run) -> None:
    for name in ("moved_by_compaction", "freed_before_a_compaction"):
        fault = check_fault(run(name), "unrooted-value", name)
        assert fault.moved_by == "caml_compact_heap"


def test_waste_makes_4_14_compact_and_not_5(run: Run, profile: Profile) -> None:
    compacted = profile is Profile.OCAML_4_14
    assert answers(run("much_is_wasted")) == [compacted, compacted]


# --- what is looked at in every collection ---


@pytest.mark.parametrize("name", ["allocating_in_a_minor_hook", "allocating_in_a_slice_hook"])
def test_a_hook_does_not_allocate(name: str, run: Run) -> None:
    fault = run(name)
    assert isinstance(fault, Fault)
    assert fault.message == "caml_alloc_string is called by a hook during a collection"


@pytest.mark.parametrize("name", ["young_string_written_behind", "old_string_written_behind"])
def test_bytes_behind_the_end_of_a_string_show(name: str, run: Run) -> None:
    check_fault(run(name), "crash", name)


def test_the_heap_of_what_collects_so_is_walked(
    profile: Profile, runtime_library: Path, stubs: dict[Profile, Path]
) -> None:
    for policy in (SMALLEST, generational(minor_heap=1, traced=False)):
        with Runtime(profile, policy, runtime_library) as runtime:
            runtime.load(stubs[profile])
            kept = [runtime.string(b"kept") for _ in range(3)]
            assert isinstance(runtime.call("promotion", runtime.integer(0)), Returned)
            assert runtime.check() is None
            assert runtime.settle("promotion") is None
            strings = [blocks for blocks in runtime.blocks() if blocks.tag == STRING_TAG]
            assert [(blocks.reachable, blocks.number) for blocks in strings] == [(True, 3)]
            assert runtime.read(kept[0]) == b"kept"


def test_the_caller_makes_bigarrays_without_a_collection(
    profile: Profile, runtime_library: Path
) -> None:
    with Runtime(profile, SMALLEST, runtime_library) as runtime:
        for _ in range(100):
            runtime.bigarray(3, [2])
        assert runtime.collections == 0
        assert runtime.settle("none") is None
        assert runtime.collections > 0


# --- OxCaml's blocks ---


@pytest.mark.parametrize("policy", [GENERATIONAL, SMALLEST, generational(traced=False)])
def test_local_blocks_are_followed_and_stay(policy: Policy, run_oxcaml: Run) -> None:
    assert answers(run_oxcaml("local_blocks_are_roots", policy=policy)) == [True, True, True, True]


def test_a_local_block_in_the_heap_is_shown(run_oxcaml: Run) -> None:
    name = "local_block_in_the_heap"
    check_fault(run_oxcaml(name), "local-escape", name)


@pytest.mark.parametrize("policy", [GENERATIONAL, SMALLEST, generational(traced=False)])
def test_flat_data_of_mixed_blocks_is_not_followed(policy: Policy, run_oxcaml: Run) -> None:
    assert answers(run_oxcaml("mixed_blocks_stay_mixed", policy=policy)) == [True, True, True]


# --- more than one ---


def test_runtimes_have_their_own_heaps(
    profile: Profile, runtime_library: Path, stubs: dict[Profile, Path]
) -> None:
    with (
        Runtime(profile, SMALLEST, runtime_library) as one,
        Runtime(profile, GENERATIONAL, runtime_library) as other,
    ):
        for runtime in (one, other):
            runtime.load(stubs[profile])
        kept = [runtime.string(b"kept") for runtime in (one, other)]
        for _ in range(3):
            for runtime in (one, other):
                outcome = runtime.call("shuffled_while_marking", runtime.integer(200))
                assert isinstance(outcome, Returned)
        assert one.collections > other.collections > 0
        assert [one.read(kept[0]), other.read(kept[1])] == [b"kept", b"kept"]
