/* Memory that runs out at an allocation that the host has chosen, and calls of C's library that fail.

   Counted are those of the stubs' that may fail: blocks whose making may raise Out_of_memory, and
   memory outside the heap.  A block as small as some functions make is there, or the program ends.

   Calls of C's library are counted anew in each call of a primitive. */
#include "sim.h"

#include <errno.h>
#include <string.h>

/* Those whose row in the table of the API says that they never raise. */
static const char *const sure[] = {
  "caml_alloc_1", "caml_alloc_2", "caml_alloc_3", "caml_alloc_4", "caml_alloc_5", "caml_alloc_6",
  "caml_alloc_7", "caml_alloc_8", "caml_alloc_9", "caml_alloc_small", "caml_alloc_some",
  "caml_alloc_shr_noexc", "caml_alloc_shr_no_track_noexc", "caml_alloc_shr_for_minor_gc",
  "caml_copy_double", "caml_copy_int32", "caml_copy_int64", "caml_copy_nativeint",
  "caml_exception_array_bound_error",
};

static bool is_sure(const char *function)
{
  for (size_t i = 0; i < sizeof sure / sizeof *sure; i++)
    if (strcmp(sure[i], function) == 0) return true;
  return false;
}

/* Whether there is no memory for what is allocated now. */
bool sim_runs_out(sim *s)
{
  return ++s->allocations == s->failing_allocation;
}

void sim_take_memory(sim *s, caller by)
{
  if (by.site != NULL && !s->collecting && !is_sure(by.function) && sim_runs_out(s))
    sim_raise_out_of_memory();
}

/* Memory of C's, which threads without the lock may ask for too. */
bool sim_c_runs_out(void)
{
  sim *s = sim_current;
  return s != NULL && !sim_is_released(s) && sim_runs_out(s);
}

/* The number counts from 1; 0 is for none. */
SIM_EXPORT void sim_set_failing(sim *s, long allocation)
{
  s->failing_allocation = allocation;
  s->allocations = 0;
}

SIM_EXPORT long sim_count_allocations(sim *s)
{
  return s->allocations;
}

/* --- C's library --- */

/* Whether a call of an entry is to fail, by what it is to say of it.  Those of other threads are not
   counted, and those of finalisers, which nobody looks at: they come at no certain time. */
bool sim_call_fails(caller by, int error)
{
  sim *s = sim_current;
  if (s == NULL || sim_is_foreign() || s->operation != NULL) return false;
  if (++s->library.calls != s->library.failing) return false;
  s->library.failed = by;
  errno = error;
  return true;
}

void sim_begin_library_calls(sim *s)
{
  s->library.calls = 0;
  s->library.failed = (caller){ NULL, NULL };
}

/* The number counts from 1; 0 is for none. */
SIM_EXPORT void sim_set_failing_call(sim *s, long call)
{
  s->library.failing = call;
}

/* Those of the primitive that was called last. */
SIM_EXPORT long sim_count_library_calls(sim *s)
{
  return s->library.calls;
}
