/* Builds a list and drops it, many times, as a stub does. */
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>

value build_and_drop(value v_cells, value v_times)
{
  CAMLparam0();
  CAMLlocal2(list, cell);
  for (long i = 0; i < Long_val(v_times); i++) {
    list = Val_emptylist;
    for (long j = 0; j < Long_val(v_cells); j++) {
      cell = caml_alloc_small(2, Tag_cons);
      Field(cell, 0) = Val_long(j);
      Field(cell, 1) = list;
      list = cell;
    }
  }
  CAMLreturn(Val_unit);
}
