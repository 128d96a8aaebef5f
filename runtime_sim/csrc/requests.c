/* What asks for a collection, and what the runtime tells about itself. */
#include "sim.h"

#include <caml/address_class.h>
#include <caml/backtrace.h>
#include <caml/compact.h>
#include <caml/eventlog.h>
#include <caml/major_gc.h>
#include <caml/minor_gc.h>
#include <caml/runtime_events.h>
#include <caml/signals.h>

#include <stdio.h>
#include <stdlib.h>

#define POINT(function) sim_point(ENTER(function), HERE(function))
#define ASKED(function, what) sim_asked(ENTER(function), (what), HERE(function))

/* --- collections --- */

SIM_EXPORT void caml_minor_collection(void)
{
  ASKED("caml_minor_collection", COLLECT_MINOR);
}

SIM_EXPORT void caml_empty_minor_heap(void)
{
  ASKED("caml_empty_minor_heap", COLLECT_MINOR);
}

SIM_EXPORT void caml_gc_dispatch(void)
{
  POINT("caml_gc_dispatch");
}

SIM_EXPORT void caml_alloc_small_dispatch(
  intnat wosize, int flags, int nallocs, unsigned char *lengths)
{
  (void) wosize, (void) flags, (void) nallocs, (void) lengths;
  POINT("caml_alloc_small_dispatch");
}

SIM_EXPORT void caml_finish_major_cycle(void)
{
  ASKED("caml_finish_major_cycle", COLLECT_CYCLE);
}

SIM_EXPORT void caml_major_collection_slice(intnat work)
{
  sim_asked_for_slice(ENTER("caml_major_collection_slice"), work, HERE("caml_major_collection_slice"));
}

SIM_EXPORT void caml_compact_heap(intnat new_policy)
{
  (void) new_policy;
  ASKED("caml_compact_heap", COLLECT_COMPACT);
}

SIM_EXPORT value caml_check_urgent_gc(value v)
{
  caller by = HERE("caml_check_urgent_gc");
  sim *s = sim_enter(by);
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &v } };
  s->local_roots = &roots;
  sim_point(s, by);
  s->local_roots = roots.next;
  return v;
}

#define PRIMITIVE(name, what) \
  SIM_EXPORT value name(value v) \
  { \
    (void) v; \
    ASKED(#name, what); \
    return Val_unit; \
  }
PRIMITIVE(caml_gc_minor, COLLECT_MINOR)
PRIMITIVE(caml_gc_major, COLLECT_MAJOR)
PRIMITIVE(caml_gc_full_major, COLLECT_FULL_MAJOR)
PRIMITIVE(caml_gc_compaction, COLLECT_COMPACT)

SIM_EXPORT value caml_gc_major_slice(value work)
{
  sim_asked_for_slice(ENTER("caml_gc_major_slice"), Long_val(work), HERE("caml_gc_major_slice"));
  return Val_int(0);
}

SIM_EXPORT void caml_darken(value v, value *from)
{
  (void) from;
  sim *s = ENTER("caml_darken");
  s->darkened = v;
  sim_darken(s, v);
}

/* A variable before 5.0; since then a field of the state. */
#undef caml_allocated_words
SIM_EXPORT uintnat caml_allocated_words;

/* --- what stubs may look at --- */

SIM_EXPORT caml_domain_state *caml_sim_domain_state_opt(void)
{
  return sim_current == NULL || sim_is_released(sim_current) ? NULL : &sim_current->state;
}

SIM_EXPORT caml_domain_state *caml_get_domain_state(void)
{
  if (sim_current == NULL) sim_refuse_thread(HERE("Caml_state"));
  return &sim_current->state;
}

SIM_EXPORT void caml_bad_caml_state(void)
{
  if (sim_current == NULL) sim_refuse_thread(HERE("Caml_state"));
  sim_fail(sim_current, "value-access-without-lock", SITE,
           "the runtime's state is used with the runtime lock released");
}

SIM_EXPORT int caml_sim_is_young(value v)
{
  sim *s = ENTER("Is_young");
  s->settled = true;
  return sim_is_young(s, v);
}

SIM_EXPORT int caml_sim_is_in_heap(value v)
{
  return sim_chunk_of(ENTER("Is_in_heap"), (void *) v) != NULL;
}

SIM_EXPORT int caml_page_table_lookup(void *address)
{
  enum { IN_HEAP = 1, IN_YOUNG = 2 };
  sim *s = ENTER("caml_page_table_lookup");
  chunk *c = sim_chunk_of(s, address);
  return c == NULL ? 0 : c->state == CHUNK_YOUNG ? IN_YOUNG : IN_HEAP;
}

SIM_EXPORT int caml_page_table_add(int kind, void *start, void *end)
{
  (void) kind, (void) start, (void) end;
  return 0;
}

SIM_EXPORT int caml_page_table_remove(int kind, void *start, void *end)
{
  (void) kind, (void) start, (void) end;
  return 0;
}

/* --- reports, of which there are none --- */

SIM_EXPORT void caml_record_backtraces(int on)
{
  ENTER("caml_record_backtraces")->backtrace_active = on;
}

SIM_EXPORT void caml_eventlog_init(void)
{
}

SIM_EXPORT void caml_eventlog_disable(void)
{
}

SIM_EXPORT int caml_debugger_in_use;
SIM_EXPORT int caml_debugger_fork_mode;

SIM_EXPORT void caml_debugger_cleanup_fork(void)
{
}

SIM_EXPORT void caml_runtime_events_start(void)
{
  POINT("caml_runtime_events_start");
}

SIM_EXPORT void caml_runtime_events_pause(void)
{
}

SIM_EXPORT void caml_runtime_events_resume(void)
{
}

SIM_EXPORT int caml_runtime_events_are_active(void)
{
  return 0;
}
