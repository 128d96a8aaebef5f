/* Finalisers of the Gc module: the simulated program has none. */
#ifndef CAML_FINALISE_H
#define CAML_FINALISE_H

#include "mlvalues.h"

#endif
