/* Addresses of sockets, as C and as OCaml know them. */
#ifndef CAML_SOCKETADDR_H
#define CAML_SOCKETADDR_H

#include "misc.h"
#include "mlvalues.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <arpa/inet.h>

union sock_addr_union {
  struct sockaddr s_gen;
  struct sockaddr_un s_unix;
  struct sockaddr_in s_inet;
  struct sockaddr_in6 s_inet6;
};

typedef socklen_t socklen_param_type;
#define HAS_SOCKETS 1
#define HAS_IPV6 1
#define HAS_SOCKLEN_T 1

#ifdef __cplusplus
extern "C" {
#endif

#if CAML_SIM_VERSION >= 50000
#ifndef CAML_BUILDING_UNIX
#define get_sockaddr caml_unix_get_sockaddr
#define alloc_sockaddr caml_unix_alloc_sockaddr
#define alloc_inet_addr caml_unix_alloc_inet_addr
#define alloc_inet6_addr caml_unix_alloc_inet6_addr
#endif
extern void caml_unix_get_sockaddr(value, union sock_addr_union *, socklen_param_type *);
extern value caml_unix_alloc_sockaddr(union sock_addr_union *, socklen_param_type, int close_on_error);
extern value caml_unix_alloc_inet_addr(struct in_addr *);
extern value caml_unix_alloc_inet6_addr(struct in6_addr *);
#else
extern void get_sockaddr(value, union sock_addr_union *, socklen_param_type *);
extern value alloc_sockaddr(union sock_addr_union *, socklen_param_type, int close_on_error);
extern value alloc_inet_addr(struct in_addr *);
extern value alloc_inet6_addr(struct in6_addr *);
#endif

#define GET_INET_ADDR(v) (*(struct in_addr *) caml_sim_bytes((value) (v)))
#define GET_INET6_ADDR(v) (*(struct in6_addr *) caml_sim_bytes((value) (v)))

#ifdef __cplusplus
}
#endif

#endif
