/* Exceptions as text, like Printexc.to_string. */
#include "sim.h"

#include <caml/printexc.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS(block) ((value *) (block))
#define HEADER(block) (((header_t *) (block))[-1])

static void print_argument(FILE *out, value v)
{
  if (Is_long(v)) fprintf(out, "%ld", (long) (v >> 1));
  else if (Tag_hd(HEADER(v)) == String_tag) fprintf(out, "\"%s\"", (char *) v);
  else fputc('_', out);
}

/* Of some exceptions the arguments are in a tuple. */
static bool has_tuple(value exn, const char *name)
{
  bool may = strcmp(name, "Match_failure") == 0 || strcmp(name, "Assert_failure") == 0 ||
             strcmp(name, "Undefined_recursive_module") == 0;
  value argument = FIELDS(exn)[1];
  return may && Wosize_hd(HEADER(exn)) == 2 && Is_block(argument) && Tag_hd(HEADER(argument)) == 0;
}

SIM_EXPORT char *caml_format_exception(value exn)
{
  sim *s = ENTER("caml_format_exception");
  sim_live(s, exn, "an exception is printed", SITE);
  char *text = NULL;
  size_t length = 0;
  FILE *out = open_memstream(&text, &length);
  if (out == NULL) return NULL;
  const char *name = sim_exception_name(exn);
  fputs(name, out);
  if (Tag_hd(HEADER(exn)) == 0 && Wosize_hd(HEADER(exn)) > 1) {
    bool tuple = has_tuple(exn, name);
    value of = tuple ? FIELDS(exn)[1] : exn;
    fputc('(', out);
    for (mlsize_t i = tuple ? 0 : 1; i < Wosize_hd(HEADER(of)); i++) {
      if (i > (tuple ? 0 : 1)) fputs(", ", out);
      print_argument(out, FIELDS(of)[i]);
    }
    fputc(')', out);
  }
  fclose(out);
  return text;
}

SIM_EXPORT void caml_fatal_uncaught_exception(value exn)
{
  ENTER("caml_fatal_uncaught_exception");
  fprintf(stderr, "Fatal error: exception %s\n", caml_format_exception(exn));
  exit(2);
}
