/* The debugger of bytecode programs, which this one does not run under. */
#ifndef CAML_DEBUGGER_H
#define CAML_DEBUGGER_H

#ifdef CAML_INTERNALS

#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif
extern int caml_debugger_in_use;
extern int caml_debugger_fork_mode;
extern void caml_debugger_cleanup_fork(void);
#ifdef __cplusplus
}
#endif

#endif

#endif
