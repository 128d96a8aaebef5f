/* The roots, for who adds to them. */
#ifndef CAML_ROOTS_H
#define CAML_ROOTS_H

#include "misc.h"
#include "mlvalues.h"
#include "memory.h"

#ifdef CAML_INTERNALS
#ifdef __cplusplus
extern "C" {
#endif

typedef void (*scanning_action)(value, value *);
/* Kept for who assigns it; the collector of this runtime does not call it. */
extern void (*caml_scan_roots_hook)(scanning_action);

#ifdef __cplusplus
}
#endif
#endif

#endif
