/* What differs between systems. */
#ifndef CAML_OSDEPS_H
#define CAML_OSDEPS_H

#include "misc.h"
#include "mlvalues.h"
#include "alloc.h"
#include "memory.h"

#endif
