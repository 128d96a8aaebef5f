/* The roots: what the collector starts from, and what it corrects. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FRAMES 1000000

static void each_local_root(
  sim *s, const struct caml__roots_block *roots, visitor visit, void *with)
{
  long frames = 0;
  for (const struct caml__roots_block *r = roots; r != NULL; r = r->next) {
    if (++frames > MAX_FRAMES)
      sim_fail(s, "camllocal-in-loop", NULL, "the list of local roots runs in a circle");
    if (r->ntables < 0 || r->ntables > 5 || r->nitems < 0)
      sim_fail(s, "missing-camlreturn", NULL, "the list of local roots leads to a dead frame");
    for (intnat i = 0; i < r->ntables; i++)
      for (intnat j = 0; j < r->nitems; j++) visit(s, &r->tables[i][j], "a local root", with);
  }
}

static void each_of_thread(sim *s, const thread *t, visitor visit, void *with)
{
  if (t == s->running) return; /* what was put aside is of before */
  each_local_root(s, t->roots, visit, with);
  sim_each_slot(s, t->stack, visit, with);
}

/* Of a generational root the runtime knows whether it may lead to a young block. */
static void check_content(sim *s, size_t number, void *site)
{
  if (*s->generational_roots.items[number] != s->generational_values.items[number])
    sim_fail(s, "global-root-misuse", site,
             "a generational root holds something else than what the runtime was given for it");
}

void sim_each_root(sim *s, visitor visit, void *with)
{
  each_local_root(s, s->local_roots, visit, with);
  sim_each_slot(s, s->stack, visit, with);
  each_of_thread(s, &s->main, visit, with);
  for (thread *t = s->threads; t != NULL; t = t->next) each_of_thread(s, t, visit, with);
  for (size_t i = 0; i < s->global_roots.count; i++)
    visit(s, s->global_roots.items[i], "a global root", with);
  /* One may be registered twice. */
  for (size_t i = 0; i < s->generational_roots.count; i++) check_content(s, i, NULL);
  for (size_t i = 0; i < s->generational_roots.count; i++)
    visit(s, s->generational_roots.items[i], "a generational global root", with);
  for (size_t i = 0; i < s->generational_roots.count; i++)
    s->generational_values.items[i] = *s->generational_roots.items[i];
  for (size_t i = 0; i < s->held.count; i++)
    visit(s, &s->held.items[i], "a value of the caller's", with);
  sim_each_root_of_hooks(s, visit, with);
  visit(s, &s->exception, "an exception", with);
  visit(s, &s->signal_handler, "the handler of signals", with);
  visit(s, &s->interrupt, "an exception", with);
}

SIM_EXPORT struct caml__roots_block **caml_sim_local_roots(void)
{
  return &sim_here(HERE("CAMLparam"))->local_roots;
}

SIM_EXPORT struct caml__roots_block *caml_sim_open(struct caml__roots_block **variable)
{
  sim *s = ENTER("CAMLparam");
  sim_push_frame(&s->frames, (open_frame){ variable, s->local_roots, SITE });
  return s->local_roots;
}

SIM_EXPORT void caml_sim_close(struct caml__roots_block **variable)
{
  sim *s = ENTER("CAMLreturn");
  size_t own = s->frames.count;
  while (own > 0 && s->frames.items[own - 1].variable != variable) own--;
  if (own == 0)
    sim_fail(s, "camlreturn-without-camlparam", SITE, "a frame is closed that is not open");
  if (own < s->frames.count)
    sim_fail(s, "missing-camlreturn", s->frames.items[s->frames.count - 1].site,
             "a function has returned with the frame open that it opened here");
  s->frames.count = own - 1;
  s->local_roots = s->frames.items[own - 1].saved;
}

/* --- global roots --- */

/* Its number from 0, or the count if it is not there. */
static size_t find(const addresses *list, const value *root)
{
  size_t i = 0;
  while (i < list->count && list->items[i] != root) i++;
  return i;
}

/* A root that is not registered is no matter, unless it is as one of the other kind. */
static void check_kind(sim *s, const addresses *other, const value *root, void *site)
{
  if (find(other, root) < other->count)
    sim_fail(s, "global-root-misuse", site, "a root is removed as one of the other kind");
}

SIM_EXPORT void caml_register_global_root(value *root)
{
  sim *s = ENTER("caml_register_global_root");
  sim_push_address(&s->global_roots, root);
}

SIM_EXPORT void caml_remove_global_root(value *root)
{
  sim *s = ENTER("caml_remove_global_root");
  sim_note_removed_root(s, root);
  if (!sim_drop_address(&s->global_roots, root)) check_kind(s, &s->generational_roots, root, SITE);
}

/* Registers a root, or changes it. */
void sim_set_generational_root(sim *s, value *root, value v)
{
  size_t i = find(&s->generational_roots, root);
  *root = v;
  if (i == s->generational_roots.count) {
    sim_push_address(&s->generational_roots, root);
    sim_push_value(&s->generational_values, v);
  }
  s->generational_values.items[i] = v;
}

SIM_EXPORT void caml_register_generational_global_root(value *root)
{
  sim *s = ENTER("caml_register_generational_global_root");
  sim_push_address(&s->generational_roots, root);
  sim_push_value(&s->generational_values, *root);
}

SIM_EXPORT void caml_remove_generational_global_root(value *root)
{
  sim *s = ENTER("caml_remove_generational_global_root");
  size_t i = find(&s->generational_roots, root);
  if (i == s->generational_roots.count) {
    check_kind(s, &s->global_roots, root, SITE);
    return;
  }
  check_content(s, i, SITE);
  sim_note_removed_root(s, root);
  s->generational_roots.items[i] = s->generational_roots.items[--s->generational_roots.count];
  s->generational_values.items[i] = s->generational_values.items[--s->generational_values.count];
}

SIM_EXPORT void caml_modify_generational_global_root(value *root, value v)
{
  sim *s = ENTER("caml_modify_generational_global_root");
  sim_refuse_local(s, v, "stored in a global root", SITE);
  size_t i = find(&s->generational_roots, root);
  if (i < s->generational_roots.count) {
    check_content(s, i, SITE);
    s->generational_values.items[i] = v;
  }
  *root = v;
}
