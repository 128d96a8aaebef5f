/* Raising exceptions.

   The predefined exceptions are blocks outside the heap, as in compiled programs. */
#include "sim.h"

#include <caml/alloc.h>
#include <caml/fail.h>

#include <stdlib.h>
#include <string.h>

/* Block of Object_tag: the name, then a number. The name is found by its number. */
static struct {
  header_t header;
  value fields[2];
} predefined[] = {
  { Caml_out_of_heap_header(2, Object_tag), { Val_unit, Val_int(0) } },
  { Caml_out_of_heap_header(2, Object_tag), { Val_unit, Val_int(-1) } },
  { Caml_out_of_heap_header(2, Object_tag), { Val_unit, Val_int(-2) } },
  { Caml_out_of_heap_header(2, Object_tag), { Val_unit, Val_int(-3) } },
  { Caml_out_of_heap_header(2, Object_tag), { Val_unit, Val_int(-4) } },
  { Caml_out_of_heap_header(2, Object_tag), { Val_unit, Val_int(-5) } },
  { Caml_out_of_heap_header(2, Object_tag), { Val_unit, Val_int(-6) } },
  { Caml_out_of_heap_header(2, Object_tag), { Val_unit, Val_int(-7) } },
  { Caml_out_of_heap_header(2, Object_tag), { Val_unit, Val_int(-8) } },
};

enum {
  OUT_OF_MEMORY, SYS_ERROR, FAILURE, INVALID_ARGUMENT, END_OF_FILE, DIVISION_BY_ZERO, NOT_FOUND,
  STACK_OVERFLOW, SYS_BLOCKED_IO,
};

static const char *const exception_names[] = {
  "Out_of_memory", "Sys_error", "Failure", "Invalid_argument", "End_of_file", "Division_by_zero",
  "Not_found", "Stack_overflow", "Sys_blocked_io",
};

static value text_of(sim *s, const char *text, caller by)
{
  mlsize_t length = strlen(text), wosize = length / sizeof(value) + 1;
  value block = sim_take(s, wosize, String_tag, CHUNK_OLD, by);
  ((value *) block)[wosize - 1] = 0;
  ((char *) block)[Bsize_wsize(wosize) - 1] = (char) (Bsize_wsize(wosize) - 1 - length);
  memcpy((char *) block, text, length);
  return block;
}

static value pair_of(sim *s, tag_t tag, value a, value b, caller by)
{
  value block = sim_take(s, 2, tag, CHUNK_OLD, by);
  ((value *) block)[0] = a;
  ((value *) block)[1] = b;
  return block;
}

/* An exception of the program's: a block of the name and a number. */
value sim_exception(const char *name)
{
  static int next = 1;
  sim *s = sim_current;
  caller by = { "a program", NULL };
  return pair_of(s, Object_tag, text_of(s, name, by), Val_int(next++), by);
}

/* The name of an exception, with arguments or without. */
SIM_EXPORT const char *sim_exception_name(value exn)
{
  for (size_t i = 0; i < sizeof predefined / sizeof *predefined; i++) {
    value tag = (value) predefined[i].fields;
    if (exn == tag) return exception_names[i];
    if (sim_chunk_of(sim_current, (void *) exn) != NULL && *(value *) exn == tag)
      return exception_names[i];
  }
  value tag = Tag_hd(((header_t *) exn)[-1]) == 0 ? *(value *) exn : exn;
  if (Is_block(tag) && sim_chunk_of(sim_current, (void *) tag) != NULL) return *(char **) tag;
  return "";
}

bool sim_is_predefined(value exn)
{
  for (size_t i = 0; i < sizeof predefined / sizeof *predefined; i++)
    if (exn == (value) predefined[i].fields) return true;
  return false;
}

static value tag_of(int number)
{
  return (value) predefined[number].fields;
}

/* A handler runs OCaml code, for which the lock must be held. */
static sim *enter_to_raise(caller by)
{
  sim *s = sim_current;
  if (s != NULL && sim_is_released(s))
    sim_fail(s, "lock-imbalance", by.site, "%s raises with the runtime lock released", by.function);
  return sim_enter(by);
}

#define RAISING(function) enter_to_raise((caller){ (function), SITE })

/* No stub need provide for these: that the runtime has no memory, and what comes of a signal. */
static bool is_unforeseen(sim *s, value exn)
{
  return s->raised.unforeseen || exn == s->interrupt ||
         strcmp(s->last.function, "caml_enter_blocking_section") == 0;
}

/* Goes to the nearest handler, which finds the exception where the runtime keeps it. */
void sim_raise(sim *s, value exn, void *site)
{
  handler *h = s->handlers;
  if (h == NULL)
    sim_fail(s, sim_is_foreign() ? "crash" : "internal", site,
             "an exception is raised and nobody handles it");
  s->exception = exn;
  s->raised.site = site;
  s->raised.excused = is_unforeseen(s, exn);
  s->raised.unforeseen = false;
  s->handlers = h->outer;
  s->local_roots = h->roots;
  s->stack = h->stack;
  s->frames.count = h->frames;
  s->dead_record = NULL;
  longjmp(h->context, 1);
}

SIM_EXPORT void caml_raise(value exn)
{
  sim *s = RAISING("caml_raise");
  if (s->operation != NULL)
    sim_fail(s, "finaliser-uses-runtime", SITE, "an exception is raised while a custom block is %s",
             s->operation);
  if (Is_exception_result(exn))
    sim_fail(s, "unchecked-exception-result", SITE, "an encoded exception is raised");
  if (exn == 0) sim_fail(s, "null-unchecked", SITE, "NULL is raised");
  sim_check_global(s, exn, "raised", SITE);
  exn = sim_poll(s, exn, HERE("caml_raise"));
  sim_raise(s, Is_exception_result(exn) ? Extract_exception(exn) : exn, SITE);
}

SIM_EXPORT void caml_raise_constant(value tag)
{
  RAISING("caml_raise_constant");
  caml_raise(tag);
}

SIM_EXPORT void caml_raise_with_args(value tag, int nargs, value args[])
{
  sim *s = RAISING("caml_raise_with_args");
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &tag } };
  struct caml__roots_block more = { &roots, 1, nargs, { args } };
  s->local_roots = &more;
  value exn = caml_alloc_small((mlsize_t) nargs + 1, 0);
  s->local_roots = roots.next;
  ((value *) exn)[0] = tag;
  for (int i = 0; i < nargs; i++) ((value *) exn)[1 + i] = args[i];
  caml_raise(exn);
}

SIM_EXPORT void caml_raise_with_arg(value tag, value arg)
{
  RAISING("caml_raise_with_arg");
  caml_raise_with_args(tag, 1, &arg);
}

SIM_EXPORT void caml_raise_with_string(value tag, char const *message)
{
  sim *s = RAISING("caml_raise_with_string");
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &tag } };
  s->local_roots = &roots;
  value text = caml_copy_string(message);
  s->local_roots = roots.next;
  caml_raise_with_arg(tag, text);
}

SIM_EXPORT void caml_failwith(char const *message)
{
  RAISING("caml_failwith");
  caml_raise_with_string(tag_of(FAILURE), message);
}

SIM_EXPORT void caml_failwith_value(value message)
{
  RAISING("caml_failwith_value");
  caml_raise_with_arg(tag_of(FAILURE), message);
}

SIM_EXPORT void caml_invalid_argument(char const *message)
{
  RAISING("caml_invalid_argument");
  caml_raise_with_string(tag_of(INVALID_ARGUMENT), message);
}

SIM_EXPORT void caml_invalid_argument_value(value message)
{
  RAISING("caml_invalid_argument_value");
  caml_raise_with_arg(tag_of(INVALID_ARGUMENT), message);
}

SIM_EXPORT void caml_array_bound_error(void)
{
  RAISING("caml_array_bound_error");
  caml_invalid_argument("index out of bounds");
}

SIM_EXPORT void caml_raise_sys_error(value message)
{
  RAISING("caml_raise_sys_error");
  caml_raise_with_arg(tag_of(SYS_ERROR), message);
}

SIM_EXPORT value caml_raise_if_exception(value result)
{
  RAISING("caml_raise_if_exception");
  if (Is_exception_result(result)) caml_raise(Extract_exception(result));
  return result;
}

/* --- exceptions that somebody raises later --- */

SIM_EXPORT value caml_exception_constant(value tag)
{
  return tag;
}

SIM_EXPORT value caml_exception_with_args(value tag, int nargs, value args[])
{
  sim *s = ENTER("caml_exception_with_args");
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &tag } };
  struct caml__roots_block more = { &roots, 1, nargs, { args } };
  s->local_roots = &more;
  value exn = caml_alloc_small((mlsize_t) nargs + 1, 0);
  s->local_roots = roots.next;
  ((value *) exn)[0] = tag;
  for (int i = 0; i < nargs; i++) ((value *) exn)[1 + i] = args[i];
  return exn;
}

SIM_EXPORT value caml_exception_with_arg(value tag, value arg)
{
  return caml_exception_with_args(tag, 1, &arg);
}

SIM_EXPORT value caml_exception_with_string(value tag, char const *message)
{
  sim *s = ENTER("caml_exception_with_string");
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &tag } };
  s->local_roots = &roots;
  value text = caml_copy_string(message);
  s->local_roots = roots.next;
  return caml_exception_with_arg(tag, text);
}

SIM_EXPORT value caml_exception_failure(char const *message)
{
  return caml_exception_with_string(tag_of(FAILURE), message);
}

SIM_EXPORT value caml_exception_failure_value(value message)
{
  return caml_exception_with_arg(tag_of(FAILURE), message);
}

SIM_EXPORT value caml_exception_invalid_argument(char const *message)
{
  return caml_exception_with_string(tag_of(INVALID_ARGUMENT), message);
}

SIM_EXPORT value caml_exception_invalid_argument_value(value message)
{
  return caml_exception_with_arg(tag_of(INVALID_ARGUMENT), message);
}

SIM_EXPORT value caml_exception_sys_error(value message)
{
  return caml_exception_with_arg(tag_of(SYS_ERROR), message);
}

/* --- those without arguments: to be had, and raised --- */

#define WITHOUT_ARGUMENTS(name, number) \
  SIM_EXPORT value caml_exception_##name(void) \
  { \
    return tag_of(number); \
  } \
  SIM_EXPORT void caml_raise_##name(void) \
  { \
    RAISING("caml_raise_" #name); \
    caml_raise_constant(tag_of(number)); \
  }
WITHOUT_ARGUMENTS(out_of_memory, OUT_OF_MEMORY)
WITHOUT_ARGUMENTS(stack_overflow, STACK_OVERFLOW)
WITHOUT_ARGUMENTS(end_of_file, END_OF_FILE)
WITHOUT_ARGUMENTS(zero_divide, DIVISION_BY_ZERO)
WITHOUT_ARGUMENTS(not_found, NOT_FOUND)
WITHOUT_ARGUMENTS(sys_blocked_io, SYS_BLOCKED_IO)

/* By the runtime itself. */
void sim_raise_out_of_memory(void)
{
  sim_current->raised.unforeseen = true;
  caml_raise_out_of_memory();
}

/* In compiled programs it is there from the start: making it is no point. */
SIM_EXPORT value caml_exception_array_bound_error(void)
{
  caller by = HERE("caml_exception_array_bound_error");
  sim *s = sim_enter(by);
  return pair_of(s, 0, tag_of(INVALID_ARGUMENT), text_of(s, "index out of bounds", by), by);
}
