/* Walks the whole heap at any time: says what is wrong with it, or counts its blocks.

   Every block must be where the walk expects the next one, with a header and contents that its maker
   could have given it.  What can be reached from the roots must be values; what cannot may be a block
   that was never filled. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#define META(block) (((uintnat *) (block))[-2])
#define HEADER(block) (((header_t *) (block))[-1])
#define FIELDS(block) ((value *) (block))

/* Blocks and words of each tag, those that are reached after those that are not. */
typedef long tally[256][2][2];

typedef struct {
  values pending; /* reached, and not yet followed */
  long (*counts)[2][2];
} walk;

/* --- where the blocks are --- */

/* Of every heap there is: the one place that knows how blocks lie in it. */
static void each_chunk(sim *s, void (*visit)(sim *, chunk *, walk *), walk *w)
{
  chunk *lists[] = { s->young, s->old };
  for (int i = 0; i < 2; i++)
    for (chunk *c = lists[i]; c != NULL; c = c->next) visit(s, c, w);
}

/* How far there are blocks that are whole, each after the word that says who made it. */
static char *end_of_blocks(chunk *c, value *last)
{
  char *at = c->start;
  while (at < c->top) {
    value block = (value) (at + 2 * sizeof(value));
    mlsize_t room = (mlsize_t) (c->top - at) / sizeof(value) - 2;
    if (!sim_is_start(c, block)) break;
    if (Wosize_hd(HEADER(block)) > room || Color_hd(HEADER(block)) != 0) break;
    at += (Wosize_hd(HEADER(block)) + 2) * sizeof(value);
    *last = block;
  }
  return at;
}

/* The same under the generational policy: blocks and free pieces, and nothing in between. */
static char *end_of_plain_blocks(sim *s, chunk *c, value *last)
{
  char *at = c->state == CHUNK_YOUNG ? (char *) s->young_ptr : c->start;
  while (at < c->top) {
    value block = (value) (at + sizeof(value));
    header_t header = HEADER(block);
    bool is_free = c->state == CHUNK_OLD && Color_hd(header) == s->major.free;
    if (!is_free && !sim_is_start(c, block)) break;
    if (Bhsize_hd(header) > (mlsize_t) (c->top - at)) break;
    at += Bhsize_hd(header);
    if (!is_free) *last = block;
  }
  return at;
}

/* Whoever wrote over a header had the block before it. */
static void check_layout(sim *s, chunk *c, walk *w)
{
  value before = 0;
  (void) w;
  bool is_plain = s->policy == POLICY_GENERATIONAL;
  char *end = is_plain ? end_of_plain_blocks(s, c, &before) : end_of_blocks(c, &before);
  if (end == c->top) return;
  if (before != 0) sim_describe_block(s, before);
  sim_fail(s, "crash", NULL,
           "the header of a block is written over, as if the block before it were longer");
}

/* --- what a block of a tag holds --- */

static void check_custom(sim *s, value block)
{
  const volatile struct custom_operations *ops = (void *) FIELDS(block)[0];
  if (ops == NULL || (value) ops == POISON)
    sim_fail(s, "uninitialised-block", NULL, "a custom block has no operations");
  s->probing = true;
  const char *identifier = ops->identifier;
  if (identifier != NULL) (void) *(volatile const char *) identifier;
  s->probing = false;
}

static void check_block(sim *s, value block, void *with)
{
  (void) with;
  caller nobody = { NULL, NULL };
  tag_t tag = Tag_hd(HEADER(block));
  mlsize_t wosize = Wosize_hd(HEADER(block));
  sim_describe_block(s, block);
  if (tag == Infix_tag || (tag == Double_tag && wosize != 1) ||
      ((tag == String_tag || tag == Custom_tag) && wosize == 0))
    sim_fail(s, "bad-tag", NULL, "a block of %ld fields has the tag %d", (long) wosize, (int) tag);
  sim_check_contents(s, block, &nobody);
  chunk *c = sim_chunk_of(s, (void *) block);
  field_range fields = sim_scanned(block, HEADER(block));
  for (mlsize_t i = fields.first; i < fields.end; i++)
    if (c->state == CHUNK_OLD && sim_is_young(s, FIELDS(block)[i]) &&
        !sim_is_remembered(s, &FIELDS(block)[i]))
      sim_fail(s, "missing-write-barrier", NULL,
               "field %ld of an old block points to a young one that the collector does not know of",
               (long) i);
}

static void check_blocks(sim *s, chunk *c, walk *w)
{
  sim_each_block(c, check_block, s, w);
}

/* --- what is reached --- */

static void make_marks(sim *s, chunk *c, walk *w)
{
  (void) s, (void) w;
  c->reached = calloc((size_t) (c->end - c->start) / sizeof(value) / 64, sizeof *c->reached);
  if (c->reached == NULL) abort();
}

static void drop_marks(sim *s, chunk *c, walk *w)
{
  (void) s, (void) w;
  free(c->reached);
  c->reached = NULL;
}

/* The word that has the mark of a block, NULL for what is not in the heap. */
static uint64_t *mark_of(sim *s, value v, uint64_t *bit)
{
  chunk *c = Is_long(v) ? NULL : sim_chunk_of(s, (void *) v);
  if (c == NULL) return NULL;
  size_t word = sim_word(c, (void *) v);
  *bit = (uint64_t) 1 << word % 64;
  return &c->reached[word / 64];
}

static bool is_reached(sim *s, value v)
{
  uint64_t bit, *mark = mark_of(s, v, &bit);
  return mark == NULL || (*mark & bit) != 0;
}

static void reach(sim *s, value v, const char *held, walk *w)
{
  if (v == POISON) sim_fail(s, "uninitialised-block", NULL, "what has no value yet is %s", held);
  sim_check_value(s, v, held, NULL);
  if (is_reached(s, v)) return;
  uint64_t bit, *mark = mark_of(s, v, &bit);
  *mark |= bit;
  sim_push_value(&w->pending, v);
}

static void reach_root(sim *s, value *root, const char *what, void *with)
{
  if (*root == POISON) sim_fail(s, "uninitialised-root", NULL, "%s has no value yet", what);
  reach(s, *root, "held by a root", with);
}

static void follow(sim *s, walk *w)
{
  while (w->pending.count > 0) {
    value block = w->pending.items[--w->pending.count];
    field_range fields = sim_scanned(block, HEADER(block));
    sim_describe_block(s, block);
    if (Tag_hd(HEADER(block)) == Custom_tag) check_custom(s, block);
    for (mlsize_t i = fields.first; i < fields.end; i++)
      reach(s, FIELDS(block)[i], "held by a field", w);
  }
}

/* A list of the runtime's own, of blocks of one tag. */
static void check_list(sim *s, const values *list, tag_t tag)
{
  for (size_t i = 0; i < list->count; i++) {
    sim_check_value(s, list->items[i], "remembered by the runtime", NULL);
    if (Tag_hd(HEADER(list->items[i])) != tag)
      sim_fail(s, "bad-tag", NULL, "the tag of a block of the runtime's has changed to %d",
               (int) Tag_hd(HEADER(list->items[i])));
  }
}

static bool reaches_data(sim *s, value ephemeron)
{
  enum { DATA = 1, FIRST_KEY };
  for (mlsize_t i = FIRST_KEY; i < Wosize_hd(HEADER(ephemeron)); i++)
    if (!is_reached(s, FIELDS(ephemeron)[i])) return false;
  return !is_reached(s, FIELDS(ephemeron)[DATA]);
}

static void follow_ephemerons(sim *s, walk *w)
{
  for (size_t i = 0; i < s->ephemerons.count;) {
    value ephemeron = s->ephemerons.items[i++];
    if (!is_reached(s, ephemeron) || !reaches_data(s, ephemeron)) continue;
    reach(s, FIELDS(ephemeron)[1], "held by an ephemeron", w);
    follow(s, w);
    i = 0;
  }
}

/* --- all of it --- */

static void count_block(sim *s, value block, void *with)
{
  long *count = ((walk *) with)->counts[Tag_hd(HEADER(block))][is_reached(s, block)];
  count[0]++;
  count[1] += (long) Wosize_hd(HEADER(block));
}

static void count_blocks(sim *s, chunk *c, walk *w)
{
  sim_each_block(c, count_block, s, w);
}

static void check(sim *s, walk *w)
{
  each_chunk(s, check_layout, w);
  each_chunk(s, check_blocks, w);
  s->fault.made_by = NULL;
  s->fault.made_at = NULL;
  check_list(s, &s->finalisable, Custom_tag);
  check_list(s, &s->ephemerons, Abstract_tag);
  sim_each_root(s, reach_root, w);
  follow(s, w);
  follow_ephemerons(s, w);
  if (w->counts != NULL) each_chunk(s, count_blocks, w);
}

/* Says whether the heap is as it must be between two calls; if not, the fault says why. */
SIM_EXPORT int sim_check(sim *s, tally counts)
{
  sim_use(s);
  memset(&s->fault, 0, sizeof s->fault);
  walk *volatile w = calloc(1, sizeof *w);
  if (w == NULL) abort();
  w->counts = counts;
  each_chunk(s, make_marks, w);
  bool good = sigsetjmp(s->guard, 1) == 0;
  if (good) {
    s->guarded = true;
    check(s, w);
  }
  s->guarded = false;
  each_chunk(s, drop_marks, w);
  free(w->pending.items);
  free(w);
  return good;
}
