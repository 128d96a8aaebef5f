/* Lists that grow. */
#include "sim.h"

#include <stdlib.h>

static size_t grown(size_t capacity)
{
  return capacity == 0 ? 16 : 2 * capacity;
}

void sim_push_value(values *list, value v)
{
  if (list->count == list->capacity) {
    list->capacity = grown(list->capacity);
    list->items = realloc(list->items, list->capacity * sizeof(value));
    if (list->items == NULL) abort();
  }
  list->items[list->count++] = v;
}

void sim_push_address(addresses *list, value *address)
{
  if (list->count == list->capacity) {
    list->capacity = grown(list->capacity);
    list->items = realloc(list->items, list->capacity * sizeof(value *));
    if (list->items == NULL) abort();
  }
  list->items[list->count++] = address;
}

void sim_push_frame(open_frames *list, open_frame frame)
{
  if (list->count == list->capacity) {
    list->capacity = grown(list->capacity);
    list->items = realloc(list->items, list->capacity * sizeof(open_frame));
    if (list->items == NULL) abort();
  }
  list->items[list->count++] = frame;
}

void sim_push_weight(weights *list, weight w)
{
  if (list->count == list->capacity) {
    list->capacity = grown(list->capacity);
    list->items = realloc(list->items, list->capacity * sizeof(weight));
    if (list->items == NULL) abort();
  }
  list->items[list->count++] = w;
}

void sim_push_marked(mark_stack *list, marked_block marked)
{
  if (list->count == list->capacity) {
    list->capacity = grown(list->capacity);
    list->items = realloc(list->items, list->capacity * sizeof(marked_block));
    if (list->items == NULL) abort();
  }
  list->items[list->count++] = marked;
}

bool sim_drop_address(addresses *list, value *address)
{
  for (size_t i = 0; i < list->count; i++) {
    if (list->items[i] == address) {
      list->items[i] = list->items[--list->count];
      return true;
    }
  }
  return false;
}
