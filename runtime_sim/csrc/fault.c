/* What went wrong, and how it gets to the host. */
#define _GNU_SOURCE
#include "sim.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unwind.h>

__thread sim *sim_current;

/* --- where we are --- */

extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const char etext[] __attribute__((visibility("hidden")));

static bool is_ours(const void *code)
{
  return (const char *) code >= __ehdr_start && (const char *) code < etext;
}

/* The call that returns to an address, if that is in a stub; else the last that a stub made. */
void *sim_site(void *return_address)
{
  static __thread void *outside;
  const char *at = return_address;
  if (!is_ours(at)) outside = (void *) (at - 1);
  return outside;
}

static _Unwind_Reason_Code note_call(struct _Unwind_Context *context, void *with)
{
  fault *f = with;
  int exact = 0;
  uintptr_t at = _Unwind_GetIPInfo(context, &exact);
  if (at == 0 || f->depth == MAX_TRACE) return _URC_END_OF_STACK;
  /* A return address may already be of the next line. */
  f->trace[f->depth++] = (void *) (exact ? at : at - 1);
  return _URC_NO_REASON;
}

static void note_calls(sim *s)
{
  _Unwind_Backtrace(note_call, &s->fault);
}

/* --- faults --- */

void sim_fail(sim *s, const char *rule, void *site, const char *format, ...)
{
  if (!sim_claim_fault(s)) sim_stop(s);
  va_list args;
  va_start(args, format);
  snprintf(s->fault.rule, sizeof s->fault.rule, "%s", rule);
  vsnprintf(s->fault.message, sizeof s->fault.message, format, args);
  va_end(args);
  s->fault.site = site;
  s->fault.called = s->last.function;
  s->fault.called_at = s->last.site;
  s->fault.failed = s->library.failed.function;
  s->fault.failed_at = s->library.failed.site;
  if (s->fault.depth == 0) note_calls(s);
  if (!s->guarded && !sim_is_foreign()) {
    fprintf(stderr, "%s: %s\n", s->fault.rule, s->fault.message);
    abort();
  }
  s->failed = true;
  sim_stop(s);
}

/* A stub calls what no library has that it was linked with: that is no fault of its own. */
SIM_EXPORT void sim_missing(const char *name)
{
  sim_fail(sim_current, "missing", SITE, "'%s' is called, which no library given has", name);
}

static void describe_maker(sim *s, uintnat maker)
{
  s->fault.made_by = sim_name((uint32_t) (maker & 0xFFFF));
  s->fault.made_at = (void *) (maker >> 16);
}

/* The line that asked for the address of a block, or of a part of it, at last. */
static void *asked_at(sim *s, value block)
{
  for (unsigned i = 1; i <= HANDOUTS && i <= s->nhandouts; i++) {
    const handout *h = &s->handouts[(s->nhandouts - i) % HANDOUTS];
    if (h->block == block) return h->site;
  }
  return NULL;
}

/* What an address was, that is no block any more. */
void sim_describe_remains(sim *s, value v)
{
  chunk *c = sim_chunk_of(s, (void *) v);
  if (c != NULL && c->state == CHUNK_OLD && sim_was_freed(c, v)) {
    s->fault.moved_by = s->major.sweeper.function;
    s->fault.moved_at = s->major.sweeper.site;
    s->fault.collection = s->collections;
    s->fault.moved = v;
    describe_maker(s, sim_maker(c, v));
  }
  if (c == NULL || c->state != CHUNK_DEAD) return;
  s->fault.moved_by = c->killer.function;
  s->fault.moved_at = c->killer.site;
  s->fault.collection = c->collection;
  s->fault.moved = v;
  size_t offset = (size_t) ((char *) v - c->start) / sizeof(value);
  for (size_t i = 0; i < c->nremains; i++) {
    remains *r = &c->remains[i];
    if (offset + 1 >= r->offset && offset <= r->offset + Wosize_hd(r->header)) {
      s->fault.made_by = sim_name(r->made_by);
      s->fault.made_at = r->made_at;
      s->fault.given_at = asked_at(s, (value) (c->start + r->offset * sizeof(value)));
    }
  }
}

/* Who made a block that is where it should be. */
void sim_describe_block(sim *s, value block)
{
  chunk *c = sim_chunk_of(s, (void *) block);
  if (c != NULL) describe_maker(s, sim_maker(c, block));
}

/* The live block that a field is in, 0 if it is in none. */
value sim_holder(sim *s, const void *field)
{
  chunk *c = sim_chunk_of(s, field);
  if (c == NULL || c->starts == NULL) return 0;
  size_t word = sim_word(c, field), i = word / 64;
  uint64_t bits = c->starts[i] & ~(uint64_t) 0 >> (63 - word % 64);
  while (bits == 0 && i > 0) bits = c->starts[--i];
  return bits == 0 ? 0 : (value) ((value *) c->start + 64 * i + 63 - __builtin_clzll(bits));
}

/* Who made the live block that a field is in. */
void sim_describe_holder(sim *s, const void *field)
{
  value block = sim_holder(s, field);
  if (block != 0) sim_describe_block(s, block);
}

/* Every function of the API comes in here. */
sim *sim_enter(caller by)
{
  sim *s = sim_current;
  if (s == NULL) sim_refuse_thread(by);
  s->last = by;
  if (s->failed && (s->guarded || sim_is_foreign())) sim_stop(s);
  if (sim_in_handler(s))
    sim_fail(s, "unregistered-thread", by.site, "%s is called by the handler of a signal",
             by.function);
  if (sim_is_released(s))
    sim_fail(s, "value-access-without-lock", by.site, "%s is called with the runtime lock released",
             by.function);
  sim_check_records(s);
  return s;
}

/* --- memory that is not there --- */

static const int watched[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
enum { WATCHED = sizeof watched / sizeof *watched };
static struct sigaction before[WATCHED];

/* What happens outside of calls is not ours to explain. */
static void pass_on(int signal)
{
  for (int i = 0; i < WATCHED; i++)
    if (watched[i] == signal) sigaction(signal, &before[i], NULL);
}

/* Where the program was; after a jump into nowhere, where it came from, which is on its stack. */
__attribute__((no_sanitize("address"))) static void *interrupted(const ucontext_t *at, const void *address)
{
#if defined __x86_64__
  const greg_t *registers = at->uc_mcontext.gregs;
  void *site = (void *) registers[REG_RIP];
  return site == address ? (char *) *(void **) registers[REG_RSP] - 1 : site;
#elif defined __aarch64__
  void *site = (void *) at->uc_mcontext.pc;
  return site == address ? (char *) at->uc_mcontext.regs[30] - 1 : site;
#else
#error "the machine's registers are not known"
#endif
}

static const void *stack_pointer(const ucontext_t *at)
{
#if defined __x86_64__
  return (const void *) at->uc_mcontext.gregs[REG_RSP];
#else
  return (const void *) at->uc_mcontext.sp;
#endif
}

static bool is_of_libc(void *code)
{
  Dl_info libc, found;
  return dladdr((void *) memcpy, &libc) != 0 && dladdr(code, &found) != 0 &&
         found.dli_fbase == libc.dli_fbase;
}

/* Whether it is a function of the runtime that looks there, by itself or through one of libc. */
static bool is_by_runtime(const fault *f, void *site)
{
  if (is_ours(site)) return true;
  int at = 0;
  while (at < f->depth && f->trace[at] != site) at++;
  while (at < f->depth && is_of_libc(f->trace[at])) at++;
  return is_of_libc(site) && at < f->depth && is_ours(f->trace[at]);
}

static void on_fault(int signal, siginfo_t *info, void *context)
{
  sim *s = sim_current == NULL ? sim_called_last() : sim_current;
  char *address = info->si_addr;
  if (s == NULL || (!s->guarded && !sim_is_foreign())) {
    pass_on(signal);
    return;
  }
  bool jumped = signal == SIGSEGV || signal == SIGBUS;
  void *site = interrupted(context, jumped ? address : NULL);
  note_calls(s);
  if (signal == SIGFPE) sim_fail(s, "crash", site, "a number is divided by zero");
  if (signal == SIGILL) sim_fail(s, "crash", site, "an instruction is executed that is none");
  if (s->probing) sim_fail(s, "naked-pointer", site, "a pointer leads where no block can be");
  chunk *c = sim_chunk_of(s, address);
  if (sim_current == NULL && (c != NULL || is_ours(site)))
    sim_fail(s, "unregistered-thread", site,
             "the heap is read or written in a thread that is not registered");
  if (c != NULL && c->state == CHUNK_DEAD) sim_describe_remains(s, (value) address);
  if (is_by_runtime(&s->fault, site)) s->fault.given_at = NULL;
  if (c != NULL && sim_is_released(s))
    sim_fail(s, "value-access-without-lock", site,
             "the heap is read or written with the runtime lock released");
  if (c != NULL && c->state == CHUNK_DEAD && c->local)
    sim_fail(s, "local-escape", site,
             "memory is read or written that was a local block's, whose region has ended");
  if (c != NULL && c->state == CHUNK_DEAD)
    sim_fail(s, "stale-pointer", site, "memory is read or written that a block was moved from");
  if (address >= s->nowhere && address < s->nowhere + CHUNK_BYTES)
    sim_fail(s, "crash", site, "a field is read or written of an empty array that the caller made");
  if (address >= s->region && address < s->region + REGION_BYTES)
    sim_fail(s, "crash", site, "memory is read or written behind the blocks of the heap");
  if (address == NULL && site != NULL && s->unnamed == stack_pointer(context))
    sim_fail(s, "unchecked-named-value", site, "NULL is read, which caml_named_value has returned");
  sim_fail(s, "crash", site, "memory at %p is read or written", (void *) address);
}

void sim_watch_memory(void)
{
  /* Not in the thread's own memory, which is to be small: see sim_current. */
  enum { STACK_BYTES = 1 << 16 };
  static __thread void *stack;
  if (stack == NULL)
    stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  stack_t alternate = { .ss_sp = stack, .ss_size = STACK_BYTES };
  sigaltstack(&alternate, NULL);
  struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
  /* Others may have put theirs there since the last runtime was made. */
  for (int i = 0; i < WATCHED; i++) {
    struct sigaction now;
    sigaction(watched[i], NULL, &now);
    if ((now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == on_fault) continue;
    before[i] = now;
    sigaction(watched[i], &action, NULL);
  }
}
