/* The minor heap. */
#ifndef CAML_MINOR_GC_H
#define CAML_MINOR_GC_H

#include "misc.h"
#include "mlvalues.h"
#include "domain_state.h"
#include "address_class.h"

#ifdef __cplusplus
extern "C" {
#endif

extern void caml_minor_collection(void);
#ifdef CAML_INTERNALS
extern void caml_alloc_small_dispatch(intnat wosize, int flags, int nallocs, unsigned char *lengths);
#if CAML_SIM_VERSION < 50000
extern void caml_empty_minor_heap(void);
extern void caml_gc_dispatch(void);
#endif
#endif

#define caml_young_ptr Caml_state_field(young_ptr)
#define caml_young_limit Caml_state_field(young_limit)
#define caml_young_start Caml_state_field(young_start)
#define caml_young_end Caml_state_field(young_end)
#define caml_minor_heap_wsz Caml_state_field(minor_heap_wsz)
#define caml_in_minor_collection Caml_state_field(in_minor_collection)

#ifdef __cplusplus
}
#endif

#endif
