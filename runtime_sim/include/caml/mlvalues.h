/* Values, headers and their parts.

   Accessors ask the runtime for the address of what they read: it knows whether the value still is
   one, and whether it has such a part.  What is constant in OCaml's headers is constant here, and what
   can be assigned there can be assigned here. */
#ifndef CAML_MLVALUES_H
#define CAML_MLVALUES_H

#include "config.h"
#include "misc.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef intnat value;
typedef uintnat header_t;
typedef header_t reserved_t;
typedef uintnat mlsize_t;
typedef unsigned int tag_t;
typedef uintnat color_t;
typedef uintnat mark_t;
typedef int32_t opcode_t;
typedef opcode_t *code_t;

/* In OCaml 5 other domains may write fields. */
#if CAML_SIM_VERSION >= 50000
typedef volatile value caml_sim_cell;
#else
typedef value caml_sim_cell;
#endif

/* --- what the accessors ask of the runtime --- */

#ifdef CAML_SIM_UNCHECKED
/* Nothing: these headers are as fast as OCaml's own, and as blind. */
#define caml_sim_long(v) ((v) >> 1)
#define caml_sim_field(block, index) (&((caml_sim_cell *) (block))[index])
#define caml_sim_header(block) ((header_t *) (block) - 1)
#define caml_sim_bytes(string) ((char *) (string))
#define caml_sim_flat_index(block, index) (index)
#define caml_sim_double(boxed) ((double *) (boxed))
#define caml_sim_custom(block, bytes) ((void *) ((value *) (block) + 1))
#define caml_sim_block(block) ((void *) (block))
#else
extern intnat caml_sim_long(value v);
extern caml_sim_cell *caml_sim_field(value block, mlsize_t index);
extern header_t *caml_sim_header(value block);
extern char *caml_sim_bytes(value string);
extern mlsize_t caml_sim_flat_index(value block, mlsize_t index);
extern double *caml_sim_double(value boxed);
extern void *caml_sim_custom(value block, mlsize_t bytes);
extern void *caml_sim_block(value block);
#endif

/* --- immediates --- */

#ifdef CAML_SIM_OXCAML
/* The word 0 is a value that is no block. */
extern int caml_sim_is_block(value v);
#define Is_block(x) caml_sim_is_block(x)
#define Is_long(x) (!caml_sim_is_block(x))
#else
#define Is_long(x) (((x) & 1) != 0)
#define Is_block(x) (((x) & 1) == 0)
#endif

#define Val_long(x) ((intnat) (((uintnat) (x) << 1)) + 1)
#define Long_val(x) \
  (__builtin_constant_p(x) ? (intnat) (x) >> 1 : caml_sim_long((value) (x)))
#define Max_long (((intnat) 1 << (8 * sizeof(value) - 2)) - 1)
#define Min_long (-((intnat) 1 << (8 * sizeof(value) - 2)))
#define Val_int(x) Val_long(x)
#define Int_val(x) ((int) Long_val(x))
#define Unsigned_long_val(x) ((uintnat) Long_val(x) & ((uintnat) -1 >> 1))
#define Unsigned_int_val(x) ((int) Unsigned_long_val(x))

#define Val_bool(x) Val_int((x) != 0)
#define Bool_val(x) Int_val(x)
#define Val_false Val_int(0)
#define Val_true Val_int(1)
#define Val_not(x) (Val_false + Val_true - (x))
#define Val_unit Val_int(0)
#define Val_emptylist Val_int(0)
#define Tag_cons 0
#define Val_none Val_int(0)
#define Some_val(v) Field(v, 0)
#define Tag_some 0
#define Is_none(v) ((v) == Val_none)
#define Is_some(v) Is_block(v)

/* --- encoded exceptions --- */

#define Make_exception_result(v) ((v) | 2)
#define Is_exception_result(v) (((v) & 3) == 2)
#define Extract_exception(v) ((v) & ~(value) 3)

#if CAML_SIM_VERSION >= 50300
struct caml_result_private {
  int is_exception;
  value data;
};
typedef struct caml_result_private caml_result;
#define Result_value(v) (struct caml_result_private){ .is_exception = 0, .data = (v) }
#define Result_exception(exn) (struct caml_result_private){ .is_exception = 1, .data = (exn) }
#define Result_unit Result_value(Val_unit)
Caml_inline int caml_result_is_exception(struct caml_result_private result)
{
  return result.is_exception;
}
#endif

/* --- headers --- */

#define Make_header(wosize, tag, color) \
  (((header_t) (wosize) << 10) + (color_t) (color) + (tag_t) (tag))
#define NOT_MARKABLE ((color_t) 3 << 8)
#define Caml_out_of_heap_header(wosize, tag) Make_header(wosize, tag, NOT_MARKABLE)
#define Color_hd(hd) ((color_t) ((hd) & ((color_t) 3 << 8)))
#define Tag_hd(hd) ((tag_t) ((hd) & 0xFF))
/* The bits in front of the size: the runtime itself may meet headers of OxCaml's. */
#if defined(CAML_SIM_OXCAML) || defined(CAML_SIM_INTERNAL)
#define HEADER_RESERVED_BITS 8
#else
#define HEADER_RESERVED_BITS 0
#endif
#define Wosize_hd(hd) \
  ((mlsize_t) ((header_t) (hd) << HEADER_RESERVED_BITS >> (HEADER_RESERVED_BITS + 10)))
#define Color_val(v) Color_hd(Hd_val(v))
#define HEADER_COLOR_SHIFT 8
#define HEADER_WOSIZE_SHIFT 10

/* No bits of the header say where a block was allocated. */
#if CAML_SIM_VERSION >= 50000
#define Caml_out_of_heap_header_with_reserved(wosize, tag, reserved) \
  (Hd_reserved(reserved) + Caml_out_of_heap_header(wosize, tag))
#if HEADER_RESERVED_BITS > 0
#define Hd_reserved(reserved) ((header_t) (reserved) << (64 - HEADER_RESERVED_BITS))
#define Reserved_hd(hd) ((reserved_t) ((header_t) (hd) >> (64 - HEADER_RESERVED_BITS)))
#else
#define Hd_reserved(reserved) ((void) (reserved), (header_t) 0)
#define Reserved_hd(hd) ((void) (hd), (reserved_t) 0)
#endif
#define Reserved_val(v) Reserved_hd(Hd_val(v))
#define Cleanhd_hd(hd) ((header_t) ((hd) & (((header_t) -1 >> HEADER_RESERVED_BITS) & ~((header_t) 3 << 8))))
#define Hd_with_color(hd, color) (((hd) & ~((header_t) 3 << 8)) | (color))
#define Hd_with_tag(hd, tag) (((hd) & ~(header_t) 0xFF) | (tag))
#else
#define Profinfo_hd(hd) ((void) (hd), 0)
#define Profinfo_val(v) Profinfo_hd(Hd_val(v))
#endif

#define Hd_val(v) (*caml_sim_header((value) (v)))
#define Hp_val(v) ((header_t *) (v) - 1)
#define Hp_op(op) Hp_val(op)
#define Hp_bp(bp) Hp_val(bp)
#define Hd_hp(hp) (*(header_t *) (hp))
#if CAML_SIM_VERSION < 50000
#define Hd_op(op) Hd_val(op)
#define Hd_bp(bp) Hd_val(bp)
#endif
#define Val_op(op) ((value) (op))
#define Val_hp(hp) ((value) ((header_t *) (hp) + 1))
#define Op_hp(hp) ((value *) Val_hp(hp))
#define Bp_hp(hp) ((char *) Val_hp(hp))
#define Val_bp(bp) ((value) (bp))
#define Bp_val(v) ((char *) caml_sim_block((value) (v)))
#define Op_val(v) ((caml_sim_cell *) caml_sim_block((value) (v)))
#if CAML_SIM_VERSION >= 50000 && !defined(__cplusplus)
typedef _Atomic(value) atomic_value;
#define Op_atomic_val(v) ((atomic_value *) caml_sim_block((value) (v)))
#endif

#define Max_wosize (((mlsize_t) 1 << (54 - HEADER_RESERVED_BITS)) - 1)
#define Wsize_bsize(sz) ((sz) / sizeof(value))
#define Bsize_wsize(sz) ((sz) * sizeof(value))
#define Whsize_wosize(sz) ((sz) + 1)
#define Wosize_whsize(sz) ((sz) - 1)
#define Wosize_bhsize(sz) ((sz) / sizeof(value) - 1)
#define Bosize_hd(hd) Bsize_wsize(Wosize_hd(hd))
#define Whsize_hd(hd) Whsize_wosize(Wosize_hd(hd))
#define Bhsize_hd(hd) Bsize_wsize(Whsize_hd(hd))
#define Bhsize_wosize(sz) Bsize_wsize(Whsize_wosize(sz))
#define Bhsize_bosize(sz) ((sz) + sizeof(header_t))
#define Wosize_val(v) Wosize_hd(Hd_val(v))
#define Wosize_op(op) Wosize_val(op)
#define Wosize_bp(bp) Wosize_val(bp)
#define Wosize_hp(hp) Wosize_hd(Hd_hp(hp))
#define Whsize_val(v) Whsize_wosize(Wosize_val(v))
#define Whsize_hp(hp) Whsize_hd(Hd_hp(hp))
#define Whsize_bp(bp) Whsize_val(bp)
#define Bosize_val(v) Bsize_wsize(Wosize_val(v))
#define Bosize_op(op) Bosize_val(op)
#define Bosize_bp(bp) Bosize_val(bp)
#define Bhsize_hp(hp) Bhsize_hd(Hd_hp(hp))
#define Bhsize_val(v) Bhsize_hd(Hd_val(v))
#define Tag_val(v) (*(unsigned char *) caml_sim_header((value) (v)))
#define Tag_hp(hp) (*(unsigned char *) (hp))
#if CAML_SIM_VERSION >= 50000
#define Unsafe_store_tag_val(dst, tag) \
  (*(unsigned char *) caml_sim_header((value) (dst)) = (unsigned char) (tag))
#endif

/* --- tags --- */

#define Num_tags 256
#define No_scan_tag 251
#if CAML_SIM_VERSION >= 50000
#define Forcing_tag 244
#define Cont_tag 245
#endif
#define Lazy_tag 246
#define Closure_tag 247
#define Object_tag 248
#define Infix_tag 249
#define Forward_tag 250
#define Abstract_tag 251
#define String_tag 252
#define Double_tag 253
#define Double_array_tag 254
#define Custom_tag 255

/* --- fields --- */

#define Field(x, i) (*caml_sim_field((value) (x), (mlsize_t) (i)))
#define Forward_val(v) Field(v, 0)
#define Infix_offset_hd(hd) Bosize_hd(hd)
#define Infix_offset_val(v) Infix_offset_hd(Hd_val(v))
#define Oid_val(v) Long_val(Field(v, 1))
#define Class_val(v) Field(v, 0)
extern value caml_set_oo_id(value object);
extern value caml_get_public_method(value object, value tag);

/* A closure: its code, a word about it, and where its environment begins. */
#define Code_val(v) (*(code_t *) caml_sim_block((value) (v)))
#define Closinfo_val(v) Field((v), 1)
#define Arity_closinfo(info) ((intnat) (info) >> 56)
#ifdef CAML_SIM_OXCAML
#define Start_env_closinfo(info) (((uintnat) (info) << 9) >> 10)
#define Is_last_closinfo(info) (((uintnat) (info) << 8) >> 63)
#define Make_closinfo(arity, delta, is_last) \
  (((uintnat) (arity) << 56) + ((uintnat) (is_last) << 55) + ((uintnat) (delta) << 1) + 1)
#else
#define Start_env_closinfo(info) (((uintnat) (info) << 8) >> 9)
#define Make_closinfo(arity, delta) (((uintnat) (arity) << 56) + ((uintnat) (delta) << 1) + 1)
#endif
#define Data_abstract_val(v) caml_sim_block((value) (v))
#if CAML_SIM_VERSION >= 50000
/* Aligned pointers as immediates. */
Caml_inline value Val_ptr(void *p)
{
  return (value) p + 1;
}
Caml_inline void *Ptr_val(value v)
{
  return (void *) (v - 1);
}
#endif

/* --- strings --- */

#define String_val(x) ((const char *) caml_sim_bytes((value) (x)))
#define Bytes_val(x) ((unsigned char *) caml_sim_bytes((value) (x)))
#define Byte(x, i) (caml_sim_bytes((value) (x))[i])
#define Byte_u(x, i) (((unsigned char *) caml_sim_bytes((value) (x)))[i])
extern mlsize_t caml_string_length(value);
extern int caml_string_is_c_safe(value);

/* --- floats --- */

#define Double_wosize 1
#define Double_val(v) (*caml_sim_double((value) (v)))
#define Store_double_val(v, d) (*caml_sim_double((value) (v)) = (d))
#define Double_flat_field(v, i) (((double *) (v))[caml_sim_flat_index((value) (v), (mlsize_t) (i))])
#define Store_double_flat_field(v, i, d) (Double_flat_field(v, i) = (d))
#define Double_field(v, i) Double_flat_field(v, i)
#define Store_double_field(v, i, d) Store_double_flat_field(v, i, d)
#define Double_array_field(v, i) Double_flat_field(v, i)
#define Store_double_array_field(v, i, d) Store_double_flat_field(v, i, d)
extern mlsize_t caml_array_length(value);
extern int caml_is_double_array(value);
extern double caml_Double_val(value);
extern void caml_Store_double_val(value, double);
extern void caml_Store_double_array_field(value, mlsize_t, double);

/* --- custom blocks --- */

#define Data_custom_val(v) caml_sim_custom((value) (v), 0)
#define Int32_val(v) (*(int32_t *) caml_sim_custom((value) (v), 4))
#define Int64_val(v) (*(int64_t *) caml_sim_custom((value) (v), 8))
#define Nativeint_val(v) (*(intnat *) caml_sim_custom((value) (v), 8))
extern int64_t caml_Int64_val(value);

/* --- atoms and hashes --- */

extern value caml_atom(tag_t);
#define Atom(tag) caml_atom(tag)
extern value caml_hash_variant(char const *tag);

/* The modules of the program; here there are none. */
extern value caml_global_data;

#ifdef CAML_SIM_OXCAML
#include "sim_oxcaml.h"
#endif

#ifdef __cplusplus
}
#endif

#endif
