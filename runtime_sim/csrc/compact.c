/* Compaction: all blocks of the major heap move to where no free memory is between them.

   Nothing is traced: what is unreachable and was not swept yet moves as well.  (4.14 moves within the
   chunks it has, OCaml 5 only out of sparse pools; here all go to fresh addresses, so that who keeps an
   old one is found out.) */
#include "sim.h"

#include <string.h>

#define HEADER(block) (((header_t *) (block))[-1])
#define FIELDS(block) ((value *) (block))
#define CYCLES_BEFORE 3
#define MAX_OVERHEAD 5 /* times as much free memory as live */
#define LEAST_WORDS (30 * Page_size / sizeof(value))

static void move(sim *s, value block, void *from)
{
  value now = (value) (sim_take_piece(s, Wosize_hd(HEADER(block))) + 1);
  memcpy(&HEADER(now), &HEADER(block), Bhsize_hd(HEADER(block)));
  if (!s->untraced) sim_trace_block(s, now, sim_maker(from, block));
  HEADER(block) = 0;
  FIELDS(block)[0] = now;
}

/* --- what points to them --- */

static value corrected(sim *s, value v)
{
  if (Is_long(v)) return v;
  chunk *c = sim_chunk_of(s, (void *) v);
  bool is_block = c != NULL && c->state == CHUNK_OLD && sim_is_start(c, v);
  return is_block && HEADER(v) == 0 ? FIELDS(v)[0] : v;
}

static void correct_field(sim *s, value *field, way *w)
{
  if (sim_is_local(s, *field)) sim_reach_local(s, *field, w->in, w->field, w->by);
  *field = corrected(s, *field);
}

static void correct_root(sim *s, value *root, const char *what, void *with)
{
  (void) what;
  correct_field(s, root, with);
}

static void correct_block(sim *s, value block, void *with)
{
  sim_each_field(s, block, correct_field, with);
}

static bool is_alive(sim *s, value v)
{
  (void) s, (void) v;
  return true;
}

static const liveness while_compacting = { is_alive, corrected };

/* --- the compaction --- */

void sim_compact(sim *s, caller by)
{
  major_heap *m = &s->major;
  sim_collect_minor(s, by);
  sim_settle(s, by);
  chunk *from = s->old;
  size_t live = m->words - m->free_words;
  sim_forget_pieces(s);
  s->old = m->last = NULL;
  m->words = 0;
  s->collections++;
  s->collecting = true;
  sim_grow(s, live);
  for (chunk *c = from; c != NULL; c = c->next) sim_each_block(c, move, s, c);
  way w = { .by = by, .holder = "" };
  sim_each_root(s, correct_root, &w);
  sim_each_local_field(s, correct_field, &w);
  sim_forget_reached(s);
  for (chunk *c = s->old; c != NULL; c = c->next) sim_each_block(c, correct_block, s, &w);
  sim_clear_ephemerons(s, &s->ephemerons, &while_compacting);
  for (chunk *c = from; c != NULL && !s->untraced; c = c->next) sim_note_remains(s, c);
  if (!s->untraced) sim_note_all_fields(s, s->old);
  sim_kill_chunks(s, from, by);
  s->collecting = false;
}

static bool is_wasteful(sim *s)
{
  const major_heap *m = &s->major;
  return m->words >= LEAST_WORDS && m->free_words >= MAX_OVERHEAD * (m->words - m->free_words);
}

/* 4.14: if much of the heap is free when a cycle has ended, and also when another has. */
void sim_compact_if_wasteful(sim *s, caller by)
{
  if (s->version >= 50000 || s->stat_major_collections < CYCLES_BEFORE || !is_wasteful(s)) return;
  if (s->major.phase != PHASE_IDLE) return;
  sim_finish_cycle(s, by);
  if (is_wasteful(s)) sim_compact(s, by);
}
