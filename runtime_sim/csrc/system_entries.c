/* The entries of libc that open, read and write what is the system's, and those of its threads.

   They do what those do, and note what stubs come to hold and let go.  Memory that is given to the
   system is read first: the system would not fault, but refuse it. */
#define _GNU_SOURCE
#include "entries.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

/* Memory that the system is to read or write: a block of the heap that is not there faults here. */
static void touch(const void *memory, size_t bytes)
{
  sim *s = sim_current == NULL ? sim_called_last() : sim_current;
  const volatile char *at = memory;
  if (bytes == 0 || s == NULL || (uintptr_t) at - (uintptr_t) s->region >= REGION_BYTES) return;
  (void) at[0];
  (void) at[bytes - 1];
}

#define TEXT(text) touch(text, 1)

/* --- streams and descriptors --- */

static void *stream(void *made, caller by)
{
  if (made != NULL) sim_note_resource(HELD_STREAM, (uintptr_t) made, 0, by);
  return made;
}

/* It has the descriptor that it was made of. */
static void *stream_of(int number, void *made, caller by)
{
  if (made != NULL) sim_drop_resource(HELD_DESCRIPTOR, (uintptr_t) number);
  return stream(made, by);
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
  ENTRY(void *, name, parameters, touches, NULL, EMFILE, stream(call, by))
#define DESCRIPTOR(name, parameters, touches, call) \
  ENTRY(int, name, parameters, touches, -1, EMFILE, descriptor(call, by))

STREAM(__wrap_fopen, (const char *path, const char *mode), TEXT(path), fopen(path, mode))
STREAM(__wrap_fopen64, (const char *path, const char *mode), TEXT(path), fopen64(path, mode))
STREAM(__wrap_tmpfile, (void), NOTHING, tmpfile())
STREAM(__wrap_popen, (const char *command, const char *mode), TEXT(command), popen(command, mode))
STREAM(__wrap_opendir, (const char *path), TEXT(path), opendir(path))
ENTRY(
  void *, __wrap_fdopen, (int number, const char *mode), TEXT(mode), NULL, ENOMEM,
  stream_of(number, fdopen(number, mode), by))
ENTRY(
  void *, __wrap_fdopendir, (int number), NOTHING, NULL, ENOMEM,
  stream_of(number, fdopendir(number), by))

/* The last of an entry's parameters, that only a file that is made has. */
#define MODE(flags) \
  unsigned mode = 0; \
  if (flags & (O_CREAT | __O_TMPFILE)) { \
    va_list more; \
    va_start(more, flags); \
    mode = va_arg(more, unsigned); \
    va_end(more); \
  } \
  TEXT(path)

DESCRIPTOR(__wrap_open, (const char *path, int flags, ...), MODE(flags), open(path, flags, mode))
DESCRIPTOR(__wrap_open64, (const char *path, int flags, ...), MODE(flags), open64(path, flags, mode))
DESCRIPTOR(
  __wrap_openat, (int folder, const char *path, int flags, ...), MODE(flags),
  openat(folder, path, flags, mode))
DESCRIPTOR(__wrap_creat, (const char *path, mode_t mode), TEXT(path), creat(path, mode))
DESCRIPTOR(__wrap_dup, (int number), NOTHING, dup(number))
DESCRIPTOR(__wrap_socket, (int domain, int type, int protocol), NOTHING, socket(domain, type, protocol))
DESCRIPTOR(
  __wrap_accept, (int number, struct sockaddr *address, socklen_t *length),
  touch(address, address == NULL ? 0 : 1), accept(number, address, length))
ENTRY(int, __wrap_pipe, (int made[2]), NOTHING, -1, EMFILE, descriptors(pipe(made), made, by))
ENTRY(
  int, __wrap_socketpair, (int domain, int type, int protocol, int made[2]), NOTHING, -1, EMFILE,
  descriptors(socketpair(domain, type, protocol, made), made, by))

/* What is closed is no more, even where that fails. */
#define CLOSING(name, parameter, kind, closed, call) \
  SIM_EXPORT int name(parameter) \
  { \
    caller by = HERE(NAME(name)); \
    sim_drop_resource(kind, (uintptr_t) closed); \
    int result = call(closed); \
    return sim_call_fails(by, EIO) ? -1 : result; \
  }

CLOSING(__wrap_fclose, FILE *stream, HELD_STREAM, stream, fclose)
CLOSING(__wrap_pclose, FILE *stream, HELD_STREAM, stream, pclose)
CLOSING(__wrap_closedir, DIR *directory, HELD_STREAM, directory, closedir)
CLOSING(__wrap_close, int number, HELD_DESCRIPTOR, number, close)

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

#define BYTES(name, parameters, touches, call) \
  ENTRY(ssize_t, name, parameters, touches, -1, EIO, call)

BYTES(__wrap_read, (int f, void *b, size_t n), touch(b, n), read(f, b, n))
BYTES(__wrap_write, (int f, const void *b, size_t n), touch(b, n), write(f, b, n))
BYTES(__wrap_pread, (int f, void *b, size_t n, off_t at), touch(b, n), pread(f, b, n, at))
BYTES(__wrap_pwrite, (int f, const void *b, size_t n, off_t at), touch(b, n), pwrite(f, b, n, at))
BYTES(__wrap_recv, (int f, void *b, size_t n, int flags), touch(b, n), recv(f, b, n, flags))
BYTES(__wrap_send, (int f, const void *b, size_t n, int flags), touch(b, n), send(f, b, n, flags))
BYTES(
  __wrap_recvfrom,
  (int f, void *b, size_t n, int flags, struct sockaddr *from, socklen_t *length), touch(b, n),
  recvfrom(f, b, n, flags, from, length))
BYTES(
  __wrap_sendto,
  (int f, const void *b, size_t n, int flags, const struct sockaddr *to, socklen_t length),
  (touch(b, n), touch(to, length)), sendto(f, b, n, flags, to, length))

static void touch_parts(const struct iovec *parts, int n)
{
  for (int i = 0; i < n; i++) touch(parts[i].iov_base, parts[i].iov_len);
}

BYTES(
  __wrap_readv, (int f, const struct iovec *parts, int n), touch_parts(parts, n),
  readv(f, parts, n))
BYTES(
  __wrap_writev, (int f, const struct iovec *parts, int n), touch_parts(parts, n),
  writev(f, parts, n))
BYTES(
  __wrap_readlink, (const char *path, char *to, size_t n), (TEXT(path), touch(to, n)),
  readlink(path, to, n))

#define CHARACTERS(result, name, parameters, touches, failure, call) \
  ENTRY(result, name, parameters, touches, failure, EIO, call)

CHARACTERS(
  size_t, __wrap_fread, (void *b, size_t size, size_t n, FILE *from), touch(b, size * n), 0,
  fread(b, size, n, from))
CHARACTERS(
  size_t, __wrap_fwrite, (const void *b, size_t size, size_t n, FILE *to), touch(b, size * n), 0,
  fwrite(b, size, n, to))
CHARACTERS(
  char *, __wrap_fgets, (char *to, int n, FILE *from), touch(to, n > 0 ? (size_t) n : 0), NULL,
  fgets(to, n, from))
CHARACTERS(int, __wrap_fputs, (const char *text, FILE *to), TEXT(text), EOF, fputs(text, to))
CHARACTERS(int, __wrap_fgetc, (FILE *from), NOTHING, EOF, fgetc(from))
CHARACTERS(int, __wrap_getc, (FILE *from), NOTHING, EOF, getc(from))
CHARACTERS(int, __wrap_fputc, (int c, FILE *to), NOTHING, EOF, fputc(c, to))
CHARACTERS(int, __wrap_putc, (int c, FILE *to), NOTHING, EOF, putc(c, to))
CHARACTERS(int, __wrap_fflush, (FILE *to), NOTHING, EOF, fflush(to))
CHARACTERS(int, __wrap_fseek, (FILE *of, long to, int from), NOTHING, -1, fseek(of, to, from))

/* --- what keeps the address that it is given --- */

static void keep(const void *memory, caller by)
{
  sim *s = sim_current == NULL ? sim_called_last() : sim_current;
  if (s == NULL || sim_chunk_of(s, memory) == NULL) return;
  TEXT(memory);
  sim_describe_holder(s, memory);
  sim_fail(s, "pointer-escape", by.site,
           "%s keeps a pointer into a block, which the collector does not correct", by.function);
}

ENTRY(int, __wrap_putenv, (char *setting), keep(setting, by), -1, ENOMEM, putenv(setting))
ENTRY(
  int, __wrap_setvbuf, (FILE *of, char *buffer, int mode, size_t n), keep(buffer, by), -1, EINVAL,
  setvbuf(of, buffer, mode, n))
ENTRY(
  int, __wrap_pthread_setspecific, (pthread_key_t key, const void *data), keep(data, by), ENOMEM,
  ENOMEM, pthread_setspecific(key, data))
STREAM(
  __wrap_fmemopen, (void *memory, size_t n, const char *mode), (keep(memory, by), TEXT(mode)),
  fmemopen(memory, n, mode))

SIM_EXPORT void __wrap_setbuf(FILE *of, char *buffer)
{
  keep(buffer, HERE("setbuf"));
  setbuf(of, buffer);
}

SIM_EXPORT void __wrap_openlog(const char *name, int options, int facility)
{
  keep(name, HERE("openlog"));
  openlog(name, options, facility);
}

/* --- what else the system does --- */

#define DONE(name, parameters, touches, error, call) \
  ENTRY(int, name, parameters, touches, -1, error, call)

DONE(__wrap_access, (const char *path, int mode), TEXT(path), EACCES, access(path, mode))
DONE(__wrap_chdir, (const char *path), TEXT(path), EACCES, chdir(path))
DONE(__wrap_mkdir, (const char *path, mode_t mode), TEXT(path), EACCES, mkdir(path, mode))
DONE(__wrap_rmdir, (const char *path), TEXT(path), EACCES, rmdir(path))
DONE(__wrap_unlink, (const char *path), TEXT(path), EACCES, unlink(path))
DONE(
  __wrap_rename, (const char *from, const char *to), (TEXT(from), TEXT(to)), EACCES,
  rename(from, to))
DONE(__wrap_stat, (const char *path, struct stat *to), TEXT(path), EACCES, stat(path, to))
DONE(__wrap_lstat, (const char *path, struct stat *to), TEXT(path), EACCES, lstat(path, to))
DONE(__wrap_fstat, (int f, struct stat *to), NOTHING, EIO, fstat(f, to))
DONE(__wrap_ftruncate, (int f, off_t length), NOTHING, EIO, ftruncate(f, length))
DONE(__wrap_dup2, (int f, int to), NOTHING, EMFILE, dup2(f, to))
DONE(
  __wrap_connect, (int f, const struct sockaddr *to, socklen_t length), touch(to, length),
  ECONNREFUSED, connect(f, to, length))
DONE(
  __wrap_bind, (int f, const struct sockaddr *to, socklen_t length), touch(to, length),
  EADDRINUSE, bind(f, to, length))
DONE(__wrap_listen, (int f, int waiting), NOTHING, EADDRINUSE, listen(f, waiting))
DONE(
  __wrap_setenv, (const char *name, const char *to, int over), (TEXT(name), TEXT(to)), ENOMEM,
  setenv(name, to, over))
ENTRY(off_t, __wrap_lseek, (int f, off_t to, int from), NOTHING, -1, EIO, lseek(f, to, from))
ENTRY(
  void *, __wrap_mmap, (void *at, size_t n, int protection, int flags, int f, off_t from), NOTHING,
  MAP_FAILED, ENOMEM, mmap(at, n, protection, flags, f, from))
