/* What OCaml cannot tell of its own values, and bigarrays as the simulated runtime makes them. */
#include <caml/alloc.h>
#include <caml/bigarray.h>
#include <caml/custom.h>
#include <caml/mlvalues.h>

value results_custom_name(value block)
{
  return caml_copy_string(Custom_ops_val(block)->identifier);
}

value results_bigarray(value kind, value dimensions)
{
  intnat sizes[CAML_BA_MAX_NUM_DIMS];
  int count = (int) Wosize_val(dimensions);
  for (int i = 0; i < count; i++) sizes[i] = Long_val(Field(dimensions, i));
  value array = caml_ba_alloc(Int_val(kind) | CAML_BA_C_LAYOUT, count, NULL, sizes);
  unsigned char *data = Caml_ba_data_val(array);
  uintnat bytes = caml_ba_byte_size(Caml_ba_array_val(array));
  for (uintnat i = 0; i < bytes; i++) data[i] = (unsigned char) i;
  return array;
}
