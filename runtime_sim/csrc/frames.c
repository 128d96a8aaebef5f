/* The frames that stubs open for their local roots, and the records of those.

   Records and the variables of frames tell when they die.  A function that is left lets its records die
   before its frame: only when something else comes first it was a block that ended. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

SIM_EXPORT struct caml__roots_block **caml_sim_local_roots(void)
{
  sim *s = sim_here(HERE("CAMLparam"));
  sim_check_records(s);
  return &s->local_roots;
}

void sim_refuse_dead_record(sim *s)
{
  s->dead_record = NULL;
  sim_fail(s, "root-out-of-scope", s->dead_site,
           "a local root has died with its block, and its frame is still open");
}

/* --- what comes and goes --- */

/* Compilers that do not let frames tell of their end leave them to be found by their addresses. */
static void refuse_dead_frame(sim *s, const void *variable, const void *here)
{
  size_t open = s->frames.count;
  if (open == 0) return;
  const open_frame *last = &s->frames.items[open - 1];
  if (last->variable == variable || (const void *) last->variable < here)
    sim_fail(s, "missing-camlreturn", last->site,
             "a function has returned with the frame open that it opened here");
}

SIM_EXPORT struct caml__roots_block *caml_sim_open(struct caml__roots_block **variable)
{
  sim *s = ENTER("CAMLparam");
  refuse_dead_frame(s, variable, __builtin_frame_address(0));
  sim_push_frame(&s->frames, (open_frame){ variable, s->local_roots, SITE });
  return s->local_roots;
}

SIM_EXPORT void caml_sim_push(struct caml__roots_block *record)
{
  sim *s = sim_here(HERE("CAMLparam"));
  if (s->dead_record == record) {
    s->dead_record = NULL;
    sim_fail(s, "camllocal-in-loop", SITE, "a local root is put twice into the list of its frame");
  }
  sim_check_records(s);
  record->next = s->local_roots;
  record->caml__site = SITE;
  s->local_roots = record;
}

SIM_EXPORT value *caml_sim_refuse_root(const char *variable)
{
  sim_fail(ENTER("CAMLparam"), "root-of-non-value", SITE,
           "'%s' is made a local root, and is no value", variable);
}

/* The number of a frame, from 1; 0 if it is not open. */
static size_t number_of(sim *s, struct caml__roots_block **variable)
{
  size_t number = s->frames.count;
  while (number > 0 && s->frames.items[number - 1].variable != variable) number--;
  return number;
}

static void refuse_wrong_return(sim *s, void *site)
{
  for (size_t i = 0; i < s->nwrong_returns; i++) {
    const wrong_return *w = &s->wrong_returns[i];
    if ((char *) site >= w->code.start && (char *) site < w->code.end)
      sim_fail(s, "camlreturn-kind", site, "what is returned is of type '%s', and the function's '%s'",
               w->given, w->declared);
  }
}

SIM_EXPORT void caml_sim_close(struct caml__roots_block **variable)
{
  sim *s = ENTER("CAMLreturn");
  size_t own = number_of(s, variable);
  if (own == 0)
    sim_fail(s, "camlreturn-without-camlparam", SITE, "a frame is closed that is not open");
  if (own < s->frames.count)
    sim_fail(s, "missing-camlreturn", s->frames.items[s->frames.count - 1].site,
             "a function has returned with the frame open that it opened here");
  refuse_wrong_return(s, SITE);
  s->frames.count = own - 1;
  s->local_roots = s->frames.items[own - 1].saved;
}

/* --- what dies --- */

/* The runtime whose lists may be looked at. */
static sim *living(void)
{
  sim *s = sim_current;
  return s == NULL || s->failed || sim_is_released(s) ? NULL : s;
}

static bool is_listed(sim *s, const struct caml__roots_block *record)
{
  const struct caml__roots_block *r = s->local_roots;
  while (r != NULL && r != record) r = r->next;
  return r != NULL;
}

SIM_EXPORT void caml_sim_root_dies(struct caml__roots_block *record)
{
  sim *s = living();
  if (s == NULL || s->dead_record != NULL || !is_listed(s, record)) return;
  s->dead_record = record;
  s->dead_site = record->caml__site;
}

SIM_EXPORT void caml_sim_frame_dies(struct caml__roots_block **variable)
{
  sim *s = living();
  size_t own = s == NULL ? 0 : number_of(s, variable);
  if (own == 0) return;
  sim_fail(s, "missing-camlreturn", s->frames.items[own - 1].site,
           "a function returns with the frame open that it opened here");
}

SIM_EXPORT void caml_sim_begun_dies(struct caml__roots_block *record)
{
  sim *s = living();
  if (s == NULL || !is_listed(s, record)) return;
  sim_fail(s, "missing-camlreturn", record->caml__site,
           "a function returns with the roots in the list that it began here");
}

/* --- what debugging information tells --- */

/* A CAMLreturn of a library, which is loaded at `base`, is of another kind than its function. */
SIM_EXPORT void sim_know_wrong_return(
  sim *s, uintptr_t base, uintptr_t start, uintptr_t end, const char *given, const char *declared)
{
  s->wrong_returns = realloc(s->wrong_returns, (s->nwrong_returns + 1) * sizeof(wrong_return));
  if (s->wrong_returns == NULL) abort();
  s->wrong_returns[s->nwrong_returns++] = (wrong_return){
    { (const char *) base + start, (const char *) base + end }, strdup(given), strdup(declared)
  };
}

void sim_forget_wrong_returns(sim *s)
{
  for (size_t i = 0; i < s->nwrong_returns; i++) {
    free(s->wrong_returns[i].given);
    free(s->wrong_returns[i].declared);
  }
  free(s->wrong_returns);
}
