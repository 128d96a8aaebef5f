/* What is lost when an exception leaves a primitive: it came to be held in that call, and nothing
   that stays leads to it.

   What leads there is looked for where stubs write, and in every block.  Memory of C's may also be in
   the hands of a library, which has memory of its own: it is lost if nothing of the process has its
   address. */
#define _GNU_SOURCE
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

typedef struct {
  resource held;
  bool reached, followed;
} candidate;

typedef struct {
  candidate *items; /* in the order of their keys */
  size_t count, capacity;
  uintptr_t first, end; /* of all that has addresses */
  bool exactly;         /* only the address that C was given counts */
  bool changed;
  resource mutex; /* one that is locked, if there is any */
} search;

static bool is_new(sim *s, const resource *r)
{
  return r->call == s->entered.call;
}

/* --- what there is to be found --- */

static void count_new(sim *s, resource *r, void *with)
{
  search *w = with;
  if (!is_new(s, r)) return;
  if (r->kind == HELD_MUTEX) w->mutex = *r;
  else w->capacity++;
}

static void add_new(sim *s, resource *r, void *with)
{
  search *w = with;
  if (!is_new(s, r) || r->kind == HELD_MUTEX || w->count == w->capacity) return;
  w->items[w->count++].held = *r;
  if (r->kind == HELD_DESCRIPTOR) return;
  if (r->key < w->first) w->first = r->key;
  if (r->key + r->bytes >= w->end) w->end = r->key + r->bytes + 1;
}

static int by_key(const void *a, const void *b)
{
  uintptr_t x = ((const candidate *) a)->held.key, y = ((const candidate *) b)->held.key;
  return (x > y) - (x < y);
}

/* --- what leads there --- */

static void reach(search *w, candidate *c)
{
  if (c->reached) return;
  c->reached = true;
  w->changed = true;
}

static void reach_descriptors(search *w, uintptr_t word)
{
  for (size_t i = 0; i < w->count && w->items[i].held.key <= INT32_MAX; i++) {
    uintptr_t number = w->items[i].held.key;
    bool found = (uint32_t) word == number || word >> 32 == number || word == 2 * number + 1;
    if (found) reach(w, &w->items[i]);
  }
}

/* A pointer may have a bit set, to be an immediate. */
static void reach_address(search *w, uintptr_t word)
{
  size_t first = 0, end = w->count;
  while (end - first > 1) {
    size_t middle = (first + end) / 2;
    if (w->items[middle].held.key <= word) first = middle;
    else end = middle;
  }
  const resource *r = &w->items[first].held;
  bool within = !w->exactly && r->key < word && word < r->key + r->bytes;
  if (within || r->key == (word & ~(uintptr_t) 1)) reach(w, &w->items[first]);
}

__attribute__((no_sanitize("address"))) static void look(
  search *w, const char *start, const char *end, bool for_descriptors)
{
  const uintptr_t *at = (const uintptr_t *) (((uintptr_t) start + 7) & ~(uintptr_t) 7);
  for (; at + 1 <= (const uintptr_t *) end; at++) {
    if (*at >= w->first && *at < w->end) reach_address(w, *at);
    if (for_descriptors) reach_descriptors(w, *at);
  }
}

static void look_into_memory(search *w, const resource *r)
{
  extent e = sim_extent(r);
  look(w, e.start, e.end, true);
}

static void look_into_older(sim *s, resource *r, void *with)
{
  if (r->kind == HELD_MEMORY && !is_new(s, r)) look_into_memory(with, r);
}

static void look_into_heap(sim *s, search *w)
{
  chunk *lists[] = { s->young, s->old, s->local };
  for (int i = 0; i < 3; i++)
    for (chunk *c = lists[i]; c != NULL; c = c->next) look(w, c->start, c->top, true);
}

/* What is reached leads to more, as the nodes of a list do. */
static void follow(search *w)
{
  do {
    w->changed = false;
    for (size_t i = 0; i < w->count; i++) {
      candidate *c = &w->items[i];
      if (!c->reached || c->followed) continue;
      c->followed = true;
      if (c->held.kind == HELD_MEMORY) look_into_memory(w, &c->held);
    }
  } while (w->changed);
}

/* --- memory of libraries --- */

/* All but what is lost itself, if that lies there. */
static void look_between(search *w, const char *start, const char *end)
{
  for (size_t i = 0; i < w->count; i++) {
    const resource *r = &w->items[i].held;
    const char *lost = (const char *) r->key;
    if (r->kind != HELD_MEMORY || lost < start || lost >= end) continue;
    look(w, start, lost, false);
    start = lost + r->bytes;
  }
  look(w, start, end, false);
}

static void look_into_libraries(search *w)
{
  FILE *maps = fopen("/proc/self/maps", "re");
  if (maps == NULL) return;
  char line[512], permissions[5];
  unsigned long start, end;
  w->exactly = true;
  while (fgets(line, sizeof line, maps) != NULL) {
    if (sscanf(line, "%lx-%lx %4s", &start, &end, permissions) != 3) continue;
    bool of_library = strstr(line, ".so") != NULL || strstr(line, "[heap]") != NULL;
    if (of_library && strncmp(permissions, "rw", 2) == 0)
      look_between(w, (const char *) start, (const char *) end);
  }
  fclose(maps);
  w->exactly = false;
}

/* --- what is left over --- */

static const resource *first_lost(const search *w, bool of_memory)
{
  for (size_t i = 0; i < w->count; i++) {
    const candidate *c = &w->items[i];
    if (!c->reached && (c->held.kind == HELD_MEMORY) == of_memory) return &c->held;
  }
  return NULL;
}

static const resource *find_lost(sim *s, search *w)
{
  sim_each_resource(s, add_new, w);
  qsort(w->items, w->count, sizeof *w->items, by_key);
  for (size_t i = 0; i < s->nstatics; i++) look(w, s->statics[i].start, s->statics[i].end, true);
  sim_each_resource(s, look_into_older, w);
  look_into_heap(s, w);
  follow(w);
  const resource *lost = first_lost(w, false);
  if (lost != NULL || first_lost(w, true) == NULL) return lost;
  look_into_libraries(w);
  follow(w);
  return first_lost(w, true);
}

static const char *verb(const resource *r)
{
  return r->kind == HELD_MUTEX ? "locked" : r->kind == HELD_MEMORY ? "allocated" : "opened";
}

void sim_find_leaks(sim *s)
{
  search w = { .first = UINTPTR_MAX };
  sim_each_resource(s, count_new, &w);
  bool locked = w.mutex.kind == HELD_MUTEX;
  if ((w.capacity == 0 && !locked) || s->raised.excused) return;
  /* Not where the addresses themselves are looked for. */
  size_t bytes = (w.capacity + 1) * sizeof *w.items;
  w.items = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (w.items == MAP_FAILED) abort();
  const resource *found = locked ? &w.mutex : find_lost(s, &w);
  resource lost = found == NULL ? (resource){ 0 } : *found;
  munmap(w.items, bytes);
  if (lost.kind == NOT_HELD) return;
  s->fault.made_by = lost.by.function;
  s->fault.made_at = lost.by.site;
  sim_fail(s, "resource-leak-on-raise", s->raised.site,
           "an exception leaves the primitive, and what %s has %s is never given back",
           lost.by.function, verb(&lost));
}
