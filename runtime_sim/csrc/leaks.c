/* What is lost when an exception leaves a primitive: it came to be held in that call, and nothing
   that stays leads to it.

   What leads there is looked for where stubs write, and in every block.  Memory of C's may also be in
   the hands of a library, which has memory of its own: it is lost if nothing of the process has its
   address. */
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  resource **items; /* in the order of their keys */
  size_t count;
  uintptr_t first, end; /* of all that has addresses */
  bool exactly;         /* only the address that C was given counts */
  bool changed;
  resource *mutex; /* one that is locked */
} search;

static bool is_new(sim *s, const resource *r)
{
  return r->call == s->entered.call;
}

/* --- what there is to be found --- */

static void count_new(sim *s, resource *r, void *with)
{
  search *w = with;
  r->reached = false;
  if (!is_new(s, r)) return;
  if (r->kind == HELD_MUTEX) w->mutex = r;
  else w->count++;
}

static void add_new(sim *s, resource *r, void *with)
{
  search *w = with;
  if (!is_new(s, r) || r->kind == HELD_MUTEX) return;
  w->items[w->count++] = r;
  if (r->kind == HELD_DESCRIPTOR) return;
  if (r->key < w->first) w->first = r->key;
  if (r->key + r->bytes >= w->end) w->end = r->key + r->bytes + 1;
}

static int by_key(const void *a, const void *b)
{
  uintptr_t x = (*(resource *const *) a)->key, y = (*(resource *const *) b)->key;
  return (x > y) - (x < y);
}

/* --- what leads there --- */

static void reach(search *w, resource *r)
{
  if (r->reached) return;
  r->reached = true;
  w->changed = true;
}

static void reach_descriptors(search *w, uintptr_t word)
{
  for (size_t i = 0; i < w->count && w->items[i]->key <= INT32_MAX; i++) {
    uintptr_t number = w->items[i]->key;
    bool found = (uint32_t) word == number || word >> 32 == number || word == 2 * number + 1;
    if (found) reach(w, w->items[i]);
  }
}

/* A pointer may have a bit set, to be an immediate. */
static void reach_address(search *w, uintptr_t word)
{
  size_t first = 0, end = w->count;
  while (end - first > 1) {
    size_t middle = (first + end) / 2;
    if (w->items[middle]->key <= word) first = middle;
    else end = middle;
  }
  resource *r = w->items[first];
  if (r->key == (word & ~(uintptr_t) 1)) reach(w, r);
  else if (!w->exactly && r->key < word && word < r->key + r->bytes) reach(w, r);
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
  const char *start = (const char *) r->key;
  look(w, start, start + (r->bytes < MOST_EXAMINED ? r->bytes : MOST_EXAMINED), true);
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
  bool *followed = calloc(w->count, sizeof *followed);
  if (followed == NULL) abort();
  do {
    w->changed = false;
    for (size_t i = 0; i < w->count; i++) {
      if (!w->items[i]->reached || followed[i]) continue;
      followed[i] = true;
      if (w->items[i]->kind == HELD_MEMORY) look_into_memory(w, w->items[i]);
    }
  } while (w->changed);
  free(followed);
}

/* --- memory of libraries --- */

/* All but what is lost itself, if that lies there. */
static void look_between(search *w, const char *start, const char *end)
{
  for (size_t i = 0; i < w->count; i++) {
    const resource *r = w->items[i];
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

static resource *first_lost(const search *w, bool of_memory)
{
  for (size_t i = 0; i < w->count; i++) {
    resource *r = w->items[i];
    if (!r->reached && (r->kind == HELD_MEMORY) == of_memory) return r;
  }
  return NULL;
}

static resource *find_lost(sim *s, search *w)
{
  w->count = 0;
  sim_each_resource(s, add_new, w);
  qsort(w->items, w->count, sizeof *w->items, by_key);
  for (size_t i = 0; i < s->nstatics; i++) look(w, s->statics[i].start, s->statics[i].end, true);
  sim_each_resource(s, look_into_older, w);
  look_into_heap(s, w);
  follow(w);
  resource *lost = first_lost(w, false);
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
  if ((w.count == 0 && w.mutex == NULL) || s->raised.excused) return;
  resource *lost = w.mutex;
  if (lost == NULL) {
    w.items = malloc(w.count * sizeof *w.items);
    if (w.items == NULL) abort();
    lost = find_lost(s, &w);
    free(w.items);
  }
  if (lost == NULL) return;
  s->fault.made_by = lost->by.function;
  s->fault.made_at = lost->by.site;
  sim_fail(s, "resource-leak-on-raise", s->raised.by.site,
           "%s raises, and what %s has %s is never given back", s->raised.by.function,
           lost->by.function, verb(lost));
}
