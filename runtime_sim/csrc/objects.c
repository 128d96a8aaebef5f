/* Primitives of the standard library that stubs call: blocks, arrays, numbers from text. */
#include "sim.h"

#include <caml/alloc.h>
#include <caml/fail.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS(block) ((value *) (block))
#define HEADER(block) (((header_t *) (block))[-1])

/* --- arrays --- */

static value filled_floats(sim *s, mlsize_t n, double d, caller by)
{
  value block = sim_fresh(s, n, Double_array_tag, by);
  for (mlsize_t i = 0; i < n; i++) ((double *) block)[i] = d;
  return block;
}

static value filled(sim *s, mlsize_t n, value v, caller by)
{
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &v } };
  s->local_roots = &roots;
  value block = sim_fresh(s, n, 0, by);
  s->local_roots = roots.next;
  for (mlsize_t i = 0; i < n; i++) caml_initialize((caml_sim_cell *) &FIELDS(block)[i], v);
  return block;
}

/* Of floats the array is flat. */
SIM_EXPORT value caml_make_vect(value length, value v)
{
  caller by = HERE("caml_make_vect");
  sim *s = sim_enter(by);
  mlsize_t n = (mlsize_t) Long_val(length);
  if (n == 0) return Atom(0);
  if (n > Max_wosize) caml_invalid_argument("Array.make");
  sim_check_value(s, v, "put into an array", by.site);
  if (Is_block(v) && Tag_hd(HEADER(v)) == Double_tag)
    return filled_floats(s, n, *(double *) v, by);
  return sim_poll_and_raise(s, filled(s, n, v, by), by);
}

/* --- blocks --- */

SIM_EXPORT value caml_obj_tag(value v)
{
  ENTER("caml_obj_tag");
  if (Is_long(v)) return Val_int(1000);
  if (v % (intnat) sizeof(value) != 0) return Val_int(1002);
  return Val_int(Tag_hd(*caml_sim_header(v)));
}

SIM_EXPORT value caml_obj_size(value v)
{
  ENTER("caml_obj_size");
  return Val_long((intnat) Wosize_hd(*caml_sim_header(v)));
}

SIM_EXPORT value caml_obj_block(value tag, value size)
{
  ENTER("caml_obj_block");
  return caml_alloc((mlsize_t) Long_val(size), (tag_t) Long_val(tag));
}

SIM_EXPORT value caml_obj_dup(value v)
{
  caller by = HERE("caml_obj_dup");
  sim *s = sim_enter(by);
  sim_live(s, v, "a block is copied", by.site);
  mlsize_t n = Wosize_hd(HEADER(v));
  if (n == 0) return v;
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &v } };
  s->local_roots = &roots;
  value copy = sim_fresh(s, n, Tag_hd(HEADER(v)), by);
  s->local_roots = roots.next;
  sim_copy_fields(copy, v);
  return copy;
}

/* --- values of recursive definitions --- */

SIM_EXPORT value caml_alloc_dummy(value size)
{
  ENTER("caml_alloc_dummy");
  return caml_alloc((mlsize_t) Long_val(size), 0);
}

SIM_EXPORT value caml_alloc_dummy_float(value size)
{
  ENTER("caml_alloc_dummy_float");
  return caml_alloc((mlsize_t) Long_val(size), 0);
}

SIM_EXPORT value caml_update_dummy(value dummy, value v)
{
  sim *s = ENTER("caml_update_dummy");
  sim_live(s, dummy, "a dummy block is filled", SITE);
  sim_live(s, v, "a block is read", SITE);
  tag_t tag = Tag_hd(HEADER(v));
  HEADER(dummy) = Hd_with_tag(HEADER(dummy), tag);
  for (mlsize_t i = 0; i < Wosize_hd(HEADER(v)); i++) {
    if (tag < No_scan_tag) caml_modify((caml_sim_cell *) &FIELDS(dummy)[i], FIELDS(v)[i]);
    else FIELDS(dummy)[i] = FIELDS(v)[i];
  }
  return Val_unit;
}

/* --- objects --- */

SIM_EXPORT value caml_set_oo_id(value object)
{
  static intnat next = 1 << 20;
  ENTER("caml_set_oo_id");
  *caml_sim_field(object, 1) = Val_long(next++);
  return object;
}

/* The table of an object's methods: their number and a mask, then closures, each followed by the
   hash of its name; in the order of these. */
SIM_EXPORT value caml_get_public_method(value object, value tag)
{
  ENTER("caml_get_public_method");
  value table = *caml_sim_field(object, 0);
  intnat low = 0, high = Long_val(*caml_sim_field(table, 0));
  while (low < high) {
    intnat middle = (low + high) / 2;
    value found = *caml_sim_field(table, (mlsize_t) (3 + 2 * middle));
    if (found == tag) return *caml_sim_field(table, (mlsize_t) (2 + 2 * middle));
    if (found < tag) low = middle + 1;
    else high = middle;
  }
  return 0;
}

SIM_EXPORT value caml_global_data = Val_unit;

/* --- strings and numbers --- */

SIM_EXPORT value caml_create_bytes(value length)
{
  ENTER("caml_create_bytes");
  if (Long_val(length) < 0) caml_invalid_argument("Bytes.create");
  return caml_alloc_string((mlsize_t) Long_val(length));
}

SIM_EXPORT value caml_ml_string_length(value string)
{
  ENTER("caml_ml_string_length");
  return Val_long((intnat) caml_string_length(string));
}

/* Digits as OCaml writes them: underscores may stand between. */
static bool without_underscores(const char *text, char *to, size_t size)
{
  size_t n = 0;
  for (; *text != 0; text++) {
    if (*text == '_') continue;
    if (n + 1 == size) return false;
    to[n++] = *text;
  }
  to[n] = 0;
  return n > 0;
}

static int base_of(const char **digits)
{
  static const char letters[] = "xXoObBuU";
  static const int bases[] = { 16, 8, 2, 10 };
  if ((*digits)[0] != '0' || (*digits)[1] == 0) return 0;
  const char *letter = strchr(letters, (*digits)[1]);
  if (letter == NULL) return 0;
  *digits += 2;
  return bases[(letter - letters) / 2];
}

/* Numbers with a base stand for a pattern of bits, the others for themselves. */
SIM_EXPORT value caml_int_of_string(value string)
{
  ENTER("caml_int_of_string");
  const char *digits = caml_sim_bytes(string);
  bool negative = *digits == '-';
  if (*digits == '-' || *digits == '+') digits++;
  int base = base_of(&digits);
  char text[100], *end = text;
  bool good = caml_string_is_c_safe(string) && *digits != '_' &&
              without_underscores(digits, text, sizeof text) &&
              text[strspn(text, "0123456789abcdefABCDEF")] == 0;
  errno = 0;
  uintnat n = good ? strtoul(text, &end, base == 0 ? 10 : base) : 0;
  uintnat most = base != 0 ? ((uintnat) 1 << 63) - 1 : (uintnat) Max_long + negative;
  if (!good || *end != 0 || errno == ERANGE || n > most) caml_failwith("int_of_string");
  return Val_long((intnat) (negative ? -n : n));
}

SIM_EXPORT value caml_float_of_string(value string)
{
  ENTER("caml_float_of_string");
  char text[1000], *end = text;
  double d = 0;
  bool good = caml_string_is_c_safe(string) &&
              without_underscores(caml_sim_bytes(string), text, sizeof text);
  if (good) d = strtod(text, &end);
  if (!good || end == text || *end != 0) caml_failwith("float_of_string");
  return caml_copy_double(d);
}
