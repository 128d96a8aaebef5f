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

/* The name that stubs know an entry by. */
#define NAME(entry) (&#entry[sizeof "__wrap_" - 1])

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

/* Of a library that stubs use: it holds what they write there, and they do not give it back. */
SIM_EXPORT void *sim_library_memory(size_t bytes)
{
  void *memory = noted(calloc(1, bytes), bytes, HERE("a library"));
  sim_give_away(HELD_MEMORY, (uintptr_t) memory);
  return memory;
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

/* --- streams and descriptors --- */

/* Memory that the system is to read or write: a block of the heap that is not there faults here. */
static void touch(const void *memory, size_t bytes)
{
  sim *s = sim_current == NULL ? sim_called_last() : sim_current;
  const volatile char *at = memory;
  if (bytes == 0 || s == NULL || (uintptr_t) at - (uintptr_t) s->region >= REGION_BYTES) return;
  (void) at[0];
  (void) at[bytes - 1];
}

static void *stream(void *made, caller by)
{
  if (made != NULL) sim_note_resource(HELD_STREAM, (uintptr_t) made, 0, by);
  return made;
}

static int descriptor(int made, caller by)
{
  if (made >= 0) sim_note_resource(HELD_DESCRIPTOR, (uintptr_t) made, 0, by);
  return made;
}

static int descriptors(int result, const int made[2], caller by)
{
  for (int i = 0; result == 0 && i < 2; i++) descriptor(made[i], by);
  return result;
}

#define STREAM(name, parameters, touches, call) \
  SIM_EXPORT void *name parameters \
  { \
    caller by = HERE(NAME(name)); \
    touches; \
    return stream(call, by); \
  }
#define DESCRIPTOR(name, parameters, touches, call) \
  SIM_EXPORT int name parameters \
  { \
    caller by = HERE(NAME(name)); \
    touches; \
    return descriptor(call, by); \
  }
#define TEXT(text) touch(text, 1)
#define MODE(flags) \
  unsigned mode = 0; \
  if (flags & (O_CREAT | __O_TMPFILE)) { \
    va_list more; \
    va_start(more, flags); \
    mode = va_arg(more, unsigned); \
    va_end(more); \
  }

STREAM(__wrap_fopen, (const char *path, const char *mode), TEXT(path), fopen(path, mode))
STREAM(__wrap_fopen64, (const char *path, const char *mode), TEXT(path), fopen64(path, mode))
STREAM(__wrap_tmpfile, (void), (void) 0, tmpfile())
STREAM(__wrap_popen, (const char *command, const char *mode), TEXT(command), popen(command, mode))
STREAM(__wrap_opendir, (const char *path), TEXT(path), opendir(path))

SIM_EXPORT FILE *__wrap_fdopen(int number, const char *mode)
{
  caller by = HERE("fdopen");
  FILE *made = stream(fdopen(number, mode), by);
  if (made != NULL) sim_drop_resource(HELD_DESCRIPTOR, (uintptr_t) number);
  return made;
}

SIM_EXPORT DIR *__wrap_fdopendir(int number)
{
  caller by = HERE("fdopendir");
  DIR *made = stream(fdopendir(number), by);
  if (made != NULL) sim_drop_resource(HELD_DESCRIPTOR, (uintptr_t) number);
  return made;
}

SIM_EXPORT int __wrap_fclose(FILE *stream)
{
  sim_drop_resource(HELD_STREAM, (uintptr_t) stream);
  return fclose(stream);
}

SIM_EXPORT int __wrap_pclose(FILE *stream)
{
  sim_drop_resource(HELD_STREAM, (uintptr_t) stream);
  return pclose(stream);
}

SIM_EXPORT int __wrap_closedir(DIR *directory)
{
  sim_drop_resource(HELD_STREAM, (uintptr_t) directory);
  return closedir(directory);
}

SIM_EXPORT int __wrap_open(const char *path, int flags, ...)
{
  caller by = HERE("open");
  MODE(flags);
  TEXT(path);
  return descriptor(open(path, flags, mode), by);
}

SIM_EXPORT int __wrap_open64(const char *path, int flags, ...)
{
  caller by = HERE("open");
  MODE(flags);
  TEXT(path);
  return descriptor(open64(path, flags, mode), by);
}

SIM_EXPORT int __wrap_openat(int folder, const char *path, int flags, ...)
{
  caller by = HERE("openat");
  MODE(flags);
  TEXT(path);
  return descriptor(openat(folder, path, flags, mode), by);
}

DESCRIPTOR(__wrap_creat, (const char *path, mode_t mode), TEXT(path), creat(path, mode))
DESCRIPTOR(__wrap_dup, (int number), (void) 0, dup(number))
DESCRIPTOR(__wrap_socket, (int domain, int type, int protocol), (void) 0, socket(domain, type, protocol))
DESCRIPTOR(
  __wrap_accept, (int number, struct sockaddr *address, socklen_t *length),
  touch(address, address == NULL ? 0 : 1), accept(number, address, length))

SIM_EXPORT int __wrap_pipe(int made[2])
{
  caller by = HERE("pipe");
  return descriptors(pipe(made), made, by);
}

SIM_EXPORT int __wrap_socketpair(int domain, int type, int protocol, int made[2])
{
  caller by = HERE("socketpair");
  return descriptors(socketpair(domain, type, protocol, made), made, by);
}

SIM_EXPORT int __wrap_close(int number)
{
  sim_drop_resource(HELD_DESCRIPTOR, (uintptr_t) number);
  return close(number);
}

/* --- threads and mutexes --- */

/* Stubs are compiled to call it: gcc has a wrapper of the usual name for ends of its own. */
SIM_EXPORT int sim_pthread_create(
  pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument)
{
  sim_give_away(HELD_MEMORY, (uintptr_t) argument);
  return sim_start_thread(thread, attributes, body, argument);
}

static int locked(int error, pthread_mutex_t *mutex, caller by)
{
  if (error == 0) sim_note_resource(HELD_MUTEX, (uintptr_t) mutex, 0, by);
  return error;
}

SIM_EXPORT int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
  caller by = HERE("pthread_mutex_lock");
  return locked(pthread_mutex_lock(mutex), mutex, by);
}

SIM_EXPORT int __wrap_pthread_mutex_trylock(pthread_mutex_t *mutex)
{
  caller by = HERE("pthread_mutex_trylock");
  return locked(pthread_mutex_trylock(mutex), mutex, by);
}

SIM_EXPORT int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
  sim_drop_resource(HELD_MUTEX, (uintptr_t) mutex);
  return pthread_mutex_unlock(mutex);
}

/* --- what the system reads and writes --- */

#define TOUCHING(result, name, parameters, touches, call) \
  SIM_EXPORT result name parameters \
  { \
    (void) HERE(NAME(name)); \
    touches; \
    return call; \
  }

TOUCHING(ssize_t, __wrap_read, (int f, void *b, size_t n), touch(b, n), read(f, b, n))
TOUCHING(ssize_t, __wrap_write, (int f, const void *b, size_t n), touch(b, n), write(f, b, n))
TOUCHING(
  ssize_t, __wrap_pread, (int f, void *b, size_t n, off_t at), touch(b, n), pread(f, b, n, at))
TOUCHING(
  ssize_t, __wrap_pwrite, (int f, const void *b, size_t n, off_t at), touch(b, n), pwrite(f, b, n, at))
TOUCHING(
  ssize_t, __wrap_recv, (int f, void *b, size_t n, int flags), touch(b, n), recv(f, b, n, flags))
TOUCHING(
  ssize_t, __wrap_send, (int f, const void *b, size_t n, int flags), touch(b, n), send(f, b, n, flags))
TOUCHING(
  ssize_t, __wrap_recvfrom, (int f, void *b, size_t n, int flags, struct sockaddr *from, socklen_t *length),
  touch(b, n), recvfrom(f, b, n, flags, from, length))
TOUCHING(
  ssize_t, __wrap_sendto,
  (int f, const void *b, size_t n, int flags, const struct sockaddr *to, socklen_t length),
  (touch(b, n), touch(to, length)), sendto(f, b, n, flags, to, length))
TOUCHING(
  int, __wrap_connect, (int f, const struct sockaddr *to, socklen_t length), touch(to, length),
  connect(f, to, length))
TOUCHING(
  size_t, __wrap_fread, (void *b, size_t size, size_t n, FILE *from), touch(b, size * n),
  fread(b, size, n, from))
TOUCHING(
  size_t, __wrap_fwrite, (const void *b, size_t size, size_t n, FILE *to), touch(b, size * n),
  fwrite(b, size, n, to))

static void touch_parts(const struct iovec *parts, int n)
{
  for (int i = 0; i < n; i++) touch(parts[i].iov_base, parts[i].iov_len);
}

TOUCHING(
  ssize_t, __wrap_readv, (int f, const struct iovec *parts, int n), touch_parts(parts, n),
  readv(f, parts, n))
TOUCHING(
  ssize_t, __wrap_writev, (int f, const struct iovec *parts, int n), touch_parts(parts, n),
  writev(f, parts, n))

TOUCHING(int, __wrap_access, (const char *path, int mode), TEXT(path), access(path, mode))
TOUCHING(int, __wrap_chdir, (const char *path), TEXT(path), chdir(path))
TOUCHING(int, __wrap_mkdir, (const char *path, mode_t mode), TEXT(path), mkdir(path, mode))
TOUCHING(int, __wrap_rmdir, (const char *path), TEXT(path), rmdir(path))
TOUCHING(int, __wrap_unlink, (const char *path), TEXT(path), unlink(path))
TOUCHING(
  int, __wrap_rename, (const char *from, const char *to), (TEXT(from), TEXT(to)), rename(from, to))
TOUCHING(int, __wrap_stat, (const char *path, struct stat *to), TEXT(path), stat(path, to))
TOUCHING(int, __wrap_lstat, (const char *path, struct stat *to), TEXT(path), lstat(path, to))
TOUCHING(
  ssize_t, __wrap_readlink, (const char *path, char *to, size_t n), (TEXT(path), touch(to, n)),
  readlink(path, to, n))
