/* The OCaml face of a ring.  Some of these stubs are wrong, each in a way that testing seldom
   shows: see what stubcheck says about them. */

#include <unistd.h>

#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/custom.h>
#include <caml/fail.h>
#include <caml/memory.h>
#include <caml/mlvalues.h>
#include <caml/threads.h>

#include "ring.h"

#define Ring_val(v) (*(struct ring **) Data_custom_val(v))

static value hook = Val_unit;

static void ringlog_finalize(value v)
{
  ring_free(Ring_val(v));
}

static struct custom_operations ringlog_operations = {
  "ringlog", ringlog_finalize, custom_compare_default, custom_hash_default,
  custom_serialize_default, custom_deserialize_default,
  custom_compare_ext_default, custom_fixed_length_default,
};

CAMLprim value ringlog_create(value v_capacity)
{
  struct ring *ring = ring_new(Long_val(v_capacity));
  if (ring == NULL) caml_raise_out_of_memory();
  value v = caml_alloc_custom(&ringlog_operations, sizeof(struct ring *), 0, 1);
  Ring_val(v) = ring;
  return v;
}

CAMLprim value ringlog_add(value v_log, value v_time, value v_text)
{
  CAMLparam3(v_log, v_time, v_text);
  if (ring_add(Ring_val(v_log), Double_val(v_time), String_val(v_text)) < 0)
    return Val_false;
  if (hook != Val_unit)
    caml_callback(hook, v_text);
  CAMLreturn(Val_unit);
}

/* The entry as OCaml's { time; text }, or none. */
CAMLprim value ringlog_get(value v_log, value v_index)
{
  struct entry *entry = ring_get(Ring_val(v_log), Long_val(v_index));
  if (entry == NULL) return Val_none;
  value v_text = caml_copy_string(entry->text);
  value v_time = caml_copy_double(entry->time);
  value v_entry = caml_alloc_tuple(2);
  Store_field(v_entry, 0, v_time);
  Store_field(v_entry, 1, v_text);
  return caml_alloc_some(v_entry);
}

CAMLprim value ringlog_texts(value v_log)
{
  CAMLparam1(v_log);
  CAMLlocal1(v_texts);
  struct ring *ring = Ring_val(v_log);
  v_texts = caml_alloc(ring->length, 0);
  for (size_t i = 0; i < ring->length; i++)
    Field(v_texts, i) = caml_copy_string(ring_get(ring, i)->text);
  CAMLreturn(v_texts);
}

CAMLprim value ringlog_set_hook(value v_hook)
{
  hook = v_hook;
  return Val_unit;
}

CAMLprim value ringlog_save(value v_log, value v_fd)
{
  CAMLparam2(v_log, v_fd);
  struct ring *ring = Ring_val(v_log);
  long saved = 0;
  caml_release_runtime_system();
  for (size_t i = 0; i < ring->length; i++) {
    const char *text = ring_get(ring, i)->text;
    while (*text != '\0' && write(Int_val(v_fd), text, 1) == 1) text++;
    if (*text != '\0')
      caml_failwith("ringlog: the log could not be saved");
    saved++;
  }
  caml_acquire_runtime_system();
  CAMLreturn(Val_long(saved));
}
