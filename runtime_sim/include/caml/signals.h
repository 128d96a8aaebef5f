/* The runtime lock, and what waits to be run. */
#ifndef CAML_SIGNALS_H
#define CAML_SIGNALS_H

#include "misc.h"
#include "mlvalues.h"
#ifdef CAML_INTERNALS
#include <signal.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

extern void caml_enter_blocking_section(void);
extern void caml_enter_blocking_section_no_pending(void);
extern void caml_leave_blocking_section(void);
extern void caml_process_pending_actions(void);
extern value caml_process_pending_actions_exn(void);
#if CAML_SIM_VERSION >= 50300
extern caml_result caml_process_pending_actions_res(void);
#endif
extern int caml_check_pending_actions(void);

#ifdef CAML_INTERNALS
extern int caml_convert_signal_number(int);
extern int caml_rev_convert_signal_number(int);
extern void caml_record_signal(int);
extern void caml_request_minor_gc(void);
extern void caml_request_major_slice(void);
extern void caml_set_action_pending(void);
extern void (*caml_enter_blocking_section_hook)(void);
extern void (*caml_leave_blocking_section_hook)(void);
extern intnat volatile caml_pending_signals[];
#if CAML_SIM_VERSION < 50000
extern int volatile caml_something_to_do;
extern value caml_process_pending_signals_exn(void);
extern int (*caml_sigmask_hook)(int how, const sigset_t *, sigset_t *before);
#endif
#endif

#ifdef __cplusplus
}
#endif

#endif
