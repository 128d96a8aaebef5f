/* The major heap is marked from a snapshot of the roots, and swept, a slice at a time.

   What the program overwrites while there is marking is marked by the barrier, and what it makes is
   born marked: what was reachable when marking began is marked when it ends.  Under tracing that is
   made sure of. */
#include "sim.h"

#include <stdlib.h>

#define HEADER(block) (((header_t *) (block))[-1])
#define FIELDS(block) ((value *) (block))
#define SPACE_OVERHEAD 120.0
#define MOST_OF_A_CYCLE 0.3 /* that is done in one slice */

static bool is_5(sim *s)
{
  return s->version >= 50000;
}

/* --- allocation --- */

/* What sweeping has not come to yet would be taken for garbage. */
static color_t birth_colour(sim *s, const value *at)
{
  major_heap *m = &s->major;
  if (is_5(s) || m->phase == PHASE_MARK) return m->marked;
  bool ahead = m->phase == PHASE_SWEEP && m->sweeping != NULL && (const char *) at >= m->swept_to;
  return ahead ? m->marked : m->unmarked;
}

value sim_take_major(sim *s, mlsize_t wosize, tag_t tag)
{
  value *at = sim_take_piece(s, wosize);
  *at = (value) Make_header(wosize, tag, birth_colour(s, at));
  s->allocated_words += Whsize_wosize(wosize);
  if (!s->in_minor_collection) s->major.direct_words += Whsize_wosize(wosize);
  bool much = is_5(s) ? s->major.direct_words > s->minor_heap_wsz / 5
                      : s->allocated_words > s->minor_heap_wsz;
  if (much) {
    s->requested_major_slice = 1;
    sim_set_limit(s);
  }
  return (value) (at + 1);
}

/* Memory outside the heap asks for a part of a cycle. */
void sim_speed_up(sim *s, double share)
{
  if (s->policy != POLICY_GENERATIONAL) return;
  s->major.extra += share;
  if (s->major.extra <= 1) return;
  s->major.extra = 1;
  s->requested_major_slice = 1;
  sim_set_limit(s);
}

/* --- marking --- */

static void mark_block(sim *s, value block)
{
  header_t header = HEADER(block);
  if (Color_hd(header) != s->major.unmarked) return;
  HEADER(block) = Hd_with_color(header, s->major.marked);
  if (Tag_hd(header) >= No_scan_tag) return;
  sim_push_marked(&s->major.stack, (marked_block){ block, sim_scanned(block, header) });
}

/* The barrier, and stubs that ask for it. */
void sim_darken(sim *s, value v)
{
  if (s->policy != POLICY_GENERATIONAL || s->major.phase != PHASE_MARK || Is_long(v)) return;
  chunk *c = sim_chunk_of(s, (void *) v);
  if (c != NULL && c->state == CHUNK_OLD && sim_is_start(c, v)) mark_block(s, v);
}

/* Whether what is followed leads to a major block. */
static bool leads_on(sim *s, value v, way *w)
{
  chunk *c = sim_follow(s, v, w);
  return c != NULL && c->state == CHUNK_OLD;
}

static void mark_root(sim *s, value *root, const char *what, void *with)
{
  way *w = with;
  w->holder = what;
  if (leads_on(s, *root, w)) mark_block(s, *root);
}

static void mark_field(sim *s, value *field, way *w)
{
  if (leads_on(s, *field, w)) mark_block(s, *field);
}

/* Marks for so many words; says how many of them are left. */
static intnat mark(sim *s, intnat words, caller by)
{
  mark_stack *stack = &s->major.stack;
  way w = { .by = by, .holder = "" };
  for (; stack->count > 0 && words > 0; words--) {
    marked_block *top = &stack->items[stack->count - 1];
    w.in = top->block;
    w.field = top->left.first++;
    if (w.field == top->left.end) stack->count--;
    else mark_field(s, &FIELDS(w.in)[w.field], &w);
  }
  return words;
}

/* --- the snapshot --- */

static bool is_noted(chunk *c, value block)
{
  size_t word = sim_word(c, (void *) block);
  return c->snapshot != NULL && (c->snapshot[word / 64] >> word % 64 & 1);
}

static void note(sim *s, value block)
{
  chunk *c = sim_chunk_of(s, (void *) block);
  if (is_noted(c, block)) return;
  size_t word = sim_word(c, (void *) block);
  c->snapshot[word / 64] |= (uint64_t) 1 << word % 64;
  if (Tag_hd(HEADER(block)) < No_scan_tag) sim_push_value(&s->minor.unfollowed, block);
}

static void note_root(sim *s, value *root, const char *what, void *with)
{
  way *w = with;
  w->holder = what;
  if (leads_on(s, *root, w)) note(s, *root);
}

static void note_field(sim *s, value *field, way *w)
{
  if (leads_on(s, *field, w)) note(s, *field);
}

static void take_snapshot(sim *s, caller by)
{
  way w = { .by = by, .holder = "" };
  for (chunk *c = s->old; c != NULL; c = c->next) {
    size_t words = (size_t) (c->end - c->start) / sizeof(value);
    c->snapshot = calloc(words / 64, sizeof *c->snapshot);
    if (c->snapshot == NULL) abort();
  }
  sim_each_root(s, note_root, &w);
  sim_each_local_field(s, note_field, &w);
  sim_forget_reached(s);
  values *unfollowed = &s->minor.unfollowed;
  while (unfollowed->count > 0)
    sim_each_field(s, unfollowed->items[--unfollowed->count], note_field, &w);
}

static void check_marked(sim *s, value block, void *with)
{
  caller *by = with;
  chunk *c = sim_chunk_of(s, (void *) block);
  if (!is_noted(c, block) || Color_hd(HEADER(block)) != s->major.unmarked) return;
  sim_describe_block(s, block);
  sim_fail(s, "missing-write-barrier", by->site,
           "a block is not marked that was reachable when marking began: what pointed to it was "
           "overwritten without caml_modify");
}

static void check_snapshot(sim *s, caller by)
{
  for (chunk *c = s->old; c != NULL; c = c->next) {
    if (c->snapshot == NULL) continue;
    sim_each_block(c, check_marked, s, &by);
    free(c->snapshot);
    c->snapshot = NULL;
  }
}

/* --- from the roots to the end of marking --- */

/* The minor heap is empty. */
static void start_marking(sim *s, caller by)
{
  way w = { .by = by, .holder = "" };
  s->major.phase = PHASE_MARK;
  sim_check_global_roots(s, by);
  sim_each_root(s, mark_root, &w);
  sim_each_local_field(s, mark_field, &w);
  sim_forget_reached(s);
  if (!s->untraced) take_snapshot(s, by);
}

static bool is_alive(sim *s, value v)
{
  chunk *c = sim_chunk_of(s, (void *) v);
  return c == NULL || c->state != CHUNK_OLD || Color_hd(HEADER(v)) != s->major.unmarked;
}

static value where_it_was(sim *s, value v)
{
  (void) s;
  return v;
}

static const liveness in_major_heap = { is_alive, where_it_was };

static value mark_data(sim *s, value v, void *with)
{
  if (leads_on(s, v, with)) mark_block(s, v);
  return v;
}

static void finish_marking(sim *s, caller by)
{
  way w = { .by = by, .holder = "an ephemeron" };
  do mark(s, INTPTR_MAX, by);
  while (sim_follow_ephemerons(s, &s->ephemerons, &in_major_heap, mark_data, &w));
  sim_clear_ephemerons(s, &s->ephemerons, &in_major_heap);
  if (!s->untraced) sim_check_all_contents(s, s->old, by);
  check_snapshot(s, by);
}

/* --- sweeping --- */

static void start_sweeping(sim *s)
{
  s->major.sweeping = s->old;
  s->major.swept_to = s->old->start;
  s->major.free_before = NULL;
  sim_forget_small_pieces(s);
}

/* A block has died: what is kept of it is who made it. */
static void bury(sim *s, chunk *c, value block)
{
  if (Tag_hd(HEADER(block)) == Custom_tag) {
    const struct custom_operations *ops = (const struct custom_operations *) FIELDS(block)[0];
    s->operation = "finalised";
    if (ops->finalize != NULL) ops->finalize(block);
    s->operation = NULL;
  }
  if (c->starts == NULL) return;
  size_t word = sim_word(c, (void *) block);
  c->starts[word / 64] &= ~((uint64_t) 1 << word % 64);
}

/* Whether there is memory now to make a piece of, where a block or a piece was. */
static bool is_free_now(sim *s, chunk *c, value *at)
{
  color_t colour = Color_hd((header_t) *at);
  if (colour == s->major.free) return sim_drop_piece(s, at);
  if (colour != s->major.garbage) return false;
  bury(s, c, (value) (at + 1));
  return true;
}

/* The last slice may have ended in the middle of free memory. */
static value *joined(sim *s, value *at)
{
  value *before = s->major.free_before;
  if (before == NULL) return at;
  header_t header = (header_t) *before;
  if (Color_hd(header) != s->major.free || before + Whsize_hd(header) != at) return at;
  if (Wosize_hd(header) <= SMALL_CLASSES) return at;
  sim_drop_piece(s, before);
  return before;
}

/* Sweeps in one chunk, from where sweeping has come to. */
static intnat sweep_chunk(sim *s, chunk *c, intnat words)
{
  major_heap *m = &s->major;
  value *at = (value *) m->swept_to, *end = (value *) c->top;
  while (at < end && words > 0) {
    value *start = at;
    while (at < end && words > 0 && is_free_now(s, c, at)) {
      words -= (intnat) Whsize_hd((header_t) *at);
      at += Whsize_hd((header_t) *at);
    }
    m->swept_to = (char *) at;
    if (at > start) {
      start = joined(s, start);
      sim_make_piece(s, start, (mlsize_t) (at - start));
      m->free_before = start;
      continue;
    }
    /* In 4.14 what is marked is not until the next cycle. */
    if (!is_5(s)) *at = (value) Hd_with_color((header_t) *at, m->unmarked);
    words -= (intnat) Whsize_hd((header_t) *at);
    at += Whsize_hd((header_t) *at);
    m->swept_to = (char *) at;
  }
  return words;
}

static intnat sweep(sim *s, intnat words, caller by)
{
  major_heap *m = &s->major;
  m->sweeper = by;
  while (m->sweeping != NULL && words > 0) {
    words = sweep_chunk(s, m->sweeping, words);
    if (m->swept_to < m->sweeping->top) break;
    m->sweeping = m->sweeping->next;
    m->free_before = NULL;
    if (m->sweeping != NULL) m->swept_to = m->sweeping->start;
  }
  return words;
}

/* --- cycles --- */

/* 4.14: nothing is marked any more.  OCaml 5: the next cycle begins, and sweeps what this one did not
   mark; what it marked is unmarked from now on. */
static void end_cycle(sim *s, caller by)
{
  major_heap *m = &s->major;
  s->stat_major_collections++;
  m->phase = PHASE_IDLE;
  if (!is_5(s)) return;
  color_t swept = m->garbage;
  m->garbage = m->unmarked;
  m->unmarked = m->marked;
  m->marked = swept;
  start_sweeping(s);
  start_marking(s, by);
}

/* Does so many words of what the cycle has to do next; says whether it has ended.  In 4.14 a slice
   either marks or sweeps. */
static bool work_on(sim *s, intnat words, caller by)
{
  major_heap *m = &s->major;
  if (m->phase == PHASE_IDLE) {
    sim_collect_minor(s, by);
    start_marking(s, by);
  }
  if (is_5(s)) {
    mark(s, sweep(s, words, by), by);
    if (m->sweeping != NULL || m->stack.count > 0) return false;
    sim_collect_minor(s, by);
    finish_marking(s, by);
  } else if (m->phase == PHASE_MARK) {
    mark(s, words, by);
    if (m->stack.count > 0) return false;
    finish_marking(s, by);
    m->phase = PHASE_SWEEP;
    start_sweeping(s);
    return false;
  } else {
    sweep(s, words, by);
    if (m->sweeping != NULL) return false;
  }
  end_cycle(s, by);
  return true;
}

/* To the end of the cycle that has begun, or else of a new one. */
void sim_finish_cycle(sim *s, caller by)
{
  sim_collect_minor(s, by);
  while (!work_on(s, INTPTR_MAX, by)) continue;
}

/* Nothing is left to mark or to sweep for now, so that blocks may be moved. */
void sim_settle(sim *s, caller by)
{
  mark(s, INTPTR_MAX, by);
  sweep(s, INTPTR_MAX, by);
  check_snapshot(s, by);
}

/* --- slices --- */

static double larger(double a, double b)
{
  return a > b ? a : b;
}

/* What part of a cycle is due.  With an overhead of 120 % the heap may have more free memory than
   live: a cycle must end before that is used up.  Memory outside the heap is paced alike.  (The real
   formula also spreads the work over several slices, and counts roots.) */
static double due_part(sim *s)
{
  major_heap *m = &s->major;
  double allocated = (double) s->allocated_words;
  double part = allocated * 3 * (100 + SPACE_OVERHEAD) / ((double) m->words * SPACE_OVERHEAD * 2);
  if (m->new_dependent > 0 && m->dependent > 0) {
    double ratio = (double) m->new_dependent / (double) m->dependent;
    part = larger(part, ratio * (100 + SPACE_OVERHEAD) / SPACE_OVERHEAD);
  }
  part = larger(part, m->extra);
  part += m->owed;
  m->owed = part > MOST_OF_A_CYCLE ? part - MOST_OF_A_CYCLE : 0;
  m->extra = 0;
  s->stat_major_words += allocated;
  s->allocated_words = m->direct_words = m->new_dependent = 0;
  return part - m->owed;
}

static intnat due_words(sim *s)
{
  double part = due_part(s), heap = (double) s->major.words;
  double marking = part * heap * 250 / (100 + SPACE_OVERHEAD), sweeping = part * heap * 5 / 3;
  if (is_5(s)) return (intnat) (marking + sweeping);
  return (intnat) (s->major.phase == PHASE_SWEEP ? sweeping : marking);
}

static void call_hook(sim *s, CAML__HOOK *hook)
{
  s->collecting = true;
  sim_call_hook(hook);
  s->collecting = false;
}

/* A slice of so many words, or of those that are due. */
void sim_slice(sim *s, intnat words, caller by)
{
  call_hook(s, &caml_major_slice_begin_hook);
  intnat due = due_words(s);
  if (work_on(s, words > 0 ? words : due, by)) sim_compact_if_wasteful(s, by);
  call_hook(s, &caml_major_slice_end_hook);
}
