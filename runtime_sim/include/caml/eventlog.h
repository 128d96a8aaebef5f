/* The event log of 4.13 and 4.14, which stays empty. */
#ifndef CAML_EVENTLOG_H
#define CAML_EVENTLOG_H

#include "misc.h"

#ifdef __cplusplus
extern "C" {
#endif
extern void caml_eventlog_init(void);
extern void caml_eventlog_disable(void);
#ifdef __cplusplus
}
#endif

#endif
