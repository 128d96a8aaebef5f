/* MD5, by RFC 1321. */
#include "sim.h"

#include <caml/md5.h>

#include <string.h>

static uint32_t rotated(uint32_t x, int by)
{
  return x << by | x >> (32 - by);
}

/* The sine table of the RFC. */
static uint32_t constant(int i)
{
  static const uint32_t table[64] = {
    0xD76AA478, 0xE8C7B756, 0x242070DB, 0xC1BDCEEE, 0xF57C0FAF, 0x4787C62A, 0xA8304613, 0xFD469501,
    0x698098D8, 0x8B44F7AF, 0xFFFF5BB1, 0x895CD7BE, 0x6B901122, 0xFD987193, 0xA679438E, 0x49B40821,
    0xF61E2562, 0xC040B340, 0x265E5A51, 0xE9B6C7AA, 0xD62F105D, 0x02441453, 0xD8A1E681, 0xE7D3FBC8,
    0x21E1CDE6, 0xC33707D6, 0xF4D50D87, 0x455A14ED, 0xA9E3E905, 0xFCEFA3F8, 0x676F02D9, 0x8D2A4C8A,
    0xFFFA3942, 0x8771F681, 0x6D9D6122, 0xFDE5380C, 0xA4BEEA44, 0x4BDECFA9, 0xF6BB4B60, 0xBEBFBC70,
    0x289B7EC6, 0xEAA127FA, 0xD4EF3085, 0x04881D05, 0xD9D4D039, 0xE6DB99E5, 0x1FA27CF8, 0xC4AC5665,
    0xF4292244, 0x432AFF97, 0xAB9423A7, 0xFC93A039, 0x655B59C3, 0x8F0CCC92, 0xFFEFF47D, 0x85845DD1,
    0x6FA87E4F, 0xFE2CE6E0, 0xA3014314, 0x4E0811A1, 0xF7537E82, 0xBD3AF235, 0x2AD7D2BB, 0xEB86D391,
  };
  return table[i];
}

SIM_EXPORT void caml_MD5Transform(uint32_t *state, uint32_t *block)
{
  static const int shifts[4][4] = { { 7, 12, 17, 22 }, { 5, 9, 14, 20 }, { 4, 11, 16, 23 },
                                    { 6, 10, 15, 21 } };
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  for (int i = 0; i < 64; i++) {
    uint32_t f;
    int word;
    switch (i / 16) {
    case 0: f = (b & c) | (~b & d), word = i; break;
    case 1: f = (d & b) | (~d & c), word = (5 * i + 1) % 16; break;
    case 2: f = b ^ c ^ d, word = (3 * i + 5) % 16; break;
    default: f = c ^ (b | ~d), word = 7 * i % 16;
    }
    uint32_t next = b + rotated(a + f + constant(i) + block[word], shifts[i / 16][i % 4]);
    a = d, d = c, c = b, b = next;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
}

SIM_EXPORT void caml_MD5Init(struct MD5Context *context)
{
  *context = (struct MD5Context){ .buf = { 0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476 } };
}

static uint64_t bits_of(const struct MD5Context *context)
{
  return (uint64_t) context->bits[1] << 32 | context->bits[0];
}

SIM_EXPORT void caml_MD5Update(struct MD5Context *context, unsigned char *data, uintnat length)
{
  size_t filled = bits_of(context) / 8 % 64;
  uint64_t bits = bits_of(context) + (uint64_t) length * 8;
  context->bits[0] = (uint32_t) bits;
  context->bits[1] = (uint32_t) (bits >> 32);
  while (length > 0) {
    size_t n = length < 64 - filled ? length : 64 - filled;
    memcpy(context->in + filled, data, n);
    data += n, length -= n, filled += n;
    if (filled < 64) return;
    uint32_t block[16];
    memcpy(block, context->in, sizeof block);
    caml_MD5Transform(context->buf, block);
    filled = 0;
  }
}

SIM_EXPORT void caml_MD5Final(unsigned char *digest, struct MD5Context *context)
{
  uint64_t bits = bits_of(context);
  unsigned char padding[64] = { 0x80 }, length[8];
  size_t filled = bits / 8 % 64;
  memcpy(length, &bits, sizeof bits);
  caml_MD5Update(context, padding, filled < 56 ? 56 - filled : 120 - filled);
  caml_MD5Update(context, length, sizeof length);
  memcpy(digest, context->buf, 16);
}
