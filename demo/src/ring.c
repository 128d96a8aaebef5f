#include <stdlib.h>
#include <string.h>

#include "ring.h"

struct ring *ring_new(size_t capacity)
{
  struct ring *ring = capacity == 0 ? NULL : malloc(sizeof *ring);
  if (ring == NULL) return NULL;
  ring->entries = calloc(capacity, sizeof *ring->entries);
  if (ring->entries == NULL) {
    free(ring);
    return NULL;
  }
  ring->capacity = capacity;
  ring->length = 0;
  ring->first = 0;
  return ring;
}

void ring_free(struct ring *ring)
{
  for (size_t i = 0; i < ring->length; i++) free(ring_get(ring, i)->text);
  free(ring->entries);
  free(ring);
}

struct entry *ring_get(struct ring *ring, size_t index)
{
  if (index >= ring->length) return NULL;
  return &ring->entries[(ring->first + index) % ring->capacity];
}

int ring_add(struct ring *ring, double time, const char *text)
{
  struct entry *entry;
  char *copy = strdup(text);
  if (copy == NULL) return -1;
  if (ring->length < ring->capacity) {
    ring->length++;
    entry = ring_get(ring, ring->length - 1);
  } else {
    entry = ring_get(ring, 0);
    free(entry->text);
    ring->first = (ring->first + 1) % ring->capacity;
  }
  entry->time = time;
  entry->text = copy;
  return 0;
}
