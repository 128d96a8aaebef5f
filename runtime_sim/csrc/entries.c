/* The entries of libc that stubs are linked with instead of libc's own.

   They do what those do, and note what stubs come to hold and let go.  Memory that is given to the
   system is read first: the system would not fault, but refuse it. */
#define _GNU_SOURCE
#include "sim.h"

#include <caml/fail.h>

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* --- memory --- */

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

SIM_EXPORT void *__wrap_malloc(size_t bytes)
{
  return fresh(malloc(bytes), bytes, HERE("malloc"));
}

SIM_EXPORT void *__wrap_calloc(size_t number, size_t bytes)
{
  return noted(calloc(number, bytes), number * bytes, HERE("calloc"));
}

SIM_EXPORT void *__wrap_aligned_alloc(size_t alignment, size_t bytes)
{
  return fresh(aligned_alloc(alignment, bytes), bytes, HERE("aligned_alloc"));
}

SIM_EXPORT int __wrap_posix_memalign(void **memory, size_t alignment, size_t bytes)
{
  caller by = HERE("posix_memalign");
  int error = posix_memalign(memory, alignment, bytes);
  if (error == 0) fresh(*memory, bytes, by);
  return error;
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

SIM_EXPORT void *__wrap_realloc(void *memory, size_t bytes)
{
  return resized(memory, bytes, realloc, HERE("realloc"));
}

SIM_EXPORT void *__wrap_reallocarray(void *memory, size_t number, size_t bytes)
{
  size_t total;
  if (__builtin_mul_overflow(number, bytes, &total)) return reallocarray(memory, number, bytes);
  return resized(memory, total, realloc, HERE("reallocarray"));
}

SIM_EXPORT void __wrap_free(void *memory)
{
  drop(memory);
  free(memory);
}

static char *noted_text(char *text, caller by)
{
  return text == NULL ? NULL : noted(text, strlen(text) + 1, by);
}

SIM_EXPORT char *__wrap_strdup(const char *text)
{
  return noted_text(strdup(text), HERE("strdup"));
}

SIM_EXPORT char *__wrap_strndup(const char *text, size_t length)
{
  return noted_text(strndup(text, length), HERE("strndup"));
}

/* --- memory that the runtime gives --- */

SIM_EXPORT void *__wrap_caml_stat_alloc(asize_t bytes)
{
  caller by = HERE("caml_stat_alloc");
  return fresh(caml_stat_alloc(bytes), bytes, by);
}

SIM_EXPORT void *__wrap_caml_stat_alloc_noexc(asize_t bytes)
{
  return fresh(caml_stat_alloc_noexc(bytes), bytes, HERE("caml_stat_alloc_noexc"));
}

SIM_EXPORT void *__wrap_caml_stat_calloc_noexc(asize_t number, asize_t bytes)
{
  return noted(caml_stat_calloc_noexc(number, bytes), number * bytes, HERE("caml_stat_calloc_noexc"));
}

SIM_EXPORT void *__wrap_caml_stat_resize_noexc(void *memory, asize_t bytes)
{
  return resized(memory, bytes, caml_stat_resize_noexc, HERE("caml_stat_resize_noexc"));
}

/* If there is no memory the old one is held while that is raised. */
SIM_EXPORT void *__wrap_caml_stat_resize(void *memory, asize_t bytes)
{
  caller by = HERE("caml_stat_resize");
  sim_enter(by);
  void *now = resized(memory, bytes, caml_stat_resize_noexc, by);
  if (now == NULL) caml_raise_out_of_memory();
  return now;
}

SIM_EXPORT void __wrap_caml_stat_free(void *memory)
{
  drop(memory);
  caml_stat_free(memory);
}

SIM_EXPORT char *__wrap_caml_stat_strdup(const char *text)
{
  caller by = HERE("caml_stat_strdup");
  return noted_text(caml_stat_strdup(text), by);
}

SIM_EXPORT char *__wrap_caml_stat_strdup_noexc(const char *text)
{
  return noted_text(caml_stat_strdup_noexc(text), HERE("caml_stat_strdup_noexc"));
}
