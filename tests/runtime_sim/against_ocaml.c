/* Cases whose results are text, for a runtime of OCaml's and the simulated one to agree on. */
#define CAML_INTERNALS
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <caml/alloc.h>
#include <caml/bigarray.h>
#include <caml/callback.h>
#include <caml/custom.h>
#include <caml/fail.h>
#include <caml/hash.h>
#include <caml/intext.h>
#include <caml/md5.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>
#include <caml/printexc.h>
#include <caml/version.h>
#include <caml/weak.h>

extern value caml_hash(value count, value limit, value seed, value v);
extern value caml_compare(value, value);
extern value caml_equal(value, value);
extern value caml_notequal(value, value);
extern value caml_lessthan(value, value);
extern value caml_lessequal(value, value);
extern value caml_greaterthan(value, value);
extern value caml_greaterequal(value, value);
extern value caml_string_compare(value, value);
extern value caml_string_equal(value, value);
extern value caml_string_notequal(value, value);
extern value caml_int_of_string(value);
extern value caml_float_of_string(value);
extern value caml_input_value_from_bytes(value bytes, value offset);
extern value caml_output_value_to_bytes(value v, value flags);
extern value caml_obj_tag(value);
extern value caml_obj_dup(value);

#define COUNT(array) ((int) (sizeof(array) / sizeof *(array)))

/* --- text --- */

static char text[1 << 16];
static size_t length;

static void say(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  length += (size_t) vsnprintf(text + length, sizeof text - length, format, args);
  va_end(args);
  if (length >= sizeof text) abort();
}

static void say_bytes(const char *bytes, size_t n)
{
  for (size_t i = 0; i < n && i < 400; i++) say("%02x", (unsigned char) bytes[i]);
  say(" %lu ", (unsigned long) n);
}

/* --- a custom block that writes all that can be written --- */

static void serialize(value v, uintnat *bsize_32, uintnat *bsize_64)
{
  intnat n = *(intnat *) Data_custom_val(v);
  int16_t halves[] = { 1, -2, (int16_t) n };
  int32_t words[] = { 3, -4, (int32_t) n };
  int64_t longs[] = { 5, -6, n };
  double doubles[] = { 0.5, -1.0 / 3 };
  caml_serialize_int_1((int) n);
  caml_serialize_int_2((int) n);
  caml_serialize_int_4((int32_t) n);
  caml_serialize_int_8(n);
  caml_serialize_float_4((float) n / 3);
  caml_serialize_float_8((double) n / 3);
  caml_serialize_block_1("bytes", 5);
  caml_serialize_block_2(halves, 3);
  caml_serialize_block_4(words, 3);
  caml_serialize_block_8(longs, 3);
  caml_serialize_block_float_8(doubles, 2);
  *bsize_32 = 4;
  *bsize_64 = 8;
}

static uintnat deserialize(void *to)
{
  char bytes[5];
  int16_t halves[3];
  int32_t words[3];
  int64_t longs[3];
  double doubles[2];
  int one = caml_deserialize_sint_1(), two = caml_deserialize_sint_2();
  int32_t four = caml_deserialize_sint_4();
  intnat n = caml_deserialize_sint_8();
  float narrow = caml_deserialize_float_4();
  double wide = caml_deserialize_float_8();
  caml_deserialize_block_1(bytes, 5);
  caml_deserialize_block_2(halves, 3);
  caml_deserialize_block_4(words, 3);
  caml_deserialize_block_8(longs, 3);
  caml_deserialize_block_float_8(doubles, 2);
  if (one != (signed char) n || two != (int16_t) n || four != (int32_t) n ||
      narrow != (float) n / 3 || wide != (double) n / 3 || memcmp(bytes, "bytes", 5) != 0 ||
      halves[1] != -2 || words[1] != -4 || longs[2] != n || doubles[1] != -1.0 / 3)
    caml_deserialize_error("not what was written");
  *(intnat *) to = n;
  return 8;
}

static int compare_custom(value a, value b)
{
  intnat x = *(intnat *) Data_custom_val(a), y = *(intnat *) Data_custom_val(b);
  return (int) (x - y) / 500; /* any number is an order, also 2 and -2 */
}

static intnat hash_custom(value v)
{
  return *(intnat *) Data_custom_val(v) * 7;
}

static struct custom_operations written = {
  "against", NULL, compare_custom, hash_custom, serialize, deserialize, NULL, NULL
};
static struct custom_operations silent = { .identifier = "silent" };

static value custom(struct custom_operations *ops, intnat n)
{
  value block = caml_alloc_custom(ops, sizeof(intnat), 0, 1);
  *(intnat *) Data_custom_val(block) = n;
  return block;
}

/* --- values --- */

static const intnat shifts[] = { 1, 5, 6, 7, 8, 14, 15, 16, 29, 30, 31, 32, 47, 60, 61, 62 };
static const double floats[] = {
  0.0, -0.0, 1.0, -1.5, 0.1, 1e300, 5e-324, 2.2250738585072014e-308, INFINITY, -INFINITY, NAN,
  123456789.125, 1.0 / 3
};
static const int lengths[] = { 0, 1, 6, 7, 8, 9, 15, 16, 31, 32, 33, 63, 64, 255, 256, 257 };

enum {
  INTS = COUNT(shifts) * 4, FLOATS = COUNT(floats), STRINGS = COUNT(lengths) * 2,
  BOXED = COUNT(shifts) * 6, ARRAYS = 6, LISTS = 8, BLOCKS = 24, TREES = 12, BIGARRAYS = 39,
  CUSTOMS = 6, MIXED = 240,
  VALUES =
    INTS + FLOATS + STRINGS + BOXED + ARRAYS + LISTS + BLOCKS + TREES + BIGARRAYS + CUSTOMS + MIXED
};

static value integer(int i)
{
  uintnat n = (uintnat) 1 << shifts[i / 4];
  uintnat all[] = { n, n - 1, -n, -n - 1 };
  return Val_long((intnat) all[i % 4]);
}

static value string(int i)
{
  char bytes[300];
  int n = lengths[i / 2];
  for (int j = 0; j < n; j++) bytes[j] = (char) (i % 2 ? 255 - j : 'a' + j % 26);
  return caml_alloc_initialized_string((mlsize_t) n, bytes);
}

static value boxed(int i)
{
  intnat n = (intnat) 1 << shifts[i / 6];
  if (i % 2) n = -n - 1;
  switch (i / 2 % 3) {
  case 0: return caml_copy_int32((int32_t) n);
  case 1: return caml_copy_int64(n);
  default: return caml_copy_nativeint(n);
  }
}

static value float_array(int i)
{
  static const int sizes[] = { 0, 1, 2, 13, 255, 300 };
  value array = caml_alloc_float_array((mlsize_t) sizes[i]);
  for (int j = 0; j < sizes[i]; j++) Store_double_flat_field(array, j, floats[j % FLOATS]);
  return array;
}

static value list(int n)
{
  CAMLparam0();
  CAMLlocal3(result, cell, head);
  for (int i = 0; i < n * n; i++) {
    head = i % 3 == 0 ? caml_copy_string("head") : Val_int(i);
    cell = caml_alloc_small(2, Tag_cons);
    Field(cell, 0) = head;
    Field(cell, 1) = result;
    result = cell;
  }
  CAMLreturn(n == 0 ? Val_emptylist : result);
}

static value flat_block(int i)
{
  static const int sizes[] = { 1, 2, 7, 8, 32, 300 };
  static const int tags[] = { 0, 1, 15, 16 };
  mlsize_t n = (mlsize_t) sizes[i % 6];
  value block = caml_alloc(n, (tag_t) tags[i / 6]);
  for (mlsize_t j = 0; j < n; j++) Store_field(block, j, Val_int(j));
  return block;
}

/* With sharing, and the deeper the greater n is. */
static value tree(int n)
{
  CAMLparam0();
  CAMLlocal3(left, right, node);
  if (n == 0) CAMLreturn(caml_copy_double(2.5));
  left = tree(n - 1);
  right = n % 2 ? left : caml_copy_string("right");
  node = caml_alloc(3, n % 4);
  Store_field(node, 0, left);
  Store_field(node, 1, right);
  Store_field(node, 2, Val_int(n));
  CAMLreturn(node);
}

static value bigarray(int i)
{
  static const int kinds[] = {
    CAML_BA_FLOAT32, CAML_BA_FLOAT64, CAML_BA_SINT8, CAML_BA_UINT8, CAML_BA_SINT16,
    CAML_BA_UINT16, CAML_BA_INT32, CAML_BA_INT64, CAML_BA_CAML_INT, CAML_BA_NATIVE_INT,
    CAML_BA_COMPLEX32, CAML_BA_COMPLEX64, CAML_BA_CHAR
  };
  int kind = kinds[i % 13], dims = i / 13 + 1;
  intnat dim[] = { 5 * (i % 4) + 1, 3, 4 };
  int layout = i % 2 ? CAML_BA_FORTRAN_LAYOUT : CAML_BA_C_LAYOUT;
  value v = caml_ba_alloc(kind | layout, dims, NULL, dim);
  intnat n = (intnat) caml_ba_byte_size(Caml_ba_array_val(v));
  if (kind == CAML_BA_FLOAT32 || kind == CAML_BA_COMPLEX32)
    for (intnat j = 0; j < n / 4; j++) ((float *) Caml_ba_data_val(v))[j] = (float) j / 2;
  else if (kind == CAML_BA_FLOAT64 || kind == CAML_BA_COMPLEX64)
    for (intnat j = 0; j < n / 8; j++) ((double *) Caml_ba_data_val(v))[j] = j == 3 ? NAN : (double) -j / 3;
  else if (kind == CAML_BA_CAML_INT || kind == CAML_BA_NATIVE_INT)
    for (intnat j = 0; j < n / 8; j++) ((intnat *) Caml_ba_data_val(v))[j] = j - 7;
  else
    for (intnat j = 0; j < n; j++) ((char *) Caml_ba_data_val(v))[j] = (char) (j * 37);
  return v;
}

static uint32_t state;

static int chosen(int n)
{
  state = state * 1664525 + 1013904223;
  return (int) ((state >> 8) % (uint32_t) n);
}

/* A value of all kinds; blocks are shared where one field is a copy of another. */
static value mixed(int depth)
{
  CAMLparam0();
  CAMLlocal2(block, element);
  int kind = chosen(depth == 0 ? 6 : 10);
  switch (kind) {
  case 0: CAMLreturn(Val_long((intnat) 1 << chosen(62)));
  case 1: CAMLreturn(integer(chosen(INTS)));
  case 2: CAMLreturn(string(chosen(STRINGS)));
  case 3: CAMLreturn(caml_copy_double(floats[chosen(FLOATS)]));
  case 4: CAMLreturn(boxed(chosen(BOXED)));
  case 5: CAMLreturn(chosen(4) ? float_array(chosen(4)) : bigarray(chosen(BIGARRAYS)));
  }
  int n = 1 + chosen(kind == 9 ? 12 : 4);
  block = caml_alloc((mlsize_t) n, (tag_t) chosen(kind == 8 ? 240 : 3));
  for (int i = 0; i < n; i++) {
    if (i > 0 && chosen(4) == 0) element = Field(block, chosen(i));
    else element = mixed(depth - 1);
    Store_field(block, i, element);
  }
  CAMLreturn(block);
}

static value make(int i)
{
  if (i < INTS) return integer(i);
  if ((i -= INTS) < FLOATS) return caml_copy_double(floats[i]);
  if ((i -= FLOATS) < STRINGS) return string(i);
  if ((i -= STRINGS) < BOXED) return boxed(i);
  if ((i -= BOXED) < ARRAYS) return float_array(i);
  if ((i -= ARRAYS) < LISTS) return list(i);
  if ((i -= LISTS) < BLOCKS) return flat_block(i);
  if ((i -= BLOCKS) < TREES) return tree(i);
  if ((i -= TREES) < BIGARRAYS) return bigarray(i);
  if ((i -= BIGARRAYS) < CUSTOMS) return custom(&written, (i - 2) * 1001);
  state = (uint32_t) (i - CUSTOMS) / 2; /* each twice, to be equal */
  return mixed(4);
}

/* --- what is done with each value --- */

static void say_hashes(value v)
{
  static const int meaningful[] = { 10, 3, 256 }, total[] = { 100, 5, 256 }, seeds[] = { 0, 42, 7 };
  for (int i = 0; i < 3; i++)
    say("%ld ", (long) Long_val(caml_hash(Val_int(meaningful[i]), Val_int(total[i]),
                                          Val_int(seeds[i]), v)));
}

static void say_order(value a, value b)
{
  CAMLparam2(a, b);
  say("%ld%ld%ld%ld%ld%ld%ld ", (long) Int_val(caml_compare(a, b)), (long) Int_val(caml_equal(a, b)),
      (long) Int_val(caml_notequal(a, b)), (long) Int_val(caml_lessthan(a, b)),
      (long) Int_val(caml_lessequal(a, b)), (long) Int_val(caml_greaterthan(a, b)),
      (long) Int_val(caml_greaterequal(a, b)));
  if (Is_block(a) && Is_block(b) && Tag_val(a) == String_tag && Tag_val(b) == String_tag)
    say("s%ld%ld%ld ", (long) Int_val(caml_string_compare(a, b)),
        (long) Int_val(caml_string_equal(a, b)), (long) Int_val(caml_string_notequal(a, b)));
  CAMLreturn0;
}

static void compare_some(int i, value v)
{
  CAMLparam1(v);
  CAMLlocal1(other);
  static const int steps[] = { 0, 1, 2, 3, 5, 6, 12, 13, 26, 31, 50, 97, 140, 201, 260, 290 };
  for (int j = 0; j < COUNT(steps); j++) {
    other = make((i + steps[j]) % VALUES);
    say_order(v, other);
  }
  CAMLreturn0;
}

static void marshal(value v, int no_sharing)
{
  CAMLparam1(v);
  CAMLlocal4(flags, bytes, back, again);
  if (no_sharing) {
    flags = caml_alloc(2, Tag_cons);
    Store_field(flags, 0, Val_int(0));
    Store_field(flags, 1, Val_emptylist);
  } else {
    flags = Val_emptylist;
  }
  bytes = caml_output_value_to_bytes(v, flags);
  say_bytes(String_val(bytes), caml_string_length(bytes));
  back = caml_input_value_from_bytes(bytes, Val_int(0));
  again = caml_output_value_to_bytes(back, flags);
  say("%d ", (int) Int_val(caml_string_equal(bytes, again)));
  say_hashes(back);
  say_order(v, back);
  CAMLreturn0;
}

static void value_case(int i)
{
  CAMLparam0();
  CAMLlocal1(v);
  v = make(i);
  say("tag %ld hash ", (long) Long_val(caml_obj_tag(v)));
  say_hashes(v);
  say("order ");
  compare_some(i, v);
  say("marshalled ");
  marshal(v, 0);
  marshal(v, 1);
  if (Is_block(v) && Tag_val(v) == String_tag)
    say("string %lu %d ", (unsigned long) caml_string_length(v), caml_string_is_c_safe(v));
  CAMLreturn0;
}

/* --- numbers from text --- */

static const char *const numbers[] = {
  "0", "1", "-1", "+1", "42", "-42", "007", "1_000", "_1", "1_", "1__0", "", "-", "+", " 1", "1 ",
  "--1", "+-1", "0x", "0x1F", "0X1f", "-0xff", "0xg", "0o17", "0o8", "0b101", "0B2", "0u123",
  "-0u1", "0u", "0x_1", "0x1_", "4611686018427387903", "4611686018427387904",
  "-4611686018427387904", "-4611686018427387905", "0x3fffffffffffffff", "0x7fffffffffffffff",
  "0x8000000000000000", "-0x4000000000000000", "-0x7fffffffffffffff", "0u9223372036854775807",
  "0u9223372036854775808", "0b1111", "9999999999999999999999", "1e3", "0x1p3", "1.", ".5", "1.5",
  "-1.5e-3", "1e", "1e+", "1.5.5", "inf", "-inf", "infinity", "nan", "NaN", "0x1.8p1", "0x.8",
  "0x1.8", "0x1p-1074", "1e400", "-1e400", "1e-400", "1_0.5_0", "1.5f", "0x", "1d", "e1", "+.5",
  "1\n", "\t1", "0e", "0o", "0x1P+2", "0x1p", "0xa.b_cp1", "- 1", "0X.p1", "0x1.fffffffffffff8p0",
  "123456789012345678901234567890", "0.1e1_0", "1.0E5", "5e-324", "2.5e-324", "nan(1)", "INF",
};

static void int_case(int i)
{
  say("%ld", (long) Long_val(caml_int_of_string(caml_copy_string(numbers[i]))));
}

static void float_case(int i)
{
  double d = Double_val(caml_float_of_string(caml_copy_string(numbers[i])));
  if (d != d) say("nan");
  else say("%a", d);
}

/* --- strings --- */

static void digest_case(int i)
{
  unsigned char data[256], digest[16];
  struct MD5Context context;
  int n = i * 3;
  for (int j = 0; j < n; j++) data[j] = (unsigned char) (j * i);
  caml_MD5Init(&context);
  caml_MD5Update(&context, data, (uintnat) (n / 3));
  caml_MD5Update(&context, data + n / 3, (uintnat) (n - n / 3));
  caml_MD5Final(digest, &context);
  say_bytes((char *) digest, 16);
}

static void print_case(int i)
{
  CAMLparam0();
  CAMLlocal1(v);
  switch (i) {
  case 0: v = caml_alloc_sprintf("%d %s %.3f", 42, "text", 1.5); break;
  case 1: v = caml_alloc_sprintf("%s", ""); break;
  case 2: v = caml_alloc_sprintf("%300d", 7); break;
  case 3: v = caml_alloc_sprintf("%c%%%5s|%-5s|%05d", 'x', "ab", "cd", 42); break;
  case 4: v = caml_alloc_sprintf("%127s", "x"); break;
  default: v = caml_alloc_sprintf("%128s", "x");
  }
  say_bytes(String_val(v), caml_string_length(v));
  CAMLreturn0;
}

static void variant_case(int i)
{
  static const char *const names[] = { "A", "Foo", "a_longer_name", "", "Z9", "\xe9t\xe9" };
  say("%ld", (long) caml_hash_variant(names[i]));
}

/* --- exceptions --- */

static value named_exception(const char *name)
{
  CAMLparam0();
  CAMLlocal2(exn, copy);
  exn = caml_alloc(2, Object_tag);
  copy = caml_copy_string(name);
  Store_field(exn, 0, copy);
  Store_field(exn, 1, Val_int(77));
  CAMLreturn(exn);
}

static void format_case(int i)
{
  static const char *const names[] = { "Own", "Module.Own", "A", "Failure" };
  CAMLparam0();
  CAMLlocal4(name, exn, argument, tuple);
  name = named_exception(names[i / 5]);
  argument = caml_copy_string("text \"quoted\"\n");
  switch (i % 5) {
  case 0: exn = name; break;
  case 1: exn = caml_alloc(2, 0); Store_field(exn, 1, argument); break;
  case 2:
    exn = caml_alloc(4, 0);
    Store_field(exn, 1, Val_int(-5));
    Store_field(exn, 2, argument);
    argument = caml_copy_double(1.5);
    Store_field(exn, 3, argument);
    break;
  case 3: exn = caml_alloc(2, 0); Store_field(exn, 1, Val_int(3)); break;
  default:
    tuple = caml_alloc(3, 0);
    Store_field(tuple, 0, argument);
    Store_field(tuple, 1, Val_int(12));
    Store_field(tuple, 2, Val_int(3));
    exn = caml_alloc(2, 0);
    Store_field(exn, 1, tuple);
  }
  if (i % 5 != 0) Store_field(exn, 0, name);
  char *formatted = caml_format_exception(exn);
  say_bytes(formatted, strlen(formatted));
  caml_stat_free(formatted);
  CAMLreturn0;
}

static value flag(int number)
{
  value flags = caml_alloc_small(2, Tag_cons);
  Field(flags, 0) = Val_int(number);
  Field(flags, 1) = Val_emptylist;
  return flags;
}

static void raise_case(int i, value closure)
{
  CAMLparam1(closure);
  CAMLlocal3(v, flags, bytes);
  char small[4];
  switch (i) {
  case 0: caml_failwith("a failure");
  case 1: caml_invalid_argument("an argument");
  case 2: caml_raise_not_found();
  case 3: caml_raise_end_of_file();
  case 4: caml_raise_zero_divide();
  case 5: caml_raise_out_of_memory();
  case 6: caml_raise_sys_error(caml_copy_string("a system error"));
  case 7: caml_array_bound_error();
  case 8: caml_raise_sys_blocked_io();
  case 9: caml_failwith_value(caml_copy_string("a value"));
  case 10: caml_invalid_argument_value(caml_copy_string("a value"));
  case 11: caml_compare(closure, closure); break;
  case 12: caml_equal(closure, closure); break;
  case 13:
    v = custom(&silent, 1);
    bytes = custom(&silent, 1);
    caml_compare(v, bytes);
    break;
  case 14: caml_output_value_to_bytes(closure, Val_emptylist); break;
  case 15: caml_output_value_to_bytes(custom(&silent, 1), Val_emptylist); break;
  case 16: caml_output_value_to_bytes(caml_alloc(1, Abstract_tag), Val_emptylist); break;
  case 17:
    flags = flag(2);
    caml_output_value_to_bytes(Val_long((intnat) 1 << 40), flags);
    break;
  case 18:
    flags = flag(2);
    v = caml_copy_nativeint((intnat) 1 << 40);
    caml_output_value_to_bytes(v, flags);
    break;
  case 19: caml_output_value_to_block(Val_int(1), Val_emptylist, small, 4); break;
  case 20: caml_input_value_from_block("not a value, but long enough for its header", 43); break;
  case 21:
    bytes = caml_output_value_to_bytes(caml_copy_string("some text"), Val_emptylist);
    caml_input_value_from_block(String_val(bytes), 24);
    break;
  case 22:
    v = caml_alloc(1, Abstract_tag);
    bytes = caml_alloc(1, Abstract_tag);
    caml_compare(v, bytes);
    break;
  case 23: say("%ld", (long) Int_val(caml_compare(Val_int(1), closure))); break;
  case 24: say("%ld", (long) Long_val(caml_hash(Val_int(10), Val_int(100), Val_int(0), closure)) * 0); break;
  default: caml_raise_stack_overflow();
  }
  CAMLreturn0;
}

/* --- ephemerons --- */

#if OCAML_VERSION < 50000
static value kept = Val_unit, ephemeron = Val_unit;

/* The caller collects between two of them. */
static void ephemeron_case(int i)
{
  CAMLparam0();
  CAMLlocal3(v, data, copy);
  if (i == 0) {
    caml_register_generational_global_root(&kept);
    caml_register_generational_global_root(&ephemeron);
    caml_modify_generational_global_root(&kept, caml_copy_string("kept"));
  }
  if (i % 2 == 0) {
    caml_modify_generational_global_root(&ephemeron, caml_ephemeron_create(3));
    data = caml_copy_string("data");
    caml_ephemeron_set_key(ephemeron, 0, kept);
    v = i < 4 ? kept : caml_copy_string("lost");
    caml_ephemeron_set_key(ephemeron, 1, v);
    caml_ephemeron_set_data(ephemeron, data);
    if (i == 2) caml_ephemeron_unset_data(ephemeron);
  }
  say("%ld keys, ", (long) caml_ephemeron_num_keys(ephemeron));
  for (mlsize_t key = 0; key < 3; key++) {
    int found = caml_ephemeron_get_key_copy(ephemeron, key, &copy);
    say("%d %s ", caml_ephemeron_key_is_set(ephemeron, key), found ? String_val(copy) : "-");
    if (found) say("%d ", copy == kept);
  }
  int found = caml_ephemeron_get_data(ephemeron, &copy);
  say("data %d %s", caml_ephemeron_data_is_set(ephemeron), found ? String_val(copy) : "-");
  CAMLreturn0;
}
enum { EPHEMERONS = 6 };
#else
static void ephemeron_case(int i)
{
  (void) i;
}
enum { EPHEMERONS = 0 };
#endif

/* --- all of them --- */

enum {
  NUMBERS = COUNT(numbers), DIGESTS = 70, PRINTS = 6, VARIANTS = 6, FORMATS = 20, RAISES = 26
};

value count_cases(value unit)
{
  (void) unit;
  return Val_int(VALUES + 2 * NUMBERS + DIGESTS + PRINTS + VARIANTS + FORMATS + RAISES + EPHEMERONS);
}

value run_case(value number, value closure)
{
  int i = Int_val(number);
  length = 0;
  text[0] = 0;
  if (i == 0) caml_register_custom_operations(&written);
  if (i < VALUES) value_case(i);
  else if ((i -= VALUES) < NUMBERS) int_case(i);
  else if ((i -= NUMBERS) < NUMBERS) float_case(i);
  else if ((i -= NUMBERS) < DIGESTS) digest_case(i);
  else if ((i -= DIGESTS) < PRINTS) print_case(i);
  else if ((i -= PRINTS) < VARIANTS) variant_case(i);
  else if ((i -= VARIANTS) < FORMATS) format_case(i);
  else if ((i -= FORMATS) < RAISES) raise_case(i, closure);
  else ephemeron_case(i - RAISES);
  return caml_copy_string(text);
}
