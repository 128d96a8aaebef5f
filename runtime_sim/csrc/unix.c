/* What the Unix library gives to stubs: its exception, vectors of strings, addresses of sockets.

   Each function has a name with a prefix, and its old one. */
#include "sim.h"

#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/fail.h>
#define CAML_BUILDING_UNIX
#include <caml/unixsupport.h>
#include <caml/socketaddr.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS(block) ((value *) (block))
#define HEADER(block) (((header_t *) (block))[-1])

#define ALIAS(old, new) \
  extern __typeof__(new) old __attribute__((alias(#new), visibility("default")))
#define RAISING_ALIAS(old, new) \
  extern __typeof__(new) old __attribute__((alias(#new), visibility("default"), noreturn))

/* --- errors --- */

/* The constant constructors of Unix.error. */
static const int codes[] = {
  E2BIG, EACCES, EAGAIN, EBADF, EBUSY, ECHILD, EDEADLK, EDOM, EEXIST, EFAULT, EFBIG, EINTR, EINVAL,
  EIO, EISDIR, EMFILE, EMLINK, ENAMETOOLONG, ENFILE, ENODEV, ENOENT, ENOEXEC, ENOLCK, ENOMEM, ENOSPC,
  ENOSYS, ENOTDIR, ENOTEMPTY, ENOTTY, ENXIO, EPERM, EPIPE, ERANGE, EROFS, ESPIPE, ESRCH, EXDEV,
  EWOULDBLOCK, EINPROGRESS, EALREADY, ENOTSOCK, EDESTADDRREQ, EMSGSIZE, EPROTOTYPE, ENOPROTOOPT,
  EPROTONOSUPPORT, ESOCKTNOSUPPORT, EOPNOTSUPP, EPFNOSUPPORT, EAFNOSUPPORT, EADDRINUSE,
  EADDRNOTAVAIL, ENETDOWN, ENETUNREACH, ENETRESET, ECONNABORTED, ECONNRESET, ENOBUFS, EISCONN,
  ENOTCONN, ESHUTDOWN, ETOOMANYREFS, ETIMEDOUT, ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, ELOOP,
  EOVERFLOW,
};
enum { CODES = sizeof codes / sizeof *codes };

SIM_EXPORT value caml_unix_error_of_code(int code)
{
  ENTER("caml_unix_error_of_code");
  for (int i = 0; i < CODES; i++)
    if (codes[i] == code) return Val_int(i);
  value unknown = caml_alloc_small(1, 0);
  FIELDS(unknown)[0] = Val_int(code);
  return unknown;
}

SIM_EXPORT int caml_unix_code_of_unix_error(value error)
{
  ENTER("caml_unix_code_of_unix_error");
  return Is_block(error) ? Int_val(*caml_sim_field(error, 0)) : codes[Int_val(error)];
}

SIM_EXPORT value caml_unix_cst_to_constr(int n, const int *table, int size, int otherwise)
{
  for (int i = 0; i < size; i++)
    if (table[i] == n) return Val_int(i);
  return Val_int(otherwise);
}

/* The argument may be Nothing, which is no value and must not be a root. */
SIM_EXPORT void caml_unix_error(int code, const char *command, value argument)
{
  sim *s = ENTER("caml_unix_error");
  value parts[] = { Val_unit, argument == Nothing ? Val_unit : argument, Val_unit };
  if (argument != Nothing) sim_check_value(s, argument, "the argument of an error", SITE);
  struct caml__roots_block roots = { s->local_roots, 1, 3, { parts } };
  s->local_roots = &roots;
  if (argument == Nothing) parts[1] = caml_copy_string("");
  parts[0] = caml_copy_string(command);
  parts[2] = caml_unix_error_of_code(code);
  value exn = caml_alloc_small(4, 0);
  FIELDS(exn)[0] = *caml_named_value("Unix.Unix_error");
  FIELDS(exn)[1] = parts[2];
  FIELDS(exn)[2] = parts[0];
  FIELDS(exn)[3] = parts[1];
  s->local_roots = roots.next;
  caml_raise(exn);
}

SIM_EXPORT void caml_uerror(const char *command, value argument)
{
  ENTER("caml_uerror");
  caml_unix_error(errno, command, argument);
}

SIM_EXPORT void caml_unix_check_path(value path, const char *command)
{
  ENTER("caml_unix_check_path");
  if (!caml_string_is_c_safe(path)) caml_unix_error(ENOENT, command, path);
}

/* --- vectors of strings --- */

SIM_EXPORT char_os **caml_unix_cstringvect(value argument, char *command)
{
  sim *s = ENTER("caml_unix_cstringvect");
  sim_live(s, argument, "an array of strings is read", SITE);
  mlsize_t n = Wosize_hd(HEADER(argument));
  for (mlsize_t i = 0; i < n; i++)
    if (!caml_string_is_c_safe(FIELDS(argument)[i]))
      caml_unix_error(EINVAL, command, FIELDS(argument)[i]);
  char **vector = caml_stat_alloc((n + 1) * sizeof(char *));
  for (mlsize_t i = 0; i < n; i++) vector[i] = caml_stat_strdup((char *) FIELDS(argument)[i]);
  vector[n] = NULL;
  return vector;
}

SIM_EXPORT void caml_unix_cstringvect_free(char_os **vector)
{
  for (char **p = vector; *p != NULL; p++) caml_stat_free(*p);
  caml_stat_free(vector);
}

/* --- close on exec --- */

SIM_EXPORT int caml_unix_cloexec_default = 0;

SIM_EXPORT int caml_unix_cloexec_p(value cloexec)
{
  ENTER("caml_unix_cloexec_p");
  return Is_block(cloexec) ? Bool_val(*caml_sim_field(cloexec, 0)) : caml_unix_cloexec_default;
}

static void change_flags(int fd, int set, int clear, const char *command, value argument)
{
  int flags = fcntl(fd, F_GETFD, 0);
  if (flags == -1 || fcntl(fd, F_SETFD, (flags | set) & ~clear) == -1) caml_uerror(command, argument);
}

SIM_EXPORT void caml_unix_set_cloexec(int fd, char *command, value argument)
{
  ENTER("caml_unix_set_cloexec");
  change_flags(fd, FD_CLOEXEC, 0, command, argument);
}

SIM_EXPORT void caml_unix_clear_cloexec(int fd, char *command, value argument)
{
  ENTER("caml_unix_clear_cloexec");
  change_flags(fd, 0, FD_CLOEXEC, command, argument);
}

/* --- addresses --- */

enum { ADDR_UNIX, ADDR_INET };

SIM_EXPORT value caml_unix_alloc_inet_addr(struct in_addr *address)
{
  ENTER("caml_unix_alloc_inet_addr");
  return caml_alloc_initialized_string(sizeof *address, (char *) address);
}

SIM_EXPORT value caml_unix_alloc_inet6_addr(struct in6_addr *address)
{
  ENTER("caml_unix_alloc_inet6_addr");
  return caml_alloc_initialized_string(sizeof *address, (char *) address);
}

static void get_unix(value path, union sock_addr_union *to, socklen_param_type *length)
{
  mlsize_t n = caml_string_length(path);
  if (n >= sizeof to->s_unix.sun_path) caml_unix_error(ENAMETOOLONG, "", path);
  /* A name that begins with NUL is abstract, and may have more of them. */
  if (n > 0 && *(char *) path != 0) caml_unix_check_path(path, "");
  memset(&to->s_unix, 0, sizeof to->s_unix);
  to->s_unix.sun_family = AF_UNIX;
  memcpy(to->s_unix.sun_path, (char *) path, n);
  bool abstract = n > 0 && *(char *) path == 0;
  *length = (socklen_t) (offsetof(struct sockaddr_un, sun_path) + n + (abstract ? 0 : 1));
}

static void get_inet(value address, int port, union sock_addr_union *to, socklen_param_type *length)
{
  memset(to, 0, sizeof *to);
  if (caml_string_length(address) == sizeof(struct in6_addr)) {
    to->s_inet6.sin6_family = AF_INET6;
    memcpy(&to->s_inet6.sin6_addr, (char *) address, sizeof(struct in6_addr));
    to->s_inet6.sin6_port = htons((uint16_t) port);
    *length = sizeof to->s_inet6;
    return;
  }
  to->s_inet.sin_family = AF_INET;
  memcpy(&to->s_inet.sin_addr, (char *) address, sizeof(struct in_addr));
  to->s_inet.sin_port = htons((uint16_t) port);
  *length = sizeof to->s_inet;
}

SIM_EXPORT void caml_unix_get_sockaddr(
  value address, union sock_addr_union *to, socklen_param_type *length)
{
  ENTER("caml_unix_get_sockaddr");
  if (Tag_hd(*caml_sim_header(address)) == ADDR_UNIX)
    get_unix(*caml_sim_field(address, 0), to, length);
  else get_inet(*caml_sim_field(address, 0), Int_val(*caml_sim_field(address, 1)), to, length);
}

static value inet(value address, int port)
{
  sim *s = sim_current;
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &address } };
  s->local_roots = &roots;
  value block = caml_alloc_small(2, ADDR_INET);
  s->local_roots = roots.next;
  FIELDS(block)[0] = address;
  FIELDS(block)[1] = Val_int(ntohs((uint16_t) port));
  return block;
}

static value local(const struct sockaddr_un *address, socklen_param_type length)
{
  size_t start = offsetof(struct sockaddr_un, sun_path), n = length > start ? length - start : 0;
  if (n > 0 && address->sun_path[0] != 0) n = strnlen(address->sun_path, n);
  sim *s = sim_current;
  value path = caml_alloc_initialized_string(n, address->sun_path);
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &path } };
  s->local_roots = &roots;
  value block = caml_alloc_small(1, ADDR_UNIX);
  s->local_roots = roots.next;
  FIELDS(block)[0] = path;
  return block;
}

SIM_EXPORT value caml_unix_alloc_sockaddr(
  union sock_addr_union *address, socklen_param_type length, int close_on_error)
{
  ENTER("caml_unix_alloc_sockaddr");
  /* An address without a name has no family either. */
  if (length < sizeof address->s_gen.sa_family)
    return local(&(struct sockaddr_un){ .sun_family = AF_UNIX }, 0);
  switch (address->s_gen.sa_family) {
  case AF_UNIX: return local(&address->s_unix, length);
  case AF_INET:
    return inet(caml_unix_alloc_inet_addr(&address->s_inet.sin_addr), address->s_inet.sin_port);
  case AF_INET6:
    return inet(caml_unix_alloc_inet6_addr(&address->s_inet6.sin6_addr), address->s_inet6.sin6_port);
  }
  if (close_on_error != -1) close(close_on_error);
  caml_unix_error(EAFNOSUPPORT, "", Nothing);
}

/* --- the names of before 5.0 --- */

ALIAS(unix_error_of_code, caml_unix_error_of_code);
ALIAS(code_of_unix_error, caml_unix_code_of_unix_error);
ALIAS(cst_to_constr, caml_unix_cst_to_constr);
RAISING_ALIAS(unix_error, caml_unix_error);
RAISING_ALIAS(uerror, caml_uerror);
ALIAS(cstringvect, caml_unix_cstringvect);
ALIAS(cstringvect_free, caml_unix_cstringvect_free);
ALIAS(unix_cloexec_default, caml_unix_cloexec_default);
ALIAS(unix_cloexec_p, caml_unix_cloexec_p);
ALIAS(unix_set_cloexec, caml_unix_set_cloexec);
ALIAS(unix_clear_cloexec, caml_unix_clear_cloexec);
ALIAS(get_sockaddr, caml_unix_get_sockaddr);
ALIAS(alloc_sockaddr, caml_unix_alloc_sockaddr);
ALIAS(alloc_inet_addr, caml_unix_alloc_inet_addr);
ALIAS(alloc_inet6_addr, caml_unix_alloc_inet6_addr);
