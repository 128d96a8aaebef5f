/* The event log of 4.13 and 4.14, which stays empty. */
#ifndef CAML_EVENTLOG_H
#define CAML_EVENTLOG_H

#include "misc.h"

#ifdef __cplusplus
extern "C" {
#endif
extern void caml_eventlog_init(void);
extern void caml_eventlog_disable(void);
#define CAML_EVENTLOG_DO(statement)
#define CAML_EVENTLOG_INIT()
#define CAML_EVENTLOG_DISABLE()
#define CAML_EV_BEGIN(phase)
#define CAML_EV_END(phase)
#define CAML_EV_COUNTER(counter, n)
#define CAML_EV_ALLOC(size)
#define CAML_EV_ALLOC_FLUSH()
#define CAML_EV_FLUSH()
#ifdef __cplusplus
}
#endif

#endif
