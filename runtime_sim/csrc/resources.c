/* What stubs hold that is not the heap's: memory of C's, streams, descriptors, mutexes.

   It is noted by the entries of libc that stubs are linked with, see entries.h, for the runtime that
   is used at the time. */
#define _GNU_SOURCE
#include "sim.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A table by key, with free places where nothing is held.  It is no memory that could be taken for
   C's own, where a pointer to what is held is looked for. */
static resource *table;
static size_t count, capacity;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static resource *new_table(size_t n)
{
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
  resource *t = mmap(NULL, n * sizeof *t, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (t == MAP_FAILED) abort();
  return t;
}

static size_t place_of(resource_kind kind, uintptr_t key)
{
  return ((key >> 4 ^ key ^ kind) * 0x9E3779B97F4A7C15 >> 20) & (capacity - 1);
}

static size_t next(size_t place)
{
  return (place + 1) & (capacity - 1);
}

/* Where something is, or the free place where it is missing. */
static resource *find(resource_kind kind, uintptr_t key)
{
  size_t place = place_of(kind, key);
  while (table[place].kind != NOT_HELD && (table[place].kind != kind || table[place].key != key))
    place = next(place);
  return &table[place];
}

static void grow(void)
{
  enum { FIRST_CAPACITY = 64 };
  resource *before = table;
  size_t n = capacity;
  capacity = n == 0 ? FIRST_CAPACITY : 2 * n;
  table = new_table(capacity);
  for (size_t i = 0; i < n; i++)
    if (before[i].kind != NOT_HELD) *find(before[i].kind, before[i].key) = before[i];
  if (before != NULL) munmap(before, n * sizeof *before);
}

/* Takes one out, and moves those back that were put behind it because its place was taken. */
static void clear(resource *r)
{
  size_t hole = (size_t) (r - table);
  for (size_t i = next(hole); table[i].kind != NOT_HELD; i = next(i)) {
    size_t home = place_of(table[i].kind, table[i].key);
    if (((i - home) & (capacity - 1)) < ((i - hole) & (capacity - 1))) continue;
    table[hole] = table[i];
    hole = i;
  }
  table[hole].kind = NOT_HELD;
  count--;
}

/* Something is held from now on. */
void sim_note_resource(resource_kind kind, uintptr_t key, size_t bytes, caller by)
{
  sim *s = sim_current == NULL ? sim_called_last() : sim_current;
  if (s == NULL || s->untraced) return;
  pthread_mutex_lock(&mutex);
  if (2 * (count + 1) > capacity) grow();
  resource *r = find(kind, key);
  if (r->kind == NOT_HELD) count++;
  *r = (resource){ kind, key, bytes, by, s, sim_is_foreign() ? 0 : s->entered.call };
  pthread_mutex_unlock(&mutex);
}

/* What is held no longer; of what was not noted the kind is NOT_HELD. */
resource sim_drop_resource(resource_kind kind, uintptr_t key)
{
  resource dropped = { .kind = NOT_HELD };
  pthread_mutex_lock(&mutex);
  if (count > 0) {
    resource *r = find(kind, key);
    dropped = *r;
    if (r->kind != NOT_HELD) clear(r);
  }
  pthread_mutex_unlock(&mutex);
  return dropped;
}

/* Another thread is given it, and answers for it. */
void sim_give_away(resource_kind kind, uintptr_t key)
{
  pthread_mutex_lock(&mutex);
  if (count > 0) find(kind, key)->call = 0;
  pthread_mutex_unlock(&mutex);
}

/* Each that a runtime's stubs hold; none is given back meanwhile by other threads. */
void sim_each_resource(sim *s, void (*visit)(sim *, resource *, void *), void *with)
{
  pthread_mutex_lock(&mutex);
  for (size_t i = 0; i < capacity && count > 0; i++)
    if (table[i].kind != NOT_HELD && table[i].owner == s) visit(s, &table[i], with);
  pthread_mutex_unlock(&mutex);
}

/* What of a piece of memory can be looked at: nothing of one that a library has given back, which is
   seen of large ones alone. */
extent sim_extent(const resource *r)
{
  enum { PAGE = 4096, LARGE = 1 << 16 };
  const char *start = (const char *) r->key;
  size_t bytes = r->bytes < MOST_EXAMINED ? r->bytes : MOST_EXAMINED;
  unsigned char resident[MOST_EXAMINED / PAGE + 2];
  uintptr_t page = r->key & ~(uintptr_t) (PAGE - 1);
  bool gone = bytes >= LARGE && mincore((void *) page, r->key + bytes - page, resident) != 0;
  return (extent){ start, gone ? start : start + bytes };
}

/* Of a runtime that is no more; its region may become another's. */
void sim_forget_resources(sim *s)
{
  pthread_mutex_lock(&mutex);
  for (size_t i = 0; i < capacity;) {
    if (table[i].kind != NOT_HELD && table[i].owner == s) clear(&table[i]);
    else i++;
  }
  pthread_mutex_unlock(&mutex);
}
