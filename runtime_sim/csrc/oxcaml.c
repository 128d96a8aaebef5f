/* What OxCaml has of functions that OCaml has not, or has with other parameters. */
#include "sim.h"

#include <caml/fail.h>
#include <caml/hash.h>
#include <caml/intext.h>

#include <string.h>

/* --- boxed floats of 32 bits --- */

static float float_of(value v)
{
  return *(float *) &((value *) v)[1];
}

/* NaN is equal to itself and less than all else, unless the comparison wants it unordered. */
static int compare_floats(value a, value b)
{
  float x = float_of(a), y = float_of(b);
  if (x != x || y != y) {
    sim_current->compare_unordered = 1;
    return (x == x) - (y == y);
  }
  return (x > y) - (x < y);
}

static intnat hash_float(value v)
{
  return (intnat) caml_hash_mix_float(0, float_of(v));
}

static void serialize_float(value v, uintnat *bsize_32, uintnat *bsize_64)
{
  caml_serialize_float_4(float_of(v));
  *bsize_32 = *bsize_64 = 4;
}

static uintnat deserialize_float(void *to)
{
  *(float *) to = caml_deserialize_float_4();
  return 4;
}

static const struct custom_fixed_length four = { 4, 4 };

SIM_EXPORT const struct custom_operations caml_float32_ops = {
  "_f32", NULL, compare_floats, hash_float, serialize_float, deserialize_float, NULL, &four
};

__attribute__((constructor)) static void register_floats(void)
{
  sim_know_operations(&caml_float32_ops);
}

SIM_EXPORT value caml_copy_float32(float number)
{
  sim *s = ENTER("caml_copy_float32");
  value block = sim_custom(s, &caml_float32_ops, sizeof(value), HERE("caml_copy_float32"));
  ((value *) block)[1] = 0;
  *(float *) &((value *) block)[1] = number;
  return block;
}

/* --- functions that take and give values, or take one more --- */

SIM_EXPORT value caml_sim_atomic_cas_field(value block, value index, value expected, value desired)
{
  ENTER("caml_atomic_cas_field");
  return Val_bool(caml_atomic_cas_field(block, Long_val(index), expected, desired));
}

static void account(value owner, caller by)
{
  sim_live(sim_enter(by), owner, "memory is counted for a block", by.site);
}

SIM_EXPORT void caml_sim_alloc_dependent_memory(value owner, mlsize_t bytes)
{
  account(owner, HERE("caml_alloc_dependent_memory"));
  caml_alloc_dependent_memory(bytes);
}

SIM_EXPORT void caml_sim_free_dependent_memory(value owner, mlsize_t bytes)
{
  account(owner, HERE("caml_free_dependent_memory"));
  caml_free_dependent_memory(bytes);
}

/* There is one handler, and it takes what it is given. */
SIM_EXPORT void caml_raise_async(value exn)
{
  caml_raise(exn);
}
