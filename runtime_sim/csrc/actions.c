/* What waits to be run: signals, and what the host has chosen to happen.

   Where the runtime polls, OCaml code may run and raise.  Allocations from C do not poll. */
#include "sim.h"

#include <caml/callback.h>
#include <caml/fail.h>
#include <caml/signals.h>

#include <signal.h>

/* --- signals --- */

/* Those that have a number of OCaml's: -1 is the first. */
static const int signals[] = {
  SIGABRT, SIGALRM, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGKILL, SIGPIPE, SIGQUIT, SIGSEGV, SIGTERM,
  SIGUSR1, SIGUSR2, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGVTALRM, SIGPROF, SIGBUS,
  SIGPOLL, SIGSYS, SIGTRAP, SIGURG, SIGXCPU, SIGXFSZ,
};
enum { SIGNALS = sizeof signals / sizeof *signals };

SIM_EXPORT int caml_convert_signal_number(int signal)
{
  return signal < 0 && signal >= -SIGNALS ? signals[-signal - 1] : signal;
}

SIM_EXPORT int caml_rev_convert_signal_number(int signal)
{
  for (int i = 0; i < SIGNALS; i++)
    if (signals[i] == signal) return -i - 1;
  return signal;
}

SIM_EXPORT intnat volatile caml_pending_signals[NSIG];
SIM_EXPORT int volatile caml_something_to_do;
SIM_EXPORT int (*caml_sigmask_hook)(int, const sigset_t *, sigset_t *) = pthread_sigmask;

static void set_pending(sim *s)
{
  caml_something_to_do = 1;
  s->action_pending = 1;
}

/* Handlers call it, in whatever thread. */
SIM_EXPORT void caml_record_signal(int signal)
{
  sim *s = sim_current == NULL ? sim_called_last() : sim_current;
  caml_pending_signals[signal] = 1;
  if (s != NULL) set_pending(s);
}

/* The first of those that wait, which is then served; 0 if none does. */
static int next_signal(void)
{
  for (int signal = 1; signal < NSIG; signal++)
    if (caml_pending_signals[signal]) {
      caml_pending_signals[signal] = 0;
      return signal;
    }
  return 0;
}

/* --- polls --- */

static bool acts_at(sim *s, long poll)
{
  return s->action != ACTION_NONE && (s->acting_poll == 0 || s->acting_poll == poll);
}

static value act(sim *s, int signal, caller by)
{
  bool now = acts_at(s, s->polls);
  if (now && s->action == ACTION_RAISE) return Make_exception_result(s->interrupt);
  if ((now || signal != 0) && s->signal_handler != Val_unit)
    return sim_callback(s, s->signal_handler,
                        Val_int(caml_rev_convert_signal_number(signal == 0 ? SIGINT : signal)), by);
  return Val_unit;
}

/* A value that is kept meanwhile, or the exception that comes in its place, encoded. */
value sim_poll(sim *s, value kept, caller by)
{
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &kept } };
  s->local_roots = &roots;
  sim_point(s, by);
  value result = Val_unit;
  if (!s->acting) { /* while a handler runs its like wait */
    s->acting = true;
    s->polls++;
    s->action_pending = caml_something_to_do = 0;
    result = act(s, next_signal(), by);
    s->acting = false;
  }
  s->local_roots = roots.next;
  return Is_exception_result(result) ? result : kept;
}

/* The same, but the exception is raised. */
value sim_poll_and_raise(sim *s, value kept, caller by)
{
  value result = sim_poll(s, kept, by);
  if (Is_exception_result(result)) sim_raise(s, Extract_exception(result), by.site);
  return result;
}

static value process(caller by)
{
  sim *s = sim_enter(by);
  sim_yield(s);
  return sim_poll(s, Val_unit, by);
}

SIM_EXPORT void caml_process_pending_actions(void)
{
  caller by = HERE("caml_process_pending_actions");
  sim *s = sim_enter(by);
  sim_yield(s);
  sim_poll_and_raise(s, Val_unit, by);
}

SIM_EXPORT value caml_process_pending_actions_exn(void)
{
  return process(HERE("caml_process_pending_actions_exn"));
}

SIM_EXPORT value caml_process_pending_signals_exn(void)
{
  return process(HERE("caml_process_pending_signals_exn"));
}

SIM_EXPORT caml_result caml_process_pending_actions_res(void)
{
  value result = process(HERE("caml_process_pending_actions_res"));
  if (Is_exception_result(result)) return Result_exception(Extract_exception(result));
  return Result_unit;
}

SIM_EXPORT int caml_check_pending_actions(void)
{
  sim *s = ENTER("caml_check_pending_actions");
  return s->action_pending || acts_at(s, s->polls + 1);
}

SIM_EXPORT void caml_set_action_pending(void)
{
  set_pending(ENTER("caml_set_action_pending"));
}

SIM_EXPORT void caml_request_minor_gc(void)
{
  sim_current->requested_minor_gc = 1;
  sim_set_limit(sim_current);
}

SIM_EXPORT void caml_request_major_slice(void)
{
  sim_current->requested_major_slice = 1;
  sim_set_limit(sim_current);
}

/* --- what the host chooses --- */

/* What happens at a poll, counted from 1, or at each for 0. */
SIM_EXPORT void sim_set_action(sim *s, int chosen, long poll)
{
  sim_use(s);
  s->action = (poll_action) chosen;
  s->acting_poll = poll;
  s->polls = 0;
  if (s->action == ACTION_RAISE && s->interrupt == Val_unit)
    s->interrupt = sim_exception("Stdlib.Sys.Break");
}

/* The function that handles all signals. */
SIM_EXPORT void sim_set_signal_handler(sim *s, long held)
{
  s->signal_handler = sim_held(s, held);
}

SIM_EXPORT long sim_count_polls(sim *s)
{
  return s->polls;
}
