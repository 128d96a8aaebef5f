/* Arrays of C's numbers, outside the heap. */
#ifndef CAML_BIGARRAY_H
#define CAML_BIGARRAY_H

#include "config.h"
#include "mlvalues.h"

#define CAML_BA_MAX_NUM_DIMS 16

typedef signed char caml_ba_int8;
typedef unsigned char caml_ba_uint8;
typedef short caml_ba_int16;
typedef unsigned short caml_ba_uint16;

enum caml_ba_kind {
  CAML_BA_FLOAT32,
  CAML_BA_FLOAT64,
  CAML_BA_SINT8,
  CAML_BA_UINT8,
  CAML_BA_SINT16,
  CAML_BA_UINT16,
  CAML_BA_INT32,
  CAML_BA_INT64,
  CAML_BA_CAML_INT,
  CAML_BA_NATIVE_INT,
  CAML_BA_COMPLEX32,
  CAML_BA_COMPLEX64,
  CAML_BA_CHAR,
#if CAML_SIM_VERSION >= 50200
  CAML_BA_FLOAT16,
  CAML_BA_FIRST_UNIMPLEMENTED_KIND,
#endif
};
#define CAML_BA_KIND_MASK 0xFF
#define Caml_ba_kind_val(v) Int_val(v)
#define Val_caml_ba_kind(kind) Val_int(kind)

enum caml_ba_layout {
  CAML_BA_C_LAYOUT = 0,
  CAML_BA_FORTRAN_LAYOUT = 0x100
};
#define CAML_BA_LAYOUT_MASK 0x100
#define CAML_BA_LAYOUT_SHIFT 8
#define Caml_ba_layout_val(v) (Int_val(v) << CAML_BA_LAYOUT_SHIFT)
#define Val_caml_ba_layout(layout) Val_int((layout) >> CAML_BA_LAYOUT_SHIFT)

enum caml_ba_managed {
  CAML_BA_EXTERNAL = 0,
  CAML_BA_MANAGED = 0x200,
  CAML_BA_MAPPED_FILE = 0x400
};
#define CAML_BA_MANAGED_MASK 0x600

enum caml_ba_subarray {
  CAML_BA_SUBARRAY = 0x800
};

/* Memory that several bigarrays share. */
struct caml_ba_proxy {
  intnat refcount;
  void *data;
  uintnat size;
};

struct caml_ba_array {
  void *data;
  intnat num_dims;
  intnat flags;
  struct caml_ba_proxy *proxy;
#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L
  intnat dim[];
#else
  intnat dim[1];
#endif
};

#if defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L
#define SIZEOF_BA_ARRAY sizeof(struct caml_ba_array)
#else
#define SIZEOF_BA_ARRAY (sizeof(struct caml_ba_array) - sizeof(intnat))
#endif

#ifdef __cplusplus
extern "C" {
#endif

extern struct caml_ba_array *caml_sim_bigarray(value v);
#define Caml_ba_array_val(v) caml_sim_bigarray((value) (v))
#define Caml_ba_data_val(v) (Caml_ba_array_val(v)->data)

extern value caml_ba_alloc(int flags, int num_dims, void *data, intnat *dim);
extern value caml_ba_alloc_dims(int flags, int num_dims, void *data, ...);
extern uintnat caml_ba_byte_size(struct caml_ba_array *);
extern uintnat caml_ba_num_elts(struct caml_ba_array *);

#ifdef CAML_INTERNALS
extern void caml_ba_finalize(value);
extern int caml_ba_compare(value, value);
extern intnat caml_ba_hash(value);
extern void caml_ba_serialize(value, uintnat *bsize_32, uintnat *bsize_64);
extern uintnat caml_ba_deserialize(void *dst);
#endif
#if defined(CAML_INTERNALS) || CAML_SIM_VERSION < 50000
extern int caml_ba_element_size[];
#endif

#ifdef __cplusplus
}
#endif

#endif
