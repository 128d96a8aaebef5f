/* Exceptions as text. */
#ifndef CAML_PRINTEXC_H
#define CAML_PRINTEXC_H

#include "misc.h"
#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The caller frees it with caml_stat_free. */
extern char *caml_format_exception(value exn);
#ifdef CAML_INTERNALS
CAMLnoret extern void caml_fatal_uncaught_exception(value exn);
#endif

#ifdef __cplusplus
}
#endif

#endif
