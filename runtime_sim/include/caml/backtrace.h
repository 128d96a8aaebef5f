/* Backtraces: there are none. */
#ifndef CAML_BACKTRACE_H
#define CAML_BACKTRACE_H

#include "mlvalues.h"
#include "domain_state.h"

#ifdef CAML_INTERNALS
#define caml_backtrace_active (Caml_state_field(backtrace_active))
#define caml_backtrace_pos (Caml_state_field(backtrace_pos))
#define caml_backtrace_buffer (Caml_state_field(backtrace_buffer))
#define caml_backtrace_last_exn (Caml_state_field(backtrace_last_exn))
#endif

#ifdef __cplusplus
extern "C" {
#endif
extern void caml_record_backtraces(int);
#ifdef __cplusplus
}
#endif

#endif
