/* OxCaml's local blocks: a stack of regions beside the heap.

   A local block stays where it is until its region ends, and is inaccessible from then on.  What may
   live longer must not lead to it: the heap, a global root, a region that was begun before. */
#include "sim.h"

#include <caml/alloc.h>

#include <string.h>

#define HEADER(block) (((header_t *) (block))[-1])
#define FIELDS(block) ((value *) (block))

/* The colour of a local block that the collection under way has reached. */
#define REACHED ((color_t) 2 << 8)

/* What is done with the OxCaml that the headers of that profile stand for. */
SIM_EXPORT void sim_set_oxcaml(sim *s, int oxcaml)
{
  s->oxcaml = oxcaml != 0;
}

/* Where the blocks are that the host makes from now on. */
SIM_EXPORT void sim_set_making_local(sim *s, int local)
{
  s->making_local = local != 0;
}

/* --- regions --- */

/* A region is known by its depth.  It has the chunks that came after the outer region's last. */
SIM_EXPORT size_t sim_begin_region(sim *s)
{
  sim_push_value(&s->regions, (value) s->local);
  return s->regions.count - 1;
}

static void end_region(sim *s, size_t depth, caller by)
{
  chunk *outer = (chunk *) s->regions.items[depth], *ended = s->local, *last = NULL;
  s->regions.count = depth;
  s->local = outer;
  for (chunk *c = ended; c != outer; c = c->next) {
    sim_note_remains(s, c);
    last = c;
  }
  if (last == NULL) return;
  last->next = NULL;
  sim_kill_chunks(s, ended, by);
}

/* Ends a region and those that were begun in it. */
SIM_EXPORT void sim_end_region(sim *s, size_t depth)
{
  end_region(s, depth, (caller){ "the caller", NULL });
}

/* What was allocated in a region becomes part of the outer one. */
void sim_join_region(sim *s, size_t depth)
{
  s->regions.count = depth;
}

SIM_EXPORT intnat caml_region_begin(void)
{
  return (intnat) sim_begin_region(ENTER("caml_region_begin"));
}

SIM_EXPORT void caml_region_end(intnat region)
{
  caller by = HERE("caml_region_end");
  sim *s = sim_enter(by);
  if ((size_t) region >= s->regions.count)
    sim_fail(s, "local-escape", by.site, "a region is ended that is not open");
  end_region(s, (size_t) region, by);
}

/* --- making local blocks --- */

value sim_take_local(sim *s, mlsize_t wosize, tag_t tag, reserved_t reserved, caller by)
{
  chunk *outer = s->regions.count == 0 ? NULL : (chunk *) s->regions.items[s->regions.count - 1];
  if (s->local == outer) {
    chunk *c = sim_new_chunk(s, (wosize + 2) * sizeof(value), CHUNK_LOCAL);
    c->next = outer;
    s->local = c;
  }
  value block = sim_take(s, wosize, tag, CHUNK_LOCAL, by);
  HEADER(block) |= Hd_reserved(reserved) | NOT_MARKABLE;
  return block;
}

/* A block of the heap again, in the region that is open. */
value sim_copy_local(sim *s, value block, caller by)
{
  header_t header = HEADER(block);
  value copy = sim_take_local(s, Wosize_hd(header), Tag_hd(header), Reserved_hd(header), by);
  memcpy((void *) copy, (void *) block, Bosize_hd(header));
  return copy;
}

/* In native code, which is what is simulated, these never collect. */

SIM_EXPORT value caml_alloc_local_reserved(mlsize_t wosize, tag_t tag, reserved_t reserved)
{
  sim *s = ENTER("caml_alloc_local_reserved");
  if (wosize == 0) return caml_atom(tag);
  return sim_take_local(s, wosize, tag, reserved, HERE("caml_alloc_local_reserved"));
}

SIM_EXPORT value caml_alloc_local(mlsize_t wosize, tag_t tag)
{
  sim *s = ENTER("caml_alloc_local");
  if (wosize == 0) return caml_atom(tag);
  return sim_take_local(s, wosize, tag, 0, HERE("caml_alloc_local"));
}

SIM_EXPORT value caml_alloc_local_string(mlsize_t length)
{
  sim *s = ENTER("caml_alloc_local_string");
  mlsize_t wosize = length / sizeof(value) + 1, last = Bsize_wsize(wosize) - 1;
  value block = sim_take_local(s, wosize, String_tag, 0, HERE("caml_alloc_local_string"));
  FIELDS(block)[wosize - 1] = 0;
  ((unsigned char *) block)[last] = (unsigned char) (last - length);
  return block;
}

/* --- where local values must not get --- */

bool sim_is_local(sim *s, value v)
{
  chunk *c = Is_long(v) ? NULL : sim_chunk_of(s, (void *) v);
  return c != NULL && c->state == CHUNK_LOCAL;
}

void sim_refuse_local(sim *s, value v, const char *use, void *site)
{
  if (!sim_is_local(s, v)) return;
  sim_describe_block(s, v);
  sim_fail(s, "local-escape", site, "a local block is %s", use);
}

/* A value, and one that may outlive every region. */
void sim_check_global(sim *s, value v, const char *use, void *site)
{
  sim_check_value(s, v, use, site);
  sim_refuse_local(s, v, use, site);
}

/* A local block may point to those that were there before it, as they end after it. */
static void refuse_younger(sim *s, value block, value v, mlsize_t field, void *site)
{
  if (!sim_is_local(s, v) || v < block) return;
  sim_describe_block(s, v);
  sim_fail(s, "local-escape", site, "field %ld of a local block holds one that was made after it",
           (long) field);
}

/* The barriers are for fields of the heap, and what is in them. */
void sim_check_barrier(sim *s, caml_sim_cell *field, value v, caller by)
{
  if (sim_is_local(s, (value) field)) {
    sim_describe_holder(s, (const void *) field);
    sim_fail(s, "local-escape", by.site,
             "%s is given a field of a local block, which caml_modify_local is for", by.function);
  }
  sim_refuse_local(s, v, "stored in a block of the heap", by.site);
  sim_check_prefix(s, (const void *) field, by);
}

SIM_EXPORT void caml_modify_local(value block, intnat index, value v)
{
  caller by = HERE("caml_modify_local");
  sim *s = sim_enter(by);
  caml_sim_cell *field = caml_sim_field(block, (mlsize_t) index);
  if (!sim_is_local(s, block)) {
    caml_modify(field, v);
    return;
  }
  sim_check_prefix(s, (const void *) field, by);
  sim_check_value(s, v, "stored in a block", by.site);
  refuse_younger(s, block, v, (mlsize_t) index, by.site);
  *field = v;
}

SIM_EXPORT int caml_is_stack(value v)
{
  return sim_is_local(ENTER("caml_is_stack"), v);
}

/* --- in a collection --- */

static void check_roots(sim *s, const addresses *roots, caller by)
{
  for (size_t i = 0; i < roots->count; i++)
    sim_refuse_local(s, *roots->items[i], "held by a global root", by.site);
}

void sim_check_global_roots(sim *s, caller by)
{
  check_roots(s, &s->global_roots, by);
  check_roots(s, &s->generational_roots, by);
}

/* Something leads to a local block: a field of a block, or a root if there is none. */
void sim_reach_local(sim *s, value v, value block, mlsize_t field, caller by)
{
  if (block != 0 && !sim_is_local(s, block)) {
    sim_describe_block(s, v);
    sim_fail(s, "local-escape", by.site, "field %ld of a block of the heap holds a local block",
             (long) field);
  }
  if (block != 0) refuse_younger(s, block, v, field, by.site);
  if (Color_hd(HEADER(v)) == REACHED) return;
  HEADER(v) = Hd_with_color(HEADER(v), REACHED);
  sim_push_value(&s->reached, v);
}

/* What is noted so is followed in turn: a local block is a root as far as something leads to it.  Says
   whether there was one that had not been. */
bool sim_each_local_field(sim *s, void (*visit)(sim *, value *, way *), way *w)
{
  bool found = w->local < s->reached.count;
  while (w->local < s->reached.count) sim_each_field(s, s->reached.items[w->local++], visit, w);
  return found;
}

void sim_forget_reached(sim *s)
{
  for (size_t i = 0; i < s->reached.count; i++)
    HEADER(s->reached.items[i]) = Hd_with_color(HEADER(s->reached.items[i]), NOT_MARKABLE);
  s->reached.count = 0;
}

/* --- what the host says of results --- */

/* Whether what the primitives that are called next return may be local, may be null, and is of no heap. */
SIM_EXPORT void sim_set_result(sim *s, int local, int nullable, int external)
{
  s->local_result = local != 0;
  s->nullable_result = nullable != 0;
  s->external_result = external != 0;
}

void sim_check_result(sim *s, value result)
{
  if (sim_is_null(s, result) && !s->nullable_result)
    sim_fail(s, "null-returned", NULL, "null is returned where the type has none");
  sim_check_value(s, result, "returned", NULL);
  if (s->external_result && Is_block(result) && sim_chunk_of(s, (void *) result) != NULL) {
    sim_describe_block(s, result);
    sim_fail(s, "external-kind-violation", NULL,
             "a block of the heap is returned where the type keeps the collector away");
  }
  if (!s->local_result) sim_refuse_local(s, result, "returned where the result is global", NULL);
}
