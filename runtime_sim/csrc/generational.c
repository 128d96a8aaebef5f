/* The policy of OCaml itself: what happens at a point, and when a stub asks for a collection. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#define FIELDS(block) ((value *) (block))
#define INITIAL_HEAP_WORDS (31 * 4096)

/* --- its start and end --- */

static void check_new(sim *s)
{
  if (s->fresh != s->nowhere + CHUNK_BYTES)
    sim_fail(s, "internal", NULL, "how the heap is kept is chosen when there are blocks already");
}

/* Before the policy is chosen: the size of its minor heap, in words with headers. */
SIM_EXPORT void sim_set_minor_heap(sim *s, unsigned long words)
{
  check_new(s);
  s->minor_heap_wsz = words < Max_young_whsize ? Max_young_whsize : words;
}

/* Before the policy is chosen: whether it is recorded where blocks are and who made them, which faults
   are told by, and whether the heap is checked. */
SIM_EXPORT void sim_set_tracing(sim *s, int on)
{
  check_new(s);
  s->untraced = on == 0;
}

void sim_start_generational(sim *s)
{
  check_new(s);
  if (s->minor_heap_wsz == 0) s->minor_heap_wsz = Minor_heap_def;
  enum { WHITE = 0 << 8, GRAY = 1 << 8, BLUE = 2 << 8, BLACK = 3 << 8 };
  major_heap *m = &s->major;
  bool rotates = s->version >= 50000;
  m->unmarked = WHITE;
  m->marked = rotates ? GRAY : BLACK;
  m->garbage = rotates ? BLUE : WHITE;
  m->free = rotates ? NOT_MARKABLE : BLUE;
  sim_grow(s, INITIAL_HEAP_WORDS);
  sim_new_minor_heap(s);
}

void sim_free_generational(sim *s)
{
  free(s->minor.recorded.items);
  free(s->minor.touched.items);
  free(s->minor.weights.items);
  free(s->minor.unfollowed.items);
  free(s->major.stack.items);
}

/* --- chunks --- */

/* One that is all blocks and free memory, without anything of ours in between. */
chunk *sim_new_plain_chunk(sim *s, size_t words, chunk_state state)
{
  chunk *c = sim_new_chunk(s, Bsize_wsize(words), state);
  c->top = c->end;
  if (s->untraced) return c;
  c->makers = calloc((size_t) (c->end - c->start) / sizeof(value), sizeof *c->makers);
  if (c->makers == NULL) abort();
  return c;
}

/* --- blocks --- */

/* Records of a block that it is there. */
void sim_trace_block(sim *s, value block, uintnat maker)
{
  chunk *c = sim_chunk_of(s, (void *) block);
  if (c->starts == NULL) return;
  size_t word = sim_word(c, (void *) block);
  mlsize_t wosize = Wosize_hd(((header_t *) block)[-1]);
  /* Of blocks that were freed where it is nothing is known any more. */
  memset(&c->makers[word - 1], 0, Bsize_wsize(Whsize_wosize(wosize)));
  c->makers[word] = maker;
  sim_mark_start(c, block);
}

static value take_young(sim *s, mlsize_t wosize, tag_t tag)
{
  mlsize_t words = Whsize_wosize(wosize);
  if (words > (mlsize_t) (s->young_ptr - s->young_start)) return 0;
  s->young_ptr -= words;
  *s->young_ptr = (value) Make_header(wosize, tag, 0);
  return (value) (s->young_ptr + 1);
}

/* A young block for which no room was made is an old one: what is stored in it needs the barrier. */
value sim_take_generational(sim *s, mlsize_t wosize, tag_t tag, chunk_state state, caller by)
{
  value block = state == CHUNK_YOUNG ? take_young(s, wosize, tag) : 0;
  if (block == 0) block = sim_take_major(s, wosize, tag);
  if (s->untraced) return block;
  for (mlsize_t i = 0; i < wosize; i++) FIELDS(block)[i] = POISON;
  sim_trace_block(s, block, sim_meta(by));
  sim_note_fields(s, block);
  return block;
}

/* Where blocks of so many words go together, when there is no point before. */
chunk_state sim_place(sim *s, mlsize_t words)
{
  bool fits = s->policy != POLICY_GENERATIONAL || words <= (mlsize_t) (s->young_ptr - s->young_start);
  return words <= Max_young_wosize && fits ? CHUNK_YOUNG : CHUNK_OLD;
}

/* --- when to collect --- */

/* Allocation goes past the short way if there is something to be looked at. */
void sim_set_limit(sim *s)
{
  bool slow = !s->untraced || s->requested_minor_gc || s->requested_major_slice;
  s->young_limit = slow ? s->young_end : s->young_trigger;
}

/* Half-way through the minor heap there is a slice, at its end a minor collection.  A cycle only
   begins when the minor heap is empty. */
static void dispatch(sim *s, bool at_trigger, caller by)
{
  bool at_end = s->young_trigger == s->young_start;
  bool minor = s->requested_minor_gc || (at_trigger && at_end);
  bool slice = s->requested_major_slice || (at_trigger && !at_end);
  if (s->major.phase == PHASE_IDLE) minor = slice = true;
  if (minor) sim_collect_minor(s, by);
  if (slice) {
    s->young_trigger = s->young_start;
    s->requested_major_slice = 0;
    sim_slice(s, 0, by);
  }
  sim_set_limit(s);
}

void sim_make_room(sim *s, mlsize_t words, caller by)
{
  for (;;) {
    bool at_trigger = s->young_ptr - s->young_trigger < (intnat) words;
    if (!at_trigger && !s->requested_minor_gc && !s->requested_major_slice) return;
    dispatch(s, at_trigger, by);
  }
}

static void collect_fully(sim *s, caller by)
{
  /* What the first finds marked already only the third gives back. */
  for (int i = 0; i < 3; i++) sim_finish_cycle(s, by);
}

void sim_asked(sim *s, collection what, caller by)
{
  s->settled = true;
  sim_point(s, by);
  if (s->policy != POLICY_GENERATIONAL) return;
  switch (what) {
  case COLLECT_MINOR: sim_collect_minor(s, by); break;
  case COLLECT_CYCLE: sim_finish_cycle(s, by); break;
  case COLLECT_MAJOR:
    sim_finish_cycle(s, by);
    sim_compact_if_wasteful(s, by);
    break;
  case COLLECT_FULL_MAJOR:
    collect_fully(s, by);
    sim_compact_if_wasteful(s, by);
    break;
  case COLLECT_COMPACT:
    collect_fully(s, by);
    sim_compact(s, by);
    break;
  }
  sim_set_limit(s);
}

/* Of so many words, or of as many as are due. */
void sim_asked_for_slice(sim *s, intnat words, caller by)
{
  sim_point(s, by);
  if (s->policy != POLICY_GENERATIONAL) return;
  sim_slice(s, words, by);
  sim_set_limit(s);
}
