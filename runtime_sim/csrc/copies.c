/* Addresses of before that stubs have left somewhere, when a primitive is left.

   By then every block has moved since the primitive was entered: where an address of before is still
   written, nobody has corrected it.  Looked at are the variables of the stubs, the memory that they
   have of C's, and the data of custom and abstract blocks. */
#define _GNU_SOURCE
#include "sim.h"

#include <link.h>
#include <stdlib.h>

#define HEADER(block) (((header_t *) (block))[-1])

/* --- words that are nobody's fault --- */

/* What was a root until it was removed may hold the address it had then. */
void sim_note_removed_root(sim *s, value *root)
{
  sim_push_address(&s->excused, root);
  sim_push_value(&s->excused_words, *root);
}

static bool is_excused(sim *s, const value *at)
{
  for (size_t i = 0; i < s->excused.count; i++)
    if (s->excused.items[i] == at && s->excused_words.items[i] == *at) return true;
  return false;
}

/* A primitive is entered: it answers for what is left from now on. */
void sim_begin_watching(sim *s)
{
  s->entered.call++;
  s->started.of_call = 0;
  s->entered.collections = s->collections;
  s->excused.count = s->excused_words.count = s->nexcused;
}

/* Every word of an extent that is an address of the region. */
__attribute__((no_sanitize("address"))) static void each_address(
  sim *s, extent e, void (*visit)(sim *, value *, const void *), const void *with)
{
  const uintptr_t word = sizeof(value);
  value *at = (value *) (((uintptr_t) e.start + word - 1) / word * word);
  for (; at + 1 <= (value *) e.end; at++)
    if ((uintptr_t) *at - (uintptr_t) s->region < REGION_BYTES) visit(s, at, with);
}

/* --- where stubs write --- */

static void excuse(sim *s, value *at, const void *with)
{
  (void) with;
  sim_note_removed_root(s, at);
}

static void note_static(sim *s, extent e)
{
  s->statics = realloc(s->statics, (s->nstatics + 1) * sizeof(extent));
  if (s->statics == NULL) abort();
  s->statics[s->nstatics++] = e;
  /* Another runtime, whose region was there, may have used the library before. */
  each_address(s, e, excuse, NULL);
  s->nexcused = s->excused.count;
}

typedef struct {
  sim *s;
  uintptr_t base;
} search;

static int note_statics(struct dl_phdr_info *info, size_t size, void *with)
{
  search *w = with;
  (void) size;
  if (info->dlpi_addr != w->base) return 0;
  const char *base = (const char *) w->base, *constant = NULL;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type == PT_GNU_RELRO) constant = base + segment->p_vaddr + segment->p_memsz;
  }
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W) == 0) continue;
    extent e = { base + segment->p_vaddr, base + segment->p_vaddr + segment->p_memsz };
    /* What the linker has made constant is in front. */
    if (constant > e.start && constant <= e.end) e.start = constant;
    note_static(w->s, e);
  }
  return 1;
}

/* The host has loaded a library of stubs there. */
SIM_EXPORT void sim_know_library(sim *s, uintptr_t base)
{
  search w = { s, base };
  dl_iterate_phdr(note_statics, &w);
}

void sim_forget_statics(sim *s)
{
  free(s->statics);
  free(s->excused.items);
  free(s->excused_words.items);
  free(s->abstract.items);
}

/* --- what is written there --- */

/* The block that an address was in, of those that were left in this chunk. */
static const remains *block_at(const chunk *c, value v)
{
  uint32_t word = (uint32_t) (((const char *) v - c->start) / (ptrdiff_t) sizeof(value));
  size_t first = 0, end = c->nremains;
  while (end - first > 1) {
    size_t middle = (first + end) / 2;
    if (c->remains[middle].offset <= word) first = middle;
    else end = middle;
  }
  if (first == end) return NULL;
  const remains *r = &c->remains[first];
  return word >= r->offset && word < r->offset + Wosize_hd(r->header) ? r : NULL;
}

/* Of a text its start is as often a `char *`: then somebody has asked for that. */
static bool is_pointer(sim *s, const remains *r, value v, value start)
{
  if (v != start) return true;
  for (size_t i = 0; i < HANDOUTS && Tag_hd(r->header) >= No_scan_tag; i++)
    if (s->handouts[i].block == v) return true;
  return false;
}

/* Who keeps it: a function that memory is from, or what it is. */
typedef struct {
  const char *name;
  caller made;
  const char *rule; /* that is broken if it is a value */
} keeper;

static const char *const unregistered = "unregistered-global-root";

/* The first that is found: who visits what stubs hold may not fail meanwhile. */
typedef struct {
  keeper by;
  const remains *block;
  value left;
  bool pointer; /* into the block, and not the value itself */
} copy;

static __thread copy found;
/* A way out by an exception need not clear what the next call sets anew. */
static __thread bool values_alone;

static void check(sim *s, value *at, const void *with)
{
  const keeper *k = with;
  if (found.block != NULL) return;
  const chunk *c = sim_chunk_of(s, (void *) *at);
  if (c == NULL || c->state != CHUNK_DEAD || c->local) return;
  if (c->collection <= s->entered.collections) return; /* of a time when others were judged */
  const remains *r = block_at(c, *at);
  if (r == NULL || is_excused(s, at)) return;
  bool pointer = is_pointer(s, r, *at, (value) (c->start + r->offset * sizeof(value)));
  if (!pointer || !values_alone) found = (copy){ *k, r, *at, pointer };
}

static void look_into_memory(sim *s, resource *r, void *with)
{
  (void) with;
  if (r->kind != HELD_MEMORY) return;
  keeper k = { "memory outside the heap", r->by, unregistered };
  each_address(s, sim_extent(r), check, &k);
}

/* Those who make a block are known by its function and line, wherever it is moved to. */
static bool has_abstract_fields(sim *s, value block)
{
  value maker = (value) sim_maker(sim_chunk_of(s, (void *) block), block);
  for (size_t i = 0; i < s->abstract.count; i++)
    if (s->abstract.items[i] == maker) return true;
  return false;
}

/* An abstract block is used as one that has fields. */
void sim_note_abstract_field(sim *s, value block)
{
  chunk *c = sim_chunk_of(s, (void *) block);
  if (c != NULL && !has_abstract_fields(s, block))
    sim_push_value(&s->abstract, (value) sim_maker(c, block));
}

static void look_into_block(sim *s, value block, void *with)
{
  (void) with;
  tag_t tag = Tag_hd(HEADER(block));
  if (tag != Custom_tag && tag != Abstract_tag) return;
  bool has_fields = tag == Abstract_tag && has_abstract_fields(s, block);
  keeper k = {
    .name = tag == Custom_tag ? "the data of a custom block" : "an abstract block",
    .rule = has_fields ? "bad-tag" : unregistered,
  };
  const char *start = (const char *) block;
  each_address(s, (extent){ start, start + Bosize_hd(HEADER(block)) }, check, &k);
}

static void refuse(sim *s, copy c)
{
  sim_describe_remains(s, c.left);
  s->fault.keeper = c.by.made.function;
  s->fault.keeper_at = c.by.made.site;
  sim_fail(s, c.pointer ? "pointer-escape" : c.by.rule, NULL,
           c.pointer ? "a pointer into a block is left in %s, which the collector does not correct"
                     : "a value is left in %s, which is no registered root",
           c.by.name);
}

/* After a collection that has moved everything. */
void sim_find_copies(sim *s, bool raised)
{
  values_alone = raised;
  keeper k = { .name = "a static variable", .rule = unregistered };
  found.block = NULL;
  for (size_t i = 0; i < s->nstatics; i++) each_address(s, s->statics[i], check, &k);
  sim_each_resource(s, look_into_memory, NULL);
  for (chunk *c = s->old; c != NULL; c = c->next) sim_each_block(c, look_into_block, s, NULL);
  if (found.block != NULL) refuse(s, found);
}
