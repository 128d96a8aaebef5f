/* Bigarrays: custom blocks whose numbers are outside the heap. */
#include "sim.h"

#include <caml/bigarray.h>
#include <caml/hash.h>
#include <caml/intext.h>

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS(block) ((value *) (block))
#define HEADER(block) (((header_t *) (block))[-1])

SIM_EXPORT int caml_ba_element_size[] = { 4, 8, 1, 1, 2, 2, 4, 8, 8, 8, 8, 16, 1, 2 };

static struct caml_ba_array *array_of(value v)
{
  return (struct caml_ba_array *) &FIELDS(v)[1];
}

SIM_EXPORT uintnat caml_ba_num_elts(struct caml_ba_array *b)
{
  uintnat number = 1;
  for (intnat i = 0; i < b->num_dims; i++) number *= (uintnat) b->dim[i];
  return number;
}

SIM_EXPORT uintnat caml_ba_byte_size(struct caml_ba_array *b)
{
  return caml_ba_num_elts(b) * (uintnat) caml_ba_element_size[b->flags & CAML_BA_KIND_MASK];
}

/* --- as custom blocks --- */

/* Of shared memory the last who has it frees it. */
SIM_EXPORT void caml_ba_finalize(value v)
{
  struct caml_ba_array *b = array_of(v);
  if ((b->flags & CAML_BA_MANAGED_MASK) == CAML_BA_EXTERNAL) return;
  if (b->proxy == NULL) {
    free(b->data);
  } else if (--b->proxy->refcount == 0) {
    free(b->proxy->data);
    free(b->proxy);
  }
}

static int kind_of(const struct caml_ba_array *b)
{
  return (int) (b->flags & CAML_BA_KIND_MASK);
}

static double double_at(const struct caml_ba_array *b, uintnat i)
{
  switch (kind_of(b)) {
  case CAML_BA_FLOAT32:
  case CAML_BA_COMPLEX32: return (double) ((float *) b->data)[i];
  default: return ((double *) b->data)[i];
  }
}

static intnat long_at(const struct caml_ba_array *b, uintnat i)
{
  switch (kind_of(b)) {
  case CAML_BA_SINT8: return ((int8_t *) b->data)[i];
  case CAML_BA_UINT8:
  case CAML_BA_CHAR: return ((uint8_t *) b->data)[i];
  case CAML_BA_SINT16: return ((int16_t *) b->data)[i];
  case CAML_BA_UINT16:
  case CAML_BA_FLOAT16: return ((uint16_t *) b->data)[i];
  case CAML_BA_INT32: return ((int32_t *) b->data)[i];
  default: return ((int64_t *) b->data)[i];
  }
}

static bool is_float(int kind)
{
  return kind == CAML_BA_FLOAT32 || kind == CAML_BA_FLOAT64 || kind == CAML_BA_COMPLEX32 ||
         kind == CAML_BA_COMPLEX64;
}

static uintnat numbers_in(struct caml_ba_array *b)
{
  int kind = kind_of(b);
  return caml_ba_num_elts(b) * (kind == CAML_BA_COMPLEX32 || kind == CAML_BA_COMPLEX64 ? 2 : 1);
}

/* Of complex elements each part is a number. */
static int number_size(int kind)
{
  bool two = kind == CAML_BA_COMPLEX32 || kind == CAML_BA_COMPLEX64;
  return caml_ba_element_size[kind] / (two ? 2 : 1);
}

static int order_elements(struct caml_ba_array *a, struct caml_ba_array *b)
{
  for (uintnat i = 0; i < numbers_in(a); i++) {
    if (!is_float(kind_of(a))) {
      intnat x = long_at(a, i), y = long_at(b, i);
      if (x != y) return x < y ? -1 : 1;
      continue;
    }
    double x = double_at(a, i), y = double_at(b, i);
    if (x < y) return -1;
    if (x > y) return 1;
    if (x == y) continue;
    Caml_state->compare_unordered = 1;
    if (x == x) return 1;
    if (y == y) return -1;
  }
  return 0;
}

SIM_EXPORT int caml_ba_compare(value v, value w)
{
  struct caml_ba_array *a = array_of(v), *b = array_of(w);
  intnat mask = CAML_BA_KIND_MASK | CAML_BA_LAYOUT_MASK;
  if ((a->flags & mask) != (b->flags & mask)) return (b->flags & mask) > (a->flags & mask) ? 1 : -1;
  if (a->num_dims != b->num_dims) return b->num_dims > a->num_dims ? 1 : -1;
  for (intnat i = 0; i < a->num_dims; i++)
    if (a->dim[i] != b->dim[i]) return a->dim[i] < b->dim[i] ? -1 : 1;
  return order_elements(a, b);
}

/* Small numbers are mixed in as many at a time as 32 bits hold. */
static uint32_t hash_packed(uint32_t hash, const struct caml_ba_array *b, uintnat number, int size)
{
  uintnat at_once = 4 / (uintnat) size;
  for (uintnat i = 0; i < number; i += at_once) {
    uint32_t word = 0;
    for (uintnat j = 0; j < at_once && i + j < number; j++)
      word |= ((uint32_t) long_at(b, i + j) & (0xFFFFFFFFu >> (32 - 8 * size))) << 8 * size * (int) j;
    hash = caml_hash_mix_uint32(hash, word);
  }
  return hash;
}

/* The first 256 bytes, of ints as if they had 32 bits; the dimensions do not matter. */
SIM_EXPORT intnat caml_ba_hash(value v)
{
  struct caml_ba_array *b = array_of(v);
  int kind = kind_of(b), size = number_size(kind);
  uintnat number = numbers_in(b), limit = 256 / (uintnat) size;
  if (kind == CAML_BA_CAML_INT || kind == CAML_BA_NATIVE_INT) limit = 64;
  uint32_t hash = 0;
  if (number > limit) number = limit;
  if (size <= 2) return hash_packed(hash, b, number, size);
  for (uintnat i = 0; i < number; i++) {
    if (is_float(kind) && size == 4)
      hash = caml_hash_mix_float(hash, ((float *) b->data)[i]);
    else if (is_float(kind)) hash = caml_hash_mix_double(hash, double_at(b, i));
    else if (size == 4) hash = caml_hash_mix_uint32(hash, (uint32_t) long_at(b, i));
    else if (kind == CAML_BA_INT64) hash = caml_hash_mix_int64(hash, long_at(b, i));
    else hash = caml_hash_mix_intnat(hash, long_at(b, i));
  }
  return hash;
}

/* As 32 bits each if a machine of these can hold them all; a byte says which. */
static void serialize_longs(const intnat *data, intnat number, intnat least)
{
  /* OCaml 4.14 compares a nativeint with a least one that it takes for unsigned. */
  bool wide = least == INT32_MIN && sim_current->version < 50000 && number > 0;
  for (intnat i = 0; i < number; i++) wide = wide || data[i] < least || data[i] > -(least + 1);
  caml_serialize_int_1(wide);
  if (wide) caml_serialize_block_8((void *) data, number);
  for (intnat i = 0; !wide && i < number; i++) caml_serialize_int_4((int32_t) data[i]);
}

static void serialize_elements(struct caml_ba_array *b)
{
  intnat number = (intnat) numbers_in(b);
  int kind = kind_of(b);
  if (kind == CAML_BA_CAML_INT) return serialize_longs(b->data, number, -(1L << 30));
  if (kind == CAML_BA_NATIVE_INT) return serialize_longs(b->data, number, INT32_MIN);
  switch (number_size(kind)) {
  case 1: caml_serialize_block_1(b->data, number); return;
  case 2: caml_serialize_block_2(b->data, number); return;
  case 4: caml_serialize_block_4(b->data, number); return;
  default: caml_serialize_block_8(b->data, number);
  }
}

SIM_EXPORT void caml_ba_serialize(value v, uintnat *bsize_32, uintnat *bsize_64)
{
  struct caml_ba_array *b = array_of(v);
  caml_serialize_int_4((int32_t) b->num_dims);
  caml_serialize_int_4((int32_t) (b->flags & (CAML_BA_KIND_MASK | CAML_BA_LAYOUT_MASK)));
  for (intnat i = 0; i < b->num_dims; i++) {
    if (b->dim[i] < 0xFFFF) {
      caml_serialize_int_2((int) b->dim[i]);
    } else {
      caml_serialize_int_2(0xFFFF);
      caml_serialize_int_8(b->dim[i]);
    }
  }
  serialize_elements(b);
  *bsize_32 = (uintnat) (4 + b->num_dims) * 4;
  *bsize_64 = (uintnat) (4 + b->num_dims) * 8;
}

static void deserialize_elements(struct caml_ba_array *b, int kind)
{
  intnat number = (intnat) numbers_in(b);
  if ((kind == CAML_BA_CAML_INT || kind == CAML_BA_NATIVE_INT) && !caml_deserialize_uint_1()) {
    for (intnat i = 0; i < number; i++) ((int64_t *) b->data)[i] = caml_deserialize_sint_4();
    return;
  }
  switch (number_size(kind)) {
  case 1: caml_deserialize_block_1(b->data, number); return;
  case 2: caml_deserialize_block_2(b->data, number); return;
  case 4: caml_deserialize_block_4(b->data, number); return;
  default: caml_deserialize_block_8(b->data, number);
  }
}

SIM_EXPORT uintnat caml_ba_deserialize(void *to)
{
  struct caml_ba_array *b = to;
  b->num_dims = (intnat) caml_deserialize_uint_4();
  if (b->num_dims < 0 || b->num_dims > CAML_BA_MAX_NUM_DIMS)
    caml_deserialize_error("input_value: wrong number of bigarray dimensions");
  b->flags = (intnat) caml_deserialize_uint_4() | CAML_BA_MANAGED;
  b->proxy = NULL;
  for (intnat i = 0; i < b->num_dims; i++) {
    b->dim[i] = caml_deserialize_uint_2();
    if (b->dim[i] == 0xFFFF) b->dim[i] = caml_deserialize_sint_8();
  }
  if (kind_of(b) > CAML_BA_FLOAT16) caml_deserialize_error("input_value: bad bigarray kind");
  b->data = sim_c_runs_out() ? NULL : malloc(caml_ba_byte_size(b) + 1);
  if (b->data == NULL) caml_deserialize_error("input_value: out of memory for bigarray");
  deserialize_elements(b, kind_of(b));
  return (uintnat) (4 + b->num_dims) * sizeof(value);
}

static const struct custom_operations bigarray_ops = {
  "_bigarr02", caml_ba_finalize, caml_ba_compare, caml_ba_hash, caml_ba_serialize,
  caml_ba_deserialize, NULL, NULL
};

__attribute__((constructor)) static void register_bigarrays(void)
{
  sim_know_operations(&bigarray_ops);
}

/* --- making and reading them --- */

static bool byte_size(int flags, int num_dims, const intnat *dim, uintnat *size)
{
  *size = (uintnat) caml_ba_element_size[flags & CAML_BA_KIND_MASK];
  for (int i = 0; i < num_dims; i++)
    if (__builtin_mul_overflow(*size, (uintnat) dim[i], size)) return false;
  return *size < (uintnat) 1 << 62;
}

static value made(sim *s, int flags, int num_dims, void *data, const intnat *dim, caller by)
{
  if (num_dims < 0 || num_dims > CAML_BA_MAX_NUM_DIMS || (flags & CAML_BA_KIND_MASK) > CAML_BA_FLOAT16)
    sim_fail(s, "crash", by.site, "%s of %d dimensions and flags %#x", by.function, num_dims,
             (unsigned) flags);
  intnat dims[CAML_BA_MAX_NUM_DIMS];
  for (int i = 0; i < num_dims; i++) dims[i] = dim[i];
  if (data == NULL) {
    uintnat size;
    if (!byte_size(flags, num_dims, dims, &size)) sim_raise_out_of_memory();
    data = sim_c_runs_out() ? NULL : malloc(size + 1);
    if (data == NULL) sim_raise_out_of_memory();
    flags |= CAML_BA_MANAGED;
  }
  value v = sim_custom(s, &bigarray_ops, SIZEOF_BA_ARRAY + (uintnat) num_dims * sizeof(intnat), by);
  struct caml_ba_array *b = array_of(v);
  *b = (struct caml_ba_array){ .data = data, .num_dims = num_dims, .flags = flags };
  for (int i = 0; i < num_dims; i++) b->dim[i] = dims[i];
  return v;
}

SIM_EXPORT value caml_ba_alloc(int flags, int num_dims, void *data, intnat *dim)
{
  return made(ENTER("caml_ba_alloc"), flags, num_dims, data, dim, HERE("caml_ba_alloc"));
}

SIM_EXPORT value caml_ba_alloc_dims(int flags, int num_dims, void *data, ...)
{
  caller by = HERE("caml_ba_alloc_dims");
  intnat dim[CAML_BA_MAX_NUM_DIMS];
  va_list args;
  va_start(args, data);
  for (int i = 0; i < num_dims && i < CAML_BA_MAX_NUM_DIMS; i++) dim[i] = va_arg(args, intnat);
  va_end(args);
  return made(sim_enter(by), flags, num_dims, data, dim, by);
}

SIM_EXPORT struct caml_ba_array *caml_sim_bigarray(value v)
{
  sim *s = sim_current;
  sim_live(s, v, "a bigarray is read", SITE);
  /* Stubs may give one operations of their own, as Unix does to what it maps. */
  if (Tag_hd(HEADER(v)) != Custom_tag || Wosize_hd(HEADER(v)) * sizeof(value) < SIZEOF_BA_ARRAY)
    sim_fail(s, "type-mismatch", SITE, "a block of tag %d that is no bigarray is read as one",
             (int) Tag_hd(HEADER(v)));
  return array_of(v);
}
