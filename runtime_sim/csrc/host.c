/* What the host does with a runtime: makes one, hands it values, calls primitives. */
#define _GNU_SOURCE
#include "sim.h"

#include <caml/bigarray.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HEADER(block) (((header_t *) (block))[-1])
#define FIELDS(block) ((value *) (block))

/* A runtime for a release (41400, 50300); the current one of this thread from now on. */
SIM_EXPORT sim *sim_make(int version)
{
  sim *s = calloc(1, sizeof *s);
  if (s == NULL) return NULL;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  size_t index = REGION_BYTES / CHUNK_BYTES * sizeof(chunk *);
  s->region = mmap(NULL, REGION_BYTES, PROT_NONE, flags, -1, 0);
  s->index = mmap(NULL, index, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (s->region == MAP_FAILED || (void *) s->index == MAP_FAILED) {
    free(s);
    return NULL;
  }
  s->version = version;
  s->nowhere = s->region;
  s->fresh = s->region + CHUNK_BYTES;
  s->policy = POLICY_EVERY_POINT;
  s->random = 1;
  s->exception = s->signal_handler = s->interrupt = Val_unit;
  sim_make_stack(&s->stack);
  sim_make_main(s);
  sim_use(s);
  sim_watch_memory();
  return s;
}

/* Says whether nothing of the stubs' uses it any more, else it stays. */
SIM_EXPORT int sim_free(sim *s)
{
  if (sim_current == s) sim_current = NULL;
  if (!sim_is_alone(s)) return 0;
  sim_forget_hooks();
  sim_forget_resources(s);
  sim_forget_statics(s);
  sim_forget_wrong_returns(s);
  sim_free_chunks(s);
  munmap(s->region, REGION_BYTES);
  munmap((void *) s->index, REGION_BYTES / CHUNK_BYTES * sizeof(chunk *));
  free(s->global_roots.items);
  free(s->generational_roots.items);
  free(s->registered.items);
  free(s->generational_values.items);
  free(s->held.items);
  free(s->finalisable.items);
  free(s->ephemerons.items);
  sim_free_generational(s);
  free(s->regions.items);
  free(s->reached.items);
  sim_free_names(s);
  sim_free_stack(&s->stack);
  sim_free_frametable(s);
  free(s->frames.items);
  free(s);
  return 1;
}

SIM_EXPORT void sim_set_current(sim *s)
{
  sim_use(s);
}

SIM_EXPORT void sim_set_policy(sim *s, int chosen, long nth, unsigned long seed)
{
  s->policy = (policy) chosen;
  s->nth = nth;
  s->points = 0;
  s->random = seed == 0 ? 1 : seed;
  if (s->policy == POLICY_GENERATIONAL) sim_start_generational(s);
  else s->untraced = false;
}

/* Values that the host keeps are roots, known by their number. */
SIM_EXPORT long sim_hold(sim *s, value v)
{
  sim_push_value(&s->held, v);
  return (long) s->held.count - 1;
}

SIM_EXPORT value sim_held(sim *s, long number)
{
  return s->held.items[number];
}

SIM_EXPORT void sim_let_go(sim *s, long count)
{
  s->held.count = (size_t) count;
}

SIM_EXPORT long sim_count_held(sim *s)
{
  return (long) s->held.count;
}

SIM_EXPORT long sim_count_collections(sim *s)
{
  return s->collections;
}

SIM_EXPORT long sim_count_points(sim *s)
{
  return s->points;
}

SIM_EXPORT const fault *sim_fault(sim *s)
{
  return &s->fault;
}

/* The host declares the structure for itself. */
SIM_EXPORT size_t sim_fault_size(void)
{
  return sizeof(fault);
}

/* --- making values ---

   The caller's own allocations are no points: what collects are the stubs.  Its blocks are old, as
   arguments may be, and everything that is held is a value. */

static value taken_by(sim *s, mlsize_t wosize, tag_t tag, caller by)
{
  if (s->making_local) return sim_take_local(s, wosize, tag, 0, by);
  return sim_take(s, wosize, tag, CHUNK_OLD, by);
}

static value taken(sim *s, mlsize_t wosize, tag_t tag)
{
  return taken_by(s, wosize, tag, (caller){ SIM_CALLER, NULL });
}

static value taken_as_array(sim *s, mlsize_t wosize, tag_t tag)
{
  return taken_by(s, wosize, tag, (caller){ SIM_ARRAY, NULL });
}

/* Whether what is made now may have these fields: the heap may not have local ones. */
static bool may_hold(sim *s, long n, const long *held)
{
  for (long i = 0; i < n && !s->making_local; i++)
    if (sim_is_local(s, s->held.items[held[i]])) return false;
  return true;
}

static void set_field(sim *s, value block, mlsize_t index, value v)
{
  if (s->making_local) {
    FIELDS(block)[index] = v;
    return;
  }
  FIELDS(block)[index] = Val_unit;
  sim_use(s);
  caml_initialize((caml_sim_cell *) &FIELDS(block)[index], v);
}

SIM_EXPORT long sim_new_long(sim *s, long number)
{
  return sim_hold(s, Val_long(number));
}

SIM_EXPORT long sim_new_double(sim *s, double number)
{
  value block = taken(s, 1, Double_tag);
  *(double *) block = number;
  return sim_hold(s, block);
}

SIM_EXPORT long sim_new_string(sim *s, const char *text, size_t length)
{
  mlsize_t wosize = length / sizeof(value) + 1, last = Bsize_wsize(wosize) - 1;
  value block = taken(s, wosize, String_tag);
  FIELDS(block)[wosize - 1] = 0;
  ((unsigned char *) block)[last] = (unsigned char) (last - length);
  memcpy((char *) block, text, length);
  return sim_hold(s, block);
}

/* A boxed integer of 32 or 64 bits, or as wide as the machine, or the bits of a boxed float. */
SIM_EXPORT long sim_new_boxed(sim *s, int kind, long number)
{
  const struct custom_operations *const ops[] = { &caml_int32_ops, &caml_int64_ops,
                                                  &caml_nativeint_ops, &caml_float32_ops };
  value block = taken(s, 2, Custom_tag);
  FIELDS(block)[0] = (value) ops[kind];
  FIELDS(block)[1] = number;
  return sim_hold(s, block);
}

SIM_EXPORT long sim_new_floats(sim *s, long n, const double *numbers)
{
  if (n == 0) return sim_hold(s, sim_empty_array());
  value block = taken_as_array(s, (mlsize_t) n, Double_array_tag);
  memcpy((double *) block, numbers, (size_t) n * sizeof(double));
  return sim_hold(s, block);
}

/* A bigarray in C's layout with data of its own, whose bytes are counted up. */
SIM_EXPORT long sim_new_bigarray(sim *s, int kind, long n, const long *dimensions)
{
  sim_use(s);
  s->making = true;
  value array = caml_ba_alloc(kind | CAML_BA_C_LAYOUT, (int) n, NULL, (intnat *) dimensions);
  s->making = false;
  unsigned char *data = Caml_ba_data_val(array);
  uintnat bytes = caml_ba_byte_size(Caml_ba_array_val(array));
  for (uintnat i = 0; i < bytes; i++) data[i] = (unsigned char) i;
  return sim_hold(s, array);
}

/* Each of those that have fields is -1 where it would be of the heap and hold local blocks. */

SIM_EXPORT long sim_new_block(sim *s, unsigned tag, long n, const long *held)
{
  if (!may_hold(s, n, held)) return -1;
  if (n == 0) return sim_hold(s, caml_atom(tag));
  value block = taken(s, (mlsize_t) n, tag);
  for (long i = 0; i < n; i++) set_field(s, block, (mlsize_t) i, s->held.items[held[i]]);
  return sim_hold(s, block);
}

SIM_EXPORT long sim_new_array(sim *s, long n, const long *held)
{
  if (n == 0) return sim_hold(s, sim_empty_array());
  if (!may_hold(s, n, held)) return -1;
  value block = taken_as_array(s, (mlsize_t) n, 0);
  for (long i = 0; i < n; i++) set_field(s, block, (mlsize_t) i, s->held.items[held[i]]);
  return sim_hold(s, block);
}

/* Values, and behind them words that are none. */
SIM_EXPORT long sim_new_mixed(
  sim *s, unsigned tag, long n, const long *held, const void *flat, long words)
{
  if (!may_hold(s, n, held)) return -1;
  value block = taken(s, (mlsize_t) (n + words), tag);
  HEADER(block) |= Hd_reserved(n + 1);
  for (long i = 0; i < n; i++) set_field(s, block, (mlsize_t) i, s->held.items[held[i]]);
  memcpy(&FIELDS(block)[n], flat, Bsize_wsize((size_t) words));
  return sim_hold(s, block);
}

SIM_EXPORT long sim_new_list(sim *s, long n, const long *held)
{
  if (!may_hold(s, n, held)) return -1;
  value list = Val_emptylist;
  while (n-- > 0) {
    value cell = taken(s, 2, Tag_cons);
    set_field(s, cell, 0, s->held.items[held[n]]);
    set_field(s, cell, 1, list);
    list = cell;
  }
  return sim_hold(s, list);
}

SIM_EXPORT long sim_new_closure(sim *s, int function, int arity, long held)
{
  sim_use(s);
  if (!may_hold(s, 1, &held)) return -1;
  value closure = sim_closure(function, arity, s->held.items[held]);
  if (s->making_local) closure = sim_copy_local(s, closure, (caller){ SIM_CALLER, NULL });
  return sim_hold(s, closure);
}

/* An exception of the program's, without arguments. */
SIM_EXPORT long sim_new_exception(sim *s, const char *name)
{
  sim_use(s);
  return sim_hold(s, sim_exception(name));
}

/* Like Callback.register. */
SIM_EXPORT void sim_register(sim *s, const char *name, long held)
{
  sim_name_value(s, name, s->held.items[held]);
}

/* --- reading values --- */

/* A field of a block that is held; the host has read the block and knows that it is there. */
SIM_EXPORT long sim_hold_field(sim *s, long number, long index)
{
  return sim_hold(s, FIELDS(s->held.items[number])[index]);
}

/* Copies memory that a stub made and that may not be there; says whether it was. */
SIM_EXPORT int sim_copy(sim *s, void *to, const void *from, size_t bytes)
{
  sim_use(s);
  if (sigsetjmp(s->guard, 1) != 0) {
    s->guarded = s->failing = s->failed = false;
    memset(&s->fault, 0, sizeof s->fault);
    return 0;
  }
  s->guarded = true;
  memcpy(to, from, bytes);
  s->guarded = false;
  return 1;
}

/* --- calls --- */

#define STACK_BYTES (64 << 20)

/* Whether something lies on this thread's stack; that is asked of what is near alone. */
bool sim_is_on_stack(const void *address)
{
  const char *at = address, *here = __builtin_frame_address(0);
  if (at > here + STACK_BYTES || at < here - STACK_BYTES) return false;
  pthread_attr_t attributes;
  void *end;
  size_t size;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return false;
  pthread_attr_getstack(&attributes, &end, &size);
  pthread_attr_destroy(&attributes);
  return at >= (const char *) end && at < (const char *) end + size;
}

/* A root in a frame that is gone: the collector would read and write what is there later. */
static void check_stack(sim *s, const addresses *roots, const char *here)
{
  for (size_t i = 0; i < roots->count; i++) {
    const char *root = (const char *) roots->items[i];
    if (root < here && sim_is_on_stack(root))
      sim_fail(s, "global-root-misuse", NULL,
               "the primitive returns with one of its local variables registered as a global root");
  }
}

/* What must be so when a primitive is left, by a result or an exception.  The caller goes on, and
   allocates: what is wrong with the heap shows now. */
static void leave(sim *s, value result, bool raised, const char *here)
{
  s->handlers = NULL;
  sim_check_records(s);
  check_stack(s, &s->global_roots, here);
  check_stack(s, &s->generational_roots, here);
  sim_push_value(&s->held, result);
  s->exception = Val_unit;
  sim_yield(s);
  if (s->failed) sim_stop(s);
  s->noalloc = false;
  sim_await_threads(s);
  caller by = { SIM_CALLER, NULL };
  if (s->policy == POLICY_GENERATIONAL) {
    /* The next collection is when it is due, and then nobody knows whose assignments they were. */
    if (!s->untraced) sim_audit_remembered(s, s->old, by);
    if (!s->untraced) sim_note_all_fields(s, s->old);
  } else if (s->policy != POLICY_NEVER) {
    sim_collect(s, by);
    sim_find_copies(s, raised);
  }
  if (raised) sim_find_leaks(s);
  s->guarded = false;
}

/* Whether the primitives that are called next have promised to be noalloc. */
SIM_EXPORT void sim_set_noalloc(sim *s, int noalloc)
{
  s->noalloc = noalloc != 0;
}

/* The caller kept its arguments in a frame, where the collector has corrected them too. */
static void check_frame(sim *s, long n, const long *held, const value *slots)
{
  for (long i = 0; i < n; i++)
    if (slots[i] != s->held.items[held[i]])
      sim_fail(s, "internal", NULL, "argument %ld is no longer what it was in the caller's frame", i);
}

static int call(sim *s, void *primitive, const char *types, long n, const long *held)
{
  sim_use(s);
  if (s->failed) return OUTCOME_FAULT; /* in a thread of C's, meanwhile */
  sim_call_last(s);
  sim_forget_marshalling();
  sim_begin_watching(s);
  sim_begin_library_calls(s);
  size_t region = sim_begin_region(s);
  handler h = { .roots = s->local_roots, .stack = s->stack, .frames = s->frames.count };
  if (sigsetjmp(s->guard, 1) != 0) {
    s->guarded = false;
    return OUTCOME_FAULT;
  }
  s->guarded = true;
  s->base = __builtin_frame_address(0);
  s->registered.count = 0;
  s->unnamed = NULL;
  s->settled = false;
  s->darkened = Val_unit;
  if (setjmp(h.context) != 0) {
    leave(s, s->exception, true, __builtin_frame_address(0));
    sim_end_region(s, region);
    return OUTCOME_EXCEPTION;
  }
  s->handlers = &h;
  sim_push_link(s);
  value *slots = sim_push_call(s, (size_t) n);
  for (long i = 0; i < n; i++) slots[i] = s->held.items[held[i]];
  value result = sim_apply(s, primitive, types, n, slots);
  if (types != NULL || n <= 5) check_frame(s, n, held, slots);
  s->stack = h.stack;
  leave(s, result, false, __builtin_frame_address(0));
  if (s->local_result) sim_join_region(s, region);
  else sim_end_region(s, region);
  return OUTCOME_VALUE;
}

/* Calls a primitive as bytecode does with values that are held; its result or exception is held
   after them.  After a fault nothing is certain of the runtime any more. */
SIM_EXPORT int sim_call(sim *s, void *primitive, long n, const long *held)
{
  return call(s, primitive, NULL, n, held);
}

/* The same as compiled code does: what is passed and returned raw is told by its types. */
SIM_EXPORT int sim_call_native(
  sim *s, void *primitive, const char *types, long n, const long *held)
{
  return call(s, primitive, types, n, held);
}

/* Collects all there is, as the caller does when it goes on after a call; says whether all was well. */
SIM_EXPORT int sim_after_call(sim *s)
{
  sim_use(s);
  memset(&s->fault, 0, sizeof s->fault);
  if (sigsetjmp(s->guard, 1) != 0) {
    s->guarded = false;
    return 0;
  }
  s->guarded = true;
  caller by = { SIM_CALLER, NULL };
  if (s->policy == POLICY_GENERATIONAL) sim_asked(s, COLLECT_FULL_MAJOR, by);
  else if (s->policy != POLICY_NEVER) sim_collect(s, by);
  s->guarded = false;
  return 1;
}
