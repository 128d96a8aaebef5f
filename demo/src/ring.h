/* A ring of log entries in C memory; nothing here knows about OCaml. */
#ifndef RING_H
#define RING_H

#include <stddef.h>

struct entry {
  double time;
  char *text;
};

struct ring {
  struct entry *entries;
  size_t capacity;
  size_t length;
  size_t first;
};

struct ring *ring_new(size_t capacity);
void ring_free(struct ring *ring);
int ring_add(struct ring *ring, double time, const char *text);
struct entry *ring_get(struct ring *ring, size_t index);

#endif
