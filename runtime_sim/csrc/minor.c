/* The minor heap: what is alive in it is moved to the major heap, where it stays.

   Under tracing every minor collection goes on at fresh addresses, and what it leaves is
   inaccessible; otherwise the same area is used again. */
#include "sim.h"

#include <string.h>

#define HEADER(block) (((header_t *) (block))[-1])
#define FIELDS(block) ((value *) (block))

static void empty_area(sim *s)
{
  s->young_ptr = s->young_alloc_end;
  s->young_trigger = s->young_alloc_mid;
  sim_set_limit(s);
}

void sim_new_minor_heap(sim *s)
{
  chunk *c = sim_new_plain_chunk(s, s->minor_heap_wsz, CHUNK_YOUNG);
  s->young = c;
  s->young_end = s->young_alloc_end = (value *) c->end;
  s->young_start = s->young_alloc_start = s->young_end - s->minor_heap_wsz;
  s->young_base = (value *) c->start;
  s->young_alloc_mid = s->young_start + s->minor_heap_wsz / 2;
  empty_area(s);
}

/* --- what is recorded for it --- */

static bool is_young(sim *s, value v)
{
  return Is_block(v) && sim_is_in_minor_heap(s, (void *) v);
}

static void request(sim *s)
{
  s->requested_minor_gc = 1;
  sim_set_limit(s);
}

/* If the old value was young the field is recorded already. */
void sim_stored(sim *s, caml_sim_cell *field, value old, value v)
{
  if (sim_is_in_minor_heap(s, (const void *) field) || is_young(s, old)) return;
  sim_darken(s, old);
  if (!is_young(s, v)) return;
  chunk *c = sim_chunk_of(s, (const void *) field);
  if (c != NULL && c->state != CHUNK_OLD) return;
  addresses *recorded = &s->minor.recorded;
  sim_push_address(recorded, (value *) field);
  if (recorded->count == s->minor_heap_wsz / 8) request(s);
  if (c == NULL || c->remembered == NULL) return;
  size_t word = sim_word(c, (const void *) field);
  c->remembered[word / 64] |= (uint64_t) 1 << word % 64;
}

/* A key or the data of an ephemeron is written: to move it, it must be found. */
void sim_touch(sim *s, value ephemeron, value v)
{
  if (s->policy == POLICY_GENERATIONAL && is_young(s, v)) sim_push_value(&s->minor.touched, ephemeron);
}

/* A custom block holds memory outside the heap, which asks for collections of both kinds. */
void sim_weigh(sim *s, value block, mlsize_t memory, mlsize_t minor_max, mlsize_t major_max)
{
  if (s->policy != POLICY_GENERATIONAL || memory == 0) return;
  double share = memory < major_max ? (double) memory / (double) major_max : 1;
  if (!is_young(s, block)) {
    sim_speed_up(s, share);
    return;
  }
  sim_push_weight(&s->minor.weights, (weight){ block, share });
  s->extra_heap_resources_minor += memory < minor_max ? (double) memory / (double) minor_max : 1;
  if (s->extra_heap_resources_minor > 1) request(s);
}

static void forget_recorded(sim *s)
{
  addresses *recorded = &s->minor.recorded;
  for (size_t i = 0; i < recorded->count && !s->untraced; i++) {
    chunk *c = sim_chunk_of(s, recorded->items[i]);
    if (c != NULL && c->remembered != NULL)
      c->remembered[sim_word(c, recorded->items[i]) / 64] = 0;
  }
  recorded->count = 0;
}

/* --- promotion --- */

static value promoted(sim *s, value v, way *w)
{
  bool was_young = is_young(s, v);
  if (!s->untraced || !was_young) sim_follow(s, v, w);
  if (!was_young) return v;
  if (HEADER(v) == 0) return FIELDS(v)[0];
  header_t header = HEADER(v);
  mlsize_t wosize = Wosize_hd(header);
  value to = sim_take_major(s, wosize, Tag_hd(header));
  HEADER(to) = Hd_with_color(header, Color_hd(HEADER(to)));
  memcpy((void *) to, (void *) v, Bsize_wsize(wosize));
  if (!s->untraced) sim_trace_block(s, to, sim_maker(s->young, v));
  HEADER(v) = 0;
  FIELDS(v)[0] = to;
  s->stat_promoted_words += (double) Whsize_wosize(wosize);
  if (Tag_hd(header) < No_scan_tag) sim_push_value(&s->minor.unfollowed, to);
  return to;
}

static void visit_root(sim *s, value *root, const char *what, void *with)
{
  way *w = with;
  w->holder = what;
  *root = promoted(s, *root, w);
}

static void promote_recorded(sim *s, way *w)
{
  for (size_t i = 0; i < s->minor.recorded.count; i++) {
    value *field = s->minor.recorded.items[i];
    w->holder = "a field that caml_modify or caml_initialize wrote";
    /* It may have been overwritten since, also where it is in memory of C's that is gone. */
    if (is_young(s, *field)) *field = promoted(s, *field, w);
  }
}

static void promote_field(sim *s, value *field, way *w)
{
  *field = promoted(s, *field, w);
}

static void follow_promoted(sim *s, way *w)
{
  values *unfollowed = &s->minor.unfollowed;
  sim_each_local_field(s, promote_field, w);
  while (unfollowed->count > 0)
    sim_each_field(s, unfollowed->items[--unfollowed->count], promote_field, w);
}

/* --- ephemerons --- */

static bool is_alive(sim *s, value v)
{
  return !is_young(s, v) || HEADER(v) == 0;
}

static value promoted_to(sim *s, value v)
{
  return is_young(s, v) ? FIELDS(v)[0] : v;
}

static const liveness in_minor_heap = { is_alive, promoted_to };

static value promote(sim *s, value v, void *with)
{
  return promoted(s, v, with);
}

/* In 4.14 a key that died is cleared; in OCaml 5 what was written since the last minor collection
   is promoted. */
static void promote_ephemerons(sim *s, way *w)
{
  values *touched = &s->minor.touched;
  w->holder = "an ephemeron";
  for (size_t i = 0; i < touched->count && s->version >= 50000; i++) {
    mlsize_t count;
    value *fields = sim_ephemeron_fields(touched->items[i], &count);
    for (mlsize_t j = 0; j < count; j++)
      if (is_young(s, fields[j])) fields[j] = promoted(s, fields[j], w);
  }
  do follow_promoted(s, w);
  while (sim_follow_ephemerons(s, touched, &in_minor_heap, promote, w));
  sim_clear_ephemerons(s, touched, &in_minor_heap);
  touched->count = 0;
}

/* --- custom blocks --- */

/* Those that died are still whole, though what is around them may be gone. */
static void finalise_young(sim *s)
{
  s->operation = "finalised";
  for (size_t i = 0; i < s->finalisable.count; i++) {
    value block = s->finalisable.items[i];
    if (is_alive(s, block)) continue;
    const struct custom_operations *ops = (const struct custom_operations *) FIELDS(block)[0];
    ops->finalize(block);
  }
  s->operation = NULL;
  s->finalisable.count = 0; /* the others are found when they are swept */
}

static void weigh_survivors(sim *s)
{
  for (size_t i = 0; i < s->minor.weights.count; i++)
    if (is_alive(s, s->minor.weights.items[i].block))
      sim_speed_up(s, s->minor.weights.items[i].share);
  s->minor.weights.count = 0;
  s->extra_heap_resources_minor = 0;
}

/* --- the collection --- */

static void leave_area(sim *s, caller by)
{
  if (s->untraced) {
    empty_area(s);
    return;
  }
  sim_note_remains(s, s->young);
  sim_kill_chunks(s, s->young, by);
  sim_new_minor_heap(s);
}

void sim_collect_minor(sim *s, caller by)
{
  s->requested_minor_gc = 0;
  if (s->young_ptr == s->young_end) {
    s->finalisable.count = 0;
    empty_area(s);
    return;
  }
  if (!s->untraced) {
    sim_check_all_contents(s, s->young, by);
    sim_audit_remembered(s, s->old, by);
    sim_check_global_roots(s, by);
  }
  s->collecting = true;
  s->in_minor_collection = 1;
  sim_call_hook(&caml_minor_gc_begin_hook);
  s->collections++;
  s->stat_minor_collections++;
  s->stat_minor_words += (double) (s->young_end - s->young_ptr);
  way w = { .by = by, .holder = "" };
  sim_each_root(s, visit_root, &w);
  promote_recorded(s, &w);
  follow_promoted(s, &w);
  promote_ephemerons(s, &w);
  sim_forget_reached(s);
  finalise_young(s);
  weigh_survivors(s);
  forget_recorded(s);
  if (!s->untraced) sim_note_all_fields(s, s->old);
  leave_area(s, by);
  sim_call_hook(&caml_minor_gc_end_hook);
  s->collecting = false;
  s->in_minor_collection = 0;
}
