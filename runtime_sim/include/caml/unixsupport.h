/* What the Unix library's stubs use, and others with it. */
#ifndef CAML_UNIXSUPPORT_H
#define CAML_UNIXSUPPORT_H

#include "misc.h"
#include "mlvalues.h"

#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

#define Nothing ((value) 0)
#define UNIX_BUFFER_SIZE 65536
#define DIR_Val(v) *((DIR **) &Field(v, 0))

extern void caml_unix_check_path(value path, const char *command);

/* The old names are functions before 5.0, and macros after. */
#if CAML_SIM_VERSION >= 50000
extern value caml_unix_error_of_code(int code);
extern int caml_unix_code_of_unix_error(value error);
CAMLnoret extern void caml_unix_error(int code, const char *command, value argument);
CAMLnoret extern void caml_uerror(const char *command, value argument);
extern char_os **caml_unix_cstringvect(value argument, char *command);
extern void caml_unix_cstringvect_free(char_os **);
extern int caml_unix_cloexec_default;
extern int caml_unix_cloexec_p(value cloexec);
extern void caml_unix_set_cloexec(int fd, char *command, value argument);
extern void caml_unix_clear_cloexec(int fd, char *command, value argument);
#ifndef CAML_BUILDING_UNIX
#define unix_error_of_code caml_unix_error_of_code
#define code_of_unix_error caml_unix_code_of_unix_error
#define uerror caml_uerror
#define unix_error caml_unix_error
#define cstringvect caml_unix_cstringvect
#define cstringvect_free caml_unix_cstringvect_free
#define unix_cloexec_default caml_unix_cloexec_default
#define unix_cloexec_p caml_unix_cloexec_p
#define unix_set_cloexec caml_unix_set_cloexec
#define unix_clear_cloexec caml_unix_clear_cloexec
#endif
#else
extern value unix_error_of_code(int code);
extern int code_of_unix_error(value error);
CAMLnoret extern void unix_error(int code, const char *command, value argument);
CAMLnoret extern void uerror(const char *command, value argument);
extern char **cstringvect(value argument, char *command);
extern void cstringvect_free(char **);
extern int unix_cloexec_default;
extern int unix_cloexec_p(value cloexec);
extern void unix_set_cloexec(int fd, char *command, value argument);
extern void unix_clear_cloexec(int fd, char *command, value argument);
#endif

#define EXECV_CAST

#ifdef __cplusplus
}
#endif

#endif
