/* Values that OCaml code registers under a name.

   The cell of a name is a generational root: it stays where it is, and what it holds is corrected. */
#include "sim.h"

#include <caml/callback.h>

#include <stdlib.h>
#include <string.h>

typedef struct named {
  value cell;
  struct named *next;
  char name[];
} named;

static named *find(sim *s, const char *name)
{
  for (named *n = s->named; n != NULL; n = n->next)
    if (strcmp(n->name, name) == 0) return n;
  return NULL;
}

/* Like Callback.register: a second registration changes the cell of the first. */
void sim_name_value(sim *s, const char *name, value v)
{
  named *n = find(s, name);
  if (n == NULL) {
    size_t size = strlen(name) + 1;
    n = malloc(sizeof *n + size);
    if (n == NULL) abort();
    memcpy(n->name, name, size);
    n->next = s->named;
    s->named = n;
  }
  sim_set_generational_root(s, &n->cell, v);
}

SIM_EXPORT value caml_register_named_value(value name, value v)
{
  sim *s = ENTER("caml_register_named_value");
  sim_check_global(s, v, "registered under a name", SITE);
  sim_name_value(s, caml_sim_bytes(name), v);
  return Val_unit;
}

SIM_EXPORT const value *caml_named_value(char const *name)
{
  sim *s = ENTER("caml_named_value");
  named *n = find(s, name);
  /* Programs that need it are linked with the Unix library, which registers it. */
  if (n == NULL && strcmp(name, "Unix.Unix_error") == 0) {
    sim_name_value(s, name, sim_exception(name));
    n = find(s, name);
  }
  if (n != NULL) return &n->cell;
  s->unnamed = __builtin_dwarf_cfa();
  return NULL;
}

SIM_EXPORT void caml_iterate_named_values(caml_named_action action)
{
  sim *s = ENTER("caml_iterate_named_values");
  for (named *n = s->named; n != NULL; n = n->next) action(&n->cell, n->name);
}

void sim_free_names(sim *s)
{
  while (s->named != NULL) {
    named *n = s->named;
    s->named = n->next;
    free(n);
  }
}
