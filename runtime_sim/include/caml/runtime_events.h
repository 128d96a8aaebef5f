/* Runtime events, which this runtime has none of. */
#ifndef CAML_RUNTIME_EVENTS_H
#define CAML_RUNTIME_EVENTS_H

#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif
extern void caml_runtime_events_start(void);
extern void caml_runtime_events_pause(void);
extern void caml_runtime_events_resume(void);
extern int caml_runtime_events_are_active(void);
#ifdef __cplusplus
}
#endif

#endif
