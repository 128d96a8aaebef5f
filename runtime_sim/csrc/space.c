/* Address space that is used once.

   The region is reserved without memory behind it.  Chunks are given memory from its start on and
   lose it when they die: what still points there faults, and the chunk's record tells what it was. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

chunk *sim_chunk_of(sim *s, const void *address)
{
  const char *at = address;
  if (at < s->region || at >= s->fresh) return NULL;
  return s->index[(size_t) (at - s->region) / CHUNK_BYTES];
}

/* What is recorded of the words of a chunk. */
static void trace(chunk *c, size_t words)
{
  c->starts = calloc(2 * words / 64, sizeof *c->starts);
  if (c->starts == NULL) abort();
  c->remembered = c->starts + words / 64;
}

static void untrace(chunk *c)
{
  free(c->starts);
  free(c->makers);
  free(c->snapshot);
  free(c->noted);
  c->starts = c->remembered = c->snapshot = NULL;
  c->makers = NULL;
  c->noted = NULL;
}

chunk *sim_new_chunk(sim *s, size_t bytes, chunk_state state)
{
  size_t size = (bytes + CHUNK_BYTES - 1) / CHUNK_BYTES * CHUNK_BYTES;
  if (size > (size_t) (s->region + REGION_BYTES - s->fresh))
    sim_fail(s, "internal", NULL, "the simulated address space is used up");
  chunk *c = calloc(1, sizeof *c);
  if (c == NULL) abort();
  if (!s->untraced || state == CHUNK_LOCAL) trace(c, size / sizeof(value));
  if (!s->untraced && state == CHUNK_OLD) c->noted = malloc(size);
  if (!s->untraced && state == CHUNK_OLD && c->noted == NULL) abort();
  c->start = c->top = s->fresh;
  c->end = c->start + size;
  c->state = state;
  c->local = state == CHUNK_LOCAL;
  c->born = s->collections;
  s->fresh += size;
  if (mprotect(c->start, size, PROT_READ | PROT_WRITE) != 0)
    sim_fail(s, "internal", NULL, "no memory for a heap of this size");
  for (size_t i = 0; i < size / CHUNK_BYTES; i++)
    s->index[(size_t) (c->start - s->region) / CHUNK_BYTES + i] = c;
  return c;
}

static void forget(sim *s, chunk *c)
{
  for (char *at = c->start; at < c->end; at += CHUNK_BYTES)
    s->index[(size_t) (at - s->region) / CHUNK_BYTES] = NULL;
  free(c->remains);
  free(c);
}

void sim_kill_chunks(sim *s, chunk *list, caller by)
{
  while (list != NULL) {
    chunk *c = list;
    list = c->next;
    size_t size = (size_t) (c->end - c->start);
    mprotect(c->start, size, PROT_NONE);
    madvise(c->start, size, MADV_DONTNEED);
    untrace(c);
    c->state = CHUNK_DEAD;
    c->collection = s->collections;
    c->killer = by;
    c->next = NULL;
    if (s->dead_last == NULL) s->dead_first = c;
    else s->dead_last->next = c;
    s->dead_last = c;
    s->dead_count += size / CHUNK_BYTES;
    while (s->dead_count > MAX_REMEMBERED_CHUNKS && s->dead_first != c) {
      chunk *oldest = s->dead_first;
      s->dead_first = oldest->next;
      s->dead_count -= (size_t) (oldest->end - oldest->start) / CHUNK_BYTES;
      forget(s, oldest);
    }
  }
}

/* While the runtime lock is released nobody may look at the heap. */
void sim_protect(sim *s, bool accessible)
{
  if (s->untraced) return;
  int protection = accessible ? PROT_READ | PROT_WRITE : PROT_NONE;
  chunk *lists[] = { s->young, s->old, s->local };
  for (int i = 0; i < 3; i++)
    for (chunk *c = lists[i]; c != NULL; c = c->next)
      mprotect(c->start, (size_t) (c->end - c->start), protection);
}

/* All that there are: a fault in a collection leaves some that are in no list. */
void sim_free_chunks(sim *s)
{
  for (char *at = s->region; at < s->fresh;) {
    chunk *c = sim_chunk_of(s, at);
    at = c == NULL ? at + CHUNK_BYTES : c->end;
    if (c == NULL) continue;
    untrace(c);
    free(c->remains);
    free(c);
  }
}
