/* Threads, and the runtime lock by its newer names. */
#ifndef CAML_THREADS_H
#define CAML_THREADS_H

#include "signals.h"

#ifdef __cplusplus
extern "C" {
#endif

#define caml_acquire_runtime_system caml_leave_blocking_section
#define caml_release_runtime_system caml_enter_blocking_section

extern int caml_c_thread_register(void);
extern int caml_c_thread_unregister(void);

#ifdef __cplusplus
}
#endif

#endif
