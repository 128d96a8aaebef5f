/* Sizes and limits.  The simulated machine has 64 bits. */
#ifndef CAML_CONFIG_H
#define CAML_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#define ARCH_SIXTYFOUR 1
#define SIZEOF_INT 4
#define SIZEOF_LONG 8
#define SIZEOF_PTR 8
#define SIZEOF_SHORT 2
#define SIZEOF_LONGLONG 8

#define ARCH_INT32_TYPE int
#define ARCH_UINT32_TYPE unsigned int
#define ARCH_INT64_TYPE long
#define ARCH_UINT64_TYPE unsigned long
#define ARCH_INTNAT_PRINTF_FORMAT "l"
#define ARCH_INT32_PRINTF_FORMAT ""
#define ARCH_INT64_PRINTF_FORMAT "l"
#define ARCH_SIZET_PRINTF_FORMAT "z"
#define INT64_LITERAL(x) x##L

typedef long intnat;
typedef unsigned long uintnat;

/* The old names of 4.x are there unless a stub refuses them. */
#include "sim_version.h"
#if CAML_SIM_VERSION >= 50000 && !defined(CAML_NAME_SPACE)
#define CAML_NAME_SPACE
#endif
#include "s.h"
#ifndef CAML_NAME_SPACE
#include "compatibility.h"
#endif

#define Caml_inline static inline
#define FLAT_FLOAT_ARRAY 1
#define CAML_SAFE_STRING 1
#define PROFINFO_WIDTH 0
#if defined(__GNUC__) && !defined(DEBUG)
#define THREADED_CODE
#endif
#define Max_young_wosize 256
#define Max_young_whsize (Max_young_wosize + 1)
#define Minor_heap_min 4096
#define Minor_heap_def (1 << 18)
#define Page_log 12
#define Page_size (1 << Page_log)

#endif
