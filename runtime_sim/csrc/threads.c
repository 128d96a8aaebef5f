/* Threads, and the runtime lock that one of them holds.

   What the runtime knows of the thread that holds the lock is in its own fields; of the others it is
   kept aside.  Who waits is served in order.  The thread that a runtime's host calls primitives in
   is its main one; those that C makes are foreign, and nothing may come back to C's code in them
   after a fault: they end. */
#define _GNU_SOURCE
#include "sim.h"

#include <caml/signals.h>
#include <caml/threads.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The thread that this is, if it is foreign and registered. */
static __thread thread *self;
static __thread bool is_host;
/* This thread is about to tell of a fault. */
static __thread bool is_telling;

/* The runtime that foreign threads belong to: whose primitive was called last. */
static sim *volatile called_last;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;

thread *sim_this_thread(sim *s)
{
  return self == NULL ? &s->main : self;
}

bool sim_is_foreign(void)
{
  return !is_host;
}

bool sim_is_released(sim *s)
{
  return s->running != sim_this_thread(s);
}

/* The host's thread, which stubs do not end, uses this runtime from now on. */
void sim_use(sim *s)
{
  sim_current = s;
  is_host = true;
}

/* --- the lock --- */

/* What is kept of a thread that does not hold it. */
static void put_aside(sim *s, thread *t)
{
  t->roots = s->local_roots;
  t->frames = s->frames;
  t->stack = s->stack;
  t->handlers = s->handlers;
}

static void take_back(sim *s, thread *t)
{
  s->local_roots = t->roots;
  s->frames = t->frames;
  s->stack = t->stack;
  s->handlers = t->handlers;
}

static void let_next(sim *s)
{
  pthread_mutex_lock(&mutex);
  s->running = NULL;
  s->serving++;
  pthread_cond_broadcast(&turn);
  pthread_mutex_unlock(&mutex);
}

static void release(sim *s)
{
  put_aside(s, sim_this_thread(s));
  sim_protect(s, false);
  let_next(s);
}

static void acquire(sim *s)
{
  pthread_mutex_lock(&mutex);
  unsigned long ticket = s->tickets++;
  while (s->serving != ticket) pthread_cond_wait(&turn, &mutex);
  s->running = sim_this_thread(s);
  pthread_mutex_unlock(&mutex);
  sim_protect(s, true);
  take_back(s, sim_this_thread(s));
  if (s->failed) sim_stop(s);
}

/* Lets those run that wait, each once. */
void sim_yield(sim *s)
{
  if (s->tickets - s->serving <= 1) return;
  release(s);
  acquire(s);
}

/* --- threads that stubs start --- */

/* How long a primitive waits for those that it has started. */
#define PATIENCE_NS 100000000

static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;

typedef struct {
  void *(*body)(void *);
  void *argument;
  sim *of;
  long call;
} start;

static void note_end(void *with)
{
  start *t = with;
  pthread_mutex_lock(&mutex);
  t->of->started.all--;
  if (t->call == t->of->entered.call) t->of->started.of_call--;
  pthread_cond_broadcast(&ended);
  pthread_mutex_unlock(&mutex);
  free(t);
}

static void *run(void *with)
{
  start *t = with;
  void *result;
  pthread_cleanup_push(note_end, t);
  result = t->body(t->argument);
  pthread_cleanup_pop(1);
  return result;
}

int sim_start_thread(
  pthread_t *thread, const pthread_attr_t *attributes, void *(*body)(void *), void *argument)
{
  sim *s = called_last;
  start *t = malloc(sizeof *t);
  if (s == NULL || t == NULL) {
    free(t);
    return pthread_create(thread, attributes, body, argument);
  }
  *t = (start){ body, argument, s, s->entered.call };
  pthread_mutex_lock(&mutex);
  s->started.all++;
  s->started.of_call++;
  pthread_mutex_unlock(&mutex);
  int error = pthread_create(thread, attributes, run, t);
  if (error != 0) note_end(t);
  return error;
}

static void await(const long *running)
{
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += PATIENCE_NS;
  until.tv_sec += until.tv_nsec / 1000000000;
  until.tv_nsec %= 1000000000;
  pthread_mutex_lock(&mutex);
  while (*running > 0 && pthread_cond_timedwait(&ended, &mutex, &until) == 0) continue;
  pthread_mutex_unlock(&mutex);
}

/* What the primitive has started may go on meanwhile, and shows its faults. */
void sim_await_threads(sim *s)
{
  if (s->started.of_call == 0) return;
  release(s);
  await(&s->started.of_call);
  acquire(s);
  s->started.of_call = 0;
}

/* The caller's own thread, of a runtime that is new, has the lock. */
void sim_make_main(sim *s)
{
  s->tickets = 1;
  s->running = &s->main;
}

void sim_call_last(sim *s)
{
  called_last = s;
  is_telling = false;
  sim_note_mask(s);
}

/* --- threads that end --- */

static void forget(sim *s, thread *t)
{
  pthread_mutex_lock(&mutex);
  thread **at = &s->threads;
  while (*at != t) at = &(*at)->next;
  *at = t->next;
  pthread_mutex_unlock(&mutex);
  sim_free_stack(&t->stack);
  free(t->frames.items);
  free(t);
  self = NULL;
  sim_current = NULL;
}

/* Whether a runtime can go: what its threads still use stays. */
bool sim_is_alone(sim *s)
{
  await(&s->started.all);
  if (called_last == s) called_last = NULL;
  pthread_mutex_lock(&mutex);
  bool alone = s->threads == NULL && s->started.all == 0;
  if (!alone) s->failed = true;
  pthread_mutex_unlock(&mutex);
  return alone;
}

/* After a fault nobody goes on: the main thread goes back to its host, others end. */
void sim_stop(sim *s)
{
  if (!sim_is_foreign()) siglongjmp(s->guard, 1);
  if (self != NULL) {
    bool held = s->running == self;
    if (held) put_aside(s, self);
    forget(s, self);
    if (held) let_next(s);
  }
  pthread_exit(NULL);
}

/* Who comes first tells what went wrong; says whether this is who does. */
bool sim_claim_fault(sim *s)
{
  if (!__atomic_exchange_n(&s->failing, true, __ATOMIC_ACQ_REL)) is_telling = true;
  while (!is_telling && !s->failed) sched_yield();
  return is_telling;
}

/* Of a thread that is not registered the last runtime is told. */
sim *sim_called_last(void)
{
  return called_last;
}

void sim_refuse_thread(caller by)
{
  sim *s = called_last;
  if (s == NULL) {
    fprintf(stderr, "%s is called in a thread without a runtime\n", by.function);
    abort();
  }
  sim_fail(s, "unregistered-thread", by.site, "%s is called in a thread that is not registered",
           by.function);
}

/* The runtime of this thread, for what is no call of its API. */
sim *sim_here(caller by)
{
  if (sim_current == NULL) sim_refuse_thread(by);
  return sim_current;
}

/* --- what stubs call --- */

SIM_EXPORT int caml_c_thread_register(void)
{
  sim *s = called_last;
  if (s == NULL || sim_current != NULL) return 0;
  thread *t = calloc(1, sizeof *t);
  if (t == NULL) return 0;
  sim_make_stack(&t->stack);
  pthread_mutex_lock(&mutex);
  t->next = s->threads;
  s->threads = t;
  pthread_mutex_unlock(&mutex);
  self = t;
  sim_current = s;
  sim_note_mask(s);
  sim_watch_memory();
  return 1;
}

SIM_EXPORT int caml_c_thread_unregister(void)
{
  if (self == NULL) return 0;
  if (!sim_is_released(sim_current))
    sim_fail(sim_current, "lock-imbalance", SITE,
             "a thread that is to be forgotten holds the runtime lock");
  forget(sim_current, self);
  return 1;
}

static sim *enter_to_release(caller by)
{
  sim *s = sim_current;
  if (s == NULL) sim_refuse_thread(by);
  if (sim_is_released(s)) sim_fail(s, "lock-imbalance", by.site, "the runtime lock is released twice");
  return sim_enter(by);
}

static void release_at(sim *s, caller by)
{
  s->released_at = by.site;
  caml_enter_blocking_section_hook();
  release(s);
}

SIM_EXPORT void caml_enter_blocking_section(void)
{
  caller by = HERE("caml_enter_blocking_section");
  sim *s = enter_to_release(by);
  sim_poll_and_raise(s, Val_unit, by);
  release_at(s, by);
}

SIM_EXPORT void caml_enter_blocking_section_no_pending(void)
{
  caller by = HERE("caml_enter_blocking_section_no_pending");
  sim *s = enter_to_release(by);
  sim_point(s, by);
  release_at(s, by);
}

/* A stub may look at errno afterwards. */
SIM_EXPORT void caml_leave_blocking_section(void)
{
  caller by = HERE("caml_leave_blocking_section");
  int error = errno;
  sim *s = sim_current;
  if (s == NULL) sim_refuse_thread(by);
  if (!sim_is_released(s))
    sim_fail(s, "lock-imbalance", by.site, "the runtime lock is acquired by the thread that holds it");
  acquire(s);
  caml_leave_blocking_section_hook();
  errno = error;
}

SIM_EXPORT value caml_thread_yield(value unit)
{
  caller by = HERE("caml_thread_yield");
  sim *s = sim_enter(by);
  sim_point(s, by);
  sim_yield(s);
  return unit;
}
