/* Values as bytes. */
#ifndef CAML_INTEXT_H
#define CAML_INTEXT_H

#include "misc.h"
#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif

extern void caml_output_value_to_malloc(value v, value flags, char **buffer, intnat *length);
extern intnat caml_output_value_to_block(value v, value flags, char *block, intnat length);
extern value caml_input_val_from_string(value string, intnat offset);
extern value caml_input_value_from_malloc(char *data, intnat offset);
extern value caml_input_value_from_block(const char *data, intnat length);

/* For the functions of custom blocks. */
extern void caml_serialize_int_1(int);
extern void caml_serialize_int_2(int);
extern void caml_serialize_int_4(int32_t);
extern void caml_serialize_int_8(int64_t);
extern void caml_serialize_float_4(float);
extern void caml_serialize_float_8(double);
extern void caml_serialize_block_1(void *data, intnat number);
extern void caml_serialize_block_2(void *data, intnat number);
extern void caml_serialize_block_4(void *data, intnat number);
extern void caml_serialize_block_8(void *data, intnat number);
extern void caml_serialize_block_float_8(void *data, intnat number);

extern int caml_deserialize_uint_1(void);
extern int caml_deserialize_sint_1(void);
extern int caml_deserialize_uint_2(void);
extern int caml_deserialize_sint_2(void);
extern uint32_t caml_deserialize_uint_4(void);
extern int32_t caml_deserialize_sint_4(void);
extern uint64_t caml_deserialize_uint_8(void);
extern int64_t caml_deserialize_sint_8(void);
extern float caml_deserialize_float_4(void);
extern double caml_deserialize_float_8(void);
extern void caml_deserialize_block_1(void *data, intnat number);
extern void caml_deserialize_block_2(void *data, intnat number);
extern void caml_deserialize_block_4(void *data, intnat number);
extern void caml_deserialize_block_8(void *data, intnat number);
extern void caml_deserialize_block_float_8(void *data, intnat number);
CAMLnoret extern void caml_deserialize_error(char *message);

#ifdef __cplusplus
}
#endif

#endif
