/* The entries of libc and of the runtime that give memory of C's to stubs, and take it back.

   They do what those do, and note what stubs come to hold and let go. */
#define _GNU_SOURCE
#include "entries.h"

#include <stdlib.h>
#include <string.h>

/* What was never written, or is given back, must not look like something that was there before. */
#define UNSET 0xFE

static void unset(void *memory, size_t bytes)
{
  memset(memory, UNSET, bytes < MOST_EXAMINED ? bytes : MOST_EXAMINED);
}

static void *noted(void *memory, size_t bytes, caller by)
{
  if (memory != NULL) sim_note_resource(HELD_MEMORY, (uintptr_t) memory, bytes, by);
  return memory;
}

static void *fresh(void *memory, size_t bytes, caller by)
{
  if (memory != NULL) unset(memory, bytes);
  return noted(memory, bytes, by);
}

static void drop(void *memory)
{
  resource dropped = sim_drop_resource(HELD_MEMORY, (uintptr_t) memory);
  if (dropped.kind != NOT_HELD) unset(memory, dropped.bytes);
}

static char *noted_text(char *text, caller by)
{
  return text == NULL ? NULL : noted(text, strlen(text) + 1, by);
}

static void *resized(void *memory, size_t bytes, void *(*resize)(void *, size_t), caller by)
{
  resource before = sim_drop_resource(HELD_MEMORY, (uintptr_t) memory);
  void *now = resize(memory, bytes);
  if (now == NULL) {
    if (bytes != 0 && before.kind != NOT_HELD) noted(memory, before.bytes, before.by);
    return NULL;
  }
  bool is_fresh = memory == NULL || before.kind != NOT_HELD;
  if (is_fresh && bytes > before.bytes) unset((char *) now + before.bytes, bytes - before.bytes);
  return noted(now, bytes, by);
}

#define MEMORY(result, name, parameters, call) \
  ENTRY(result, name, parameters, NOTHING, NULL, ENOMEM, call)

/* --- of libc --- */

static int aligned(void **memory, size_t alignment, size_t bytes, caller by)
{
  int error = posix_memalign(memory, alignment, bytes);
  if (error == 0) fresh(*memory, bytes, by);
  return error;
}

static void *array_resized(void *memory, size_t number, size_t bytes, caller by)
{
  size_t total;
  if (__builtin_mul_overflow(number, bytes, &total)) return reallocarray(memory, number, bytes);
  return resized(memory, total, realloc, by);
}

MEMORY(void *, __wrap_malloc, (size_t bytes), fresh(malloc(bytes), bytes, by))
MEMORY(
  void *, __wrap_calloc, (size_t number, size_t bytes),
  noted(calloc(number, bytes), number * bytes, by))
MEMORY(
  void *, __wrap_aligned_alloc, (size_t alignment, size_t bytes),
  fresh(aligned_alloc(alignment, bytes), bytes, by))
ENTRY(
  int, __wrap_posix_memalign, (void **memory, size_t alignment, size_t bytes), NOTHING, ENOMEM,
  ENOMEM, aligned(memory, alignment, bytes, by))
MEMORY(void *, __wrap_realloc, (void *memory, size_t bytes), resized(memory, bytes, realloc, by))
MEMORY(
  void *, __wrap_reallocarray, (void *memory, size_t number, size_t bytes),
  array_resized(memory, number, bytes, by))
MEMORY(char *, __wrap_strdup, (const char *text), noted_text(strdup(text), by))
MEMORY(
  char *, __wrap_strndup, (const char *text, size_t length),
  noted_text(strndup(text, length), by))

SIM_EXPORT void __wrap_free(void *memory)
{
  drop(memory);
  free(memory);
}

/* Of a library that stubs use: it holds what they write there, and they do not give it back. */
SIM_EXPORT void *sim_library_memory(size_t bytes)
{
  void *memory = noted(calloc(1, bytes), bytes, HERE("a library"));
  sim_give_away(HELD_MEMORY, (uintptr_t) memory);
  return memory;
}

/* --- of the runtime; what raises is no call that stubs look at --- */

MEMORY(
  void *, __wrap_caml_stat_alloc_noexc, (asize_t bytes),
  fresh(caml_stat_alloc_noexc(bytes), bytes, by))
MEMORY(
  void *, __wrap_caml_stat_calloc_noexc, (asize_t number, asize_t bytes),
  noted(caml_stat_calloc_noexc(number, bytes), number * bytes, by))
MEMORY(
  void *, __wrap_caml_stat_resize_noexc, (void *memory, asize_t bytes),
  resized(memory, bytes, caml_stat_resize_noexc, by))
MEMORY(
  char *, __wrap_caml_stat_strdup_noexc, (const char *text),
  noted_text(caml_stat_strdup_noexc(text), by))

SIM_EXPORT void *__wrap_caml_stat_alloc(asize_t bytes)
{
  caller by = HERE("caml_stat_alloc");
  return fresh(caml_stat_alloc(bytes), bytes, by);
}

/* If there is no memory the old one is held while that is raised. */
SIM_EXPORT void *__wrap_caml_stat_resize(void *memory, asize_t bytes)
{
  caller by = HERE("caml_stat_resize");
  sim_enter(by);
  void *now = resized(memory, bytes, caml_stat_resize_noexc, by);
  if (now == NULL) sim_raise_out_of_memory();
  return now;
}

SIM_EXPORT char *__wrap_caml_stat_strdup(const char *text)
{
  caller by = HERE("caml_stat_strdup");
  return noted_text(caml_stat_strdup(text), by);
}

SIM_EXPORT void __wrap_caml_stat_free(void *memory)
{
  drop(memory);
  caml_stat_free(memory);
}
