/* The hash function of OCaml's Hashtbl: MurmurHash 3 over the first values of a breadth-first walk. */
#include "sim.h"

#include <caml/fail.h>
#include <caml/hash.h>

#include <string.h>

#define FIELDS(block) ((value *) (block))
#define HEADER(block) (((header_t *) (block))[-1])
#define QUEUE_LENGTH 256
#define MAX_FORWARDS 1000

static uint32_t rotated(uint32_t x, int by)
{
  return x << by | x >> (32 - by);
}

static uint32_t mixed(uint32_t hash, uint32_t data)
{
  hash ^= rotated(data * 0xCC9E2D51u, 15) * 0x1B873593u;
  return rotated(hash, 13) * 5 + 0xE6546B64u;
}

static uint32_t final(uint32_t hash)
{
  hash = (hash ^ hash >> 16) * 0x85EBCA6Bu;
  hash = (hash ^ hash >> 13) * 0xC2B2AE35u;
  return hash ^ hash >> 16;
}

SIM_EXPORT uint32_t caml_hash_mix_uint32(uint32_t hash, uint32_t data)
{
  return mixed(hash, data);
}

/* The same on machines of 32 and of 64 bits, for numbers that both have. */
SIM_EXPORT uint32_t caml_hash_mix_intnat(uint32_t hash, intnat data)
{
  return mixed(hash, (uint32_t) ((data >> 32) ^ (data >> 63) ^ data));
}

SIM_EXPORT uint32_t caml_hash_mix_int64(uint32_t hash, int64_t data)
{
  return mixed(mixed(hash, (uint32_t) data), (uint32_t) ((uint64_t) data >> 32));
}

/* All NaNs are one, and so are the zeros. */
SIM_EXPORT uint32_t caml_hash_mix_double(uint32_t hash, double data)
{
  uint64_t bits;
  memcpy(&bits, &data, sizeof bits);
  if (data != data) bits = 0x7FF0000000000001u;
  if (data == 0) bits = 0;
  return mixed(mixed(hash, (uint32_t) bits), (uint32_t) (bits >> 32));
}

SIM_EXPORT uint32_t caml_hash_mix_float(uint32_t hash, float data)
{
  uint32_t bits;
  memcpy(&bits, &data, sizeof bits);
  if (data != data) bits = 0x7F800001u;
  if (data == 0) bits = 0;
  return mixed(hash, bits);
}

static uint32_t mix_bytes(uint32_t hash, const unsigned char *text, mlsize_t length)
{
  mlsize_t i = 0;
  for (; i + 4 <= length; i += 4)
    hash = mixed(hash, text[i] | (uint32_t) text[i + 1] << 8 | (uint32_t) text[i + 2] << 16 |
                         (uint32_t) text[i + 3] << 24);
  uint32_t rest = 0;
  for (mlsize_t j = length; j > i; j--) rest = rest << 8 | text[j - 1];
  if (i < length) hash = mixed(hash, rest);
  return hash ^ (uint32_t) length;
}

SIM_EXPORT uint32_t caml_hash_mix_string(uint32_t hash, value string)
{
  ENTER("caml_hash_mix_string");
  const unsigned char *text = (const unsigned char *) caml_sim_bytes(string);
  return mix_bytes(hash, text, caml_string_length(string));
}

/* --- values --- */

typedef struct {
  sim *s;
  caller by;
  uint32_t hash;
  intnat left; /* meaningful values to mix in */
  mlsize_t limit, read, written;
  value queue[QUEUE_LENGTH];
} walk;

static void enqueue(walk *w, value block, mlsize_t from, mlsize_t wosize)
{
  for (mlsize_t i = from; i < wosize && w->written < w->limit; i++)
    w->queue[w->written++] = FIELDS(block)[i];
}

static void mix_custom(walk *w, value block)
{
  const struct custom_operations *ops = (const struct custom_operations *) FIELDS(block)[0];
  if (ops->hash == NULL) return;
  const char *before = w->s->operation;
  w->s->operation = "hashed";
  w->hash = mixed(w->hash, (uint32_t) ops->hash(block));
  w->s->operation = before;
  w->left--;
}

static void mix_closure(walk *w, value block, header_t header)
{
  mlsize_t first = sim_scanned(block, header).first;
  w->hash = mixed(w->hash, (uint32_t) (header & ~(header_t) 0x300));
  for (mlsize_t i = 0; i < first; i++, w->left--)
    w->hash = caml_hash_mix_intnat(w->hash, FIELDS(block)[i]);
  enqueue(w, block, first, Wosize_hd(header));
}

static void mix_block(walk *w, value block)
{
  chunk *in = sim_live(w->s, block, "a block is hashed", w->by.site);
  header_t header = HEADER(block);
  if (in == NULL && w->s->version < 50000 && Color_hd(header) != NOT_MARKABLE) {
    /* A pointer of C's is its address. */
    w->hash = caml_hash_mix_intnat(w->hash, block);
    w->left--;
    return;
  }
  mlsize_t wosize = Wosize_hd(header);
  switch (Tag_hd(header)) {
  case String_tag:
    w->hash = mix_bytes(w->hash, (unsigned char *) block, caml_string_length(block));
    w->left--;
    return;
  case Double_tag:
    w->hash = caml_hash_mix_double(w->hash, *(double *) block);
    w->left--;
    return;
  case Double_array_tag:
    for (mlsize_t i = 0; i < wosize && w->left > 0; i++, w->left--)
      w->hash = caml_hash_mix_double(w->hash, ((double *) block)[i]);
    return;
  case Abstract_tag: return;
  case Object_tag:
    w->hash = caml_hash_mix_intnat(w->hash, FIELDS(block)[1]);
    w->left--;
    return;
  case Custom_tag: mix_custom(w, block); return;
  case Closure_tag: mix_closure(w, block, header); return;
  case Cont_tag:
    if (w->s->version >= 50000) return;
  }
  if (sim_is_mixed(header)) caml_invalid_argument("hash: mixed block value");
  /* The colour is no part of the value. */
  w->hash = mixed(w->hash, (uint32_t) (header & ~(header_t) 0x300));
  enqueue(w, block, 0, wosize);
}

static bool is_block(const walk *w, value v)
{
  return Is_block(v) && !sim_is_null(w->s, v);
}

static value followed(walk *w, value v)
{
  for (int i = 0; i < MAX_FORWARDS && is_block(w, v); i++) {
    sim_live(w->s, v, "a block is hashed", w->by.site);
    if (Tag_hd(HEADER(v)) != Forward_tag) break;
    v = FIELDS(v)[0];
  }
  return v;
}

SIM_EXPORT value caml_hash(value count, value limit, value seed, value v)
{
  walk w = { .s = ENTER("caml_hash"), .by = HERE("caml_hash") };
  w.hash = (uint32_t) Long_val(seed);
  w.left = Long_val(count);
  intnat length = Long_val(limit);
  w.limit = length < 0 || length > QUEUE_LENGTH ? QUEUE_LENGTH : (mlsize_t) length;
  w.queue[w.written++] = v;
  while (w.read < w.written && w.left > 0) {
    value next = followed(&w, w.queue[w.read++]);
    if (is_block(&w, next)) {
      mix_block(&w, next);
      continue;
    }
    w.hash = caml_hash_mix_intnat(w.hash, next);
    w.left--;
  }
  return Val_int(final(w.hash) & 0x3FFFFFFF);
}
