/* The program: see callback.h. */
#ifndef CAML_STARTUP_H
#define CAML_STARTUP_H

#include "mlvalues.h"
#include "callback.h"

#endif
