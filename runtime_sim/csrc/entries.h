/* What the entries of libc have in common that stubs are linked with instead of libc's own. */
#ifndef ENTRIES_H
#define ENTRIES_H

#include "sim.h"

#include <errno.h>

/* The name that stubs know an entry by. */
#define NAME(entry) (&#entry[sizeof "__wrap_" - 1])

/* One that may be called to fail, which it then does before anything is done. */
#define ENTRY(result, name, parameters, touches, failure, error, call) \
  SIM_EXPORT result name parameters \
  { \
    caller by = HERE(NAME(name)); \
    touches; \
    return sim_call_fails(by, error) ? failure : call; \
  }
#define NOTHING ((void) 0)

#endif
