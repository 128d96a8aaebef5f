/* What OxCaml adds to the values: null, small integers, blocks that are flat behind a prefix. */
#ifndef CAML_SIM_OXCAML_H
#define CAML_SIM_OXCAML_H

typedef volatile value *value_ptr;

/* --- null --- */

#define Val_null ((value) 0)
#define Val_this(v) (v)
#define This_val(v) (v)
#define Is_null(v) ((v) == Val_null)
#define Is_this(v) ((v) != Val_null)

/* --- small integers --- */

#define Val_int8(x) Val_long((int8_t) (x))
#define Val_int16(x) Val_long((int16_t) (x))
#define Int8_val(v) ((int8_t) Long_val(v))
#define Int16_val(v) ((int16_t) Long_val(v))

/* --- sizes --- */

#define Allocated_wosize_hd(hd) ((mlsize_t) ((header_t) (hd) << 8 >> 18))
#define Allocated_wosize_val(v) Allocated_wosize_hd(Hd_val(v))
#define Allocated_wosize_op(op) Allocated_wosize_val(op)
#define Allocated_wosize_bp(bp) Allocated_wosize_val(bp)
#define Allocated_wosize_hp(hp) Allocated_wosize_hd(Hd_hp(hp))
#define Allocated_bosize_hd(hd) Bsize_wsize(Allocated_wosize_hd(hd))
#define Allocated_bosize_val(v) Bsize_wsize(Allocated_wosize_val(v))
#define Allocated_bosize_op(op) Allocated_bosize_val(op)
#define Allocated_bosize_bp(bp) Allocated_bosize_val(bp)
#define Allocated_whsize_hd(hd) Whsize_wosize(Allocated_wosize_hd(hd))
#define Allocated_whsize_hp(hp) Allocated_whsize_hd(Hd_hp(hp))
#define Allocated_whsize_val(v) Whsize_wosize(Allocated_wosize_val(v))
#define Allocated_whsize_bp(bp) Allocated_whsize_val(bp)
#define Allocated_bhsize_hd(hd) Bsize_wsize(Allocated_whsize_hd(hd))
#define Allocated_bhsize_hp(hp) Bsize_wsize(Allocated_whsize_hp(hp))

/* Who hides the upstream names wants to be told of each use of them. */
#ifdef Hide_upstream_size_macros
#undef Wosize_hd
#undef Wosize_val
#undef Wosize_op
#undef Wosize_bp
#undef Wosize_hp
#undef Bosize_hd
#undef Bosize_val
#undef Bosize_op
#undef Bosize_bp
#undef Whsize_hd
#undef Whsize_val
#undef Whsize_bp
#undef Whsize_hp
#undef Bhsize_hd
#undef Bhsize_hp
#undef Infix_offset_hd
#define Infix_offset_hd(hd) Allocated_bosize_hd(hd)
#endif

/* --- mixed blocks: values in front, flat data behind --- */

#define Is_mixed_block_reserved(reserved) ((reserved_t) (reserved) > 0)
#define Reserved_mixed_block_scannable_wosize_native(wosize) ((mlsize_t) (wosize) + 1)
#define Mixed_block_scannable_wosize_reserved_native(reserved) ((reserved_t) (reserved) - 1)
#define Scannable_wosize_hd_native(hd) \
  Scannable_wosize_reserved_native(Reserved_hd(hd), Allocated_wosize_hd(hd))
#define Scannable_wosize_val_native(v) Scannable_wosize_hd_native(Hd_val(v))
Caml_inline mlsize_t Scannable_wosize_reserved_native(reserved_t reserved, mlsize_t wosize)
{
  return Is_mixed_block_reserved(reserved) ? Mixed_block_scannable_wosize_reserved_native(reserved)
                                           : wosize;
}
/* In bytecode all fields are values. */
#define Scannable_wosize_hd_byte(hd) Allocated_wosize_hd(hd)
#define Scannable_wosize_val_byte(v) Allocated_wosize_val(v)
Caml_inline mlsize_t Scannable_wosize_reserved_byte(reserved_t reserved, mlsize_t wosize)
{
  (void) reserved;
  return wosize;
}
#ifdef CAML_INTERNALS
#define Scannable_wosize_reserved(reserved, wosize) \
  Scannable_wosize_reserved_native(reserved, wosize)
#define Scannable_wosize_hd(hd) Scannable_wosize_hd_native(hd)
#define Scannable_wosize_val(v) Scannable_wosize_val_native(v)
#endif
#define Scannable_tag(tag) ((tag) < No_scan_tag)
#define Scannable_hd(hd) Scannable_tag(Tag_hd(hd))
#define Scannable_val(v) Scannable_tag(Tag_val(v))

/* Only code that was written for the present layout compiles. */
#define Assert_mixed_block_layout_v1 _Static_assert(0, "")
#define Assert_mixed_block_layout_v2 _Static_assert(0, "")
#define Assert_mixed_block_layout_v3 _Static_assert(0, "")
#define Assert_mixed_block_layout_v4 _Static_assert(0, "")
#define Assert_mixed_block_layout_v5 _Static_assert(0, "")
#define Assert_mixed_block_layout_v6 _Static_assert(0, "")
#define Assert_mixed_block_layout_v7 _Static_assert(1, "")

/* --- arrays of unboxed elements: mixed blocks without values, told apart by their tags.  The last
   word may have room for more elements than there are; the tag says for how many. --- */

#define Unboxed_product_array_tag 0
#define Unboxed_int64_array_tag 1
#define Unboxed_int32_array_zero_tag 2
#define Unboxed_int32_array_one_tag 3
#define Unboxed_float32_array_zero_tag 4
#define Unboxed_float32_array_one_tag 5
#define Unboxed_vec128_array_tag 6
#define Unboxed_vec256_array_tag 7
#define Unboxed_vec512_array_tag 8
#define Unboxed_nativeint_array_tag 9
#define Untagged_int_array_tag 10
#define Unboxed_mask_array_tag 11
#define Untagged_int16_array_zero_tag 12
#define Untagged_int16_array_three_tag 13
#define Untagged_int16_array_two_tag 14
#define Untagged_int16_array_one_tag 15
#define Untagged_int8_array_zero_tag 16
#define Untagged_int8_array_seven_tag 17
#define Untagged_int8_array_six_tag 18
#define Untagged_int8_array_five_tag 19
#define Untagged_int8_array_four_tag 20
#define Untagged_int8_array_three_tag 21
#define Untagged_int8_array_two_tag 22
#define Untagged_int8_array_one_tag 23

#endif
