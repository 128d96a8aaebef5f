# Generated from the .toml files beside it by tools/make_api_table.py.
# ruff: noqa: E501
"""The API table, a row a line; see packed.py."""

from __future__ import annotations

TABLE = """\
ARCH_INTNAT_PRINTF_FORMAT|header=caml/config.h|kind=macro|lock=none|note=length modifier of intnat|params=|pure|result=data
Abstract_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Alloc_small|collects=yes|contents=garbage|header=caml/memory.h|heap=minor|internal|kind=macro|note=5.x takes a fourth argument, what to do when the minor heap is full|params=place,wosize,tag|result=void|signature=(result, wosize, tag)|variadic_role=data
Allocated_wosize_val|header=caml/mlvalues.h|kind=macro|note=of mixed blocks: all fields|oxcaml|params=block|pure|result=data|signature=(v)
Arity_closinfo|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)|since=4.12
Atom|header=caml/mlvalues.h|kind=macro|lock=none|params=tag|pure|result=borrowed|signature=(tag)
BIGARRAY_CAML_INT|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_CAML_INT|result=data|until=4.14
BIGARRAY_COMPLEX32|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_COMPLEX32|result=data|until=4.14
BIGARRAY_COMPLEX64|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_COMPLEX64|result=data|until=4.14
BIGARRAY_C_LAYOUT|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_C_LAYOUT|result=data|until=4.14
BIGARRAY_EXTERNAL|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_EXTERNAL|result=data|until=4.14
BIGARRAY_FLOAT32|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_FLOAT32|result=data|until=4.14
BIGARRAY_FLOAT64|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_FLOAT64|result=data|until=4.14
BIGARRAY_FORTRAN_LAYOUT|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_FORTRAN_LAYOUT|result=data|until=4.14
BIGARRAY_INT32|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_INT32|result=data|until=4.14
BIGARRAY_INT64|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_INT64|result=data|until=4.14
BIGARRAY_KIND_MASK|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_KIND_MASK|result=data|until=4.14
BIGARRAY_LAYOUT_MASK|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_LAYOUT_MASK|result=data|until=4.14
BIGARRAY_MANAGED|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_MANAGED|result=data|until=4.14
BIGARRAY_MANAGED_MASK|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_MANAGED_MASK|result=data|until=4.14
BIGARRAY_MAPPED_FILE|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_MAPPED_FILE|result=data|until=4.14
BIGARRAY_NATIVE_INT|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_NATIVE_INT|result=data|until=4.14
BIGARRAY_SINT16|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_SINT16|result=data|until=4.14
BIGARRAY_SINT8|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_SINT8|result=data|until=4.14
BIGARRAY_UINT16|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_UINT16|result=data|until=4.14
BIGARRAY_UINT8|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_UINT8|result=data|until=4.14
Begin_root|header=caml/memory.h|kind=macro|note=Begin_roots1|params=root|result=syntax|signature=(r)
Begin_roots1|header=caml/memory.h|kind=macro|note=closed by End_roots in the same block|params=root|result=syntax|signature=(r1)
Begin_roots2|header=caml/memory.h|kind=macro|params=root,root|result=syntax|signature=(r1, r2)
Begin_roots3|header=caml/memory.h|kind=macro|params=root,root,root|result=syntax|signature=(r1, r2, r3)
Begin_roots4|header=caml/memory.h|kind=macro|params=root,root,root,root|result=syntax|signature=(r1, r2, r3, r4)
Begin_roots5|header=caml/memory.h|kind=macro|params=root,root,root,root,root|result=syntax|signature=(r1, r2, r3, r4, r5)
Begin_roots_block|header=caml/memory.h|kind=macro|params=root,data|result=syntax|signature=(table, size)
Bhsize_bosize|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Bhsize_hd|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Bhsize_hp|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(hp)
Bhsize_wosize|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Bigarray_val|header=caml/compatibility.h|kind=legacy|params=block|pure|replacement=Caml_ba_array_val|result=derived|result_of=0|until=4.14
Bool_val|header=caml/mlvalues.h|kind=macro|lock=none|params=value|pure|result=data|signature=(v)
Bosize_bp|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(bp)
Bosize_hd|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Bosize_op|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(op)
Bosize_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(v)
Bp_hp|header=caml/mlvalues.h|kind=macro|lock=none|params=block|pure|result=derived|result_of=0|signature=(hp)
Bp_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=derived|result_of=0|signature=(v)
Bsize_wsize|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Byte|header=caml/mlvalues.h|kind=macro|lvalue|note=no bounds check|params=block,index|pure|result=data|signature=(v, i)
Byte_u|header=caml/mlvalues.h|kind=macro|lvalue|note=no bounds check|params=block,index|pure|result=data|signature=(v, i)
Bytes_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=derived|result_of=0|signature=(v)|since=4.6
CAML_BA_CAML_INT|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_CHAR|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_COMPLEX32|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_COMPLEX64|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_C_LAYOUT|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_EXTERNAL|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_FLOAT16|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data|since=5.2
CAML_BA_FLOAT32|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_FLOAT64|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_FORTRAN_LAYOUT|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_INT32|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_INT64|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_KIND_MASK|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_LAYOUT_MASK|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_LAYOUT_SHIFT|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data|since=4.2
CAML_BA_MANAGED|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_MANAGED_MASK|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_MAPPED_FILE|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_MAX_NUM_DIMS|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_NATIVE_INT|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_SINT16|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_SINT8|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_UINT16|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_BA_UINT8|header=caml/bigarray.h|kind=macro|lock=none|params=|pure|result=data
CAML_INTERNALS|header=caml/config.h|kind=macro|lock=none|note=shows internal names|params=|result=syntax|since=4.4
CAML_LOCAL_ROOTS|header=caml/memory.h|kind=macro|lvalue|params=|pure|result=data|since=5.0
CAML_NAME_SPACE|header=caml/config.h|kind=macro|lock=none|note=hides the unprefixed names of 4.x|params=|result=syntax
CAMLassert|header=caml/misc.h|kind=macro|lock=none|note=only in debugging builds|params=data|result=void|signature=(x)
CAMLdrop|header=caml/memory.h|kind=macro|note=closes the frame and goes on|params=|result=syntax|since=4.3
CAMLexport|header=caml/misc.h|kind=macro|lock=none|params=|result=syntax
CAMLextern|header=caml/misc.h|kind=macro|lock=none|params=|result=syntax
CAMLlikely|header=caml/misc.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)|since=5.0
CAMLlocal1|header=caml/memory.h|kind=macro|params=root|result=syntax|signature=(x1)
CAMLlocal2|header=caml/memory.h|kind=macro|params=root,root|result=syntax|signature=(x1, x2)
CAMLlocal3|header=caml/memory.h|kind=macro|params=root,root,root|result=syntax|signature=(x1, x2, x3)
CAMLlocal4|header=caml/memory.h|kind=macro|params=root,root,root,root|result=syntax|signature=(x1, x2, x3, x4)
CAMLlocal5|header=caml/memory.h|kind=macro|params=root,root,root,root,root|result=syntax|signature=(x1, x2, x3, x4, x5)
CAMLlocalN|header=caml/memory.h|kind=macro|note=elements are assigned with plain =|params=root,data|result=syntax|signature=(x, size)
CAMLlocalresult|header=caml/memory.h|kind=macro|note=initialised to Result_unit|params=root|result=syntax|signature=(res)|since=5.3
CAMLnoret|header=caml/misc.h|kind=macro|lock=none|params=|result=syntax|since=5.2
CAMLnoreturn|header=caml/memory.h|kind=macro|lock=none|note=silences a warning; leaves the frame open|params=|result=syntax
CAMLnoreturn_end|header=caml/misc.h|kind=macro|lock=none|params=|result=syntax|since=4.3
CAMLnoreturn_start|header=caml/misc.h|kind=macro|lock=none|params=|result=syntax|since=4.3
CAMLparam0|header=caml/memory.h|kind=macro|note=opens the frame; once in a function, before anything else|params=|result=syntax|signature=()
CAMLparam1|header=caml/memory.h|kind=macro|params=root|result=syntax|signature=(x1)
CAMLparam2|header=caml/memory.h|kind=macro|params=root,root|result=syntax|signature=(x1, x2)
CAMLparam3|header=caml/memory.h|kind=macro|params=root,root,root|result=syntax|signature=(x1, x2, x3)
CAMLparam4|header=caml/memory.h|kind=macro|params=root,root,root,root|result=syntax|signature=(x1, x2, x3, x4)
CAMLparam5|header=caml/memory.h|kind=macro|params=root,root,root,root,root|result=syntax|signature=(x1, x2, x3, x4, x5)
CAMLparamN|header=caml/memory.h|kind=macro|params=root,data|result=syntax|signature=(x, size)
CAMLprim|header=caml/misc.h|kind=macro|lock=none|note=marks a primitive|params=|result=syntax
CAMLreturn|header=caml/memory.h|kind=macro|note=evaluates the result before it closes the frame|params=value|result=syntax|signature=(result)
CAMLreturn0|header=caml/memory.h|kind=macro|note=in functions that return nothing|params=|result=syntax
CAMLreturnT|header=caml/memory.h|kind=macro|note=not with a type that has a comma, nor void|params=data,data|result=syntax|signature=(type, result)
CAMLunlikely|header=caml/misc.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)|since=5.0
CAMLunused|header=caml/misc.h|kind=macro|lock=none|params=|result=syntax
CAMLunused_end|header=caml/misc.h|kind=macro|lock=none|params=|result=syntax|since=4.3
CAMLunused_start|header=caml/misc.h|kind=macro|lock=none|params=|result=syntax|since=4.3
CAMLweakdef|header=caml/misc.h|kind=macro|lock=none|params=|result=syntax|since=4.1
CAMLxparam1|header=caml/memory.h|kind=macro|params=root|result=syntax|signature=(x1)
CAMLxparam2|header=caml/memory.h|kind=macro|params=root,root|result=syntax|signature=(x1, x2)
CAMLxparam3|header=caml/memory.h|kind=macro|params=root,root,root|result=syntax|signature=(x1, x2, x3)
CAMLxparam4|header=caml/memory.h|kind=macro|params=root,root,root,root|result=syntax|signature=(x1, x2, x3, x4)
CAMLxparam5|header=caml/memory.h|kind=macro|params=root,root,root,root,root|result=syntax|signature=(x1, x2, x3, x4, x5)
CAMLxparamN|header=caml/memory.h|kind=macro|params=root,data|result=syntax|signature=(x, size)
CAMLxparamresult|header=caml/memory.h|kind=macro|params=root|result=syntax|signature=(x)|since=5.3
Caml_ba_array_val|header=caml/bigarray.h|kind=macro|note=the structure is inside the block|params=block|pure|result=derived|result_of=0|signature=(v)
Caml_ba_data_val|header=caml/bigarray.h|kind=macro|lvalue|note=outside the heap: good as long as the bigarray lives|params=block|pure|result=data|signature=(v)
Caml_ba_kind_val|header=caml/bigarray.h|kind=macro|lock=none|params=value|pure|result=data|signature=(v)|since=4.2
Caml_ba_layout_val|header=caml/bigarray.h|kind=macro|lock=none|params=value|pure|result=data|signature=(v)|since=4.2
Caml_black|header=caml/gc.h|kind=macro|lock=none|note=Caml_out_of_heap_header makes headers of static blocks|params=|pure|result=data|until=4.14
Caml_blue|header=caml/gc.h|kind=macro|lock=none|params=|pure|result=data|until=4.14
Caml_check_caml_state|header=caml/domain_state.h|kind=macro|note=fatal when the runtime lock is not held|params=|result=void|signature=()|since=5.0
Caml_gray|header=caml/gc.h|kind=macro|lock=none|params=|pure|result=data|until=4.14
Caml_inline|header=caml/config.h|kind=macro|lock=none|note=static inline|params=|result=syntax|since=4.11
Caml_out_of_heap_header|header=caml/mlvalues.h|kind=macro|lock=none|note=the header of a static block|params=wosize,tag|pure|result=data|signature=(wosize, tag)|since=4.12
Caml_out_of_heap_header_with_reserved|header=caml/mlvalues.h|kind=macro|lock=none|params=wosize,tag,data|pure|result=data|signature=(wosize, tag, reserved)|since=5.1
Caml_state|header=caml/domain_state.h|kind=macro|note=a global pointer up to 4.14|params=|pure|result=data|since=4.10
Caml_state_field|header=caml/domain_state.h|kind=macro|lvalue|params=data|pure|result=data|signature=(field)|since=4.10
Caml_state_opt|header=caml/domain_state.h|kind=macro|lock=none|params=|pure|result=nullable|since=5.0
Caml_white|header=caml/gc.h|kind=macro|lock=none|params=|pure|result=data|until=4.14
Channel|header=caml/io.h|internal|kind=macro|lvalue|params=block|pure|result=data|signature=(v)
Class_val|header=caml/mlvalues.h|kind=macro|lvalue|params=block|pure|result=borrowed|result_of=0|signature=(v)
Classify_addr|header=caml/address_class.h|internal|kind=macro|params=value|pure|result=data|signature=(v)|until=4.14
Cleanhd_hd|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)|since=5.1
Closinfo_val|header=caml/mlvalues.h|kind=macro|lvalue|params=block|pure|result=data|signature=(v)|since=4.12
Closure_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Code_val|header=caml/mlvalues.h|kind=macro|lvalue|params=block|pure|result=data|signature=(v)
Color_hd|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Color_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(v)
Cont_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data|since=5.0
Custom_ops_val|header=caml/custom.h|kind=macro|lvalue|params=block|pure|result=data|signature=(v)
Custom_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
DIR_Val|header=caml/unixsupport.h|kind=macro|lvalue|params=block|pure|result=data|signature=(v)
Data_abstract_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=derived|result_of=0|signature=(v)|since=4.5
Data_bigarray_val|header=caml/compatibility.h|kind=legacy|lvalue|params=block|pure|replacement=Caml_ba_data_val|result=data|until=4.14
Data_custom_val|header=caml/mlvalues.h|kind=macro|note=the address of field 1|params=block|pure|result=derived|result_of=0|signature=(v)
Double_array_field|header=caml/mlvalues.h|kind=macro|params=block,index|pure|result=data|signature=(v, i)|since=4.6
Double_array_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Double_field|header=caml/mlvalues.h|kind=macro|note=for both representations|params=block,index|pure|result=data|signature=(v, i)
Double_flat_field|header=caml/mlvalues.h|kind=macro|params=block,index|pure|result=data|signature=(v, i)|since=4.6
Double_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Double_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(v)
Double_wosize|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
End_roots|header=caml/memory.h|kind=macro|params=|result=syntax|signature=()
Extract_exception|header=caml/mlvalues.h|kind=macro|lock=none|params=value|pure|result=value|signature=(v)
Field|header=caml/mlvalues.h|kind=macro|lvalue|note=plain assignment only to a block from caml_alloc_small that no collection has seen; not for tags from No_scan_tag on|params=block,index|pure|result=borrowed|result_of=0|signature=(v, i)
File_offset_val|header=caml/io.h|internal|kind=macro|params=block|pure|result=data|signature=(v)
Float32_val|header=caml/float32.h|kind=macro|oxcaml|params=block|pure|result=data|signature=(v)
Forcing_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data|since=5.0
Forward_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Forward_val|header=caml/mlvalues.h|kind=macro|lvalue|params=block|pure|result=borrowed|result_of=0|signature=(v)
GET_INET6_ADDR|header=caml/socketaddr.h|kind=macro|lvalue|params=block|pure|result=data|signature=(v)
GET_INET_ADDR|header=caml/socketaddr.h|kind=macro|lvalue|params=block|pure|result=data|signature=(v)
Hd_bp|header=caml/mlvalues.h|kind=macro|lvalue|params=block|pure|result=data|signature=(bp)|until=4.14
Hd_hp|header=caml/mlvalues.h|kind=macro|lvalue|params=block|pure|result=data|signature=(hp)
Hd_op|header=caml/mlvalues.h|kind=macro|lvalue|params=block|pure|result=data|signature=(op)|until=4.14
Hd_reserved|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)|since=5.1
Hd_val|header=caml/mlvalues.h|kind=macro|lvalue|note=cannot be assigned since 5.2|params=block|pure|result=data|signature=(v)
Hd_with_color|header=caml/mlvalues.h|kind=macro|lock=none|params=data,data|pure|result=data|signature=(hd, x)|since=5.1
Hd_with_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=data,data|pure|result=data|signature=(hd, x)|since=5.1
Hp_bp|header=caml/mlvalues.h|kind=macro|lock=none|params=block|pure|result=derived|result_of=0|signature=(bp)
Hp_op|header=caml/mlvalues.h|kind=macro|lock=none|params=block|pure|result=derived|result_of=0|signature=(op)
Hp_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=derived|result_of=0|signature=(v)
Infix_offset_hd|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Infix_offset_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(v)
Infix_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Int16_val|header=caml/mlvalues.h|kind=macro|lock=none|oxcaml|params=value|pure|result=data|signature=(v)
Int32_val|header=caml/mlvalues.h|kind=macro|lvalue|note=writing through it changes an immutable value|params=block|pure|result=data|signature=(v)
Int64_val|header=caml/mlvalues.h|kind=macro|lvalue|note=writing through it changes an immutable value|params=block|pure|result=data|signature=(v)
Int8_val|header=caml/mlvalues.h|kind=macro|lock=none|oxcaml|params=value|pure|result=data|signature=(v)
Int_val|header=caml/mlvalues.h|kind=macro|lock=none|note=keeps 32 bits; Long_val keeps all|params=value|pure|result=data|signature=(v)
Is_block|header=caml/mlvalues.h|kind=macro|lock=none|note=OxCaml: false for the word 0|params=value|pure|result=data|signature=(v)
Is_block_and_young|header=caml/address_class.h|internal|kind=macro|params=value|pure|result=data|signature=(v)|since=5.0
Is_exception_result|header=caml/mlvalues.h|kind=macro|lock=none|note=only for results of the _exn functions|params=value|pure|result=data|signature=(v)
Is_in_heap|header=caml/address_class.h|internal|kind=macro|params=value|pure|result=data|signature=(v)|until=4.14
Is_in_heap_or_young|header=caml/address_class.h|internal|kind=macro|note=true in 5.x|params=value|pure|result=data|signature=(v)
Is_in_static_data|header=caml/address_class.h|internal|kind=macro|params=value|pure|result=data|signature=(v)|since=4.2|until=4.14
Is_in_value_area|header=caml/address_class.h|internal|kind=macro|note=true in 5.x|params=value|pure|result=data|signature=(v)
Is_long|header=caml/mlvalues.h|kind=macro|lock=none|note=OxCaml: true for the word 0|params=value|pure|result=data|signature=(v)
Is_none|header=caml/mlvalues.h|kind=macro|lock=none|params=value|pure|result=data|signature=(v)|since=4.12
Is_null|header=caml/mlvalues.h|kind=macro|lock=none|oxcaml|params=value|pure|result=data|signature=(v)
Is_some|header=caml/mlvalues.h|kind=macro|lock=none|params=value|pure|result=data|signature=(v)|since=4.12
Is_this|header=caml/mlvalues.h|kind=macro|lock=none|oxcaml|params=value|pure|result=data|signature=(v)
Is_young|header=caml/address_class.h|internal|kind=macro|params=value|pure|result=data|signature=(v)
Lazy_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Long_val|header=caml/mlvalues.h|kind=macro|lock=none|params=value|pure|result=data|signature=(v)
MAX_NUM_DIMS|header=caml/compatibility.h|kind=legacy|lock=none|params=|pure|replacement=CAML_BA_MAX_NUM_DIMS|result=data|until=4.14
MD5Final|header=caml/compatibility.h|kind=legacy|lock=none|params=out,data|replacement=caml_MD5Final|result=void|until=4.14
MD5Init|header=caml/compatibility.h|kind=legacy|lock=none|params=out|replacement=caml_MD5Init|result=void|until=4.14
MD5Transform|header=caml/compatibility.h|kind=legacy|lock=none|params=data,data|replacement=caml_MD5Transform|result=void|until=4.14
MD5Update|header=caml/compatibility.h|kind=legacy|lock=none|params=data,text,bytes|replacement=caml_MD5Update|result=void|until=4.14
Make_closinfo|header=caml/mlvalues.h|kind=macro|lock=none|note=OxCaml takes a third argument|params=data,data|pure|result=data|signature=(arity, delta)|since=4.12|variadic_role=data
Make_exception_result|header=caml/mlvalues.h|kind=macro|lock=none|params=value|pure|result=encoded|signature=(v)
Make_header|header=caml/gc.h|internal|kind=macro|lock=none|params=wosize,tag,data|pure|result=data|signature=(wosize, tag, color)
Max_long|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Max_wosize|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Max_young_wosize|header=caml/config.h|kind=macro|lock=none|note=256; documented to be at least 64|params=|pure|result=data
Min_long|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
NO_ARG|header=caml/sys.h|internal|kind=macro|lock=none|params=|pure|result=immediate
Nativeint_val|header=caml/mlvalues.h|kind=macro|lvalue|note=writing through it changes an immutable value|params=block|pure|result=data|signature=(v)
No_scan_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Noreturn|header=caml/misc.h|kind=macro|lock=none|params=|result=syntax
Nothing|header=caml/unixsupport.h|kind=macro|lock=none|note=the word 0: not a value; only as the argument of caml_uerror and caml_unix_error|params=|pure|result=data
Num_tags|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Object_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Oid_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(v)
Op_atomic_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=derived|result_of=0|signature=(v)|since=5.0
Op_hp|header=caml/mlvalues.h|kind=macro|lock=none|params=block|pure|result=derived|result_of=0|signature=(hp)
Op_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=derived|result_of=0|signature=(v)
Profinfo_hd|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)|since=4.4|until=5.0
Profinfo_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(v)|since=4.4|until=5.0
Ptr_val|header=caml/mlvalues.h|kind=inline|lock=none|params=value|pure|result=data|signature=void * (value)|since=5.0
Reserved_hd|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)|since=5.1
Reserved_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(v)|since=5.1
Result_exception|header=caml/mlvalues.h|kind=macro|lock=none|params=value|pure|result=result|signature=(v)|since=5.3
Result_unit|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=result|since=5.3
Result_value|header=caml/mlvalues.h|kind=macro|lock=none|params=value|pure|result=result|signature=(v)|since=5.3
SIZEOF_BA_ARRAY|header=caml/bigarray.h|kind=macro|lock=none|note=bytes of struct caml_ba_array without its dimensions|params=|pure|result=data|since=4.1
Scannable_wosize_val_byte|header=caml/mlvalues.h|kind=macro|note=of mixed blocks: the fields that are values|oxcaml|params=block|pure|result=data|signature=(v)
Scannable_wosize_val_native|header=caml/mlvalues.h|kind=macro|note=of mixed blocks: the fields that are values|oxcaml|params=block|pure|result=data|signature=(v)
Some_val|header=caml/mlvalues.h|kind=macro|lvalue|params=block|pure|result=borrowed|result_of=0|signature=(v)|since=4.12
Start_env_closinfo|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)|since=4.12
Store_double_array_field|collects=unlikely|collects_if=OCaml configured without flat float arrays, whose elements are boxed|header=caml/mlvalues.h|kind=macro|params=block,index,data|result=void|signature=(v, i, d)|since=4.6
Store_double_field|header=caml/mlvalues.h|kind=macro|note=for both representations|params=block,index,data|result=void|signature=(v, i, d)
Store_double_flat_field|header=caml/mlvalues.h|kind=macro|params=block,index,data|result=void|signature=(v, i, d)|since=4.6
Store_double_val|header=caml/mlvalues.h|kind=macro|params=block,data|result=void|signature=(v, d)
Store_field|header=caml/memory.h|kind=macro|note=evaluates offset and value first, then block; caml_modify: only for scanned blocks|params=block,index,stored|result=void|signature=(block, offset, val)
String_tag|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
String_val|header=caml/mlvalues.h|kind=macro|note=ends in a NUL, may contain more|params=block|pure|result=derived|result_of=0|signature=(v)
Tag_cons|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data
Tag_hd|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Tag_hp|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(hp)
Tag_some|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=data|since=4.12
Tag_val|header=caml/mlvalues.h|kind=macro|lvalue|note=to be written with Unsafe_store_tag_val since 5.1|params=block|pure|result=data|signature=(v)
This_val|header=caml/mlvalues.h|kind=macro|lock=none|oxcaml|params=value|pure|result=argument|result_of=0|signature=(v)
UNIX_BUFFER_SIZE|header=caml/unixsupport.h|kind=macro|lock=none|note=65536|params=|pure|result=data
Unsafe_store_tag_val|header=caml/mlvalues.h|kind=macro|params=block,tag|result=void|signature=(dst, tag)|since=5.1
Unsigned_int_val|header=caml/mlvalues.h|kind=macro|lock=none|params=value|pure|result=data|signature=(v)
Unsigned_long_val|header=caml/mlvalues.h|kind=macro|lock=none|note=zero-extended: 63 bits|params=value|pure|result=data|signature=(v)
Val_bool|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=immediate|signature=(x)
Val_bp|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=value|signature=(bp)
Val_caml_ba_kind|header=caml/bigarray.h|kind=macro|lock=none|params=data|pure|result=immediate|signature=(x)|since=4.2
Val_caml_ba_layout|header=caml/bigarray.h|kind=macro|lock=none|params=data|pure|result=immediate|signature=(x)|since=4.2
Val_emptylist|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=immediate
Val_false|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=immediate
Val_file_offset|collects=yes|header=caml/io.h|heap=minor|internal|kind=macro|params=data|result=fresh|signature=(offset)|size=2|tag=Custom_tag
Val_hp|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=value|signature=(hp)
Val_int|header=caml/mlvalues.h|kind=macro|lock=none|note=Val_long: no truncation|params=data|pure|result=immediate|signature=(x)
Val_int16|header=caml/mlvalues.h|kind=macro|lock=none|oxcaml|params=data|pure|result=immediate|signature=(x)
Val_int8|header=caml/mlvalues.h|kind=macro|lock=none|oxcaml|params=data|pure|result=immediate|signature=(x)
Val_long|header=caml/mlvalues.h|kind=macro|lock=none|note=the top bit is lost|params=data|pure|result=immediate|signature=(x)
Val_none|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=immediate|since=4.12
Val_not|header=caml/mlvalues.h|kind=macro|lock=none|params=value|pure|result=immediate|signature=(x)
Val_null|header=caml/mlvalues.h|kind=macro|lock=none|note=the word 0|oxcaml|params=|pure|result=immediate
Val_op|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=value|signature=(op)
Val_ptr|header=caml/mlvalues.h|kind=inline|lock=none|note=sets the low bit|params=data|pure|result=immediate|signature=value (void *)|since=5.0
Val_this|header=caml/mlvalues.h|kind=macro|lock=none|oxcaml|params=value|pure|result=argument|result_of=0|signature=(v)
Val_true|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=immediate
Val_unit|header=caml/mlvalues.h|kind=macro|lock=none|params=|pure|result=immediate
Whsize_bp|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(bp)
Whsize_hd|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Whsize_hp|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(hp)
Whsize_val|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(v)
Whsize_wosize|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Wosize_bhsize|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Wosize_bp|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(bp)
Wosize_hd|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Wosize_hp|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(hp)
Wosize_op|header=caml/mlvalues.h|kind=macro|params=block|pure|result=data|signature=(op)
Wosize_val|header=caml/mlvalues.h|kind=macro|note=not for immediates|params=block|pure|result=data|signature=(v)
Wosize_whsize|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
Wsize_bsize|header=caml/mlvalues.h|kind=macro|lock=none|params=data|pure|result=data|signature=(x)
alloc|collects=yes|contents=unit|header=caml/compatibility.h|kind=legacy|params=wosize,tag|raises=out-of-memory|replacement=caml_alloc|result=fresh|until=4.14
alloc_array|collects=yes|header=caml/compatibility.h|kind=legacy|params=function,text-late|raises=unlikely|raises_if=the function raises|replacement=caml_alloc_array|result=fresh|tag=0|until=4.14
alloc_bigarray|collects=yes|header=caml/compatibility.h|kind=legacy|params=data,data,owned,text|raises=out-of-memory|replacement=caml_ba_alloc|result=fresh|tag=Custom_tag|until=4.14
alloc_bigarray_dims|collects=yes|header=caml/compatibility.h|kind=legacy|params=data,data,owned|raises=out-of-memory|replacement=caml_ba_alloc_dims|result=fresh|tag=Custom_tag|until=4.14|variadic_role=data
alloc_channel|collects=yes|header=caml/compatibility.h|kind=legacy|params=data|replacement=caml_alloc_channel|result=fresh|tag=Custom_tag|until=4.14
alloc_custom|collects=yes|contents=raw|header=caml/compatibility.h|kind=legacy|params=operations,bytes,memory,maximum|raises=out-of-memory|replacement=caml_alloc_custom|result=fresh|tag=Custom_tag|until=4.14
alloc_final|collects=yes|contents=raw|header=caml/compatibility.h|kind=legacy|params=wosize,finaliser,memory,maximum|raises=out-of-memory|replacement=caml_alloc_final|result=fresh|tag=Custom_tag|until=4.14
alloc_inet6_addr|collects=yes|header=caml/socketaddr.h|kind=legacy|params=text-late|replacement=caml_unix_alloc_inet6_addr|result=fresh|size=3|tag=String_tag
alloc_inet_addr|collects=yes|header=caml/socketaddr.h|kind=legacy|params=text-late|replacement=caml_unix_alloc_inet_addr|result=fresh|size=1|tag=String_tag
alloc_shr|contents=garbage|header=caml/compatibility.h|heap=major|kind=legacy|params=wosize,tag|raises=out-of-memory|replacement=caml_alloc_shr|result=fresh|until=4.14
alloc_small|collects=yes|contents=garbage|header=caml/compatibility.h|heap=minor|kind=legacy|params=wosize,tag|replacement=caml_alloc_small|result=fresh|until=4.14
alloc_sockaddr|collects=yes|header=caml/socketaddr.h|kind=legacy|params=text-late,data,data|raises=unlikely|raises_if=an address family that OCaml does not know|replacement=caml_unix_alloc_sockaddr|result=fresh
alloc_string|collects=yes|contents=raw|header=caml/compatibility.h|kind=legacy|params=bytes|raises=out-of-memory|replacement=caml_alloc_string|result=fresh|tag=String_tag|until=4.14
alloc_tuple|collects=yes|contents=unit|header=caml/compatibility.h|kind=legacy|params=wosize|raises=out-of-memory|replacement=caml_alloc_tuple|result=fresh|tag=0|until=4.14
array_bound_error|collects=yes|header=caml/compatibility.h|kind=legacy|params=|raises=always|replacement=caml_array_bound_error|result=never|runs_ocaml|until=4.14
bigarray_byte_size|header=caml/compatibility.h|kind=legacy|params=data|replacement=caml_ba_byte_size|result=data|until=4.14
bigarray_deserialize|header=caml/compatibility.h|kind=legacy|params=out|raises=yes|replacement=caml_ba_deserialize|result=data|until=4.14
bigarray_element_size|header=caml/compatibility.h|kind=legacy|lock=none|replacement=caml_ba_element_size|result=data|until=4.14
callback|collects=yes|header=caml/compatibility.h|kind=legacy|params=value,value|raises=yes|replacement=caml_callback|result=value|runs_ocaml|until=4.14
callback2|collects=yes|header=caml/compatibility.h|kind=legacy|params=value,value,value|raises=yes|replacement=caml_callback2|result=value|runs_ocaml|until=4.14
callback2_exn|collects=yes|header=caml/compatibility.h|kind=legacy|params=value,value,value|replacement=caml_callback2_exn|result=encoded|runs_ocaml|until=4.14
callback3|collects=yes|header=caml/compatibility.h|kind=legacy|params=value,value,value,value|raises=yes|replacement=caml_callback3|result=value|runs_ocaml|until=4.14
callback3_exn|collects=yes|header=caml/compatibility.h|kind=legacy|params=value,value,value,value|replacement=caml_callback3_exn|result=encoded|runs_ocaml|until=4.14
callbackN|collects=yes|header=caml/compatibility.h|kind=legacy|params=value,data,values|raises=yes|replacement=caml_callbackN|result=value|runs_ocaml|until=4.14
callbackN_exn|collects=yes|header=caml/compatibility.h|kind=legacy|params=value,data,values|replacement=caml_callbackN_exn|result=encoded|runs_ocaml|until=4.14
callback_exn|collects=yes|header=caml/compatibility.h|kind=legacy|params=value,value|replacement=caml_callback_exn|result=encoded|runs_ocaml|until=4.14
caml_Double_val|header=caml/mlvalues.h|note=where doubles need alignment|params=block|pure|result=data|signature=double (value)
caml_Int64_val|header=caml/mlvalues.h|note=where int64 needs alignment|params=block|pure|result=data|signature=int64_t (value)
caml_MD5Final|header=caml/md5.h|internal|lock=none|params=out,data|result=void|signature=void (unsigned char *, struct MD5Context *)
caml_MD5Init|header=caml/md5.h|internal|lock=none|params=out|result=void|signature=void (struct MD5Context *)
caml_MD5Transform|header=caml/md5.h|internal|lock=none|params=data,data|result=void|signature=void (uint32_t *, uint32_t *)
caml_MD5Update|header=caml/md5.h|internal|lock=none|params=data,text,bytes|result=void|signature=void (struct MD5Context *, unsigned char *, uintnat)
caml_Store_double_array_field|collects=yes|header=caml/mlvalues.h|note=where float arrays are not flat|params=block,index,data|result=void|signature=void (value, mlsize_t, double)|since=4.6
caml_Store_double_val|header=caml/mlvalues.h|note=where doubles need alignment|params=block,data|result=void|signature=void (value, double)
caml_acquire_runtime_system|collects=yes|header=caml/threads.h|kind=macro|lock=acquires|params=|result=void|signature=()
caml_add_to_heap|header=caml/memory.h|internal|params=owned|result=data|signature=int (char *)|until=5.2
caml_adjust_gc_speed|header=caml/memory.h|note=max 0 means 1 up to 5.0; does nothing in OxCaml|params=data,data|result=void|signature=void (mlsize_t, mlsize_t)
caml_adjust_minor_gc_speed|header=caml/memory.h|params=data,data|result=void|signature=void (mlsize_t, mlsize_t)|since=5.1
caml_alloc|collects=yes|contents=unit|header=caml/alloc.h|note=a block of size 0 is Atom(tag) and allocates nothing; runs no OCaml code; a closure needs its info word before the next collection|params=wosize,tag|raises=out-of-memory|result=fresh|signature=value (mlsize_t, tag_t)
caml_alloc_1|collects=yes|header=caml/alloc.h|heap=minor|params=tag,stored|result=fresh|signature=value (tag_t, value)|since=5.0|size=1
caml_alloc_2|collects=yes|header=caml/alloc.h|heap=minor|note=allocating arguments are still an evaluation-order hazard|params=tag,stored,stored|result=fresh|signature=value (tag_t, value, value)|since=5.0|size=2
caml_alloc_3|collects=yes|header=caml/alloc.h|heap=minor|params=tag,stored,stored,stored|result=fresh|signature=value (tag_t, value, value, value)|since=5.0|size=3
caml_alloc_4|collects=yes|header=caml/alloc.h|heap=minor|params=tag,stored,stored,stored,stored|result=fresh|signature=value (tag_t, value, value, value, value)|since=5.0|size=4
caml_alloc_5|collects=yes|header=caml/alloc.h|heap=minor|params=tag,stored,stored,stored,stored,stored|result=fresh|signature=value (tag_t, value, value, value, value, value)|since=5.0|size=5
caml_alloc_6|collects=yes|header=caml/alloc.h|heap=minor|params=tag,stored,stored,stored,stored,stored,stored|result=fresh|signature=value (tag_t, value, value, value, value, value, value)|since=5.0|size=6
caml_alloc_7|collects=yes|header=caml/alloc.h|heap=minor|params=tag,stored,stored,stored,stored,stored,stored,stored|result=fresh|signature=value (tag_t, value, value, value, value, value, value, value)|since=5.0|size=7
caml_alloc_8|collects=yes|header=caml/alloc.h|heap=minor|params=tag,stored,stored,stored,stored,stored,stored,stored,stored|result=fresh|signature=value (tag_t, value, value, value, value, value, value, value, value)|since=5.0|size=8
caml_alloc_9|collects=yes|header=caml/alloc.h|heap=minor|params=tag,stored,stored,stored,stored,stored,stored,stored,stored,stored|result=fresh|signature=value (tag_t, value, value, value, value, value, value, value, value, value)|since=5.0|size=9
caml_alloc_array|collects=yes|header=caml/alloc.h|note=the function is called on each string; not for arrays of floats|params=function,text-late|raises=unlikely|raises_if=the function raises|result=fresh|signature=value (value (*funct) (char const *), char const ** array)|tag=0
caml_alloc_boxed|collects=yes|header=caml/alloc.h|heap=minor|kind=inline|note=stores the argument after allocating: only for immediates|params=unrooted|result=fresh|signature=value (value)|since=4.4|size=1|tag=0
caml_alloc_channel|collects=yes|header=caml/io.h|internal|params=data|result=fresh|signature=value (struct channel *)|tag=Custom_tag
caml_alloc_custom|collects=yes|contents=raw|header=caml/custom.h|note=size in bytes; the operations must outlive every block; max 0 with mem above 0 means max 1 up to 5.0|params=operations,bytes,memory,maximum|raises=out-of-memory|result=fresh|signature=value (struct custom_operations *, uintnat, mlsize_t, mlsize_t)|tag=Custom_tag
caml_alloc_custom_mem|collects=yes|contents=raw|header=caml/custom.h|note=mem in bytes|params=operations,bytes,memory|raises=out-of-memory|result=fresh|signature=value (struct custom_operations *, uintnat, mlsize_t)|since=4.8|tag=Custom_tag
caml_alloc_dependent_memory|header=caml/memory.h|note=accounting; OxCaml takes the owning block first|params=bytes|result=void|signature=void (mlsize_t)
caml_alloc_dummy|collects=yes|contents=unit|kind=primitive|note=for let rec|params=value|raises=out-of-memory|result=fresh|signature=value (value)|tag=0
caml_alloc_dummy_float|collects=yes|contents=unit|kind=primitive|note=for let rec|params=value|raises=out-of-memory|result=fresh|signature=value (value)|tag=0
caml_alloc_final|collects=yes|contents=raw|header=caml/alloc.h|note=wosize counts words; the data starts at field 1; one operations structure is kept for each finaliser|params=wosize,finaliser,memory,maximum|raises=out-of-memory|result=fresh|signature=value (mlsize_t, final_fun, mlsize_t, mlsize_t)|tag=Custom_tag
caml_alloc_float_array|collects=yes|contents=raw|header=caml/alloc.h|note=length 0 gives Atom(0); without flat float arrays, caml_alloc(len, 0)|params=wosize|raises=out-of-memory|result=fresh|signature=value (mlsize_t)|since=4.4|tag=Double_array_tag
caml_alloc_for_heap|header=caml/memory.h|internal|params=bytes|result=nullable|signature=char * (asize_t)|until=5.2
caml_alloc_initialized_string|collects=yes|header=caml/alloc.h|note=the text must not lie in the OCaml heap|params=bytes,text-late|raises=out-of-memory|result=fresh|signature=value (mlsize_t, const char *)|since=4.6|tag=String_tag
caml_alloc_local|collects=unlikely|collects_if=bytecode or a 32-bit target|contents=garbage|header=caml/memory.h|note=on the local stack; fields are garbage, set by plain stores|oxcaml|params=wosize,tag|result=fresh-local|signature=value (mlsize_t, tag_t)
caml_alloc_local_reserved|collects=unlikely|collects_if=bytecode or a 32-bit target|contents=garbage|header=caml/memory.h|oxcaml|params=wosize,tag,data|result=fresh-local|signature=value (mlsize_t, tag_t, reserved_t)
caml_alloc_local_string|collects=unlikely|collects_if=bytecode or a 32-bit target|contents=raw|header=caml/alloc.h|oxcaml|params=bytes|result=fresh-local|signature=value (mlsize_t)|tag=String_tag
caml_alloc_shr|contents=garbage|header=caml/memory.h|heap=major|note=fatal in OxCaml instead of raising; a slice it asks for runs at the next poll|params=wosize,tag|raises=out-of-memory|result=fresh|signature=value (mlsize_t, tag_t)
caml_alloc_shr_check_gc|collects=yes|contents=unit|header=caml/alloc.h|heap=major|internal|note=used by compiled code|params=wosize,tag|raises=out-of-memory|result=fresh|signature=value (mlsize_t, tag_t)|since=5.0
caml_alloc_shr_for_minor_gc|contents=garbage|header=caml/memory.h|heap=major|internal|params=wosize,tag,data|result=fresh|signature=value (mlsize_t, tag_t, header_t)|since=4.10|until=4.14
caml_alloc_shr_no_track_noexc|contents=garbage|header=caml/memory.h|heap=major|params=wosize,tag|result=fresh-or-null|signature=value (mlsize_t, tag_t)|since=4.10|until=4.14
caml_alloc_shr_noexc|contents=garbage|header=caml/memory.h|heap=major|note=the word 0 when memory runs out|params=wosize,tag|result=fresh-or-null|signature=value (mlsize_t, tag_t)|since=5.0
caml_alloc_shr_preserving_profinfo|contents=garbage|header=caml/memory.h|heap=major|params=wosize,tag,data|raises=out-of-memory|result=fresh|signature=value (mlsize_t, tag_t, header_t)|since=4.4|until=5.0
caml_alloc_shr_reserved|contents=garbage|header=caml/memory.h|heap=major|params=wosize,tag,data|raises=out-of-memory|result=fresh|signature=value (mlsize_t, tag_t, reserved_t)|since=5.1
caml_alloc_shr_with_profinfo|contents=garbage|header=caml/memory.h|heap=major|params=wosize,tag,data|raises=out-of-memory|result=fresh|signature=value (mlsize_t, tag_t, intnat)|since=4.4|until=5.0
caml_alloc_small|collects=yes|contents=garbage|header=caml/alloc.h|heap=minor|note=fill every field by plain assignment before the next collection; sizes 1 to Max_young_wosize, unchecked|params=wosize,tag|result=fresh|signature=value (mlsize_t, tag_t)
caml_alloc_small_dispatch|collects=yes|header=caml/minor_gc.h|internal|note=5.x takes the domain state first|params=data,data,data,data|raises=unlikely|raises_if=CAML_FROM_CAML|result=void|signature=void (intnat, int, int, unsigned char*)|since=4.10
caml_alloc_some|collects=yes|header=caml/alloc.h|heap=minor|params=stored|result=fresh|signature=value (value)|since=4.12|size=1|tag=Tag_some
caml_alloc_sprintf|collects=yes|header=caml/alloc.h|note=only the format is protected; the other arguments are read again after allocating when the result has 128 bytes or more|params=text|raises=out-of-memory|result=fresh|signature=value (const char *, ...)|since=4.2|tag=String_tag|variadic_role=text-late
caml_alloc_string|collects=yes|contents=raw|header=caml/alloc.h|note=the last word is set; serves String and Bytes|params=bytes|raises=out-of-memory|result=fresh|signature=value (mlsize_t)|tag=String_tag
caml_alloc_tuple|collects=yes|contents=unit|header=caml/alloc.h|note=caml_alloc(n, 0)|params=wosize|raises=out-of-memory|result=fresh|signature=value (mlsize_t)|tag=0
caml_alloc_unboxable|collects=yes|header=caml/alloc.h|heap=minor|kind=macro|params=unrooted|result=fresh|signature=(v)|since=4.4|size=1|tag=0
caml_alloc_unboxed|header=caml/alloc.h|kind=inline|lock=none|params=value|pure|result=argument|result_of=0|signature=value (value)|since=4.4
caml_allocated_words|header=caml/major_gc.h|internal|kind=variable|lvalue|result=data
caml_allocation_color|header=caml/memory.h|internal|params=data|result=data|signature=color_t (void *)|until=4.14
caml_array_bound_error|collects=yes|header=caml/fail.h|params=|raises=always|result=never|runs_ocaml|signature=void (void)
caml_array_length|header=caml/mlvalues.h|params=block|pure|result=data|signature=mlsize_t (value)|since=4.0
caml_atom|header=caml/mlvalues.h|lock=none|params=tag|pure|result=borrowed|signature=value (tag_t)|since=5.0
caml_atomic_cas_field|header=caml/memory.h|note=from 5.4 and in OxCaml index and result are values|params=block,index,value,stored|result=data|signature=int (value, intnat, value, value)|since=5.0
caml_ba_alloc|collects=yes|header=caml/bigarray.h|note=dimensions are copied before allocating; data NULL allocates; without CAML_BA_MANAGED the caller keeps the data alive|params=data,data,owned,text|raises=out-of-memory|result=fresh|signature=value (int, int, void *, intnat *)|tag=Custom_tag
caml_ba_alloc_dims|collects=yes|header=caml/bigarray.h|note=dimensions have type intnat|params=data,data,owned|raises=out-of-memory|result=fresh|signature=value (int, int, void *, ...)|tag=Custom_tag|variadic_role=data
caml_ba_byte_size|header=caml/bigarray.h|params=data|result=data|signature=uintnat (struct caml_ba_array *)
caml_ba_compare|header=caml/bigarray.h|internal|params=value,value|result=data|signature=int (value, value)|since=4.6
caml_ba_deserialize|header=caml/bigarray.h|internal|params=out|raises=yes|result=data|signature=uintnat (void *)|since=4.6
caml_ba_element_size|header=caml/bigarray.h|internal|kind=variable|lock=none|result=data
caml_ba_finalize|header=caml/bigarray.h|internal|params=value|result=void|signature=void (value)|since=4.6
caml_ba_hash|header=caml/bigarray.h|internal|params=value|result=data|signature=intnat (value)|since=4.6
caml_ba_num_elts|header=caml/bigarray.h|params=data|result=data|signature=uintnat (struct caml_ba_array *)|since=4.6
caml_ba_serialize|header=caml/bigarray.h|internal|params=value,out,out|raises=yes|result=void|signature=void (value, uintnat *, uintnat *)|since=4.6
caml_bad_caml_state|header=caml/domain_state.h|lock=none|note=the runtime lock is not held: fatal|params=|result=never|signature=void (void)|since=5.0
caml_c_thread_register|collects=yes|header=caml/threads.h|lock=forbids|note=the thread belongs to domain 0|params=|result=data|signature=int (void)
caml_c_thread_unregister|collects=yes|header=caml/threads.h|lock=forbids|note=before the thread ends|params=|result=data|signature=int (void)
caml_callback|collects=yes|header=caml/callback.h|note=C leaves the order of the arguments open: at most one may allocate|params=value,value|raises=yes|result=value|runs_ocaml|signature=value (value, value)
caml_callback2|collects=yes|header=caml/callback.h|params=value,value,value|raises=yes|result=value|runs_ocaml|signature=value (value, value, value)
caml_callback2_exn|collects=yes|header=caml/callback.h|params=value,value,value|result=encoded|runs_ocaml|signature=value (value, value, value)
caml_callback2_res|collects=yes|header=caml/callback.h|params=value,value,value|result=result|runs_ocaml|signature=caml_result (value, value, value)|since=5.3
caml_callback3|collects=yes|header=caml/callback.h|params=value,value,value,value|raises=yes|result=value|runs_ocaml|signature=value (value, value, value, value)
caml_callback3_exn|collects=yes|header=caml/callback.h|params=value,value,value,value|result=encoded|runs_ocaml|signature=value (value, value, value, value)
caml_callback3_res|collects=yes|header=caml/callback.h|params=value,value,value,value|result=result|runs_ocaml|signature=caml_result (value, value, value, value)|since=5.3
caml_callbackN|collects=yes|header=caml/callback.h|params=value,data,values|raises=yes|result=value|runs_ocaml|signature=value (value, int, value[])
caml_callbackN_exn|collects=yes|header=caml/callback.h|params=value,data,values|result=encoded|runs_ocaml|signature=value (value, int, value[])
caml_callbackN_res|collects=yes|header=caml/callback.h|params=value,data,values|result=result|runs_ocaml|signature=caml_result (value, int, value[])|since=5.3
caml_callback_exn|collects=yes|header=caml/callback.h|note=test with Is_exception_result before anything else|params=value,value|result=encoded|runs_ocaml|signature=value (value, value)
caml_callback_res|collects=yes|header=caml/callback.h|params=value,value|result=result|runs_ocaml|signature=caml_result (value, value)|since=5.3
caml_check_pending_actions|header=caml/signals.h|params=|result=data|signature=int (void)|since=4.12
caml_check_urgent_gc|collects=yes|header=caml/memory.h|note=returns its argument, moved|params=value|result=value|signature=value (value)
caml_compact_heap|collects=yes|header=caml/compact.h|internal|note=not in 5.0 and 5.1|params=data|result=void|signature=void (intnat)
caml_compare|collects=unlikely|collects_if=OCaml 5.1 or later, where long comparisons poll|kind=primitive|note=Invalid_argument for functions and abstract values; custom comparison functions are called|params=value,value|raises=yes|result=immediate|runs_ocaml|signature=value (value, value)
caml_compare_unordered|header=caml/custom.h|kind=macro|lvalue|note=set by comparison functions|params=|pure|result=data
caml_convert_flag_list|header=caml/alloc.h|note=the table is not bounds-checked|params=value,data|result=data|signature=int (value, int *)
caml_convert_signal_number|header=caml/signals.h|internal|lock=none|params=data|result=data|signature=int (int)
caml_copy_double|collects=yes|header=caml/alloc.h|heap=minor|params=data|result=fresh|signature=value (double)|size=1|tag=Double_tag
caml_copy_float32|collects=yes|header=caml/float32.h|heap=minor|oxcaml|params=data|result=fresh|signature=value (float)|size=2|tag=Custom_tag
caml_copy_int32|collects=yes|header=caml/alloc.h|heap=minor|params=data|result=fresh|signature=value (int32_t)|size=2|tag=Custom_tag
caml_copy_int64|collects=yes|header=caml/alloc.h|heap=minor|params=data|result=fresh|signature=value (int64_t)|size=2|tag=Custom_tag
caml_copy_nativeint|collects=yes|header=caml/alloc.h|heap=minor|params=data|result=fresh|signature=value (intnat)|size=2|tag=Custom_tag
caml_copy_string|collects=yes|header=caml/alloc.h|note=the text must not lie in the OCaml heap: it is copied after allocating|params=text-late|raises=out-of-memory|result=fresh|signature=value (char const *)|tag=String_tag
caml_copy_string_array|collects=yes|header=caml/alloc.h|note=empty input gives Atom(0)|params=text-late|raises=out-of-memory|result=fresh|signature=value (char const **)|tag=0
caml_copy_string_of_os|collects=yes|header=caml/misc.h|kind=macro|note=on Unix = caml_copy_string|params=text-late|raises=out-of-memory|result=fresh|signature=(s)|since=4.6|tag=String_tag
caml_copy_string_of_utf16|collects=yes|header=caml/osdeps.h|note=Windows only|params=text-late|raises=out-of-memory|result=fresh|signature=value (const wchar_t *)|since=4.6|tag=String_tag
caml_create_bytes|collects=yes|contents=raw|kind=primitive|params=value|raises=yes|result=fresh|signature=value (value)|since=4.2|tag=String_tag
caml_custom_get_max_major|header=caml/custom.h|params=|result=data|signature=mlsize_t (void)|since=5.1
caml_darken|header=caml/major_gc.h|internal|note=other arguments in 5.x|params=value,data|result=void|signature=void (value, value *)
caml_deserialize_block_1|header=caml/intext.h|params=out,data|result=void|signature=void (void *, intnat)
caml_deserialize_block_2|header=caml/intext.h|params=out,data|result=void|signature=void (void *, intnat)
caml_deserialize_block_4|header=caml/intext.h|params=out,data|result=void|signature=void (void *, intnat)
caml_deserialize_block_8|header=caml/intext.h|params=out,data|result=void|signature=void (void *, intnat)
caml_deserialize_block_float_8|header=caml/intext.h|params=out,data|result=void|signature=void (void *, intnat)
caml_deserialize_error|collects=yes|header=caml/intext.h|note=the way to fail in deserialize|params=text-late|raises=always|result=never|runs_ocaml|signature=void (char *)
caml_deserialize_float_4|header=caml/intext.h|params=|result=data|signature=float (void)
caml_deserialize_float_8|header=caml/intext.h|params=|result=data|signature=double (void)
caml_deserialize_sint_1|header=caml/intext.h|params=|result=data|signature=int (void)
caml_deserialize_sint_2|header=caml/intext.h|params=|result=data|signature=int (void)
caml_deserialize_sint_4|header=caml/intext.h|params=|result=data|signature=int32_t (void)
caml_deserialize_sint_8|header=caml/intext.h|params=|result=data|signature=int64_t (void)
caml_deserialize_uint_1|header=caml/intext.h|note=only in deserialize; no bounds check|params=|result=data|signature=int (void)
caml_deserialize_uint_2|header=caml/intext.h|params=|result=data|signature=int (void)
caml_deserialize_uint_4|header=caml/intext.h|params=|result=data|signature=uint32_t (void)
caml_deserialize_uint_8|header=caml/intext.h|params=|result=data|signature=uint64_t (void)
caml_empty_minor_heap|collects=yes|header=caml/minor_gc.h|internal|params=|result=void|signature=void (void)|until=4.14
caml_enter_blocking_section|collects=yes|header=caml/signals.h|lock=releases|note=may run signal handlers before it releases; afterwards what is not a root, and every derived pointer, is stale|params=|raises=handlers|result=void|runs_ocaml|signature=void (void)
caml_enter_blocking_section_hook|header=caml/signals.h|internal|kind=variable|lock=none|lvalue|result=data|signature=void (*)(void)
caml_enter_blocking_section_no_pending|collects=yes|header=caml/signals.h|lock=releases|note=does not poll signals|params=|result=void|signature=void (void)|since=4.12
caml_ephemeron_blit_data|header=caml/weak.h|params=block,block|result=void|signature=void (value, value)|since=4.8|until=4.14
caml_ephemeron_blit_key|header=caml/weak.h|params=block,index,block,index,data|result=void|signature=void (value, mlsize_t, value, mlsize_t, mlsize_t)|since=4.8|until=4.14
caml_ephemeron_create|header=caml/weak.h|heap=major|params=wosize|raises=yes|result=fresh|signature=value (mlsize_t)|since=4.8|tag=Abstract_tag|until=4.14
caml_ephemeron_data_is_set|header=caml/weak.h|params=block|result=data|signature=int (value)|since=4.8|until=4.14
caml_ephemeron_get_data|header=caml/weak.h|params=block,out|result=data|signature=int (value, value *)|since=4.8|until=4.14
caml_ephemeron_get_data_copy|collects=yes|header=caml/weak.h|params=block,out|result=data|signature=int (value, value *)|since=4.8|until=4.14
caml_ephemeron_get_key|header=caml/weak.h|params=block,index,out|result=data|signature=int (value, mlsize_t, value *)|since=4.8|until=4.14
caml_ephemeron_get_key_copy|collects=yes|header=caml/weak.h|params=block,index,out|result=data|signature=int (value, mlsize_t, value *)|since=4.8|until=4.14
caml_ephemeron_key_is_set|header=caml/weak.h|params=block,index|result=data|signature=int (value, mlsize_t)|since=4.8|until=4.14
caml_ephemeron_num_keys|header=caml/weak.h|params=block|result=data|signature=mlsize_t (value)|since=4.8|until=4.14
caml_ephemeron_set_data|header=caml/weak.h|params=block,stored|result=void|signature=void (value, value)|since=4.8|until=4.14
caml_ephemeron_set_key|header=caml/weak.h|params=block,index,stored|result=void|signature=void (value, mlsize_t, value)|since=4.8|until=4.14
caml_ephemeron_unset_data|header=caml/weak.h|params=block|result=void|signature=void (value)|since=4.8|until=4.14
caml_ephemeron_unset_key|header=caml/weak.h|params=block,index|result=void|signature=void (value, mlsize_t)|since=4.8|until=4.14
caml_equal|collects=unlikely|collects_if=OCaml 5.1 or later, where long comparisons poll|kind=primitive|params=value,value|raises=yes|result=immediate|runs_ocaml|signature=value (value, value)
caml_eventlog_disable|header=caml/eventlog.h|params=|result=void|signature=void (void)|since=4.11|until=4.14
caml_eventlog_init|header=caml/eventlog.h|params=|result=void|signature=void (void)|since=4.11|until=4.14
caml_exception_array_bound_error|header=caml/fail.h|params=|result=borrowed|signature=value (void)|since=5.3
caml_exception_constant|header=caml/fail.h|params=value|pure|result=argument|result_of=0|signature=value (value)|since=5.3
caml_exception_end_of_file|header=caml/fail.h|params=|result=borrowed|signature=value (void)|since=5.3
caml_exception_failure|collects=yes|header=caml/fail.h|heap=minor|params=text-late|result=fresh|signature=value (char const *)|since=5.3|size=2|tag=0
caml_exception_failure_value|collects=yes|header=caml/fail.h|heap=minor|params=value|result=fresh|signature=value (value)|since=5.3|size=2|tag=0
caml_exception_invalid_argument|collects=yes|header=caml/fail.h|heap=minor|params=text-late|result=fresh|signature=value (char const *)|since=5.3|size=2|tag=0
caml_exception_invalid_argument_value|collects=yes|header=caml/fail.h|heap=minor|params=value|result=fresh|signature=value (value)|since=5.3|size=2|tag=0
caml_exception_not_found|header=caml/fail.h|params=|result=borrowed|signature=value (void)|since=5.3
caml_exception_out_of_memory|header=caml/fail.h|params=|result=borrowed|signature=value (void)|since=5.3
caml_exception_stack_overflow|header=caml/fail.h|params=|result=borrowed|signature=value (void)|since=5.3
caml_exception_sys_blocked_io|header=caml/fail.h|params=|result=borrowed|signature=value (void)|since=5.3
caml_exception_sys_error|collects=yes|header=caml/fail.h|heap=minor|params=value|result=fresh|signature=value (value)|since=5.3|size=2|tag=0
caml_exception_with_arg|collects=yes|header=caml/fail.h|heap=minor|params=value,value|result=fresh|signature=value (value, value)|since=5.3|size=2|tag=0
caml_exception_with_args|collects=yes|header=caml/fail.h|heap=minor|params=value,data,values|result=fresh|signature=value (value, int, value[])|since=5.3|tag=0
caml_exception_with_string|collects=yes|header=caml/fail.h|heap=minor|params=value,text-late|result=fresh|signature=value (value, char const *)|since=5.3|size=2|tag=0
caml_exception_zero_divide|header=caml/fail.h|params=|result=borrowed|signature=value (void)|since=5.3
caml_ext_table_add|header=caml/misc.h|params=data,data|raises=out-of-memory|result=data|signature=int (struct ext_table *, void *)
caml_ext_table_clear|header=caml/misc.h|params=data,data|result=void|signature=void (struct ext_table *, int)|since=4.4
caml_ext_table_free|header=caml/misc.h|params=data,data|result=void|signature=void (struct ext_table *, int)
caml_ext_table_init|header=caml/misc.h|params=data,data|raises=out-of-memory|result=void|signature=void (struct ext_table *, int)
caml_ext_table_remove|header=caml/misc.h|params=data,data|result=void|signature=void (struct ext_table *, void *)|since=4.3
caml_failwith|collects=yes|header=caml/fail.h|note=the text must not lie in the OCaml heap; see caml_failwith_value|params=text-late|raises=always|result=never|runs_ocaml|signature=void (char const *)
caml_failwith_value|collects=yes|header=caml/fail.h|params=value|raises=always|result=never|runs_ocaml|signature=void (value)|since=4.5
caml_fatal_error|header=caml/misc.h|lock=none|params=text|result=never|signature=void (char *, ...)|variadic_role=data
caml_field_boxed|header=caml/alloc.h|kind=inline|params=block|pure|result=borrowed|result_of=0|signature=value (value)|since=4.4
caml_field_unboxable|header=caml/alloc.h|kind=macro|params=block|pure|result=borrowed|result_of=0|signature=(v)|since=4.4
caml_field_unboxed|header=caml/alloc.h|kind=inline|lock=none|params=value|pure|result=argument|result_of=0|signature=value (value)|since=4.4
caml_final_custom_operations|header=caml/custom.h|internal|params=finaliser|raises=out-of-memory|result=data|signature=struct custom_operations * (void (*fn)(value))
caml_finalise_begin_hook|header=caml/misc.h|internal|kind=variable|lock=none|lvalue|result=data|signature=function pointer|since=4.2
caml_finalise_end_hook|header=caml/misc.h|internal|kind=variable|lock=none|lvalue|result=data|signature=function pointer|since=4.2
caml_find_custom_operations|header=caml/custom.h|internal|params=text|result=nullable|signature=struct custom_operations * (char *)
caml_finish_major_cycle|collects=yes|header=caml/major_gc.h|internal|note=since 5.2 takes an int|params=|result=void|signature=void (void)
caml_float_of_string|collects=yes|kind=primitive|params=value|raises=yes|result=fresh|signature=value (value)|size=1|tag=Double_tag
caml_flush|collects=yes|header=caml/io.h|internal|lock=blocks|params=data|raises=yes|result=void|runs_ocaml|signature=void (struct channel *)
caml_format_exception|header=caml/printexc.h|note=release with caml_stat_free|params=value|result=nullable|signature=char * (value)
caml_free_dependent_memory|header=caml/memory.h|note=accounting; OxCaml takes the owning block first|params=bytes|result=void|signature=void (mlsize_t)
caml_free_for_heap|header=caml/memory.h|internal|params=owned|result=void|signature=void (char *)|until=5.2
caml_gc_compaction|collects=yes|kind=primitive|params=value|raises=handlers|result=immediate|runs_ocaml|signature=value (value)
caml_gc_dispatch|collects=yes|header=caml/minor_gc.h|internal|params=|result=void|signature=void (void)|since=4.3|until=4.14
caml_gc_full_major|collects=yes|kind=primitive|note=runs finalisers|params=value|raises=handlers|result=immediate|runs_ocaml|signature=value (value)
caml_gc_major|collects=yes|kind=primitive|params=value|raises=handlers|result=immediate|runs_ocaml|signature=value (value)
caml_gc_major_slice|collects=yes|kind=primitive|params=value|raises=handlers|result=immediate|runs_ocaml|signature=value (value)
caml_gc_message|header=caml/misc.h|internal|lock=none|params=data,text|result=void|signature=void (int, char *, ...)|variadic_role=data
caml_gc_minor|collects=yes|kind=primitive|params=value|raises=handlers|result=immediate|runs_ocaml|signature=value (value)
caml_get_domain_state|header=caml/domain_state.h|internal|lock=none|params=|result=nullable|signature=caml_domain_state* (void)|since=5.0
caml_get_public_method|header=caml/mlvalues.h|note=the word 0, which is not a value, when there is no such method|params=block,value|result=borrowed|result_of=0|signature=value (value, value)
caml_get_value_or_raise|collects=if-raises|header=caml/fail.h|kind=inline|params=data|raises=yes|result=value|signature=value (caml_result)|since=5.3
caml_getblock|collects=yes|header=caml/io.h|internal|lock=blocks|params=data,out,bytes|raises=yes|result=data|runs_ocaml|signature=int (struct channel *, char *, intnat)
caml_global_data|header=caml/mlvalues.h|kind=macro|lvalue|params=|pure|result=data
caml_greaterequal|collects=unlikely|collects_if=OCaml 5.1 or later, where long comparisons poll|kind=primitive|params=value,value|raises=yes|result=immediate|runs_ocaml|signature=value (value, value)
caml_greaterthan|collects=unlikely|collects_if=OCaml 5.1 or later, where long comparisons poll|kind=primitive|params=value,value|raises=yes|result=immediate|runs_ocaml|signature=value (value, value)
caml_hash|kind=primitive|params=value,value,value,value|result=immediate|signature=value (value, value, value, value)|since=4.0
caml_hash_mix_double|header=caml/hash.h|lock=none|params=data,data|result=data|signature=uint32_t (uint32_t, double)|since=4.0
caml_hash_mix_float|header=caml/hash.h|lock=none|params=data,data|result=data|signature=uint32_t (uint32_t, float)|since=4.0
caml_hash_mix_int64|header=caml/hash.h|lock=none|params=data,data|result=data|signature=uint32_t (uint32_t, int64_t)|since=4.0
caml_hash_mix_intnat|header=caml/hash.h|lock=none|params=data,data|result=data|signature=uint32_t (uint32_t, intnat)|since=4.0
caml_hash_mix_string|header=caml/hash.h|params=data,block|result=data|signature=uint32_t (uint32_t, value)|since=4.0
caml_hash_mix_uint32|header=caml/hash.h|lock=none|params=data,data|result=data|signature=uint32_t (uint32_t, uint32_t)|since=4.0
caml_hash_variant|header=caml/mlvalues.h|lock=none|params=text|pure|result=immediate|signature=value (char const *)
caml_initialize|header=caml/memory.h|note=the first store into a field of a block from caml_alloc_shr; not for a field that holds a block|params=field,stored|result=void|signature=void (value *, value)
caml_input_val_from_string|collects=yes|header=caml/intext.h|note=runs pending actions at its end|params=value,data|raises=yes|result=value|runs_ocaml|signature=value (value, intnat)
caml_input_value|collects=yes|kind=primitive|lock=blocks|params=value|raises=yes|result=value|runs_ocaml|signature=value (value)
caml_input_value_from_block|collects=yes|header=caml/intext.h|note=read while allocating|params=text-late,bytes|raises=yes|result=value|runs_ocaml|signature=value (char *, intnat)
caml_input_value_from_malloc|collects=yes|header=caml/intext.h|note=frees the data with caml_stat_free|params=owned,data|raises=yes|result=value|runs_ocaml|signature=value (char *, intnat)
caml_int32_ops|header=caml/custom.h|kind=variable|lock=none|note=the custom operations of int32|result=data
caml_int64_ops|header=caml/custom.h|kind=variable|lock=none|note=the custom operations of int64|result=data
caml_int_of_string|collects=if-raises|kind=primitive|params=value|raises=yes|result=immediate|signature=value (value)
caml_invalid_argument|collects=yes|header=caml/fail.h|note=the text must not lie in the OCaml heap; see caml_invalid_argument_value|params=text-late|raises=always|result=never|runs_ocaml|signature=void (char const *)
caml_invalid_argument_value|collects=yes|header=caml/fail.h|params=value|raises=always|result=never|runs_ocaml|signature=void (value)|since=4.5
caml_is_double_array|header=caml/mlvalues.h|params=block|pure|result=data|signature=int (value)|since=4.0
caml_is_stack|header=caml/memory.h|oxcaml|params=value|result=data|signature=int (value)
caml_iterate_named_values|collects=unlikely|collects_if=the function collects|header=caml/callback.h|note=5.x holds the lock of the table meanwhile|params=function|raises=unlikely|raises_if=the function raises|result=void|signature=void (caml_named_action)|since=4.2
caml_leave_blocking_section|collects=yes|header=caml/signals.h|lock=acquires|note=keeps errno; signals wait for the next poll|params=|result=void|signature=void (void)
caml_leave_blocking_section_hook|header=caml/signals.h|internal|kind=variable|lock=none|lvalue|result=data|signature=void (*)(void)
caml_lessequal|collects=unlikely|collects_if=OCaml 5.1 or later, where long comparisons poll|kind=primitive|params=value,value|raises=yes|result=immediate|runs_ocaml|signature=value (value, value)
caml_lessthan|collects=unlikely|collects_if=OCaml 5.1 or later, where long comparisons poll|kind=primitive|params=value,value|raises=yes|result=immediate|runs_ocaml|signature=value (value, value)
caml_local_roots|header=caml/memory.h|kind=macro|lvalue|params=|pure|result=data|until=4.14
caml_main|collects=yes|header=caml/callback.h|lock=acquires|params=data|result=void|runs_ocaml|signature=void (char_os **)
caml_major_collection_slice|collects=yes|header=caml/major_gc.h|internal|params=data|result=void|signature=void (intnat)
caml_major_slice_begin_hook|header=caml/misc.h|internal|kind=variable|lock=none|lvalue|result=data|signature=function pointer|since=4.2
caml_major_slice_end_hook|header=caml/misc.h|internal|kind=variable|lock=none|lvalue|result=data|signature=function pointer|since=4.2
caml_make_vect|collects=yes|kind=primitive|note=a float gives a float array|params=value,stored|raises=yes|result=fresh|runs_ocaml|signature=value (value, value)
caml_minor_collection|collects=yes|header=caml/minor_gc.h|note=may run a major slice too; no OCaml code|params=|result=void|signature=void (void)
caml_minor_gc_begin_hook|header=caml/misc.h|internal|kind=variable|lock=none|lvalue|result=data|signature=function pointer|since=4.2
caml_minor_gc_end_hook|header=caml/misc.h|internal|kind=variable|lock=none|lvalue|result=data|signature=function pointer|since=4.2
caml_ml_open_descriptor_in|collects=yes|kind=primitive|lock=blocks|params=value|raises=out-of-memory|result=fresh|signature=value (value)|tag=Custom_tag
caml_ml_open_descriptor_out|collects=yes|kind=primitive|lock=blocks|params=value|raises=out-of-memory|result=fresh|signature=value (value)|tag=Custom_tag
caml_ml_string_length|kind=primitive|params=value|result=immediate|signature=value (value)
caml_modify|header=caml/memory.h|note=the write barrier; not for C memory, nor for blocks that are not scanned|params=field,stored|result=void|signature=void (value *, value)
caml_modify_generational_global_root|header=caml/memory.h|note=the only way to change a generational root|params=root,stored|raises=out-of-memory|result=void|signature=void (value *, value)
caml_modify_local|header=caml/memory.h|note=caml_modify for blocks that may be local|oxcaml|params=block,index,stored|result=void|signature=void (value, intnat, value)
caml_named_value|header=caml/callback.h|note=the pointer stays good and may be kept; read through it at each use|params=text|result=root|signature=const value * (char const *)
caml_nativeint_ops|header=caml/custom.h|kind=variable|lock=none|note=the custom operations of nativeint|result=data
caml_notequal|collects=unlikely|collects_if=OCaml 5.1 or later, where long comparisons poll|kind=primitive|params=value,value|raises=yes|result=immediate|runs_ocaml|signature=value (value, value)
caml_obj_block|collects=yes|contents=unit|kind=primitive|params=value,value|raises=yes|result=fresh|signature=value (value, value)
caml_obj_dup|collects=yes|kind=primitive|params=value|raises=out-of-memory|result=fresh|signature=value (value)
caml_obj_size|kind=primitive|params=value|result=immediate|signature=value (value)
caml_obj_tag|kind=primitive|params=value|result=immediate|signature=value (value)
caml_open_descriptor_in|collects=yes|header=caml/io.h|internal|lock=blocks|params=data|raises=out-of-memory|result=data|signature=struct channel * (int)
caml_open_descriptor_out|collects=yes|header=caml/io.h|internal|lock=blocks|params=data|raises=out-of-memory|result=data|signature=struct channel * (int)
caml_output_value|collects=yes|kind=primitive|lock=blocks|params=value,value,value|raises=yes|result=immediate|runs_ocaml|signature=value (value, value, value)
caml_output_value_to_block|header=caml/intext.h|params=value,value,out,bytes|raises=yes|result=data|signature=intnat (value, value, char *, intnat)
caml_output_value_to_malloc|header=caml/intext.h|note=release with caml_stat_free|params=value,value,out,out|raises=yes|result=void|signature=void (value, value, char **, intnat *)
caml_page_table_add|header=caml/address_class.h|internal|params=data,data,data|result=data|signature=int (int, void *, void *)|until=4.14
caml_page_table_lookup|header=caml/address_class.h|internal|params=data|result=data|signature=int (void *)|until=4.14
caml_page_table_remove|header=caml/address_class.h|internal|params=data,data,data|result=data|signature=int (int, void *, void *)|until=4.14
caml_pending_signals|header=caml/signals.h|internal|kind=variable|lock=none|lvalue|result=data
caml_process_pending_actions|collects=yes|header=caml/signals.h|note=handlers, finalisers, collections asked for, other threads|params=|raises=handlers|result=void|runs_ocaml|signature=void (void)|since=4.10
caml_process_pending_actions_exn|collects=yes|header=caml/signals.h|params=|result=encoded|runs_ocaml|signature=value (void)|since=4.10
caml_process_pending_actions_res|collects=yes|header=caml/signals.h|params=|result=result|runs_ocaml|signature=caml_result (void)|since=5.3
caml_process_pending_signals_exn|collects=yes|header=caml/signals.h|internal|params=|result=encoded|runs_ocaml|signature=value (void)|since=4.10|until=5.2
caml_putblock|collects=yes|header=caml/io.h|internal|lock=blocks|params=data,text,bytes|raises=yes|result=data|runs_ocaml|signature=int (struct channel *, char *, intnat)
caml_raise|collects=yes|header=caml/fail.h|note=runs pending actions first; takes a true exception, not an encoded one|params=value|raises=always|result=never|runs_ocaml|signature=void (value)
caml_raise_async|collects=yes|header=caml/fail.h|note=an asynchronous exception|oxcaml|params=value|raises=always|result=never|runs_ocaml|signature=void (value)
caml_raise_constant|collects=yes|header=caml/fail.h|params=value|raises=always|result=never|runs_ocaml|signature=void (value)
caml_raise_end_of_file|collects=yes|header=caml/fail.h|params=|raises=always|result=never|runs_ocaml|signature=void (void)
caml_raise_if_exception|collects=if-raises|header=caml/fail.h|internal|params=value|raises=yes|result=value|signature=value (value)|since=4.10|until=5.2
caml_raise_not_found|collects=yes|header=caml/fail.h|params=|raises=always|result=never|runs_ocaml|signature=void (void)
caml_raise_out_of_memory|collects=yes|header=caml/fail.h|params=|raises=always|result=never|runs_ocaml|signature=void (void)
caml_raise_stack_overflow|collects=yes|header=caml/fail.h|params=|raises=always|result=never|runs_ocaml|signature=void (void)
caml_raise_sys_blocked_io|collects=yes|header=caml/fail.h|params=|raises=always|result=never|runs_ocaml|signature=void (void)
caml_raise_sys_error|collects=yes|header=caml/fail.h|params=value|raises=always|result=never|runs_ocaml|signature=void (value)
caml_raise_with_arg|collects=yes|header=caml/fail.h|params=value,value|raises=always|result=never|runs_ocaml|signature=void (value, value)
caml_raise_with_args|collects=yes|header=caml/fail.h|note=at most Max_young_wosize - 1 arguments|params=value,data,values|raises=always|result=never|runs_ocaml|signature=void (value, int, value[])
caml_raise_with_string|collects=yes|header=caml/fail.h|note=the text must not lie in the OCaml heap|params=value,text-late|raises=always|result=never|runs_ocaml|signature=void (value, char const *)
caml_raise_zero_divide|collects=yes|header=caml/fail.h|params=|raises=always|result=never|runs_ocaml|signature=void (void)
caml_read_directory|header=caml/misc.h|lock=none|params=text,data|result=data|signature=int (char_os *, struct ext_table *)
caml_really_getblock|collects=yes|header=caml/io.h|internal|lock=blocks|params=data,out,bytes|raises=yes|result=data|runs_ocaml|signature=intnat (struct channel *, char *, intnat)
caml_really_putblock|collects=yes|header=caml/io.h|internal|lock=blocks|params=data,text,bytes|raises=yes|result=void|runs_ocaml|signature=void (struct channel *, char *, intnat)
caml_record_backtraces|header=caml/backtrace.h|params=data|result=void|signature=void (int)|since=4.13
caml_record_signal|header=caml/signals.h|internal|lock=none|params=data|result=void|signature=void (int)
caml_region_begin|header=caml/memory.h|note=opens a region of the local stack|oxcaml|params=|result=data|signature=intnat (void)
caml_region_end|header=caml/memory.h|oxcaml|params=data|result=void|signature=void (intnat)
caml_register_custom_operations|header=caml/custom.h|params=operations|raises=out-of-memory|result=void|signature=void (struct custom_operations *)
caml_register_generational_global_root|header=caml/memory.h|note=sorted by what the root holds: initialise it first|params=root|raises=out-of-memory|result=void|signature=void (value *)
caml_register_global_root|header=caml/memory.h|note=read at every minor collection; registering twice does nothing more|params=root|raises=out-of-memory|result=void|signature=void (value *)
caml_register_named_value|kind=primitive|note=normally called through Callback.register|params=value,stored|raises=out-of-memory|result=immediate|signature=value (value, value)
caml_release_runtime_system|collects=yes|header=caml/threads.h|kind=macro|lock=releases|params=|raises=handlers|result=void|runs_ocaml|signature=()
caml_remove_generational_global_root|header=caml/memory.h|note=found by what the root holds: remove before changing it|params=root|result=void|signature=void (value *)
caml_remove_global_root|header=caml/memory.h|note=not in a finaliser of a custom block|params=root|result=void|signature=void (value *)
caml_request_major_slice|header=caml/signals.h|internal|note=since 5.1 takes an int|params=|result=void|signature=void (void)|since=4.3
caml_request_minor_gc|header=caml/signals.h|internal|params=|result=void|signature=void (void)|since=4.3
caml_result_get_encoded_exception|header=caml/mlvalues.h|kind=inline|lock=none|params=data|pure|result=encoded|signature=value (caml_result)|since=5.3
caml_result_is_exception|header=caml/mlvalues.h|kind=inline|lock=none|params=data|pure|result=data|signature=int (caml_result)|since=5.3
caml_rev_convert_signal_number|header=caml/signals.h|internal|lock=none|params=data|result=data|signature=int (int)
caml_runtime_events_are_active|header=caml/runtime_events.h|params=|result=data|signature=int (void)|since=5.2
caml_runtime_events_pause|header=caml/runtime_events.h|params=|result=void|signature=void (void)|since=5.0
caml_runtime_events_resume|header=caml/runtime_events.h|params=|result=void|signature=void (void)|since=5.0
caml_runtime_events_start|collects=yes|header=caml/runtime_events.h|params=|result=void|signature=void (void)|since=5.0
caml_scan_roots_hook|header=caml/misc.h|internal|kind=variable|lock=none|lvalue|note=other arguments in 5.x|result=data|signature=function pointer
caml_secure_getenv|header=caml/sys.h|internal|lock=none|params=text|result=nullable|signature=char_os * (char_os const *)
caml_serialize_block_1|header=caml/intext.h|params=text,data|raises=out-of-memory|result=void|signature=void (void *, intnat)
caml_serialize_block_2|header=caml/intext.h|params=text,data|raises=out-of-memory|result=void|signature=void (void *, intnat)
caml_serialize_block_4|header=caml/intext.h|params=text,data|raises=out-of-memory|result=void|signature=void (void *, intnat)
caml_serialize_block_8|header=caml/intext.h|params=text,data|raises=out-of-memory|result=void|signature=void (void *, intnat)
caml_serialize_block_float_8|header=caml/intext.h|params=text,data|raises=out-of-memory|result=void|signature=void (void *, intnat)
caml_serialize_float_4|header=caml/intext.h|params=data|raises=out-of-memory|result=void|signature=void (float)
caml_serialize_float_8|header=caml/intext.h|params=data|raises=out-of-memory|result=void|signature=void (double)
caml_serialize_int_1|header=caml/intext.h|note=only in serialize; Failure when a buffer of fixed size is full|params=data|raises=out-of-memory|result=void|signature=void (int)
caml_serialize_int_2|header=caml/intext.h|params=data|raises=out-of-memory|result=void|signature=void (int)
caml_serialize_int_4|header=caml/intext.h|params=data|raises=out-of-memory|result=void|signature=void (int32_t)
caml_serialize_int_8|header=caml/intext.h|params=data|raises=out-of-memory|result=void|signature=void (int64_t)
caml_set_action_pending|header=caml/signals.h|internal|note=5.x takes the domain state|params=|result=void|signature=void (void)|since=4.10
caml_set_oo_id|header=caml/mlvalues.h|params=block|result=argument|result_of=0|signature=value (value)|since=4.2
caml_shutdown|collects=yes|header=caml/callback.h|params=|result=void|runs_ocaml|signature=void (void)|since=4.6
caml_something_to_do|header=caml/signals.h|internal|kind=variable|lock=none|lvalue|result=data|until=4.14
caml_startup|collects=yes|header=caml/callback.h|lock=acquires|params=data|result=void|runs_ocaml|signature=void (char_os **)
caml_startup_exn|collects=yes|header=caml/callback.h|lock=acquires|params=data|result=encoded|runs_ocaml|signature=value (char_os **)|since=4.5
caml_startup_pooled|collects=yes|header=caml/callback.h|lock=acquires|params=data|result=void|runs_ocaml|signature=void (char_os **)|since=4.6
caml_startup_pooled_exn|collects=yes|header=caml/callback.h|lock=acquires|params=data|result=encoded|runs_ocaml|signature=value (char_os **)|since=4.6
caml_stat_alloc|header=caml/memory.h|note=never NULL|params=bytes|raises=out-of-memory|result=data|signature=caml_stat_block (asize_t)
caml_stat_alloc_aligned|header=caml/memory.h|note=the last argument gets the block to free|params=bytes,data,out|raises=out-of-memory|result=data|signature=void* (asize_t, int, caml_stat_block*)|since=4.6
caml_stat_alloc_aligned_noexc|header=caml/memory.h|lock=none|params=bytes,data,out|result=nullable|signature=void* (asize_t, int, caml_stat_block*)|since=4.6
caml_stat_alloc_noexc|header=caml/memory.h|lock=none|note=release with caml_stat_free|params=bytes|result=nullable|signature=caml_stat_block (asize_t)|since=4.6
caml_stat_calloc_noexc|header=caml/memory.h|lock=none|params=data,bytes|result=nullable|signature=caml_stat_block (asize_t, asize_t)|since=4.6
caml_stat_create_pool|header=caml/memory.h|internal|params=|result=void|signature=void (void)|since=4.6
caml_stat_destroy_pool|header=caml/memory.h|internal|params=|result=void|signature=void (void)|since=4.6
caml_stat_free|header=caml/memory.h|lock=none|note=for blocks of the caml_stat functions alone|params=owned|result=void|signature=void (caml_stat_block)
caml_stat_memdup|header=caml/memory.h|params=text,bytes,out|raises=out-of-memory|result=data|signature=caml_stat_string (const char *, asize_t, asize_t *)|since=5.4
caml_stat_resize|header=caml/memory.h|params=owned,bytes|raises=out-of-memory|result=data|signature=caml_stat_block (caml_stat_block, asize_t)
caml_stat_resize_noexc|header=caml/memory.h|lock=none|params=owned,bytes|result=nullable|signature=caml_stat_block (caml_stat_block, asize_t)|since=4.6
caml_stat_strconcat|header=caml/memory.h|params=data|raises=out-of-memory|result=data|signature=caml_stat_string (int, ...)|since=4.6|variadic_role=text
caml_stat_strdup|header=caml/memory.h|params=text|raises=out-of-memory|result=data|signature=caml_stat_string (const char *)|since=4.6
caml_stat_strdup_noexc|header=caml/memory.h|lock=none|params=text|result=nullable|signature=caml_stat_string (const char *)|since=4.6
caml_stat_strdup_of_os|header=caml/misc.h|kind=macro|note=release with caml_stat_free|params=text|raises=out-of-memory|result=data|signature=(s)|since=4.6
caml_stat_strdup_of_utf16|header=caml/osdeps.h|note=Windows only; release with caml_stat_free|params=text|raises=out-of-memory|result=data|signature=char * (const wchar_t *)|since=4.6
caml_stat_strdup_os|header=caml/misc.h|kind=macro|note=release with caml_stat_free|params=text|raises=out-of-memory|result=data|signature=(s)|since=4.6
caml_stat_strdup_to_os|header=caml/misc.h|kind=macro|note=release with caml_stat_free|params=text|raises=out-of-memory|result=data|signature=(s)|since=4.6
caml_stat_strdup_to_utf16|header=caml/osdeps.h|note=Windows only; release with caml_stat_free|params=text|raises=out-of-memory|result=data|signature=wchar_t * (const char *)|since=4.6
caml_stat_wcsconcat|header=caml/memory.h|note=Windows only|params=data|raises=out-of-memory|result=data|signature=wchar_t* (int, ...)|since=4.6|variadic_role=text
caml_stat_wcsdup|header=caml/memory.h|note=Windows only|params=text|raises=out-of-memory|result=data|signature=wchar_t* (const wchar_t *)|since=4.6
caml_strerror|header=caml/sys.h|internal|lock=none|params=data,out,bytes|result=data|signature=char * (int, char *, size_t)|since=5.0
caml_string_compare|kind=primitive|params=value,value|result=immediate|signature=value (value, value)
caml_string_equal|kind=primitive|params=value,value|result=immediate|signature=value (value, value)
caml_string_is_c_safe|header=caml/mlvalues.h|note=false if it contains NUL|params=block|pure|result=data|signature=int (value)|since=4.3
caml_string_length|header=caml/mlvalues.h|params=block|pure|result=data|signature=mlsize_t (value)
caml_string_notequal|kind=primitive|params=value,value|result=immediate|signature=value (value, value)
caml_sys_error|collects=yes|header=caml/sys.h|internal|note=uses errno|params=value|raises=always|result=never|runs_ocaml|signature=void (value)
caml_sys_io_error|collects=yes|header=caml/sys.h|internal|note=uses errno|params=value|raises=always|result=never|runs_ocaml|signature=void (value)
caml_thread_yield|collects=yes|kind=primitive|lock=blocks|params=value|raises=handlers|result=immediate|runs_ocaml|signature=value (value)
caml_uadd_overflow|header=caml/misc.h|kind=inline|lock=none|params=data,data,out|result=data|signature=int (uintnat, uintnat, uintnat *)|since=4.6
caml_uerror|collects=yes|header=caml/unixsupport.h|note=uses errno|params=text-late,value|raises=always|result=never|runs_ocaml|signature=void (const char *, value)|since=5.0
caml_umul_overflow|header=caml/misc.h|kind=inline|lock=none|params=data,data,out|result=data|signature=int (uintnat, uintnat, uintnat *)|since=4.6
caml_unix_alloc_inet6_addr|collects=yes|header=caml/socketaddr.h|params=text-late|result=fresh|signature=value (struct in6_addr *)|since=5.0|size=3|tag=String_tag
caml_unix_alloc_inet_addr|collects=yes|header=caml/socketaddr.h|params=text-late|result=fresh|signature=value (struct in_addr *)|since=5.0|size=1|tag=String_tag
caml_unix_alloc_sockaddr|collects=yes|header=caml/socketaddr.h|note=closes the descriptor given when it raises|params=text-late,data,data|raises=unlikely|raises_if=an address family that OCaml does not know|result=fresh|signature=value (union sock_addr_union *, socklen_param_type, int)|since=5.0
caml_unix_check_path|collects=if-raises|header=caml/unixsupport.h|params=block,text-late|raises=yes|result=void|signature=void (value, const char *)|since=4.3
caml_unix_clear_cloexec|collects=if-raises|header=caml/unixsupport.h|params=data,text-late,value|raises=unlikely|raises_if=fcntl fails|result=void|signature=void (int, char *, value)|since=5.0
caml_unix_cloexec_p|header=caml/unixsupport.h|params=value|result=data|signature=int (value)|since=5.0
caml_unix_code_of_unix_error|header=caml/unixsupport.h|params=value|result=data|signature=int (value)|since=5.0
caml_unix_cst_to_constr|header=otherlibs/unix/caml/cst2constr.h|internal|lock=none|params=data,data,data,data|result=immediate|signature=value (int, const int *, int, int)|since=5.0
caml_unix_cstringvect|collects=if-raises|header=caml/unixsupport.h|params=value,text-late|raises=yes|result=data|signature=char_os ** (value, char *)|since=5.0
caml_unix_cstringvect_free|header=caml/unixsupport.h|params=owned|result=void|signature=void (char_os **)|since=5.0
caml_unix_error|collects=yes|header=caml/unixsupport.h|params=data,text-late,value|raises=always|result=never|runs_ocaml|signature=void (int, const char *, value)|since=5.0
caml_unix_error_of_code|collects=unlikely|collects_if=an errno that OCaml has no constructor for|header=caml/unixsupport.h|params=data|result=value|signature=value (int)|since=5.0
caml_unix_get_sockaddr|collects=if-raises|header=caml/socketaddr.h|params=value,out,out|raises=yes|result=void|signature=void (value, union sock_addr_union *, socklen_param_type *)|since=5.0
caml_unix_set_cloexec|collects=if-raises|header=caml/unixsupport.h|params=data,text-late,value|raises=unlikely|raises_if=fcntl fails|result=void|signature=void (int, char *, value)|since=5.0
caml_update_dummy|kind=primitive|note=for let rec|params=block,value|result=immediate|signature=value (value, value)
caml_usub_overflow|header=caml/misc.h|kind=inline|lock=none|params=data,data,out|result=data|signature=int (uintnat, uintnat, uintnat *)|since=4.6
caml_weak_array_blit|header=caml/weak.h|kind=macro|params=block,index,block,index,data|result=void|signature=(x, y, z, u, v)|since=4.8|until=4.14
caml_weak_array_check|header=caml/weak.h|kind=macro|params=block,index|result=data|signature=(x, y)|since=4.8|until=4.14
caml_weak_array_create|header=caml/weak.h|heap=major|kind=macro|params=wosize|raises=yes|result=fresh|signature=(x)|since=4.8|tag=Abstract_tag|until=4.14
caml_weak_array_get|header=caml/weak.h|kind=macro|params=block,index,out|result=data|signature=(x, y, z)|since=4.8|until=4.14
caml_weak_array_get_copy|collects=yes|header=caml/weak.h|kind=macro|params=block,index,out|result=data|signature=(x, y, z)|since=4.8|until=4.14
caml_weak_array_length|header=caml/weak.h|kind=macro|params=block|result=data|signature=(x)|since=4.8|until=4.14
caml_weak_array_set|header=caml/weak.h|kind=macro|params=block,index,stored|result=void|signature=(x, y, z)|since=4.8|until=4.14
caml_weak_array_unset|header=caml/weak.h|kind=macro|params=block,index|result=void|signature=(x, y)|since=4.8|until=4.14
caml_young_end|header=caml/minor_gc.h|internal|kind=macro|lvalue|params=|pure|result=data
caml_young_limit|header=caml/minor_gc.h|internal|kind=macro|lvalue|params=|pure|result=data
caml_young_ptr|header=caml/minor_gc.h|internal|kind=macro|lvalue|params=|pure|result=data
caml_young_start|header=caml/minor_gc.h|internal|kind=macro|lvalue|params=|pure|result=data
check_urgent_gc|collects=yes|header=caml/compatibility.h|kind=legacy|params=value|replacement=caml_check_urgent_gc|result=value|until=4.14
code_of_unix_error|header=caml/unixsupport.h|kind=legacy|params=value|replacement=caml_unix_code_of_unix_error|result=data
compare_unordered|header=caml/compatibility.h|kind=legacy|lvalue|params=|pure|replacement=caml_compare_unordered|result=data|until=4.14
convert_flag_list|header=caml/compatibility.h|kind=legacy|params=value,data|replacement=caml_convert_flag_list|result=data|until=4.14
convert_signal_number|header=caml/compatibility.h|kind=legacy|lock=none|params=data|replacement=caml_convert_signal_number|result=data|until=4.14
copy_double|collects=yes|header=caml/compatibility.h|heap=minor|kind=legacy|params=data|replacement=caml_copy_double|result=fresh|size=1|tag=Double_tag|until=4.14
copy_int32|collects=yes|header=caml/compatibility.h|heap=minor|kind=legacy|params=data|replacement=caml_copy_int32|result=fresh|size=2|tag=Custom_tag|until=4.14
copy_int64|collects=yes|header=caml/compatibility.h|heap=minor|kind=legacy|params=data|replacement=caml_copy_int64|result=fresh|size=2|tag=Custom_tag|until=4.14
copy_nativeint|collects=yes|header=caml/compatibility.h|heap=minor|kind=legacy|params=data|replacement=caml_copy_nativeint|result=fresh|size=2|tag=Custom_tag|until=4.14
copy_string|collects=yes|header=caml/compatibility.h|kind=legacy|params=text-late|raises=out-of-memory|replacement=caml_copy_string|result=fresh|tag=String_tag|until=4.14
copy_string_array|collects=yes|header=caml/compatibility.h|kind=legacy|params=text-late|raises=out-of-memory|replacement=caml_copy_string_array|result=fresh|tag=0|until=4.14
cst_to_constr|header=otherlibs/unix/cst2constr.h|kind=legacy|lock=none|params=data,data,data,data|replacement=caml_unix_cst_to_constr|result=immediate|until=4.14
cstringvect|collects=if-raises|header=caml/unixsupport.h|kind=legacy|params=value,text-late|raises=yes|replacement=caml_unix_cstringvect|result=data
cstringvect_free|header=caml/unixsupport.h|kind=legacy|params=owned|replacement=caml_unix_cstringvect_free|result=void|since=4.6
custom_compare_default|header=caml/custom.h|kind=macro|lock=none|note=generic comparison raises Invalid_argument|params=|pure|result=nullable
custom_compare_ext_default|header=caml/custom.h|kind=macro|lock=none|params=|pure|result=nullable
custom_deserialize_default|header=caml/custom.h|kind=macro|lock=none|params=|pure|result=nullable
custom_finalize_default|header=caml/custom.h|kind=macro|lock=none|params=|pure|result=nullable
custom_fixed_length_default|header=caml/custom.h|kind=macro|lock=none|params=|pure|result=nullable|since=4.8
custom_hash_default|header=caml/custom.h|kind=macro|lock=none|note=the block counts nothing in a hash|params=|pure|result=nullable
custom_serialize_default|header=caml/custom.h|kind=macro|lock=none|note=marshalling raises|params=|pure|result=nullable
deserialize_block_1|header=caml/compatibility.h|kind=legacy|params=out,data|replacement=caml_deserialize_block_1|result=void|until=4.14
deserialize_block_2|header=caml/compatibility.h|kind=legacy|params=out,data|replacement=caml_deserialize_block_2|result=void|until=4.14
deserialize_block_4|header=caml/compatibility.h|kind=legacy|params=out,data|replacement=caml_deserialize_block_4|result=void|until=4.14
deserialize_block_8|header=caml/compatibility.h|kind=legacy|params=out,data|replacement=caml_deserialize_block_8|result=void|until=4.14
deserialize_block_float_8|header=caml/compatibility.h|kind=legacy|params=out,data|replacement=caml_deserialize_block_float_8|result=void|until=4.14
deserialize_error|collects=yes|header=caml/compatibility.h|kind=legacy|params=text-late|raises=always|replacement=caml_deserialize_error|result=never|runs_ocaml|until=4.14
deserialize_float_4|header=caml/compatibility.h|kind=legacy|params=|replacement=caml_deserialize_float_4|result=data|until=4.14
deserialize_float_8|header=caml/compatibility.h|kind=legacy|params=|replacement=caml_deserialize_float_8|result=data|until=4.14
deserialize_sint_1|header=caml/compatibility.h|kind=legacy|params=|replacement=caml_deserialize_sint_1|result=data|until=4.14
deserialize_sint_2|header=caml/compatibility.h|kind=legacy|params=|replacement=caml_deserialize_sint_2|result=data|until=4.14
deserialize_sint_4|header=caml/compatibility.h|kind=legacy|params=|replacement=caml_deserialize_sint_4|result=data|until=4.14
deserialize_sint_8|header=caml/compatibility.h|kind=legacy|params=|replacement=caml_deserialize_sint_8|result=data|until=4.14
deserialize_uint_1|header=caml/compatibility.h|kind=legacy|params=|replacement=caml_deserialize_uint_1|result=data|until=4.14
deserialize_uint_2|header=caml/compatibility.h|kind=legacy|params=|replacement=caml_deserialize_uint_2|result=data|until=4.14
deserialize_uint_4|header=caml/compatibility.h|kind=legacy|params=|replacement=caml_deserialize_uint_4|result=data|until=4.14
deserialize_uint_8|header=caml/compatibility.h|kind=legacy|params=|replacement=caml_deserialize_uint_8|result=data|until=4.14
enter_blocking_section|collects=yes|header=caml/compatibility.h|kind=legacy|lock=releases|params=|raises=handlers|replacement=caml_enter_blocking_section|result=void|runs_ocaml|until=4.14
enter_blocking_section_hook|header=caml/compatibility.h|kind=legacy|lock=none|lvalue|replacement=caml_enter_blocking_section_hook|result=data|until=4.14
failwith|collects=yes|header=caml/compatibility.h|kind=legacy|params=text-late|raises=always|replacement=caml_failwith|result=never|runs_ocaml|until=4.14
flush|collects=yes|header=caml/compatibility.h|kind=legacy|lock=blocks|params=data|raises=yes|replacement=caml_flush|result=void|runs_ocaml|until=4.14
format_caml_exception|header=caml/compatibility.h|kind=legacy|params=value|replacement=caml_format_exception|result=nullable|until=4.14
get_sockaddr|collects=if-raises|header=caml/socketaddr.h|kind=legacy|params=value,out,out|raises=yes|replacement=caml_unix_get_sockaddr|result=void
getblock|collects=yes|header=caml/compatibility.h|kind=legacy|lock=blocks|params=data,out,bytes|raises=yes|replacement=caml_getblock|result=data|runs_ocaml|until=4.14
hash_variant|header=caml/compatibility.h|kind=legacy|lock=none|params=text|pure|replacement=caml_hash_variant|result=immediate|until=4.14
initialize|header=caml/compatibility.h|kind=legacy|params=field,stored|replacement=caml_initialize|result=void|until=4.14
input_val_from_string|collects=yes|header=caml/compatibility.h|kind=legacy|params=value,data|raises=yes|replacement=caml_input_val_from_string|result=value|runs_ocaml|until=4.14
input_value_from_block|collects=yes|header=caml/compatibility.h|kind=legacy|params=text-late,bytes|raises=yes|replacement=caml_input_value_from_block|result=value|runs_ocaml|until=4.14
input_value_from_malloc|collects=yes|header=caml/compatibility.h|kind=legacy|params=owned,data|raises=yes|replacement=caml_input_value_from_malloc|result=value|runs_ocaml|until=4.14
int32_ops|header=caml/compatibility.h|kind=legacy|lock=none|replacement=caml_int32_ops|result=data|until=4.14
int64_ops|header=caml/compatibility.h|kind=legacy|lock=none|replacement=caml_int64_ops|result=data|until=4.14
invalid_argument|collects=yes|header=caml/compatibility.h|kind=legacy|params=text-late|raises=always|replacement=caml_invalid_argument|result=never|runs_ocaml|until=4.14
leave_blocking_section|collects=yes|header=caml/compatibility.h|kind=legacy|lock=acquires|params=|replacement=caml_leave_blocking_section|result=void|until=4.14
leave_blocking_section_hook|header=caml/compatibility.h|kind=legacy|lock=none|lvalue|replacement=caml_leave_blocking_section_hook|result=data|until=4.14
local_roots|header=caml/compatibility.h|kind=legacy|lvalue|params=|pure|replacement=caml_local_roots|result=data|until=4.14
minor_collection|collects=yes|header=caml/compatibility.h|kind=legacy|params=|replacement=caml_minor_collection|result=void|until=4.14
mlraise|collects=yes|header=caml/compatibility.h|kind=legacy|params=value|raises=always|replacement=caml_raise|result=never|runs_ocaml|until=4.14
modify|header=caml/compatibility.h|kind=legacy|params=field,stored|replacement=caml_modify|result=void|until=4.14
nativeint_ops|header=caml/compatibility.h|kind=legacy|lock=none|replacement=caml_nativeint_ops|result=data|until=4.14
open_descriptor_in|collects=yes|header=caml/compatibility.h|kind=legacy|lock=blocks|params=data|raises=out-of-memory|replacement=caml_open_descriptor_in|result=data|until=4.14
open_descriptor_out|collects=yes|header=caml/compatibility.h|kind=legacy|lock=blocks|params=data|raises=out-of-memory|replacement=caml_open_descriptor_out|result=data|until=4.14
output_value_to_block|header=caml/compatibility.h|kind=legacy|params=value,value,out,bytes|raises=yes|replacement=caml_output_value_to_block|result=data|until=4.14
output_value_to_malloc|header=caml/compatibility.h|kind=legacy|params=value,value,out,out|raises=yes|replacement=caml_output_value_to_malloc|result=void|until=4.14
pending_signals|header=caml/compatibility.h|kind=legacy|lock=none|lvalue|replacement=caml_pending_signals|result=data|until=4.14
putblock|collects=yes|header=caml/compatibility.h|kind=legacy|lock=blocks|params=data,text,bytes|raises=yes|replacement=caml_putblock|result=data|runs_ocaml|until=4.14
raise_constant|collects=yes|header=caml/compatibility.h|kind=legacy|params=value|raises=always|replacement=caml_raise_constant|result=never|runs_ocaml|until=4.14
raise_end_of_file|collects=yes|header=caml/compatibility.h|kind=legacy|params=|raises=always|replacement=caml_raise_end_of_file|result=never|runs_ocaml|until=4.14
raise_not_found|collects=yes|header=caml/compatibility.h|kind=legacy|params=|raises=always|replacement=caml_raise_not_found|result=never|runs_ocaml|until=4.14
raise_out_of_memory|collects=yes|header=caml/compatibility.h|kind=legacy|params=|raises=always|replacement=caml_raise_out_of_memory|result=never|runs_ocaml|until=4.14
raise_stack_overflow|collects=yes|header=caml/compatibility.h|kind=legacy|params=|raises=always|replacement=caml_raise_stack_overflow|result=never|runs_ocaml|until=4.14
raise_sys_blocked_io|collects=yes|header=caml/compatibility.h|kind=legacy|params=|raises=always|replacement=caml_raise_sys_blocked_io|result=never|runs_ocaml|until=4.14
raise_sys_error|collects=yes|header=caml/compatibility.h|kind=legacy|params=value|raises=always|replacement=caml_raise_sys_error|result=never|runs_ocaml|until=4.14
raise_with_arg|collects=yes|header=caml/compatibility.h|kind=legacy|params=value,value|raises=always|replacement=caml_raise_with_arg|result=never|runs_ocaml|until=4.14
raise_with_string|collects=yes|header=caml/compatibility.h|kind=legacy|params=value,text-late|raises=always|replacement=caml_raise_with_string|result=never|runs_ocaml|until=4.14
raise_zero_divide|collects=yes|header=caml/compatibility.h|kind=legacy|params=|raises=always|replacement=caml_raise_zero_divide|result=never|runs_ocaml|until=4.14
really_getblock|collects=yes|header=caml/compatibility.h|kind=legacy|lock=blocks|params=data,out,bytes|raises=yes|replacement=caml_really_getblock|result=data|runs_ocaml|until=4.14
really_putblock|collects=yes|header=caml/compatibility.h|kind=legacy|lock=blocks|params=data,text,bytes|raises=yes|replacement=caml_really_putblock|result=void|runs_ocaml|until=4.14
register_custom_operations|header=caml/compatibility.h|kind=legacy|params=operations|raises=out-of-memory|replacement=caml_register_custom_operations|result=void|until=4.14
register_global_root|header=caml/compatibility.h|kind=legacy|params=root|raises=out-of-memory|replacement=caml_register_global_root|result=void|until=4.14
remove_global_root|header=caml/compatibility.h|kind=legacy|params=root|replacement=caml_remove_global_root|result=void|until=4.14
scan_roots_hook|header=caml/compatibility.h|kind=legacy|lock=none|lvalue|replacement=caml_scan_roots_hook|result=data|until=4.14
serialize_block_1|header=caml/compatibility.h|kind=legacy|params=text,data|raises=out-of-memory|replacement=caml_serialize_block_1|result=void|until=4.14
serialize_block_2|header=caml/compatibility.h|kind=legacy|params=text,data|raises=out-of-memory|replacement=caml_serialize_block_2|result=void|until=4.14
serialize_block_4|header=caml/compatibility.h|kind=legacy|params=text,data|raises=out-of-memory|replacement=caml_serialize_block_4|result=void|until=4.14
serialize_block_8|header=caml/compatibility.h|kind=legacy|params=text,data|raises=out-of-memory|replacement=caml_serialize_block_8|result=void|until=4.14
serialize_block_float_8|header=caml/compatibility.h|kind=legacy|params=text,data|raises=out-of-memory|replacement=caml_serialize_block_float_8|result=void|until=4.14
serialize_float_4|header=caml/compatibility.h|kind=legacy|params=data|raises=out-of-memory|replacement=caml_serialize_float_4|result=void|until=4.14
serialize_float_8|header=caml/compatibility.h|kind=legacy|params=data|raises=out-of-memory|replacement=caml_serialize_float_8|result=void|until=4.14
serialize_int_1|header=caml/compatibility.h|kind=legacy|params=data|raises=out-of-memory|replacement=caml_serialize_int_1|result=void|until=4.14
serialize_int_2|header=caml/compatibility.h|kind=legacy|params=data|raises=out-of-memory|replacement=caml_serialize_int_2|result=void|until=4.14
serialize_int_4|header=caml/compatibility.h|kind=legacy|params=data|raises=out-of-memory|replacement=caml_serialize_int_4|result=void|until=4.14
serialize_int_8|header=caml/compatibility.h|kind=legacy|params=data|raises=out-of-memory|replacement=caml_serialize_int_8|result=void|until=4.14
something_to_do|header=caml/compatibility.h|kind=legacy|lock=none|lvalue|replacement=caml_something_to_do|result=data|until=4.14
stat_alloc|header=caml/compatibility.h|kind=legacy|params=bytes|raises=out-of-memory|replacement=caml_stat_alloc|result=data|until=4.14
stat_free|header=caml/compatibility.h|kind=legacy|lock=none|params=owned|replacement=caml_stat_free|result=void|until=4.14
stat_resize|header=caml/compatibility.h|kind=legacy|params=owned,bytes|raises=out-of-memory|replacement=caml_stat_resize|result=data|until=4.14
string_length|header=caml/compatibility.h|kind=legacy|params=block|pure|replacement=caml_string_length|result=data|until=4.14
sys_error|collects=yes|header=caml/compatibility.h|kind=legacy|params=value|raises=always|replacement=caml_sys_error|result=never|runs_ocaml|until=4.14
uerror|collects=yes|header=caml/unixsupport.h|kind=legacy|params=text-late,value|raises=always|replacement=caml_uerror|result=never|runs_ocaml
unix_check_path|collects=if-raises|header=caml/unixsupport.h|kind=legacy|params=block,text-late|raises=yes|replacement=caml_unix_check_path|result=void|since=4.1|until=4.2
unix_clear_cloexec|collects=if-raises|header=caml/unixsupport.h|kind=legacy|params=data,text-late,value|raises=unlikely|raises_if=fcntl fails|replacement=caml_unix_clear_cloexec|result=void|since=4.5
unix_cloexec_p|header=caml/unixsupport.h|kind=legacy|params=value|replacement=caml_unix_cloexec_p|result=data|since=4.5
unix_error|collects=yes|header=caml/unixsupport.h|kind=legacy|params=data,text-late,value|raises=always|replacement=caml_unix_error|result=never|runs_ocaml
unix_error_of_code|collects=unlikely|collects_if=an errno that OCaml has no constructor for|header=caml/unixsupport.h|kind=legacy|params=data|replacement=caml_unix_error_of_code|result=value
unix_set_cloexec|collects=if-raises|header=caml/unixsupport.h|kind=legacy|params=data,text-late,value|raises=unlikely|raises_if=fcntl fails|replacement=caml_unix_set_cloexec|result=void|since=4.5
young_end|header=caml/compatibility.h|kind=legacy|lvalue|params=|pure|replacement=caml_young_end|result=data|until=4.14
young_limit|header=caml/compatibility.h|kind=legacy|lvalue|params=|pure|replacement=caml_young_limit|result=data|until=4.14
young_ptr|header=caml/compatibility.h|kind=legacy|lvalue|params=|pure|replacement=caml_young_ptr|result=data|until=4.14
young_start|header=caml/compatibility.h|kind=legacy|lvalue|params=|pure|replacement=caml_young_start|result=data|until=4.14
"""
