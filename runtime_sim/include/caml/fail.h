/* Raising exceptions. */
#ifndef CAML_FAIL_H
#define CAML_FAIL_H

#include "misc.h"
#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif

CAMLnoret extern void caml_raise(value exn);
CAMLnoret extern void caml_raise_constant(value tag);
CAMLnoret extern void caml_raise_with_arg(value tag, value arg);
CAMLnoret extern void caml_raise_with_args(value tag, int nargs, value args[]);
CAMLnoret extern void caml_raise_with_string(value tag, char const *message);
CAMLnoret extern void caml_failwith(char const *message);
CAMLnoret extern void caml_failwith_value(value message);
CAMLnoret extern void caml_invalid_argument(char const *message);
CAMLnoret extern void caml_invalid_argument_value(value message);
CAMLnoret extern void caml_raise_out_of_memory(void);
CAMLnoret extern void caml_raise_stack_overflow(void);
CAMLnoret extern void caml_raise_sys_error(value message);
CAMLnoret extern void caml_raise_end_of_file(void);
CAMLnoret extern void caml_raise_zero_divide(void);
CAMLnoret extern void caml_raise_not_found(void);
CAMLnoret extern void caml_raise_sys_blocked_io(void);
CAMLnoret extern void caml_array_bound_error(void);
#if CAML_SIM_VERSION < 50000
#ifdef CAML_INTERNALS
extern value caml_raise_if_exception(value result);
#endif
#else
/* The exceptions themselves, for who raises them later. */
extern value caml_exception_constant(value tag);
extern value caml_exception_with_arg(value tag, value arg);
extern value caml_exception_with_args(value tag, int nargs, value args[]);
extern value caml_exception_with_string(value tag, char const *message);
extern value caml_exception_failure(char const *message);
extern value caml_exception_failure_value(value message);
extern value caml_exception_invalid_argument(char const *message);
extern value caml_exception_invalid_argument_value(value message);
extern value caml_exception_out_of_memory(void);
extern value caml_exception_stack_overflow(void);
extern value caml_exception_sys_error(value message);
extern value caml_exception_end_of_file(void);
extern value caml_exception_zero_divide(void);
extern value caml_exception_not_found(void);
extern value caml_exception_array_bound_error(void);
extern value caml_exception_sys_blocked_io(void);
#endif

#ifdef CAML_SIM_OXCAML
CAMLnoret extern void caml_raise_async(value exn);
#endif

#if CAML_SIM_VERSION >= 50300
Caml_inline value caml_get_value_or_raise(struct caml_result_private result)
{
  if (result.is_exception) caml_raise(result.data);
  return result.data;
}
Caml_inline value caml_result_get_encoded_exception(struct caml_result_private result)
{
  return result.is_exception ? Make_exception_result(result.data) : result.data;
}
#endif

#ifdef __cplusplus
}
#endif

#endif
