/* Compaction. */
#ifndef CAML_COMPACT_H
#define CAML_COMPACT_H

#include "config.h"
#include "misc.h"

#ifdef CAML_INTERNALS
#ifdef __cplusplus
extern "C" {
#endif
extern void caml_compact_heap(intnat);
#ifdef __cplusplus
}
#endif
#endif

#endif
