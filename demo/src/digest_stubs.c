#include <string.h>

#include <caml/alloc.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>

/* Folds a text into eight bytes. */
CAMLprim value ringlog_digest(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(v_digest);
  const char *text = String_val(v_text);
  size_t length = caml_string_length(v_text);
  v_digest = caml_alloc_string(8);
  memset(Bytes_val(v_digest), 0, 8);
  for (size_t i = 0; i < length; i++)
    Bytes_val(v_digest)[i % 8] ^= text[i];
  CAMLreturn(v_digest);
}

/* The same without the fault: the text's address is read where it is needed. */
CAMLprim value ringlog_digest_again(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(v_digest);
  size_t length = caml_string_length(v_text);
  v_digest = caml_alloc_string(8);
  memset(Bytes_val(v_digest), 0, 8);
  for (size_t i = 0; i < length; i++)
    Bytes_val(v_digest)[i % 8] ^= Byte_u(v_text, i);
  CAMLreturn(v_digest);
}
