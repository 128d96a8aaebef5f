/* Whether the runtime is called by a signal's handler, which nothing makes right.

   While a handler runs its signal is blocked; only if some are that were not when the thread came
   here, its calls are looked at for the frame that the system made.  To ask the system at each call
   takes longer than the call: where no faults are looked for, but speed, it is not done. */
#define _GNU_SOURCE
#include "sim.h"

#include <signal.h>
#include <string.h>
#include <unwind.h>

/* The system's own set has 64 signals, the library's is larger. */
static uint64_t blocked(void)
{
  sigset_t set;
  uint64_t mask;
  pthread_sigmask(SIG_BLOCK, NULL, &set);
  memcpy(&mask, &set, sizeof mask);
  return mask;
}

void sim_note_mask(sim *s)
{
  sim_this_thread(s)->blocked = blocked();
}

static _Unwind_Reason_Code look_at(struct _Unwind_Context *context, void *with)
{
  int interrupted = 0;
  uintptr_t at = _Unwind_GetIPInfo(context, &interrupted);
  if (at == 0) return _URC_END_OF_STACK;
  *(bool *) with = interrupted;
  return interrupted ? _URC_END_OF_STACK : _URC_NO_REASON;
}

bool sim_in_handler(sim *s)
{
  if (s->policy != POLICY_EVERY_POINT && s->policy != POLICY_NTH && s->policy != POLICY_RANDOM)
    return false;
  if ((blocked() & ~sim_this_thread(s)->blocked) == 0) return false;
  bool found = false;
  _Unwind_Backtrace(look_at, &found);
  return found;
}
