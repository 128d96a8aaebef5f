/* Barriers, and memory outside the heap. */
#include "sim.h"


#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static void remember(sim *s, caml_sim_cell *field, value old, value v)
{
  chunk *c = sim_chunk_of(s, (const void *) field);
  if (c != NULL && c->noted != NULL) c->noted[sim_word(c, (const void *) field)] = v;
  if (s->policy == POLICY_GENERATIONAL) {
    sim_stored(s, field, old, v);
    return;
  }
  if (c == NULL || c->state != CHUNK_OLD || !sim_is_young(s, v)) return;
  size_t word = sim_word(c, (const void *) field);
  c->remembered[word / 64] |= (uint64_t) 1 << word % 64;
}

static sim *check_store(caml_sim_cell *field, value v, caller by)
{
  sim *s = sim_enter(by);
  sim_check_value(s, v, "stored in a block", by.site);
  chunk *c = sim_chunk_of(s, (const void *) field);
  if (c != NULL && c->state == CHUNK_DEAD) {
    sim_describe_remains(s, (value) field);
    if (c->local)
      sim_fail(s, "local-escape", by.site, "%s writes to a local block whose region has ended",
               by.function);
    sim_fail(s, "unsequenced-gc", by.site, "%s writes to a field of a block that has moved",
             by.function);
  }
  if (s->oxcaml) sim_check_barrier(s, field, v, by);
  return s;
}

/* An old block is reachable, as far as is known, and with it what is stored there. */
static void check_filled(sim *s, caml_sim_cell *field, value v, void *site)
{
  chunk *c = sim_chunk_of(s, (const void *) field);
  if (c == NULL || c->state != CHUNK_OLD || !sim_is_young(s, v)) return;
  field_range fields = sim_scanned(v, ((header_t *) v)[-1]);
  for (mlsize_t i = fields.first; i < fields.end; i++)
    if (((value *) v)[i] == POISON) {
      sim_describe_block(s, v);
      sim_fail(s, "uninitialised-block", site,
               "a block is stored in an old one, and its field %ld has no value yet", (long) i);
    }
}

SIM_EXPORT void caml_modify(caml_sim_cell *field, value v)
{
  sim *s = sim_current;
  if (s != NULL && s->untraced) {
    value overwritten = *field;
    *field = v;
    sim_stored(s, field, overwritten, v);
    return;
  }
  s = check_store(field, v, (caller){ "caml_modify", SITE });
  value old = *field;
  if (old == POISON) {
    sim_describe_holder(s, (const void *) field);
    sim_fail(s, "modify-on-uninitialised", SITE, "caml_modify reads a field that has no value yet");
  }
  check_filled(s, field, v, SITE);
  *field = v;
  remember(s, field, old, v);
}

/* Where nothing is recorded, a field without a value holds what a block left there. */
static void check_fresh(sim *s, caml_sim_cell *field, void *site)
{
  if (s->untraced || sim_chunk_of(s, (const void *) field) == NULL) return;
  chunk *held = Is_long(*field) ? NULL : sim_chunk_of(s, (void *) *field);
  if (held == NULL || !sim_is_start(held, *field)) return;
  sim_describe_holder(s, (const void *) field);
  sim_fail(s, "initialize-on-initialised", site,
           "caml_initialize is given a field that holds a block already");
}

SIM_EXPORT void caml_initialize(caml_sim_cell *field, value v)
{
  sim *s = check_store(field, v, (caller){ "caml_initialize", SITE });
  check_fresh(s, field, SITE);
  *field = v;
  remember(s, field, Val_unit, v);
}

SIM_EXPORT void caml_adjust_gc_speed(mlsize_t a, mlsize_t b)
{
  sim_speed_up(ENTER("caml_adjust_gc_speed"), b == 0 ? 1 : (double) a / (double) b);
}

SIM_EXPORT void caml_alloc_dependent_memory(mlsize_t bytes)
{
  sim *s = ENTER("caml_alloc_dependent_memory");
  s->major.dependent += bytes;
  s->major.new_dependent += bytes;
}

SIM_EXPORT void caml_free_dependent_memory(mlsize_t bytes)
{
  sim *s = ENTER("caml_free_dependent_memory");
  s->major.dependent -= bytes < s->major.dependent ? bytes : s->major.dependent;
}


SIM_EXPORT void caml_adjust_minor_gc_speed(mlsize_t a, mlsize_t b)
{
  ENTER("caml_adjust_minor_gc_speed");
  (void) a, (void) b;
}

SIM_EXPORT int caml_atomic_cas_field(value block, intnat index, value expected, value desired)
{
  sim *s = ENTER("caml_atomic_cas_field");
  sim_check_value(s, desired, "stored", SITE);
  caml_sim_cell *field = caml_sim_field(block, (mlsize_t) index);
  if (*field != expected) return 0;
  *field = desired;
  remember(s, field, expected, desired);
  return 1;
}

/* --- memory of C --- */

SIM_EXPORT void *caml_stat_alloc_noexc(asize_t size)
{
  return sim_c_runs_out() ? NULL : malloc(size == 0 ? 1 : size);
}

SIM_EXPORT void *caml_stat_alloc(asize_t size)
{
  ENTER("caml_stat_alloc");
  void *memory = caml_stat_alloc_noexc(size);
  if (memory == NULL) sim_raise_out_of_memory();
  return memory;
}

SIM_EXPORT void *caml_stat_calloc_noexc(asize_t number, asize_t size)
{
  return sim_c_runs_out() ? NULL : calloc(number, size);
}

SIM_EXPORT void *caml_stat_resize_noexc(void *memory, asize_t size)
{
  return sim_c_runs_out() ? NULL : realloc(memory, size);
}

SIM_EXPORT void *caml_stat_resize(void *memory, asize_t size)
{
  ENTER("caml_stat_resize");
  void *moved = caml_stat_resize_noexc(memory, size);
  if (moved == NULL) sim_raise_out_of_memory();
  return moved;
}

SIM_EXPORT void caml_stat_free(void *memory)
{
  free(memory);
}

SIM_EXPORT char *caml_stat_strdup_noexc(const char *text)
{
  return sim_c_runs_out() ? NULL : strdup(text);
}

SIM_EXPORT char *caml_stat_strdup(const char *text)
{
  ENTER("caml_stat_strdup");
  char *copy = caml_stat_strdup_noexc(text);
  if (copy == NULL) sim_raise_out_of_memory();
  return copy;
}

SIM_EXPORT char *caml_stat_memdup(const char *memory, asize_t size, asize_t *out)
{
  ENTER("caml_stat_memdup");
  void *copy = caml_stat_alloc(size);
  memcpy(copy, memory, size);
  if (out != NULL) *out = size;
  return copy;
}

SIM_EXPORT char *caml_stat_strconcat(int n, ...)
{
  ENTER("caml_stat_strconcat");
  va_list args, again;
  size_t length = 1;
  va_start(args, n);
  va_copy(again, args);
  for (int i = 0; i < n; i++) length += strlen(va_arg(args, const char *));
  char *result = caml_stat_alloc(length);
  *result = 0;
  for (int i = 0; i < n; i++) strcat(result, va_arg(again, const char *));
  va_end(args);
  va_end(again);
  return result;
}

/* The block that is to be freed goes through the last argument. */
SIM_EXPORT void *caml_stat_alloc_aligned_noexc(asize_t size, int modulo, caml_stat_block *block)
{
  char *memory = sim_c_runs_out() ? NULL : malloc(size + Page_size);
  if (memory == NULL) return NULL;
  *block = memory;
  uintnat page = ((uintnat) (memory + modulo) + Page_size - 1) / Page_size * Page_size;
  return (void *) (page - (uintnat) modulo);
}

SIM_EXPORT void *caml_stat_alloc_aligned(asize_t size, int modulo, caml_stat_block *block)
{
  ENTER("caml_stat_alloc_aligned");
  void *memory = caml_stat_alloc_aligned_noexc(size, modulo, block);
  if (memory == NULL) sim_raise_out_of_memory();
  return memory;
}

SIM_EXPORT wchar_t *caml_stat_wcsdup(const wchar_t *text)
{
  ENTER("caml_stat_wcsdup");
  wchar_t *copy = sim_c_runs_out() ? NULL : wcsdup(text);
  if (copy == NULL) sim_raise_out_of_memory();
  return copy;
}

SIM_EXPORT wchar_t *caml_stat_wcsconcat(int n, ...)
{
  ENTER("caml_stat_wcsconcat");
  va_list args, again;
  size_t length = 1;
  va_start(args, n);
  va_copy(again, args);
  for (int i = 0; i < n; i++) length += wcslen(va_arg(args, const wchar_t *));
  wchar_t *result = caml_stat_alloc(length * sizeof(wchar_t));
  *result = 0;
  for (int i = 0; i < n; i++) wcscat(result, va_arg(again, const wchar_t *));
  va_end(args);
  va_end(again);
  return result;
}

SIM_EXPORT void caml_stat_create_pool(void)
{
}

SIM_EXPORT void caml_stat_destroy_pool(void)
{
}

/* --- pieces of 4.14's major heap, which this one does not take --- */

SIM_EXPORT char *caml_alloc_for_heap(asize_t size)
{
  return malloc(size);
}

SIM_EXPORT void caml_free_for_heap(char *memory)
{
  free(memory);
}

SIM_EXPORT int caml_add_to_heap(char *memory)
{
  (void) memory;
  return -1;
}

SIM_EXPORT color_t caml_allocation_color(void *header)
{
  (void) header;
  return NOT_MARKABLE;
}
