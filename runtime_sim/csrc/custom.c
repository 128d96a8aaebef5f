/* Custom blocks, and the boxed integers that are some. */
#define _GNU_SOURCE
#include "sim.h"

#include <caml/alloc.h>
#include <caml/fail.h>
#include <caml/intext.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS(block) ((value *) (block))
#define DATA(block) ((void *) &FIELDS(block)[1])

/* --- their functions ---

   They are C data of the stubs, so they are known to the process rather than to a runtime. */

typedef struct known {
  const struct custom_operations *ops;
  bool loaded; /* they are a variable of a library that is loaded */
  struct known *next;
} known;

static known *registered, *finals;

void sim_know_operations(const struct custom_operations *ops)
{
  known *k = malloc(sizeof *k);
  if (k == NULL) abort();
  *k = (known){ ops, false, registered };
  registered = k;
}

static bool is_loaded(const known *k)
{
  Dl_info info;
  return dladdr(k->ops, &info) != 0;
}

/* Closes a library of stubs; if it goes, so do the operations that are variables of it. */
SIM_EXPORT void sim_close_library(void *handle)
{
  for (known *k = registered; k != NULL; k = k->next) k->loaded = is_loaded(k);
  dlclose(handle);
  for (known **at = &registered; *at != NULL;) {
    known *k = *at;
    if (!k->loaded || is_loaded(k)) {
      at = &k->next;
      continue;
    }
    *at = k->next;
    free(k);
  }
}

SIM_EXPORT void caml_register_custom_operations(const struct custom_operations *ops)
{
  sim *s = ENTER("caml_register_custom_operations");
  if (ops->identifier == NULL || ops->deserialize == NULL)
    sim_fail(s, "crash", SITE, "operations without %s are registered",
             ops->identifier == NULL ? "an identifier" : "deserialize");
  sim_know_operations(ops);
}

SIM_EXPORT struct custom_operations *caml_find_custom_operations(char *identifier)
{
  for (known *k = registered; k != NULL; k = k->next)
    if (strcmp(k->ops->identifier, identifier) == 0) return (struct custom_operations *) k->ops;
  return NULL;
}

/* The functions of blocks that only have a finaliser. */
SIM_EXPORT struct custom_operations *caml_final_custom_operations(void (*finalize)(value))
{
  for (known *k = finals; k != NULL; k = k->next)
    if (k->ops->finalize == finalize) return (struct custom_operations *) k->ops;
  struct custom_operations *ops = calloc(1, sizeof *ops);
  known *k = malloc(sizeof *k);
  if (ops == NULL || k == NULL) abort();
  ops->identifier = "_final";
  ops->finalize = finalize;
  *k = (known){ ops, false, finals };
  finals = k;
  return ops;
}

__attribute__((destructor)) static void forget_operations(void)
{
  for (known *k = finals; k != NULL; k = k->next) free((void *) k->ops);
  known *lists[] = { registered, finals };
  for (int i = 0; i < 2; i++)
    for (known *k = lists[i]; k != NULL;) {
      known *next = k->next;
      free(k);
      k = next;
    }
}

/* --- making them --- */

value sim_custom(sim *s, const struct custom_operations *ops, uintnat size, caller by)
{
  mlsize_t wosize = 1 + (size + sizeof(value) - 1) / sizeof(value);
  if (!s->untraced && sim_is_on_stack(ops))
    sim_fail(s, "custom-resource-accounting", by.site,
             "the operations of a custom block are on the stack: the block outlives them");
  value block = sim_fresh(s, wosize, Custom_tag, by);
  FIELDS(block)[0] = (value) ops;
  if (ops->finalize != NULL) sim_push_value(&s->finalisable, block);
  return block;
}

SIM_EXPORT value caml_alloc_custom(
  const struct custom_operations *ops, uintnat size, mlsize_t mem, mlsize_t max)
{
  sim *s = ENTER("caml_alloc_custom");
  value block = sim_custom(s, ops, size, HERE("caml_alloc_custom"));
  sim_weigh(s, block, mem, max, max);
  return block;
}

SIM_EXPORT value caml_alloc_custom_mem(
  const struct custom_operations *ops, uintnat size, mlsize_t mem)
{
  sim *s = ENTER("caml_alloc_custom_mem");
  value block = sim_custom(s, ops, size, HERE("caml_alloc_custom_mem"));
  /* Of the minor heap's size, and of 44 % of what the major heap may waste. */
  sim_weigh(s, block, mem, Bsize_wsize(s->minor_heap_wsz), Bsize_wsize(s->major.words) / 150 * 44);
  return block;
}

/* The size is in words, one of which is for the functions. */
SIM_EXPORT value caml_alloc_final(mlsize_t wosize, final_fun finalize, mlsize_t mem, mlsize_t max)
{
  sim *s = ENTER("caml_alloc_final");
  const struct custom_operations *ops = caml_final_custom_operations(finalize);
  value block = sim_custom(s, ops, (wosize - 1) * sizeof(value), HERE("caml_alloc_final"));
  sim_weigh(s, block, mem, max, max);
  return block;
}

SIM_EXPORT mlsize_t caml_custom_get_max_major(void)
{
  ENTER("caml_custom_get_max_major");
  return 1 << 20;
}

/* --- boxed integers --- */

static int order(intnat a, intnat b)
{
  return (a > b) - (a < b);
}

static int32_t int32_of(value v)
{
  return *(int32_t *) DATA(v);
}

static int64_t int64_of(value v)
{
  return *(int64_t *) DATA(v);
}

static int compare_int32(value a, value b)
{
  return order(int32_of(a), int32_of(b));
}

static int compare_int64(value a, value b)
{
  return order(int64_of(a), int64_of(b));
}

/* Of its own: blocks with one function are compared whatever else their operations say. */
static int compare_nativeint(value a, value b)
{
  return order(int64_of(a), int64_of(b));
}

static intnat hash_int32(value v)
{
  return int32_of(v);
}

static intnat hash_int64(value v)
{
  uint64_t bits = (uint64_t) int64_of(v);
  return (intnat) ((uint32_t) (bits >> 32) ^ (uint32_t) bits);
}

static intnat hash_nativeint(value v)
{
  intnat n = int64_of(v);
  return (n >> 32) ^ (n >> 63) ^ n;
}

static void serialize_int32(value v, uintnat *bsize_32, uintnat *bsize_64)
{
  caml_serialize_int_4(int32_of(v));
  *bsize_32 = *bsize_64 = 4;
}

static void serialize_int64(value v, uintnat *bsize_32, uintnat *bsize_64)
{
  caml_serialize_int_8(int64_of(v));
  *bsize_32 = *bsize_64 = 8;
}

/* A machine of 32 bits can read those that it could hold. */
static void serialize_nativeint(value v, uintnat *bsize_32, uintnat *bsize_64)
{
  int64_t n = int64_of(v);
  bool narrow = n == (int32_t) n;
  caml_serialize_int_1(narrow ? 1 : 2);
  if (narrow) caml_serialize_int_4((int32_t) n);
  else caml_serialize_int_8(n);
  *bsize_32 = 4;
  *bsize_64 = 8;
}

static uintnat deserialize_int32(void *to)
{
  *(int32_t *) to = caml_deserialize_sint_4();
  return 4;
}

static uintnat deserialize_int64(void *to)
{
  *(int64_t *) to = caml_deserialize_sint_8();
  return 8;
}

static uintnat deserialize_nativeint(void *to)
{
  int width = caml_deserialize_uint_1();
  if (width != 1 && width != 2) caml_deserialize_error("input_value: ill-formed native integer");
  *(int64_t *) to = width == 1 ? caml_deserialize_sint_4() : caml_deserialize_sint_8();
  return 8;
}

static const struct custom_fixed_length four = { 4, 4 }, eight = { 8, 8 }, word = { 4, 8 };

SIM_EXPORT const struct custom_operations caml_int32_ops = {
  "_i", NULL, compare_int32, hash_int32, serialize_int32, deserialize_int32, NULL, &four
};
SIM_EXPORT const struct custom_operations caml_int64_ops = {
  "_j", NULL, compare_int64, hash_int64, serialize_int64, deserialize_int64, NULL, &eight
};
SIM_EXPORT const struct custom_operations caml_nativeint_ops = {
  "_n", NULL, compare_nativeint, hash_nativeint, serialize_nativeint, deserialize_nativeint, NULL, &word
};

__attribute__((constructor)) static void register_integers(void)
{
  sim_know_operations(&caml_int32_ops);
  sim_know_operations(&caml_int64_ops);
  sim_know_operations(&caml_nativeint_ops);
}

static value boxed(sim *s, const struct custom_operations *ops, caller by)
{
  value block = sim_custom(s, ops, sizeof(value), by);
  FIELDS(block)[1] = 0;
  return block;
}

SIM_EXPORT value caml_copy_int32(int32_t i)
{
  value block = boxed(ENTER("caml_copy_int32"), &caml_int32_ops, HERE("caml_copy_int32"));
  *(int32_t *) DATA(block) = i;
  return block;
}

SIM_EXPORT value caml_copy_int64(int64_t i)
{
  value block = boxed(ENTER("caml_copy_int64"), &caml_int64_ops, HERE("caml_copy_int64"));
  FIELDS(block)[1] = i;
  return block;
}

SIM_EXPORT value caml_copy_nativeint(intnat i)
{
  value block = boxed(ENTER("caml_copy_nativeint"), &caml_nativeint_ops, HERE("caml_copy_nativeint"));
  FIELDS(block)[1] = i;
  return block;
}

SIM_EXPORT int64_t caml_Int64_val(value v)
{
  return *(int64_t *) caml_sim_custom(v, sizeof(int64_t));
}
