/* Primitives that change a heap by its places, and one that prints what the places lead to.

   A place is a global root, a generational one, a field of an array, or a name. */
#define CAML_INTERNALS
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/custom.h>
#include <caml/fail.h>
#include <caml/intext.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>
#include <caml/signals.h>
#include <caml/version.h>
#include <caml/weak.h>

extern value caml_register_named_value(value name, value v);
extern value caml_obj_dup(value v);

enum { GENERATIONAL = 4, ARRAY = 8, NAMES = 12, PLACES = 14, LARGE = 300 };

static value roots[ARRAY];
static value array, names[PLACES - NAMES];

static value get(value place)
{
  int i = Int_val(place);
  if (i < ARRAY) return roots[i];
  if (i < NAMES) return Field(array, i - ARRAY);
  return *caml_named_value(String_val(names[i - NAMES]));
}

static value put(value place, value v)
{
  int i = Int_val(place);
  if (i < GENERATIONAL) roots[i] = v;
  else if (i < ARRAY) caml_modify_generational_global_root(&roots[i], v);
  else if (i < NAMES) Store_field(array, i - ARRAY, v);
  else caml_register_named_value(names[i - NAMES], v);
  return Val_unit;
}

/* --- roots --- */

value add_root(value place, value v)
{
  int i = Int_val(place);
  roots[i] = v;
  if (i < GENERATIONAL) caml_register_global_root(&roots[i]);
  else caml_register_generational_global_root(&roots[i]);
  return Val_unit;
}

value remove_root(value place)
{
  int i = Int_val(place);
  if (i < GENERATIONAL) caml_remove_global_root(&roots[i]);
  else caml_remove_generational_global_root(&roots[i]);
  roots[i] = Val_unit;
  return Val_unit;
}

value set_up(value fields, value first, value second)
{
  array = fields;
  names[0] = first;
  names[1] = second;
  caml_register_global_root(&array);
  for (int i = 0; i < PLACES - NAMES; i++) caml_register_global_root(&names[i]);
  for (int i = 0; i < ARRAY; i++) add_root(Val_int(i), Val_int(0));
  for (int i = ARRAY; i < PLACES; i++) put(Val_int(i), Val_int(0));
  return Val_unit;
}

/* --- blocks --- */

enum { FILLED, SMALL, SHARED, CHAIN, BIG };

static value chained(value tag, value sources)
{
  CAMLparam2(tag, sources);
  CAMLlocal2(chain, cell);
  for (mlsize_t i = Wosize_val(sources); i-- > 0;) {
    cell = caml_alloc_small(2, (tag_t) Int_val(tag));
    Field(cell, 0) = get(Field(sources, i));
    Field(cell, 1) = chain;
    chain = cell;
  }
  CAMLreturn(chain);
}

value make(value place, value how, value tag, value sources)
{
  CAMLparam4(place, how, tag, sources);
  CAMLlocal1(block);
  mlsize_t n = Wosize_val(sources);
  tag_t t = (tag_t) Int_val(tag);
  switch (Int_val(how)) {
  case SMALL:
    block = caml_alloc_small(n, t);
    for (mlsize_t i = 0; i < n; i++) Field(block, i) = get(Field(sources, i));
    break;
  case SHARED:
    block = caml_alloc_shr(n, t);
    for (mlsize_t i = 0; i < n; i++) caml_initialize(&Field(block, i), get(Field(sources, i)));
    break;
  case CHAIN: block = chained(tag, sources); break;
  default:
    block = caml_alloc(Int_val(how) == BIG ? LARGE : n, t);
    for (mlsize_t i = 0; i < n; i++) Store_field(block, i, get(Field(sources, i)));
  }
  put(place, block);
  CAMLreturn(Val_unit);
}

value make_string(value place, value text)
{
  CAMLparam2(place, text);
  CAMLlocal1(copy);
  mlsize_t length = caml_string_length(text);
  copy = caml_alloc_string(length);
  memcpy(Bytes_val(copy), String_val(text), length);
  put(place, copy);
  CAMLreturn(Val_unit);
}

value make_float(value place, value halves)
{
  return put(place, caml_copy_double(Int_val(halves) / 2.0));
}

value make_floats(value place, value n)
{
  value floats = caml_alloc_float_array(Int_val(n));
  for (int i = 0; i < Int_val(n); i++) Store_double_flat_field(floats, i, i / 2.0);
  return put(place, floats);
}

value make_int64(value place, value n)
{
  return put(place, caml_copy_int64(Long_val(n)));
}

value set_field(value place, value index, value source)
{
  Store_field(get(place), Int_val(index), get(source));
  return Val_unit;
}

value copy(value place, value source)
{
  return put(place, get(source));
}

value fetch(value place)
{
  return get(place);
}

value store(value place, value v)
{
  return put(place, v);
}

value duplicate(value place, value source)
{
  return put(place, caml_obj_dup(get(source)));
}

value marshal(value place, value source)
{
  char *bytes;
  intnat length;
  caml_output_value_to_malloc(get(source), Val_emptylist, &bytes, &length);
  return put(place, caml_input_value_from_malloc(bytes, 0));
}

value release_lock(value unit)
{
  caml_enter_blocking_section();
  caml_leave_blocking_section();
  return unit;
}

/* --- custom blocks --- */

static int finalised[4096], nfinalised;

static void finalise(value v)
{
  if (nfinalised < 4096) finalised[nfinalised++] = *(int *) Data_custom_val(v);
}

static struct custom_operations operations = {
  .identifier = "mutator", .finalize = finalise
};

value make_custom(value place, value number)
{
  value block = caml_alloc_custom(&operations, sizeof(int), 0, 1);
  *(int *) Data_custom_val(block) = Int_val(number);
  return put(place, block);
}

value take_finalised(value unit)
{
  CAMLparam1(unit);
  CAMLlocal2(list, cell);
  while (nfinalised > 0) {
    cell = caml_alloc(2, Tag_cons);
    Store_field(cell, 0, Val_int(finalised[--nfinalised]));
    Store_field(cell, 1, list);
    list = cell;
  }
  CAMLreturn(list);
}

/* --- calls and exceptions --- */

value apply(value place, value closure, value a, value b)
{
  CAMLparam1(place);
  CAMLlocal1(result);
  result = caml_callback2(closure, get(a), get(b));
  put(place, result);
  CAMLreturn(Val_unit);
}

value apply_own(value place, value source)
{
  return put(place, caml_callback(get(source), Val_unit));
}

value apply_caught(value place, value closure, value a)
{
  CAMLparam1(place);
  value result = caml_callback_exn(closure, get(a));
  put(place, Is_exception_result(result) ? Val_int(-1) : result);
  CAMLreturn(Val_unit);
}

value raise_with(value place)
{
  CAMLparam1(place);
  CAMLlocal2(message, other);
  message = get(place);
  other = caml_alloc(3, 0);
  Store_field(other, 0, message);
  caml_failwith_value(Field(other, 0));
  CAMLreturn(Val_unit);
}

/* --- ephemerons --- */

#if OCAML_VERSION < 50000
value make_ephemeron(value place, value keys)
{
  return put(place, caml_ephemeron_create(Int_val(keys)));
}

value set_key(value place, value key, value source)
{
  caml_ephemeron_set_key(get(place), Int_val(key), get(source));
  return Val_unit;
}

value unset_key(value place, value key)
{
  caml_ephemeron_unset_key(get(place), Int_val(key));
  return Val_unit;
}

value get_key(value place, value source, value key)
{
  value found = Val_int(-2);
  caml_ephemeron_get_key(get(source), Int_val(key), &found);
  return put(place, found);
}

value set_data(value place, value source)
{
  caml_ephemeron_set_data(get(place), get(source));
  return Val_unit;
}

value unset_data(value place)
{
  caml_ephemeron_unset_data(get(place));
  return Val_unit;
}

value get_data(value place, value source)
{
  value found = Val_int(-2);
  caml_ephemeron_get_data(get(source), &found);
  return put(place, found);
}
#endif

/* --- printing --- */

static value seen[1 << 13];
static int nseen;
static char text[1 << 19];
static size_t length;

#define PRINT(...) (length += (size_t) snprintf(text + length, sizeof text - length, __VA_ARGS__))

static void print(value v);

static void print_fields(value v, mlsize_t first)
{
  for (mlsize_t i = first; i < Wosize_val(v); i++) print(Field(v, i));
}

static void print_ephemeron(value v)
{
#if OCAML_VERSION < 50000
  value found;
  PRINT("e%d ", (int) caml_ephemeron_num_keys(v));
  if (caml_ephemeron_get_data(v, &found)) print(found);
  else PRINT("_ ");
  for (mlsize_t i = 0; i < caml_ephemeron_num_keys(v); i++) {
    if (caml_ephemeron_get_key(v, i, &found)) print(found);
    else PRINT("_ ");
  }
#endif
}

static void print_block(value v)
{
  switch (Tag_val(v)) {
  case String_tag: PRINT("s%s ", String_val(v)); return;
  case Double_tag: PRINT("d%.1f ", Double_val(v)); return;
  case Double_array_tag:
    PRINT("D%d ", (int) Wosize_val(v));
    for (mlsize_t i = 0; i < Wosize_val(v); i++) PRINT("%.1f ", Double_flat_field(v, i));
    return;
  case Custom_tag:
    if (Custom_ops_val(v) == &operations) PRINT("c%d ", *(int *) Data_custom_val(v));
    else PRINT("j%ld ", (long) Int64_val(v));
    return;
  case Closure_tag:
    PRINT("f ");
    print_fields(v, 2);
    return;
  case Abstract_tag: print_ephemeron(v); return;
  }
  PRINT("b%d.%d ", Tag_val(v), (int) Wosize_val(v));
  print_fields(v, 0);
}

static void print(value v)
{
  if (Is_long(v)) {
    PRINT("%ld ", Long_val(v));
    return;
  }
  if (Wosize_val(v) == 0) {
    PRINT("a%d ", Tag_val(v));
    return;
  }
  for (int i = 0; i < nseen; i++)
    if (seen[i] == v) {
      PRINT("#%d ", i);
      return;
    }
  if (nseen == sizeof seen / sizeof *seen || length > sizeof text / 2) abort();
  seen[nseen++] = v;
  print_block(v);
}

value print_all(value unit)
{
  (void) unit;
  nseen = 0;
  length = 0;
  for (int i = 0; i < PLACES; i++) print(get(Val_int(i)));
  memset(seen, 0, sizeof seen);
  return caml_copy_string(text);
}
