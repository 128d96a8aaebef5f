/* Making blocks. */
#ifndef CAML_ALLOC_H
#define CAML_ALLOC_H

#include "misc.h"
#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif

extern value caml_alloc(mlsize_t wosize, tag_t tag);
#if CAML_SIM_VERSION >= 50000
extern value caml_alloc_1(tag_t, value);
extern value caml_alloc_2(tag_t, value, value);
extern value caml_alloc_3(tag_t, value, value, value);
extern value caml_alloc_4(tag_t, value, value, value, value);
extern value caml_alloc_5(tag_t, value, value, value, value, value);
extern value caml_alloc_6(tag_t, value, value, value, value, value, value);
extern value caml_alloc_7(tag_t, value, value, value, value, value, value, value);
extern value caml_alloc_8(tag_t, value, value, value, value, value, value, value, value);
extern value caml_alloc_9(tag_t, value, value, value, value, value, value, value, value, value);
#endif
extern value caml_alloc_small(mlsize_t wosize, tag_t tag);
extern value caml_alloc_tuple(mlsize_t wosize);
extern value caml_alloc_float_array(mlsize_t length);
extern value caml_alloc_string(mlsize_t length);
extern value caml_alloc_initialized_string(mlsize_t length, const char *);
extern value caml_copy_string(char const *);
extern value caml_copy_string_array(char const **);
extern value caml_copy_double(double);
extern value caml_copy_int32(int32_t);
extern value caml_copy_int64(int64_t);
extern value caml_copy_nativeint(intnat);
extern value caml_alloc_array(value (*function)(char const *), char const **array);
extern value caml_alloc_some(value);
extern value caml_alloc_sprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern int caml_convert_flag_list(value list, int *flags);
#ifdef CAML_INTERNALS
extern value caml_alloc_shr_check_gc(mlsize_t wosize, tag_t tag);
#endif

#ifdef CAML_SIM_OXCAML
extern value caml_alloc_with_reserved(mlsize_t wosize, tag_t tag, reserved_t);
extern value caml_alloc_small_with_reserved(mlsize_t wosize, tag_t tag, reserved_t);
extern value caml_alloc_mixed_shr_check_gc(mlsize_t wosize, tag_t tag, mlsize_t scannable);
extern value caml_alloc_local_string(mlsize_t length);
extern value caml_alloc_malloc(mlsize_t wosize, tag_t tag);
extern value caml_alloc_mixed_malloc(mlsize_t wosize, tag_t tag, mlsize_t scannable);
#endif

typedef void (*final_fun)(value);
extern value caml_alloc_final(mlsize_t wosize, final_fun, mlsize_t mem, mlsize_t max);

/* Values of types with one constructor of one argument, boxed or not. */
Caml_inline value caml_alloc_unboxed(value v)
{
  return v;
}
Caml_inline value caml_alloc_boxed(value v)
{
  value block = caml_alloc_small(1, 0);
  Field(block, 0) = v;
  return block;
}
Caml_inline value caml_field_unboxed(value v)
{
  return v;
}
Caml_inline value caml_field_boxed(value v)
{
  return Field(v, 0);
}
#define caml_alloc_unboxable caml_alloc_boxed
#define caml_field_unboxable caml_field_boxed

#ifdef __cplusplus
}
#endif

#endif
