/* Values as bytes, in the format of OCaml's Marshal. */
#include "sim.h"

#include <caml/alloc.h>
#include <caml/fail.h>
#include <caml/intext.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS(block) ((value *) (block))
#define HEADER(block) (((header_t *) (block))[-1])

#define MAGIC_SMALL 0x8495A6BEu
#define MAGIC_BIG 0x8495A6BFu
#define SMALL_HEADER 20
#define BIG_HEADER 32

enum {
  CODE_INT8, CODE_INT16, CODE_INT32, CODE_INT64, CODE_SHARED8, CODE_SHARED16, CODE_SHARED32,
  CODE_DOUBLE_ARRAY32_LITTLE, CODE_BLOCK32, CODE_STRING8, CODE_STRING32, CODE_DOUBLE_BIG,
  CODE_DOUBLE_LITTLE, CODE_DOUBLE_ARRAY8_BIG, CODE_DOUBLE_ARRAY8_LITTLE, CODE_DOUBLE_ARRAY32_BIG,
  CODE_CODEPOINTER, CODE_INFIXPOINTER, CODE_CUSTOM, CODE_BLOCK64, CODE_SHARED64, CODE_STRING64,
  CODE_DOUBLE_ARRAY64_BIG, CODE_DOUBLE_ARRAY64_LITTLE, CODE_CUSTOM_LEN, CODE_CUSTOM_FIXED,
  CODE_NULL = 0x1F, SMALL_STRING = 0x20, SMALL_INT = 0x40, SMALL_BLOCK = 0x80,
};

/* --- output --- */

typedef struct {
  sim *s;
  caller by;
  unsigned char *bytes;
  size_t length, capacity;
  bool sharing;
  bool narrow; /* a machine of 32 bits is to read it */
  value *seen; /* a hash table of the blocks that were written, and their numbers */
  uintnat *numbers;
  size_t slots;
  uintnat objects, words_32, words_64;
  values left; /* the fields of a block that are to be written still: where, and how many */
} output;

/* The functions of custom blocks write to what is being written. */
static __thread output *current_output;

static void free_output(output *o)
{
  free(o->seen);
  free(o->numbers);
  free(o->left.items);
  o->seen = NULL, o->numbers = NULL, o->left.items = NULL;
  current_output = NULL;
}

CAMLnoret static void give_up(output *o, const char *why)
{
  free_output(o);
  free(o->bytes);
  caml_invalid_argument(why);
}

/* What is larger on a machine of 64 bits than on one of 32. */
static void check_size(output *o, bool fits, const char *what)
{
  if (fits || !o->narrow) return;
  char why[100];
  snprintf(why, sizeof why, "output_value: %s cannot be read back on 32-bit platform", what);
  free_output(o);
  free(o->bytes);
  caml_failwith(why);
}

static unsigned char *room(output *o, size_t size)
{
  if (o->length + size > o->capacity) {
    o->capacity = 2 * o->capacity + size + 64;
    o->bytes = realloc(o->bytes, o->capacity);
    if (o->bytes == NULL) abort();
  }
  o->length += size;
  return o->bytes + o->length - size;
}

static void put(unsigned char *to, uint64_t number, int size)
{
  for (int i = 0; i < size; i++) to[i] = (unsigned char) (number >> 8 * (size - 1 - i));
}

static void write_number(output *o, uint64_t number, int size)
{
  put(room(o, (size_t) size), number, size);
}

static void write_code(output *o, int code, uint64_t number, int size)
{
  *room(o, 1) = (unsigned char) code;
  write_number(o, number, size);
}

static void write_bytes(output *o, const void *data, size_t size)
{
  memcpy(room(o, size), data, size);
}

static void write_long(output *o, intnat n)
{
  check_size(o, n >= -(1L << 30) && n < 1L << 30, "integer");
  if (n >= 0 && n < 0x40) *room(o, 1) = (unsigned char) (SMALL_INT + n);
  else if (n == (int8_t) n) write_code(o, CODE_INT8, (uint64_t) n, 1);
  else if (n == (int16_t) n) write_code(o, CODE_INT16, (uint64_t) n, 2);
  /* What a machine of 32 bits has no int for is written in 64. */
  else if (n >= -(1L << 30) && n < 1L << 30) write_code(o, CODE_INT32, (uint64_t) n, 4);
  else write_code(o, CODE_INT64, (uint64_t) n, 8);
}

/* --- what was written before --- */

static size_t slot_of(output *o, value v)
{
  size_t i = (uintnat) v / sizeof(value) * 0x9E3779B97F4A7C15u >> 20;
  for (i %= o->slots; o->seen[i] != 0 && o->seen[i] != v; i = (i + 1) % o->slots) continue;
  return i;
}

static void grow(output *o)
{
  output old = *o;
  o->slots = o->slots == 0 ? 256 : 2 * o->slots;
  o->seen = calloc(o->slots, sizeof *o->seen);
  o->numbers = calloc(o->slots, sizeof *o->numbers);
  if (o->seen == NULL || o->numbers == NULL) abort();
  for (size_t i = 0; i < old.slots; i++) {
    if (old.seen[i] == 0) continue;
    size_t j = slot_of(o, old.seen[i]);
    o->seen[j] = old.seen[i];
    o->numbers[j] = old.numbers[i];
  }
  free(old.seen);
  free(old.numbers);
}

/* A block that was written has a number; the others get the next one. */
static bool write_shared(output *o, value v)
{
  if (2 * o->objects >= o->slots) grow(o);
  size_t i = slot_of(o, v);
  if (o->seen[i] != v) return false;
  uintnat back = o->objects - o->numbers[i];
  if (back < 0x100) write_code(o, CODE_SHARED8, back, 1);
  else if (back < 0x10000) write_code(o, CODE_SHARED16, back, 2);
  else if (back < 1UL << 32) write_code(o, CODE_SHARED32, back, 4);
  else write_code(o, CODE_SHARED64, back, 8);
  return true;
}

static void count(output *o, value v, uintnat words_32, uintnat words_64)
{
  if (o->sharing) {
    size_t i = slot_of(o, v);
    o->seen[i] = v;
    o->numbers[i] = o->objects++;
  }
  o->words_32 += 1 + words_32;
  o->words_64 += 1 + words_64;
}

/* --- blocks --- */

static void write_string(output *o, value v)
{
  mlsize_t n = caml_string_length(v);
  check_size(o, n <= 0xFFFFFB, "string");
  if (n < 0x20) *room(o, 1) = (unsigned char) (SMALL_STRING + n);
  else if (n < 0x100) write_code(o, CODE_STRING8, n, 1);
  else if (n < 1UL << 32) write_code(o, CODE_STRING32, n, 4);
  else write_code(o, CODE_STRING64, n, 8);
  write_bytes(o, (char *) v, n);
  count(o, v, (n + 4) / 4, (n + 8) / 8);
}

static void write_floats(output *o, value v, mlsize_t n)
{
  check_size(o, n <= 0x1FFFFF, "float array");
  if (n < 0x100) write_code(o, CODE_DOUBLE_ARRAY8_LITTLE, n, 1);
  else if (n < 1UL << 32) write_code(o, CODE_DOUBLE_ARRAY32_LITTLE, n, 4);
  else write_code(o, CODE_DOUBLE_ARRAY64_LITTLE, n, 8);
  write_bytes(o, (void *) v, n * sizeof(double));
  count(o, v, n * 2, n);
}

static void write_custom(output *o, value v)
{
  const struct custom_operations *ops = (const struct custom_operations *) FIELDS(v)[0];
  if (ops->serialize == NULL) give_up(o, "output_value: abstract value (Custom)");
  const struct custom_fixed_length *fixed = ops->fixed_length;
  *room(o, 1) = fixed == NULL ? CODE_CUSTOM_LEN : CODE_CUSTOM_FIXED;
  write_bytes(o, ops->identifier, strlen(ops->identifier) + 1);
  size_t sizes = o->length;
  if (fixed == NULL) room(o, 12);
  uintnat size_32 = 0, size_64 = 0;
  const char *before = o->s->operation;
  o->s->operation = "marshalled";
  ops->serialize(v, &size_32, &size_64);
  o->s->operation = before;
  if (fixed == NULL) {
    put(o->bytes + sizes, size_32, 4);
    put(o->bytes + sizes + 4, size_64, 8);
  } else if (size_32 != (uintnat) fixed->bsize_32 || size_64 != (uintnat) fixed->bsize_64) {
    sim_fail(o->s, "crash", o->by.site,
             "serialize of %s does not give the sizes that fixed_length states", ops->identifier);
  }
  count(o, v, 1 + (size_32 + 3) / 4, 1 + (size_64 + 7) / 8);
}

static void write_fields(output *o, value v, tag_t tag, mlsize_t wosize)
{
  check_size(o, wosize < 1UL << 22, "array");
  uint64_t header = wosize << 10 | (o->s->version >= 50000 ? NOT_MARKABLE : 0) | tag;
  if (tag < 16 && wosize < 8) *room(o, 1) = (unsigned char) (SMALL_BLOCK + tag + (wosize << 4));
  else if (wosize < 1UL << 22) write_code(o, CODE_BLOCK32, header, 4);
  else write_code(o, CODE_BLOCK64, header, 8);
  if (wosize == 0) return;
  count(o, v, wosize, wosize);
  sim_push_value(&o->left, v);
  sim_push_value(&o->left, (value) wosize);
}

static void write_block(output *o, value v)
{
  sim_live(o->s, v, "a block is marshalled", o->by.site);
  header_t header = HEADER(v);
  mlsize_t wosize = Wosize_hd(header);
  if (sim_is_mixed(header)) give_up(o, "output_value: mixed block");
  if (Tag_hd(header) == Forward_tag) {
    sim_push_value(&o->left, v);
    sim_push_value(&o->left, 1);
    return;
  }
  if (wosize > 0 && o->sharing && write_shared(o, v)) return;
  switch (Tag_hd(header)) {
  case String_tag: write_string(o, v); return;
  case Double_tag:
    *room(o, 1) = CODE_DOUBLE_LITTLE;
    write_bytes(o, (void *) v, sizeof(double));
    count(o, v, 2, 1);
    return;
  case Double_array_tag: write_floats(o, v, wosize); return;
  case Custom_tag: write_custom(o, v); return;
  case Abstract_tag: give_up(o, "output_value: abstract value (Abstract)");
  case Closure_tag:
  case Infix_tag: give_up(o, "output_value: functional value");
  case Cont_tag:
    if (o->s->version >= 50000) give_up(o, "output_value: continuation value");
  }
  write_fields(o, v, Tag_hd(header), wosize);
}

static void write_value(output *o, value v)
{
  if (sim_is_null(o->s, v)) *room(o, 1) = CODE_NULL;
  else if (Is_long(v)) write_long(o, v >> 1);
  else write_block(o, v);
}

/* Depth first, so that a reader can build each block before what comes after it. */
static void write_all(output *o, value v)
{
  write_value(o, v);
  while (o->left.count > 0) {
    mlsize_t left = (mlsize_t) o->left.items[--o->left.count];
    value block = o->left.items[--o->left.count];
    mlsize_t wosize = Wosize_hd(HEADER(block));
    if (left > 1) {
      sim_push_value(&o->left, block);
      sim_push_value(&o->left, (value) (left - 1));
    }
    write_value(o, FIELDS(block)[wosize - left]);
  }
}

static int write_header(const output *o, unsigned char *header)
{
  bool big = o->length >= 1UL << 32 || o->words_32 >= 1UL << 32 || o->words_64 >= 1UL << 32;
  put(header, big ? MAGIC_BIG : MAGIC_SMALL, 4);
  if (big) {
    put(header + 4, 0, 4);
    put(header + 8, o->length, 8);
    put(header + 16, o->objects, 8);
    put(header + 24, o->words_64, 8);
    return BIG_HEADER;
  }
  put(header + 4, o->length, 4);
  put(header + 8, o->objects, 4);
  put(header + 12, o->words_32, 4);
  put(header + 16, o->words_64, 4);
  return SMALL_HEADER;
}

/* The header is known when the rest is written; what is returned is malloc'ed. */
static unsigned char *written(sim *s, value v, value flags, intnat *length, caller by)
{
  output o = { .s = s, .by = by, .sharing = true };
  for (; Is_block(flags); flags = *caml_sim_field(flags, 1)) {
    value flag = *caml_sim_field(flags, 0);
    if (flag == Val_int(0)) o.sharing = false;
    if (flag == Val_int(2)) o.narrow = true;
  }
  current_output = &o;
  write_all(&o, v);
  unsigned char header[BIG_HEADER];
  int size = write_header(&o, header);
  room(&o, (size_t) size);
  memmove(o.bytes + size, o.bytes, o.length - (size_t) size);
  memcpy(o.bytes, header, (size_t) size);
  *length = (intnat) o.length;
  free_output(&o);
  return o.bytes;
}

SIM_EXPORT void caml_output_value_to_malloc(value v, value flags, char **buffer, intnat *length)
{
  sim *s = ENTER("caml_output_value_to_malloc");
  *buffer = (char *) written(s, v, flags, length, HERE("caml_output_value_to_malloc"));
}

SIM_EXPORT intnat caml_output_value_to_block(value v, value flags, char *block, intnat size)
{
  sim *s = ENTER("caml_output_value_to_block");
  intnat length;
  unsigned char *bytes = written(s, v, flags, &length, HERE("caml_output_value_to_block"));
  bool fits = length <= size;
  if (fits) memcpy(block, bytes, (size_t) length);
  free(bytes);
  if (!fits) caml_failwith("Marshal.to_buffer: buffer overflow");
  return length;
}

SIM_EXPORT value caml_output_value_to_bytes(value v, value flags)
{
  sim *s = ENTER("caml_output_value_to_bytes");
  intnat length;
  unsigned char *bytes = written(s, v, flags, &length, HERE("caml_output_value_to_bytes"));
  value result = caml_alloc_initialized_string((mlsize_t) length, (char *) bytes);
  free(bytes);
  return result;
}

SIM_EXPORT value caml_output_value_to_string(value v, value flags)
{
  return caml_output_value_to_bytes(v, flags);
}

/* --- input --- */

typedef struct {
  sim *s;
  const unsigned char *at;
  chunk_state where;
  caller by;
  values objects; /* by their numbers */
  values left;    /* blocks whose fields are to be read: which, and how many */
} input;

static __thread input *current_input;

static uint64_t get(const unsigned char *from, int size)
{
  uint64_t n = 0;
  for (int i = 0; i < size; i++) n = n << 8 | from[i];
  return n;
}

static uint64_t read_number(input *in, int size)
{
  in->at += size;
  return get(in->at - size, size);
}

static void free_input(input *in)
{
  free(in->objects.items);
  free(in->left.items);
  current_input = NULL;
}

CAMLnoret static void refuse(input *in, const char *why)
{
  free_input(in);
  caml_failwith(why);
}

static value taken(input *in, mlsize_t wosize, tag_t tag)
{
  value block = sim_take(in->s, wosize, tag, in->where, in->by);
  sim_push_value(&in->objects, block);
  return block;
}

static value read_fields(input *in, tag_t tag, mlsize_t wosize)
{
  if (wosize == 0) return caml_atom(tag);
  value block = taken(in, wosize, tag);
  for (mlsize_t i = 0; i < wosize; i++) FIELDS(block)[i] = Val_unit;
  sim_push_value(&in->left, block);
  sim_push_value(&in->left, (value) wosize);
  return block;
}

static value read_string(input *in, mlsize_t length)
{
  mlsize_t wosize = length / sizeof(value) + 1, last = Bsize_wsize(wosize) - 1;
  value block = taken(in, wosize, String_tag);
  FIELDS(block)[wosize - 1] = 0;
  ((unsigned char *) block)[last] = (unsigned char) (last - length);
  memcpy((char *) block, in->at, length);
  in->at += length;
  return block;
}

static void read_doubles(input *in, double *to, mlsize_t n, bool big)
{
  for (mlsize_t i = 0; i < n; i++) {
    uint64_t bits = read_number(in, 8);
    if (!big) bits = __builtin_bswap64(bits);
    memcpy(&to[i], &bits, sizeof bits);
  }
}

static value read_floats(input *in, mlsize_t n, bool big)
{
  if (n == 0) return caml_atom(0);
  value block = taken(in, n, Double_array_tag);
  read_doubles(in, (double *) block, n, big);
  return block;
}

static value read_custom(input *in, int code)
{
  const char *identifier = (const char *) in->at;
  const struct custom_operations *ops = caml_find_custom_operations((char *) identifier);
  if (ops == NULL) refuse(in, "input_value: unknown custom block identifier");
  in->at += strlen(identifier) + 1;
  uintnat expected;
  if (code == CODE_CUSTOM_FIXED) {
    if (ops->fixed_length == NULL) refuse(in, "input_value: expected a fixed-size custom block");
    expected = (uintnat) ops->fixed_length->bsize_64;
  } else {
    read_number(in, 4);
    expected = read_number(in, 8);
  }
  value block = taken(in, 1 + (expected + sizeof(value) - 1) / sizeof(value), Custom_tag);
  FIELDS(block)[0] = (value) ops;
  const char *before = in->s->operation;
  in->s->operation = "unmarshalled";
  uintnat size = ops->deserialize(&FIELDS(block)[1]);
  in->s->operation = before;
  if (size != expected) refuse(in, "input_value: incorrect length of serialized custom block");
  if (ops->finalize != NULL) sim_push_value(&in->s->finalisable, block);
  return block;
}

static value read_shared(input *in, uintnat back)
{
  if (back == 0 || back > in->objects.count) refuse(in, "input_value: bad object");
  return in->objects.items[in->objects.count - back];
}

static value read_header_and_fields(input *in, int size)
{
  uint64_t header = read_number(in, size);
  return read_fields(in, (tag_t) (header & 0xFF), header >> 10);
}

static value read_value(input *in)
{
  int code = (int) read_number(in, 1);
  if (code >= SMALL_BLOCK) return read_fields(in, code & 0xF, (mlsize_t) (code >> 4 & 7));
  if (code >= SMALL_INT) return Val_long(code & 0x3F);
  if (code >= SMALL_STRING) return read_string(in, (mlsize_t) (code & 0x1F));
  switch (code) {
  case CODE_INT8: return Val_long((int8_t) read_number(in, 1));
  case CODE_INT16: return Val_long((int16_t) read_number(in, 2));
  case CODE_INT32: return Val_long((int32_t) read_number(in, 4));
  case CODE_INT64: return Val_long((int64_t) read_number(in, 8));
  case CODE_SHARED8: return read_shared(in, read_number(in, 1));
  case CODE_SHARED16: return read_shared(in, read_number(in, 2));
  case CODE_SHARED32: return read_shared(in, read_number(in, 4));
  case CODE_SHARED64: return read_shared(in, read_number(in, 8));
  case CODE_BLOCK32: return read_header_and_fields(in, 4);
  case CODE_BLOCK64: return read_header_and_fields(in, 8);
  case CODE_STRING8: return read_string(in, read_number(in, 1));
  case CODE_STRING32: return read_string(in, read_number(in, 4));
  case CODE_STRING64: return read_string(in, read_number(in, 8));
  case CODE_DOUBLE_BIG:
  case CODE_DOUBLE_LITTLE: {
    value block = taken(in, 1, Double_tag);
    read_doubles(in, (double *) block, 1, code == CODE_DOUBLE_BIG);
    return block;
  }
  case CODE_DOUBLE_ARRAY8_BIG: return read_floats(in, read_number(in, 1), true);
  case CODE_DOUBLE_ARRAY8_LITTLE: return read_floats(in, read_number(in, 1), false);
  case CODE_DOUBLE_ARRAY32_BIG: return read_floats(in, read_number(in, 4), true);
  case CODE_DOUBLE_ARRAY32_LITTLE: return read_floats(in, read_number(in, 4), false);
  case CODE_DOUBLE_ARRAY64_BIG: return read_floats(in, read_number(in, 8), true);
  case CODE_DOUBLE_ARRAY64_LITTLE: return read_floats(in, read_number(in, 8), false);
  case CODE_CUSTOM_LEN:
  case CODE_CUSTOM_FIXED: return read_custom(in, code);
  case CODE_NULL:
    if (in->s->oxcaml) return 0;
    break;
  case CODE_CODEPOINTER:
  case CODE_INFIXPOINTER: refuse(in, "input_value: code mismatch");
  }
  refuse(in, "input_value: ill-formed message");
}

static value read_all(input *in)
{
  value result = read_value(in);
  while (in->left.count > 0) {
    mlsize_t left = (mlsize_t) in->left.items[--in->left.count];
    value block = in->left.items[--in->left.count];
    if (left > 1) {
      sim_push_value(&in->left, block);
      sim_push_value(&in->left, (value) (left - 1));
    }
    /* It may be a block whose fields come first. */
    FIELDS(block)[Wosize_hd(HEADER(block)) - left] = read_value(in);
  }
  return result;
}

typedef struct {
  int size;
  uint64_t length, words;
} message;

static message parsed(const unsigned char *at, const char *malformed)
{
  uint32_t magic = (uint32_t) get(at, 4);
  if (magic == MAGIC_SMALL) return (message){ SMALL_HEADER, get(at + 4, 4), get(at + 16, 4) };
  if (magic == MAGIC_BIG) return (message){ BIG_HEADER, get(at + 8, 8), get(at + 24, 8) };
  caml_failwith(malformed);
}

/* All blocks are made at once, with nothing that may collect between them. */
static value read_message(sim *s, const unsigned char *data, message m, caller by)
{
  input in = { .s = s, .at = data, .by = by };
  in.where = sim_place(s, m.words);
  current_input = &in;
  value result = read_all(&in);
  free_input(&in);
  return result;
}

SIM_EXPORT value caml_input_value_from_block(const char *data, intnat length)
{
  caller by = HERE("caml_input_value_from_block");
  sim *s = sim_enter(by);
  const unsigned char *at = (const unsigned char *) data;
  if (length < SMALL_HEADER) caml_failwith("input_value_from_block: bad message");
  message m = parsed(at, "input_value_from_block: bad object");
  if ((uint64_t) m.size + m.length > (uint64_t) length)
    caml_failwith("input_val_from_block: bad length");
  sim_point(s, by);
  return sim_poll_and_raise(s, read_message(s, at + m.size, m, by), by);
}

SIM_EXPORT value caml_input_value_from_malloc(char *data, intnat offset)
{
  caller by = HERE("caml_input_value_from_malloc");
  sim *s = sim_enter(by);
  const unsigned char *at = (const unsigned char *) data + offset;
  message m = parsed(at, "input_value_from_malloc: bad object");
  sim_point(s, by);
  value result = read_message(s, at + m.size, m, by);
  free(data);
  return sim_poll_and_raise(s, result, by);
}

/* The string is found again after the collection. */
SIM_EXPORT value caml_input_val_from_string(value string, intnat offset)
{
  caller by = HERE("caml_input_val_from_string");
  sim *s = sim_enter(by);
  message m = parsed((unsigned char *) caml_sim_bytes(string) + offset, "input_value: bad object");
  if ((uint64_t) offset + (uint64_t) m.size + m.length > caml_string_length(string))
    caml_failwith("input_val_from_string: bad length");
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &string } };
  s->local_roots = &roots;
  sim_point(s, by);
  s->local_roots = roots.next;
  value result = read_message(s, (unsigned char *) string + offset + m.size, m, by);
  return sim_poll_and_raise(s, result, by);
}

SIM_EXPORT value caml_input_value_from_bytes(value string, value offset)
{
  return caml_input_val_from_string(string, Long_val(offset));
}

/* --- for the functions of custom blocks --- */

static output *writing(caller by)
{
  sim *s = sim_enter(by);
  if (current_output == NULL)
    sim_fail(s, "crash", by.site, "%s is called while nothing is marshalled", by.function);
  return current_output;
}

static input *reading(caller by)
{
  sim *s = sim_enter(by);
  if (current_input == NULL)
    sim_fail(s, "crash", by.site, "%s is called while nothing is unmarshalled",
             by.function);
  return current_input;
}

SIM_EXPORT void caml_serialize_int_1(int n)
{
  write_number(writing(HERE("caml_serialize_int_1")), (uint64_t) n, 1);
}

SIM_EXPORT void caml_serialize_int_2(int n)
{
  write_number(writing(HERE("caml_serialize_int_2")), (uint64_t) n, 2);
}

SIM_EXPORT void caml_serialize_int_4(int32_t n)
{
  write_number(writing(HERE("caml_serialize_int_4")), (uint64_t) n, 4);
}

SIM_EXPORT void caml_serialize_int_8(int64_t n)
{
  write_number(writing(HERE("caml_serialize_int_8")), (uint64_t) n, 8);
}

/* Each of some numbers as bytes, the first of them the most significant. */
static void write_each(output *o, const void *data, intnat number, int size)
{
  for (intnat i = 0; i < number; i++) {
    uint64_t n = 0;
    memcpy(&n, (const char *) data + i * size, (size_t) size);
    write_number(o, n, size);
  }
}

static void read_each(input *in, void *data, intnat number, int size)
{
  for (intnat i = 0; i < number; i++) {
    uint64_t n = read_number(in, size);
    memcpy((char *) data + i * size, &n, (size_t) size);
  }
}

SIM_EXPORT void caml_serialize_float_4(float f)
{
  write_each(writing(HERE("caml_serialize_float_4")), &f, 1, 4);
}

/* Doubles are in the order of the machine that wrote them. */
SIM_EXPORT void caml_serialize_float_8(double d)
{
  write_bytes(writing(HERE("caml_serialize_float_8")), &d, 8);
}

SIM_EXPORT void caml_serialize_block_1(void *data, intnat number)
{
  write_bytes(writing(HERE("caml_serialize_block_1")), data, (size_t) number);
}

SIM_EXPORT void caml_serialize_block_2(void *data, intnat number)
{
  write_each(writing(HERE("caml_serialize_block_2")), data, number, 2);
}

SIM_EXPORT void caml_serialize_block_4(void *data, intnat number)
{
  write_each(writing(HERE("caml_serialize_block_4")), data, number, 4);
}

SIM_EXPORT void caml_serialize_block_8(void *data, intnat number)
{
  write_each(writing(HERE("caml_serialize_block_8")), data, number, 8);
}

SIM_EXPORT void caml_serialize_block_float_8(void *data, intnat number)
{
  write_bytes(writing(HERE("caml_serialize_block_float_8")), data, 8 * (size_t) number);
}

SIM_EXPORT int caml_deserialize_uint_1(void)
{
  return (int) read_number(reading(HERE("caml_deserialize_uint_1")), 1);
}

SIM_EXPORT int caml_deserialize_sint_1(void)
{
  return (int8_t) read_number(reading(HERE("caml_deserialize_sint_1")), 1);
}

SIM_EXPORT int caml_deserialize_uint_2(void)
{
  return (int) read_number(reading(HERE("caml_deserialize_uint_2")), 2);
}

SIM_EXPORT int caml_deserialize_sint_2(void)
{
  return (int16_t) read_number(reading(HERE("caml_deserialize_sint_2")), 2);
}

SIM_EXPORT uint32_t caml_deserialize_uint_4(void)
{
  return (uint32_t) read_number(reading(HERE("caml_deserialize_uint_4")), 4);
}

SIM_EXPORT int32_t caml_deserialize_sint_4(void)
{
  return (int32_t) read_number(reading(HERE("caml_deserialize_sint_4")), 4);
}

SIM_EXPORT uint64_t caml_deserialize_uint_8(void)
{
  return read_number(reading(HERE("caml_deserialize_uint_8")), 8);
}

SIM_EXPORT int64_t caml_deserialize_sint_8(void)
{
  return (int64_t) read_number(reading(HERE("caml_deserialize_sint_8")), 8);
}

SIM_EXPORT float caml_deserialize_float_4(void)
{
  float f;
  read_each(reading(HERE("caml_deserialize_float_4")), &f, 1, 4);
  return f;
}

SIM_EXPORT double caml_deserialize_float_8(void)
{
  double d;
  read_doubles(reading(HERE("caml_deserialize_float_8")), &d, 1, false);
  return d;
}

SIM_EXPORT void caml_deserialize_block_1(void *data, intnat number)
{
  input *in = reading(HERE("caml_deserialize_block_1"));
  memcpy(data, in->at, (size_t) number);
  in->at += number;
}

SIM_EXPORT void caml_deserialize_block_2(void *data, intnat number)
{
  read_each(reading(HERE("caml_deserialize_block_2")), data, number, 2);
}

SIM_EXPORT void caml_deserialize_block_4(void *data, intnat number)
{
  read_each(reading(HERE("caml_deserialize_block_4")), data, number, 4);
}

SIM_EXPORT void caml_deserialize_block_8(void *data, intnat number)
{
  read_each(reading(HERE("caml_deserialize_block_8")), data, number, 8);
}

SIM_EXPORT void caml_deserialize_block_float_8(void *data, intnat number)
{
  read_doubles(reading(HERE("caml_deserialize_block_float_8")), data, (mlsize_t) number, false);
}

/* The one way in which a function of a custom block may raise. */
SIM_EXPORT void caml_deserialize_error(char *why)
{
  input *in = reading(HERE("caml_deserialize_error"));
  in->s->operation = NULL;
  refuse(in, why);
}

/* What a fault has left of an unfinished message is gone with its stack frame. */
void sim_forget_marshalling(void)
{
  current_output = NULL;
  current_input = NULL;
}
