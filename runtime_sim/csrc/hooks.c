/* Functions that stubs install: the runtime calls them around collections and where the lock changes
   hands.  They are the process's, and go with the runtime whose stubs have set them. */
#include "sim.h"

#include <caml/roots.h>
#include <caml/signals.h>

static void nothing(void)
{
}

/* Who installs one calls the one of before. */
SIM_EXPORT void (*caml_enter_blocking_section_hook)(void) = nothing;
SIM_EXPORT void (*caml_leave_blocking_section_hook)(void) = nothing;

/* The simulated program has no finalisers of the Gc module, which the last two are about. */
SIM_EXPORT CAML__HOOK caml_major_slice_begin_hook, caml_major_slice_end_hook;
SIM_EXPORT CAML__HOOK caml_minor_gc_begin_hook, caml_minor_gc_end_hook;
SIM_EXPORT CAML__HOOK caml_finalise_begin_hook, caml_finalise_end_hook;

/* Since 5.0 it is told for what it scans. */
typedef void (*hook_of_4)(void (*)(value, value *));
typedef void (*hook_of_5)(
  void (*)(void *, value, volatile value *), int flags, void *with, caml_domain_state *);
SIM_EXPORT void *caml_scan_roots_hook;

void sim_call_hook(CAML__HOOK *hook)
{
  if (*hook != NULL) (*hook)();
}

void sim_forget_hooks(void)
{
  caml_enter_blocking_section_hook = caml_leave_blocking_section_hook = nothing;
  CAML__HOOK *const hooks[] = {
    &caml_major_slice_begin_hook, &caml_major_slice_end_hook, &caml_minor_gc_begin_hook,
    &caml_minor_gc_end_hook, &caml_finalise_begin_hook, &caml_finalise_end_hook,
  };
  for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) *hooks[i] = NULL;
  caml_scan_roots_hook = NULL;
}

/* --- roots of the stubs' own --- */

typedef struct {
  sim *s;
  visitor visit;
  void *with;
} scan;

static __thread const scan *scanning;

static void scan_root_of_5(void *with, value v, volatile value *root)
{
  const scan *at = with;
  (void) v;
  at->visit(at->s, (value *) root, "a root of a hook's", at->with);
}

static void scan_root_of_4(value v, value *root)
{
  scan_root_of_5((void *) scanning, v, root);
}

void sim_each_root_of_hooks(sim *s, visitor visit, void *with)
{
  if (caml_scan_roots_hook == NULL) return;
  scan at = { s, visit, with };
  scanning = &at;
  if (s->version < 50000) ((hook_of_4) caml_scan_roots_hook)(scan_root_of_4);
  else ((hook_of_5) caml_scan_roots_hook)(scan_root_of_5, 0, &at, &s->state);
  scanning = NULL;
}
