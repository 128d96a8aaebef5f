/* The collection that moves everything. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#define META(block) (((uintnat *) (block))[-2])
#define HEADER(block) (((header_t *) (block))[-1])
#define FIELDS(block) ((value *) (block))

/* --- points --- */

static uint64_t next_random(sim *s)
{
  s->random ^= s->random << 13;
  s->random ^= s->random >> 7;
  s->random ^= s->random << 17;
  return s->random;
}

/* Here the runtime may collect. */
void sim_point(sim *s, caller by)
{
  sim_point_for(s, 0, by);
}

/* And afterwards there is room for that many words of young blocks, their headers included. */
void sim_point_for(sim *s, mlsize_t words, caller by)
{
  if (s->making) return;
  if (s->noalloc)
    sim_fail(s, "noalloc-violation", by.site,
             "%s is called by a noalloc primitive, whose caller is not ready for it", by.function);
  if (s->operation != NULL)
    sim_fail(s, "finaliser-uses-runtime", by.site, "%s is called while a custom block is %s",
             by.function, s->operation);
  if (s->collecting)
    sim_fail(s, "crash", by.site, "%s is called by a hook during a collection", by.function);
  s->points++;
  if (s->policy == POLICY_GENERATIONAL) {
    sim_make_room(s, words, by);
    return;
  }
  bool now = s->policy == POLICY_EVERY_POINT || (s->policy == POLICY_NTH && s->points == s->nth) ||
             (s->policy == POLICY_RANDOM && next_random(s) % 4 == 0);
  if (now) sim_collect(s, by);
}

/* --- the remembered set --- */

bool sim_is_remembered(sim *s, value *field)
{
  chunk *c = sim_chunk_of(s, field);
  if (c->remembered == NULL) return true; /* as far as is known */
  size_t word = sim_word(c, field);
  return c->remembered[word / 64] >> word % 64 & 1;
}

/* What the runtime knows that the fields of an old block hold: what was put there without a barrier
   shows by the difference. */
void sim_note_fields(sim *s, value block)
{
  chunk *c = sim_chunk_of(s, (void *) block);
  if (c == NULL || c->noted == NULL) return;
  memcpy(&c->noted[sim_word(c, (void *) block)], (void *) block, Bosize_hd(HEADER(block)));
}

static void note_fields(sim *s, value block, void *with)
{
  (void) with;
  sim_note_fields(s, block);
}

void sim_note_all_fields(sim *s, chunk *list)
{
  for (chunk *c = list; c != NULL; c = c->next) sim_each_block(c, note_fields, s, NULL);
}

/* Whether a block may be filled by assignment with what is old: of those that are old at once only the
   runtime knows it, and who has asked it or had it collect. */
static bool may_assign(sim *s, value block)
{
  static const char made_old[] = "caml_alloc_shr";
  uint32_t maker = (uint32_t) sim_maker(sim_chunk_of(s, (void *) block), block) & 0xFFFF;
  return s->settled || strncmp(sim_name(maker), made_old, sizeof made_old - 1) != 0;
}

/* Whether a field was given another value without a barrier, and a block is or was there.  What is no
   value has another fault. */
static bool was_assigned(sim *s, value block, mlsize_t i)
{
  chunk *c = sim_chunk_of(s, (void *) block);
  value v = FIELDS(block)[i], noted = c->noted[sim_word(c, &FIELDS(block)[i])];
  if (v == noted || (Is_block(noted) && noted == s->darkened)) return false;
  chunk *held = Is_long(v) ? NULL : sim_chunk_of(s, (void *) v);
  bool is_block = held != NULL && held->state == CHUNK_OLD && sim_is_start(held, v);
  if (noted == POISON) return is_block && !may_assign(s, block);
  return is_block || (Is_long(v) && Is_block(noted) && noted != 0);
}

/* An old block that points to a young one must have been written with a barrier. */
static void audit(sim *s, value block, void *with)
{
  caller *by = with;
  field_range fields = sim_scanned(block, HEADER(block));
  for (mlsize_t i = fields.first; i < fields.end; i++) {
    if (sim_is_young(s, FIELDS(block)[i]) && !sim_is_remembered(s, &FIELDS(block)[i])) {
      sim_describe_block(s, block);
      sim_fail(s, "missing-write-barrier", by->site,
               "field %ld of an old block points to a young one that the collector does not know of",
               (long) i);
    }
    if (was_assigned(s, block, i)) {
      sim_describe_block(s, block);
      sim_fail(s, "missing-write-barrier", by->site,
               "field %ld of an old block was changed, and the collector does not know of it", (long) i);
    }
  }
}

void sim_audit_remembered(sim *s, chunk *list, caller by)
{
  for (chunk *c = list; c != NULL; c = c->next) sim_each_block(c, audit, s, &by);
}

/* --- following --- */

/* Of a value that was moved it is told who made that, of any other who made what holds it. */
static void refuse(sim *s, way *w, const char *rule, const char *why)
{
  if (w->in != 0) {
    if (s->fault.moved == 0) sim_describe_block(s, w->in);
    sim_fail(s, rule, w->by.site, "field %ld of a block %s", (long) w->field, why);
  }
  sim_fail(s, rule, w->by.site, "%s %s", w->holder, why);
}

static chunk *checked(sim *s, value v, way *w)
{
  if (v == POISON || IS_UNSET(v))
    refuse(s, w, w->in != 0 ? "uninitialised-block" : "uninitialised-root", "has no value yet");
  if (sim_is_exception(s, v))
    refuse(s, w, "unchecked-exception-result", "holds an encoded exception");
  if (v == 0) refuse(s, w, w->in != 0 ? "uninitialised-block" : "uninitialised-root", "holds NULL");
  chunk *c = sim_chunk_of(s, (void *) v);
  if (c == NULL) {
    bool ours = (char *) v >= s->region && (char *) v < s->region + REGION_BYTES;
    if (ours) refuse(s, w, "unrooted-value", "holds a value that was moved long ago");
    if (sim_is_static(s, v)) return NULL;
    refuse(s, w, "naked-pointer", "holds a pointer outside the heap");
  }
  if (c->state == CHUNK_DEAD) {
    sim_describe_remains(s, v);
    if (c->local) refuse(s, w, "local-escape", "holds a local value whose region has ended");
    refuse(s, w, "unrooted-value", "holds a value that was moved before it was stored there");
  }
  if (sim_was_freed(c, v)) {
    sim_describe_remains(s, v);
    refuse(s, w, "unrooted-value", "holds a value that was freed before it was stored there");
  }
  if (!sim_is_start(c, v)) refuse(s, w, "interior-pointer", "holds a pointer into a block");
  return c;
}

/* The chunk of a block that something live holds; NULL for what is none, or outside the heap. */
chunk *sim_follow(sim *s, value v, way *w)
{
  if (Is_long(v) || sim_is_null(s, v)) return NULL;
  chunk *c = s->untraced ? sim_chunk_of(s, (void *) v) : checked(s, v, w);
  if (c != NULL && c->state == CHUNK_LOCAL) sim_reach_local(s, v, w->in, w->field, w->by);
  return c;
}

/* Visits what a block holds; `way` tells of each field where it is. */
void sim_each_field(sim *s, value block, void (*visit)(sim *, value *, way *), way *w)
{
  field_range fields = sim_scanned(block, HEADER(block));
  w->in = block;
  for (w->field = fields.first; w->field < fields.end; w->field++)
    visit(s, &FIELDS(block)[w->field], w);
  w->in = 0;
}

/* --- moving --- */

static value moved(sim *s, value v, way *w)
{
  chunk *c = sim_follow(s, v, w);
  if (c == NULL || c->local) return v;
  if (c->born == s->collections) return v; /* a root that is registered twice */
  if (HEADER(v) == 0) return FIELDS(v)[0];
  header_t header = HEADER(v);
  mlsize_t wosize = Wosize_hd(header);
  value to = sim_take(s, wosize, Tag_hd(header), CHUNK_OLD, (caller){ sim_name(0), NULL });
  memcpy((void *) to, (void *) v, wosize * sizeof(value));
  META(to) = META(v);
  HEADER(to) = header;
  HEADER(v) = 0;
  FIELDS(v)[0] = to;
  return to;
}

static void visit_root(sim *s, value *root, const char *what, void *with)
{
  way *w = with;
  w->holder = what;
  w->in = 0;
  *root = moved(s, *root, w);
}

static void move_field(sim *s, value *field, way *w)
{
  *field = moved(s, *field, w);
}

/* A block of the old space that is alive has left its new address, and no header. */
static bool is_alive(sim *s, value v)
{
  return sim_chunk_of(s, (void *) v) == NULL || HEADER(v) == 0;
}

static value forwarded(sim *s, value v)
{
  return sim_chunk_of(s, (void *) v) != NULL ? FIELDS(v)[0] : v;
}

static const liveness in_old_space = { is_alive, forwarded };

static value follow(sim *s, value v, void *with)
{
  ((way *) with)->holder = "an ephemeron";
  return moved(s, v, with);
}

/* Scan what has been moved, until nothing is left that was not. */
static void scan_all(sim *s, way *w)
{
  chunk *done = NULL;
  char *at = NULL;
  for (;;) {
    /* New chunks are put in front; the oldest that is not done is scanned first. */
    chunk *c = s->old;
    while (c != NULL && c->next != done) c = c->next;
    if (c == NULL) return;
    if (at == NULL) at = c->start;
    while (at < c->top) {
      value block = (value) (at + 2 * sizeof(value));
      at += (Wosize_hd(HEADER(block)) + 2) * sizeof(value);
      sim_each_field(s, block, move_field, w);
    }
    if (c == s->old) return;
    done = c;
    at = NULL;
  }
}

/* --- what is left --- */

static void add_remains(chunk *c, remains r)
{
  if (c->nremains == c->remains_capacity) {
    c->remains_capacity = c->remains_capacity == 0 ? 32 : 2 * c->remains_capacity;
    c->remains = realloc(c->remains, c->remains_capacity * sizeof(remains));
    if (c->remains == NULL) abort();
  }
  c->remains[c->nremains++] = r;
}

static void note_remains(sim *s, value block, void *with)
{
  chunk *c = with;
  (void) s;
  bool live = HEADER(block) == 0;
  value now = live ? FIELDS(block)[0] : 0;
  header_t header = live ? HEADER(now) : HEADER(block);
  uintnat maker = sim_maker(c, block);
  add_remains(c, (remains){ (uint32_t) sim_word(c, (void *) block), (uint32_t) (maker & 0xFFFF),
                            (void *) (maker >> 16), header, now });
}

/* Also of the blocks that were freed there. */
void sim_note_remains(sim *s, chunk *c)
{
  sim_each_block(c, note_remains, s, c);
  if (c->makers == NULL) return;
  for (value at = (value) c->start; at < (value) c->top; at += (value) sizeof(value)) {
    if (!sim_was_freed(c, at)) continue;
    uintnat maker = sim_maker(c, at);
    add_remains(c, (remains){ (uint32_t) sim_word(c, (void *) at), (uint32_t) (maker & 0xFFFF),
                              (void *) (maker >> 16), 0, 0 });
  }
}

static void finalise(sim *s)
{
  size_t kept = 0;
  s->operation = "finalised";
  for (size_t i = 0; i < s->finalisable.count; i++) {
    value block = s->finalisable.items[i];
    if (HEADER(block) == 0) {
      s->finalisable.items[kept++] = FIELDS(block)[0];
      continue;
    }
    const struct custom_operations *ops = (const struct custom_operations *) FIELDS(block)[0];
    if (ops->finalize != NULL) ops->finalize(block);
  }
  s->finalisable.count = kept;
  s->operation = NULL;
}

void sim_collect(sim *s, caller by)
{
  sim_check_all_contents(s, s->young, by);
  sim_check_all_contents(s, s->old, by);
  sim_audit_remembered(s, s->old, by);
  sim_check_global_roots(s, by);
  chunk *from[] = { s->young, s->old };
  s->young = s->old = NULL;
  s->collecting = true;
  s->collections++;
  sim_call_hook(&caml_major_slice_begin_hook);
  sim_call_hook(&caml_minor_gc_begin_hook);
  way w = { .by = by, .holder = "" };
  sim_each_root(s, visit_root, &w);
  do scan_all(s, &w);
  while (sim_each_local_field(s, move_field, &w) ||
         sim_follow_ephemerons(s, &s->ephemerons, &in_old_space, follow, &w));
  sim_forget_reached(s);
  sim_clear_ephemerons(s, &s->ephemerons, &in_old_space);
  finalise(s);
  sim_note_all_fields(s, s->old);
  for (int i = 0; i < 2; i++)
    for (chunk *c = from[i]; c != NULL; c = c->next) sim_note_remains(s, c);
  for (int i = 0; i < 2; i++) sim_kill_chunks(s, from[i], by);
  sim_call_hook(&caml_minor_gc_end_hook);
  sim_call_hook(&caml_major_slice_end_hook);
  s->collecting = false;
}
