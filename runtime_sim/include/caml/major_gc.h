/* The major heap. */
#ifndef CAML_MAJOR_GC_H
#define CAML_MAJOR_GC_H

#include "misc.h"
#include "mlvalues.h"
#include "domain_state.h"

#ifdef CAML_INTERNALS
#ifdef __cplusplus
extern "C" {
#endif

#if CAML_SIM_VERSION < 50000
extern uintnat caml_allocated_words;
#else
#define caml_allocated_words Caml_state_field(allocated_words)
#endif
extern void caml_darken(value, value *);
extern void caml_finish_major_cycle(void);
extern void caml_major_collection_slice(intnat);

#ifdef __cplusplus
}
#endif
#endif

#endif
