/* OxCaml's mixed blocks: a prefix of values, which its header counts, then flat data. */
#include "sim.h"

#include <caml/alloc.h>

#include <stdlib.h>

#define HEADER(block) (((header_t *) (block))[-1])
#define FIELDS(block) ((value *) (block))

bool sim_is_mixed(header_t header)
{
  return Reserved_hd(header) != 0;
}

/* How many fields of a block are values, if any are. */
mlsize_t sim_scannable(header_t header)
{
  return sim_is_mixed(header) ? Reserved_hd(header) - 1 : Wosize_hd(header);
}

/* The fields of one block for another of the same size and tag, which is fresh. */
void sim_copy_fields(value to, value from)
{
  header_t header = HEADER(from);
  mlsize_t values = Tag_hd(header) < No_scan_tag ? sim_scannable(header) : 0;
  HEADER(to) |= Hd_reserved(Reserved_hd(header));
  for (mlsize_t i = 0; i < Wosize_hd(header); i++) {
    if (i < values) caml_initialize((caml_sim_cell *) &FIELDS(to)[i], FIELDS(from)[i]);
    else FIELDS(to)[i] = FIELDS(from)[i];
  }
}

/* --- flat data that is taken for values, and the reverse ---

   Field is how the address of flat data is got, too: only when the word is used as a value is it
   known that it was meant for one. */

void sim_note_field(sim *s, value block, mlsize_t index)
{
  bool flat = s->oxcaml && index >= sim_scannable(HEADER(block));
  s->flat = flat ? FIELDS(block)[index] : 0;
}

/* Whether a word is that of the last field, which was flat, and can be no value. */
void sim_refuse_flat(sim *s, value v, const char *use, void *site)
{
  if (s->flat == 0 || v != s->flat || sim_chunk_of(s, (void *) v) != NULL) return;
  sim_fail(s, "mixed-block-access", site, "%s, and it is flat data of a mixed block", use);
}

/* The barriers are for values. */
void sim_check_prefix(sim *s, const void *field, caller by)
{
  value block = sim_holder(s, field);
  if (block == 0 || !sim_is_mixed(HEADER(block))) return;
  mlsize_t index = (mlsize_t) ((value *) field - FIELDS(block));
  if (index < sim_scannable(HEADER(block))) return;
  sim_describe_block(s, block);
  sim_fail(s, "mixed-block-access", by.site, "%s writes to field %ld of a mixed block, which is flat",
           by.function, (long) index);
}

/* A flat float behind the prefix. */
void sim_check_flat_index(sim *s, value block, mlsize_t index, void *site)
{
  mlsize_t values = sim_scannable(HEADER(block));
  if (index >= values) return;
  sim_describe_block(s, block);
  sim_fail(s, "mixed-block-access", site, "field %ld of a mixed block is read as a flat float, and "
           "the first %ld are values", (long) index, (long) values);
}

SIM_EXPORT int caml_sim_is_block(value v)
{
  if (Is_long(v) || v == 0) return 0;
  if (sim_current != NULL) sim_refuse_flat(sim_current, v, "a word is asked for a value", SITE);
  return 1;
}

/* --- making them --- */

static void fill(value block, mlsize_t scannable, reserved_t reserved)
{
  HEADER(block) |= Hd_reserved(reserved);
  for (mlsize_t i = 0; i < scannable; i++) FIELDS(block)[i] = Val_unit;
}

static mlsize_t values_of(mlsize_t wosize, tag_t tag, reserved_t reserved)
{
  if (tag >= No_scan_tag) return 0;
  return reserved == 0 ? wosize : reserved - 1;
}

SIM_EXPORT value caml_alloc_with_reserved(mlsize_t wosize, tag_t tag, reserved_t reserved)
{
  caller by = HERE("caml_alloc_with_reserved");
  sim *s = sim_enter(by);
  if (wosize == 0) return caml_atom(tag);
  value block = sim_fresh(s, wosize, tag, by);
  fill(block, values_of(wosize, tag, reserved), reserved);
  return block;
}

SIM_EXPORT value caml_alloc_small_with_reserved(mlsize_t wosize, tag_t tag, reserved_t reserved)
{
  caller by = HERE("caml_alloc_small_with_reserved");
  sim *s = sim_enter(by);
  if (wosize < 1 || wosize > Max_young_wosize)
    sim_fail(s, "alloc-small-size", by.site, "caml_alloc_small_with_reserved of %ld fields",
             (long) wosize);
  value block = sim_fresh(s, wosize, tag, by);
  fill(block, 0, reserved);
  return block;
}

/* OCaml 5 has the function, and no bits. */
SIM_EXPORT value caml_alloc_shr_reserved(mlsize_t wosize, tag_t tag, reserved_t reserved)
{
  caller by = HERE("caml_alloc_shr_reserved");
  sim *s = sim_enter(by);
  value block = sim_take(s, wosize, tag, CHUNK_OLD, by);
  fill(block, 0, s->oxcaml ? reserved : 0);
  return block;
}

SIM_EXPORT value caml_alloc_mixed_shr_check_gc(mlsize_t wosize, tag_t tag, mlsize_t scannable)
{
  caller by = HERE("caml_alloc_mixed_shr_check_gc");
  sim *s = sim_enter(by);
  sim_point(s, by);
  value block = sim_take(s, wosize, tag, CHUNK_OLD, by);
  fill(block, tag < No_scan_tag ? scannable : 0, scannable + 1);
  return block;
}

/* --- blocks outside the heap, which nothing scans --- */

static value outside(mlsize_t wosize, tag_t tag, reserved_t reserved)
{
  header_t *memory = malloc((wosize + 1) * sizeof(value));
  if (memory == NULL) abort();
  *memory = Caml_out_of_heap_header(wosize, tag);
  value block = (value) (memory + 1);
  fill(block, values_of(wosize, tag, reserved), reserved);
  return block;
}

SIM_EXPORT value caml_alloc_malloc(mlsize_t wosize, tag_t tag)
{
  ENTER("caml_alloc_malloc");
  return outside(wosize, tag, 0);
}

SIM_EXPORT value caml_alloc_mixed_malloc(mlsize_t wosize, tag_t tag, mlsize_t scannable)
{
  ENTER("caml_alloc_mixed_malloc");
  return outside(wosize, tag, scannable + 1);
}
