/* Calling OCaml. */
#ifndef CAML_CALLBACK_H
#define CAML_CALLBACK_H

#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif

extern value caml_callback(value closure, value arg);
extern value caml_callback2(value closure, value arg1, value arg2);
extern value caml_callback3(value closure, value arg1, value arg2, value arg3);
extern value caml_callbackN(value closure, int narg, value args[]);
extern value caml_callback_exn(value closure, value arg);
extern value caml_callback2_exn(value closure, value arg1, value arg2);
extern value caml_callback3_exn(value closure, value arg1, value arg2, value arg3);
extern value caml_callbackN_exn(value closure, int narg, value args[]);

#if CAML_SIM_VERSION >= 50300
extern caml_result caml_callback_res(value closure, value arg);
extern caml_result caml_callback2_res(value closure, value arg1, value arg2);
extern caml_result caml_callback3_res(value closure, value arg1, value arg2, value arg3);
extern caml_result caml_callbackN_res(value closure, int narg, value args[]);
#endif

extern const value *caml_named_value(char const *name);
typedef void (*caml_named_action)(const value *, char *);
extern void caml_iterate_named_values(caml_named_action);

/* The runtime of a stub is there before the stub: starting it does nothing. */
extern void caml_main(char_os **argv);
extern void caml_startup(char_os **argv);
extern value caml_startup_exn(char_os **argv);
extern void caml_startup_pooled(char_os **argv);
extern value caml_startup_pooled_exn(char_os **argv);
extern void caml_shutdown(void);

#ifdef __cplusplus
}
#endif

#endif
