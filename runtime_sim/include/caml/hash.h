/* Parts of a hash function. */
#ifndef CAML_HASH_H
#define CAML_HASH_H

#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif

extern uint32_t caml_hash_mix_uint32(uint32_t hash, uint32_t data);
extern uint32_t caml_hash_mix_intnat(uint32_t hash, intnat data);
extern uint32_t caml_hash_mix_int64(uint32_t hash, int64_t data);
extern uint32_t caml_hash_mix_double(uint32_t hash, double data);
extern uint32_t caml_hash_mix_float(uint32_t hash, float data);
extern uint32_t caml_hash_mix_string(uint32_t hash, value string);

#ifdef __cplusplus
}
#endif

#endif
