/* MD5, by RFC 1321. */
#ifndef CAML_MD5_H
#define CAML_MD5_H

#include "mlvalues.h"

#ifdef CAML_INTERNALS
#ifdef __cplusplus
extern "C" {
#endif

struct MD5Context {
  uint32_t buf[4];
  uint32_t bits[2];
  unsigned char in[64];
};
extern void caml_MD5Init(struct MD5Context *);
extern void caml_MD5Update(struct MD5Context *, unsigned char *data, uintnat length);
extern void caml_MD5Final(unsigned char *digest, struct MD5Context *);
extern void caml_MD5Transform(uint32_t *state, uint32_t *block);

#ifdef __cplusplus
}
#endif
#endif

#endif
