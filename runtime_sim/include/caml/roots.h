/* The roots, for who adds to them. */
#ifndef CAML_ROOTS_H
#define CAML_ROOTS_H

#include "misc.h"
#include "mlvalues.h"
#include "memory.h"
#include "domain_state.h"

#ifdef CAML_INTERNALS
#ifdef __cplusplus
extern "C" {
#endif

#ifdef CAML_SIM_INTERNAL
extern void *caml_scan_roots_hook;
#elif CAML_SIM_VERSION < 50000
typedef void (*scanning_action)(value, value *);
extern void (*caml_scan_roots_hook)(scanning_action);
#else
typedef void (*scanning_action)(void *, value, volatile value *);
typedef int scanning_action_flags;
typedef void (*scan_roots_hook)(
  scanning_action, scanning_action_flags, void *, caml_domain_state *);
#ifdef __cplusplus
extern scan_roots_hook caml_scan_roots_hook;
#else
extern _Atomic scan_roots_hook caml_scan_roots_hook;
#endif
#endif

#ifdef __cplusplus
}
#endif
#endif

#endif
