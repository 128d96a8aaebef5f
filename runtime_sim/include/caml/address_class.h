/* Where a value is. */
#ifndef CAML_ADDRESS_CLASS_H
#define CAML_ADDRESS_CLASS_H

#include "config.h"
#include "misc.h"
#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif

extern int caml_sim_is_young(value v);
extern int caml_sim_is_in_heap(value v);
#define Is_young(v) caml_sim_is_young((value) (v))
#define Is_block_and_young(v) (Is_block(v) && Is_young(v))
#define Is_in_heap_or_young(v) caml_sim_is_in_heap((value) (v))

#if CAML_SIM_VERSION >= 50000
#define Is_in_value_area(v) ((void) (v), 1)
#else
#define In_heap 1
#define In_young 2
#define In_static_data 4
#define Is_in_heap(v) (Is_in_heap_or_young(v) && !Is_young(v))
#define Is_in_static_data(v) (!Is_in_heap_or_young(v))
#define Is_in_value_area(v) Is_in_heap_or_young(v)
#define Classify_addr(v) caml_page_table_lookup((void *) (v))
extern int caml_page_table_lookup(void *address);
extern int caml_page_table_add(int kind, void *start, void *end);
extern int caml_page_table_remove(int kind, void *start, void *end);
#endif

#ifdef __cplusplus
}
#endif

#endif
