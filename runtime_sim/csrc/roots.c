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

/* --- global roots --- */

/* Its number from 0, or the count if it is not there. */
static size_t find(const addresses *list, const value *root)
{
  size_t i = 0;
  while (i < list->count && list->items[i] != root) i++;
  return i;
}

/* A root that is not registered is no matter, unless it is as one of the other kind, or a variable of
   the primitive that runs, which nobody else has registered. */
static void check_kind(sim *s, const addresses *other, const value *root, void *site)
{
  if (find(other, root) < other->count)
    sim_fail(s, "global-root-misuse", site, "a root is removed as one of the other kind");
  const char *at = (const char *) root, *here = __builtin_frame_address(0);
  if (!sim_is_foreign() && at > here && at < s->base)
    sim_fail(s, "global-root-misuse", site, "a root is removed that was not registered");
}

/* What another call has registered may be registered again by one that is made only once. */
static void check_new(sim *s, const value *root, void *site)
{
  if (find(&s->registered, root) < s->registered.count)
    sim_fail(s, "global-root-misuse", site, "a root is registered twice");
  if (IS_UNSET(*root))
    sim_fail(s, "global-root-misuse", site, "a root is registered that has no value yet");
  sim_push_address(&s->registered, (value *) root);
}

SIM_EXPORT void caml_register_global_root(value *root)
{
  sim *s = ENTER("caml_register_global_root");
  check_new(s, root, SITE);
  sim_push_address(&s->global_roots, root);
}

SIM_EXPORT void caml_remove_global_root(value *root)
{
  sim *s = ENTER("caml_remove_global_root");
  sim_note_removed_root(s, root);
  sim_drop_address(&s->registered, root);
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
  check_new(s, root, SITE);
  sim_push_address(&s->generational_roots, root);
  sim_push_value(&s->generational_values, *root);
}

SIM_EXPORT void caml_remove_generational_global_root(value *root)
{
  sim *s = ENTER("caml_remove_generational_global_root");
  sim_drop_address(&s->registered, root);
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
