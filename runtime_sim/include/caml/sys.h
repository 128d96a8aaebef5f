/* The system. */
#ifndef CAML_SYS_H
#define CAML_SYS_H

#include "misc.h"
#include "mlvalues.h"

#ifdef CAML_INTERNALS
#ifdef __cplusplus
extern "C" {
#endif

#define NO_ARG Val_int(0)
CAMLnoret extern void caml_sys_error(value argument);
CAMLnoret extern void caml_sys_io_error(value argument);
extern char_os *caml_secure_getenv(char_os const *variable);
#if CAML_SIM_VERSION >= 50000
extern char *caml_strerror(int code, char *buffer, size_t length);
#endif
CAMLnoret extern void caml_do_exit(int code);

#ifdef __cplusplus
}
#endif
#endif

#endif
