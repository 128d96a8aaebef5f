/* What waits to be run, and signals. */
#include "sim.h"

#include <caml/signals.h>
#include <caml/threads.h>

#include <signal.h>

SIM_EXPORT void caml_process_pending_actions(void)
{
  sim_point(ENTER("caml_process_pending_actions"), (caller){ "caml_process_pending_actions", SITE });
}

SIM_EXPORT value caml_process_pending_actions_exn(void)
{
  sim *s = ENTER("caml_process_pending_actions_exn");
  sim_point(s, (caller){ "caml_process_pending_actions_exn", SITE });
  return Val_unit;
}

SIM_EXPORT value caml_process_pending_signals_exn(void)
{
  sim *s = ENTER("caml_process_pending_signals_exn");
  sim_point(s, HERE("caml_process_pending_signals_exn"));
  return Val_unit;
}

SIM_EXPORT caml_result caml_process_pending_actions_res(void)
{
  sim *s = ENTER("caml_process_pending_actions_res");
  sim_point(s, HERE("caml_process_pending_actions_res"));
  return Result_unit;
}

SIM_EXPORT int caml_check_pending_actions(void)
{
  return 0;
}

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

/* The simulated program has no handlers: what is recorded waits for nobody. */
SIM_EXPORT intnat volatile caml_pending_signals[NSIG];
SIM_EXPORT int volatile caml_something_to_do;
SIM_EXPORT void (*caml_enter_blocking_section_hook)(void);
SIM_EXPORT void (*caml_leave_blocking_section_hook)(void);
SIM_EXPORT int (*caml_sigmask_hook)(int, const sigset_t *, sigset_t *) = pthread_sigmask;

SIM_EXPORT void caml_record_signal(int signal)
{
  caml_pending_signals[signal] = 1;
}

SIM_EXPORT void caml_request_minor_gc(void)
{
  sim_current->requested_minor_gc = 1;
}

SIM_EXPORT void caml_request_major_slice(void)
{
  sim_current->requested_major_slice = 1;
}

SIM_EXPORT void caml_set_action_pending(void)
{
  sim_current->action_pending = 1;
}
