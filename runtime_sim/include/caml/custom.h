/* Custom blocks. */
#ifndef CAML_CUSTOM_H
#define CAML_CUSTOM_H

#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif

struct custom_fixed_length {
  intnat bsize_32;
  intnat bsize_64;
};

struct custom_operations {
  char const *identifier;
  void (*finalize)(value v);
  int (*compare)(value v1, value v2);
  intnat (*hash)(value v);
  void (*serialize)(value v, uintnat *bsize_32, uintnat *bsize_64);
  uintnat (*deserialize)(void *dst);
  int (*compare_ext)(value v1, value v2);
  const struct custom_fixed_length *fixed_length;
};

/* They are constant since 5.0. */
#if CAML_SIM_VERSION >= 50000
typedef const struct custom_operations caml_sim_operations;
#else
typedef struct custom_operations caml_sim_operations;
#endif

#define Custom_ops_val(v) (*(caml_sim_operations **) caml_sim_block((value) (v)))

#define custom_finalize_default NULL
#define custom_compare_default NULL
#define custom_hash_default NULL
#define custom_serialize_default NULL
#define custom_deserialize_default NULL
#define custom_compare_ext_default NULL
#define custom_fixed_length_default NULL

extern value caml_alloc_custom(
  caml_sim_operations *ops, uintnat size, mlsize_t mem, mlsize_t max);
extern value caml_alloc_custom_mem(caml_sim_operations *ops, uintnat size, mlsize_t mem);
extern void caml_register_custom_operations(caml_sim_operations *ops);
#if CAML_SIM_VERSION >= 50000
extern mlsize_t caml_custom_get_max_major(void);
#endif

/* A comparison sets it when what it compares is not ordered. */
#include "domain_state.h"
#define caml_compare_unordered (Caml_state_field(compare_unordered))

#ifdef CAML_INTERNALS
extern struct custom_operations *caml_find_custom_operations(char *identifier);
extern struct custom_operations *caml_final_custom_operations(void (*finalize)(value));
#endif
extern caml_sim_operations caml_int32_ops, caml_int64_ops, caml_nativeint_ops;

#ifdef __cplusplus
}
#endif

#endif
