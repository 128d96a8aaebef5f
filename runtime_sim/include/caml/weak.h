/* Ephemerons and weak arrays. */
#ifndef CAML_WEAK_H
#define CAML_WEAK_H

#include "mlvalues.h"

#if CAML_SIM_VERSION < 50000
#ifdef __cplusplus
extern "C" {
#endif

extern value caml_ephemeron_create(mlsize_t keys);
extern mlsize_t caml_ephemeron_num_keys(value ephemeron);
extern int caml_ephemeron_key_is_set(value ephemeron, mlsize_t key);
extern void caml_ephemeron_set_key(value ephemeron, mlsize_t key, value);
extern void caml_ephemeron_unset_key(value ephemeron, mlsize_t key);
extern int caml_ephemeron_get_key(value ephemeron, mlsize_t key, value *);
extern int caml_ephemeron_get_key_copy(value ephemeron, mlsize_t key, value *);
extern void caml_ephemeron_blit_key(
  value from, mlsize_t first, value to, mlsize_t first_to, mlsize_t length);
extern int caml_ephemeron_data_is_set(value ephemeron);
extern void caml_ephemeron_set_data(value ephemeron, value);
extern void caml_ephemeron_unset_data(value ephemeron);
extern int caml_ephemeron_get_data(value ephemeron, value *);
extern int caml_ephemeron_get_data_copy(value ephemeron, value *);
extern void caml_ephemeron_blit_data(value from, value to);

/* A weak array is an ephemeron without data. */
#define caml_weak_array_create(n) caml_ephemeron_create(n)
#define caml_weak_array_length(a) caml_ephemeron_num_keys(a)
#define caml_weak_array_check(a, i) caml_ephemeron_key_is_set((a), (i))
#define caml_weak_array_set(a, i, v) caml_ephemeron_set_key((a), (i), (v))
#define caml_weak_array_unset(a, i) caml_ephemeron_unset_key((a), (i))
#define caml_weak_array_get(a, i, p) caml_ephemeron_get_key((a), (i), (p))
#define caml_weak_array_get_copy(a, i, p) caml_ephemeron_get_key_copy((a), (i), (p))
#define caml_weak_array_blit(a, i, b, j, n) caml_ephemeron_blit_key((a), (i), (b), (j), (n))

#ifdef __cplusplus
}
#endif
#endif

#endif
