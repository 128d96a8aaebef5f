/* The simulated runtime, as its own files see it.

   Every collection moves every block to addresses that were never used before, and makes what it
   leaves inaccessible.  A chunk is a piece of address space that holds blocks; it is young, old or
   dead.  A block is a word of our own (who made it), its header, its fields.

   The generational policy is otherwise: see generational.h.  Its chunks hold what OCaml's do, and who
   made the blocks is noted beside them. */
#ifndef SIM_H
#define SIM_H

#include <pthread.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAML_SIM_INTERNAL
#define CAML_INTERNALS
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/custom.h>
#include <caml/domain_state.h>

#define SIM_EXPORT __attribute__((visibility("default")))
/* The line of the stub that calls a function of the API, also when another of these is between. */
#define SITE sim_site(__builtin_return_address(0))

#define CHUNK_BYTES ((size_t) 1 << 15)
#define REGION_BYTES ((size_t) 1 << 41)
#define MAX_REMEMBERED_CHUNKS 4096
#define MAX_TRACE 32

/* What a field holds that was never written: no address of this machine, and no immediate. */
#define POISON ((value) 0xD700D7D7D700D6D8)

/* What a variable holds that was never written: stubs are compiled so, by gcc and by clang. */
#define IS_UNSET(v) ((uintnat) (v) == 0xFEFEFEFEFEFEFEFE || (uintnat) (v) == 0xAAAAAAAAAAAAAAAA)

typedef struct sim sim;

/* Who makes the arguments of a primitive, and those of them whose size no type tells. */
#define SIM_CALLER "the caller"
#define SIM_ARRAY "the caller, as an array"

/* Who called the runtime: the function of the API, and where. */
typedef struct {
  const char *function;
  void *site;
} caller;

typedef enum { CHUNK_YOUNG, CHUNK_OLD, CHUNK_LOCAL, CHUNK_DEAD } chunk_state;

/* What is kept of a block that has moved or died. */
typedef struct {
  uint32_t offset; /* of its fields in the chunk, in words */
  uint32_t made_by;
  void *made_at;
  header_t header;
  value now; /* where it is, 0 if it was not live */
} remains;

/* What stubs hold that is not the heap's, by what they know it by: an address, a number. */
typedef enum { NOT_HELD, HELD_MEMORY, HELD_STREAM, HELD_DESCRIPTOR, HELD_MUTEX } resource_kind;

typedef struct {
  resource_kind kind;
  uintptr_t key;
  size_t bytes; /* of memory */
  caller by;
  sim *owner;
  long call; /* of a primitive in which it came to be held, 0 for one of another thread */
} resource;

/* What is known of a piece of memory that stubs write to. */
typedef struct {
  const char *start, *end;
} extent;

/* The code of a CAMLreturn of another kind than its function. */
typedef struct {
  extent code;
  char *given, *declared; /* types */
} wrong_return;

/* An address that an accessor has given out, and the line that asked for it. */
typedef struct {
  value block;
  void *site;
} handout;
#define HANDOUTS 64
/* How much of a piece of memory outside the heap is looked at. */
#define MOST_EXAMINED ((size_t) 1 << 20)

typedef struct chunk {
  char *start;
  char *top;
  char *end;
  uint64_t *starts; /* a bit for each word: fields of a block begin here */
  uint64_t *remembered; /* a bit for each word: may point to a young block, as the barrier noted */
  value *noted; /* of each word of an old block what was there when the runtime knew; or POISON */
  uintnat *makers; /* of each word who made the block there; NULL if that is in front of the block */
  uint64_t *snapshot; /* a bit for each block that was reachable when marking began */
  uint64_t *reached; /* a bit for each word, while the heap is checked */
  chunk_state state;
  bool local;      /* is or was one of local blocks, which its region has killed if it is dead */
  long born;       /* the number of collections when it was made */
  long collection; /* that made it dead */
  caller killer;
  remains *remains;
  size_t nremains, remains_capacity;
  struct chunk *next;
} chunk;

typedef struct {
  value **items;
  size_t count, capacity;
} addresses;

typedef struct {
  value *items;
  size_t count, capacity;
} values;

typedef enum {
  POLICY_NEVER,
  POLICY_EVERY_POINT,
  POLICY_NTH,
  POLICY_RANDOM,
  POLICY_GENERATIONAL,
} policy;

typedef enum { ACTION_NONE, ACTION_RUN, ACTION_RAISE } poll_action;

typedef enum { OUTCOME_VALUE, OUTCOME_EXCEPTION, OUTCOME_FAULT } outcome;

/* What went wrong, by the name of the rule that it breaks. */
typedef struct {
  char rule[40];
  char message[512];
  void *site;
  const char *made_by; /* the block's maker */
  void *made_at;
  const char *moved_by; /* the collection that moved it */
  void *moved_at;
  long collection;
  const char *called; /* the function of the API that was called last */
  void *called_at;
  value moved; /* the address that somebody kept, 0 if it is not about one */
  const char *keeper; /* of memory of C's who made what keeps it */
  void *keeper_at;
  void *given_at; /* the line that asked for the address that was used */
  const char *failed; /* the function of C's library that was made to fail, NULL if none was */
  void *failed_at;
  int depth;
  void *trace[MAX_TRACE]; /* the calls that lead there, the innermost first */
} fault;

/* A frame of the stubs' that is open: CAMLparam's variable, what it saved, and where. */
typedef struct {
  struct caml__roots_block **variable;
  struct caml__roots_block *saved;
  void *site;
} open_frame;

typedef struct {
  open_frame *items;
  size_t count, capacity;
} open_frames;

/* How a frame table is laid out, and hashed. */
typedef struct {
  int relative;       /* return addresses are 32 bits, counted from where they stand */
  unsigned long_marker; /* of descriptors in the long form, 0 if there are none */
  unsigned long hash_factor;
  int hash_shift;
} frame_layout;

typedef struct {
  frame_layout layout;
  uintptr_t code; /* where the sites begin */
  const char **places;
  size_t mask;
} frametable;

/* The numbers of the return addresses that the host's table has. */
enum { SITE_START, SITE_PAIR, SITE_CALL };

#define SAVED_REGISTERS 13

/* A stack of OCaml's, or how far it went at some time. */
typedef struct {
  char *memory;
  char *sp;             /* of the youngest frame */
  uintptr_t returns_to; /* in that frame, after the call that left it; 0 at the end */
  value *registers;     /* where they are saved, NULL if nothing lives there */
} ocaml_stack;

/* The fields of a block that the collector follows. */
typedef struct {
  mlsize_t first, end;
} field_range;

#include "generational.h"

typedef struct handler {
  jmp_buf context;
  struct caml__roots_block *roots;
  ocaml_stack stack;
  size_t frames;
  struct handler *outer;
} handler;

/* A thread, and what is its own while another holds the runtime lock. */
typedef struct thread {
  struct caml__roots_block *roots;
  open_frames frames;
  ocaml_stack stack;
  handler *handlers;
  uint64_t blocked; /* signals, when it came to the runtime */
  struct thread *next;
} thread;

struct sim {
  int version;
  char *region;
  char *nowhere; /* in the region, where nothing ever is */
  char *fresh; /* the first address that was never used */
  chunk **index; /* by address */
  chunk *young, *old; /* lists; allocation is from the first of each */
  chunk *dead_first, *dead_last;
  size_t dead_count;

  /* What stubs see of it as Caml_state; local_roots is one of its fields. */
  union {
    caml_domain_state state;
    struct {
      CAML__DOMAIN_STATE
    };
  };
  open_frames frames;
  struct caml__roots_block *dead_record; /* of local roots, whose memory has gone, in the list */
  void *dead_site; /* where it was declared */
  frametable frametable;
  ocaml_stack stack;
  addresses global_roots, generational_roots;
  addresses registered; /* those of them that the primitive that runs has registered */
  values generational_values; /* what the runtime was told that each of the latter holds */
  values held; /* the host's values */
  values finalisable;
  values ephemerons;
  minor_heap minor;
  major_heap major;
  struct named *named;
  handler *handlers;
  value exception;
  value signal_handler; /* a closure, or unit */
  value interrupt;      /* the exception that some of them raise */

  policy policy;
  uint64_t random;
  long points, nth;
  long allocations, failing_allocation;
  struct {
    long calls, failing; /* of the primitive that runs; the number of the one that fails */
    caller failed;
  } library;
  poll_action action;
  long polls, acting_poll;
  bool acting;
  long collections;
  bool collecting;
  bool untraced; /* as fast as the generational policy can be: nothing is recorded, little checked */
  bool noalloc; /* the primitive that runs has promised neither to collect nor to raise */
  bool oxcaml;
  bool making;                      /* the host makes something, which is no point */
  bool making_local;                /* what it makes */
  bool local_result, nullable_result, external_result; /* what the host expects of a primitive */
  chunk *local;                     /* the local blocks, those of the innermost region first */
  values regions;                   /* of each the chunk that was the first when it began */
  values reached;                   /* the local blocks that the collection under way has met */
  value flat; /* the last word that Field gave of the flat data of a mixed block, or 0 */
  const char *operation; /* what is done to a custom block while one of its functions runs */
  volatile bool probing; /* looking at a header outside the heap, which may not be there */
  void *released_at;
  thread main, *threads;    /* the host's, and those that C has registered */
  thread *volatile running; /* that holds the runtime lock */
  volatile unsigned long tickets, serving; /* for it: given, and whose turn it is */
  bool settled; /* the primitive that runs has seen to it that what it stores is old */
  value darkened; /* what it has said last that the collector is to keep */
  struct {
    long all, of_call; /* of the primitive that runs */
  } started; /* threads that stubs have started, and have not ended */
  caller last; /* who called the API last */
  struct {
    long call, collections; /* how many there were when the last primitive was entered */
  } entered;
  struct {
    void *site;
    bool excused; /* it is of a kind that no stub provides for */
    bool unforeseen; /* the next one will be: the runtime's own memory has run out */
  } raised; /* the last exception */
  extent *statics; /* the variables of the stubs */
  size_t nstatics;
  wrong_return *wrong_returns;
  size_t nwrong_returns;
  addresses excused;    /* where an old address may be left, and which */
  values excused_words;
  size_t nexcused;      /* since before the primitive was entered */
  values abstract; /* who makes abstract blocks that are used as ones of fields */
  handout handouts[HANDOUTS];
  unsigned nhandouts;
  const char *base; /* where the stack of the primitive that runs begins */
  const void *unnamed; /* the end of the stack of who asked last for a value without a name */

  sigjmp_buf guard;
  bool guarded;
  bool failing;         /* somebody tells what went wrong */
  volatile bool failed; /* it is told */
  fault fault;
};

/* In the memory that every thread has from its start: the way there is short. */
extern __thread sim *sim_current __attribute__((tls_model("initial-exec")));

/* space.c */
chunk *sim_new_chunk(sim *, size_t bytes, chunk_state);
chunk *sim_chunk_of(sim *, const void *address);
void sim_kill_chunks(sim *, chunk *, caller);
void sim_protect(sim *, bool accessible);
void sim_free_chunks(sim *);

/* heap.c */
value sim_take(sim *, mlsize_t wosize, tag_t, chunk_state, caller);
bool sim_is_start(chunk *, value);
void sim_mark_start(chunk *, value);
bool sim_was_freed(chunk *, value);
uintnat sim_meta(caller);
uintnat sim_maker(chunk *, value block);
size_t sim_word(chunk *, const void *address);
bool sim_is_young(sim *, value);
const char *sim_name(uint32_t number);
uint32_t sim_number(const char *name);
bool sim_is_static(sim *, value);
bool sim_is_exception(sim *, value);
chunk *sim_live(sim *, value, const char *use, void *site);
void sim_check_value(sim *, value, const char *use, void *site);
void sim_each_block(chunk *, void (*visit)(sim *, value, void *), sim *, void *);
field_range sim_scanned(value block, header_t);

/* collect.c: how a value was come to that is followed. */
typedef struct {
  caller by;
  const char *holder;
  value in; /* the block whose field is followed, 0 for a root */
  mlsize_t field;
  size_t local; /* how many of the local blocks that were reached are scanned */
} way;
void sim_point(sim *, caller);
void sim_point_for(sim *, mlsize_t words, caller);
void sim_collect(sim *, caller);
chunk *sim_follow(sim *, value, way *);
void sim_each_field(sim *, value block, void (*visit)(sim *, value *, way *), way *);
bool sim_is_remembered(sim *, value *field);
void sim_audit_remembered(sim *, chunk *, caller);
void sim_note_fields(sim *, value block);
void sim_note_all_fields(sim *, chunk *);
void sim_note_remains(sim *, chunk *);

/* generational.c */
void sim_start_generational(sim *);
void sim_free_generational(sim *);
chunk *sim_new_plain_chunk(sim *, size_t words, chunk_state);
value sim_take_generational(sim *, mlsize_t wosize, tag_t, chunk_state, caller);
void sim_trace_block(sim *, value block, uintnat maker);
chunk_state sim_place(sim *, mlsize_t words);
void sim_make_room(sim *, mlsize_t words, caller);
void sim_asked(sim *, collection, caller);
void sim_asked_for_slice(sim *, intnat work, caller);
void sim_set_limit(sim *);

/* minor.c */
void sim_new_minor_heap(sim *);
void sim_collect_minor(sim *, caller);
void sim_stored(sim *, caml_sim_cell *, value old, value);
void sim_touch(sim *, value ephemeron, value key);
void sim_weigh(sim *, value block, mlsize_t memory, mlsize_t minor_max, mlsize_t major_max);

/* freelist.c */
value *sim_take_piece(sim *, mlsize_t wosize);
void sim_make_piece(sim *, value *start, mlsize_t words);
bool sim_drop_piece(sim *, value *piece);
void sim_forget_small_pieces(sim *);
void sim_forget_pieces(sim *);
void sim_grow(sim *, size_t words);

/* major.c */
value sim_take_major(sim *, mlsize_t wosize, tag_t);
void sim_darken(sim *, value);
void sim_speed_up(sim *, double share);
void sim_slice(sim *, intnat work, caller);
void sim_finish_cycle(sim *, caller);
void sim_settle(sim *, caller);

/* compact.c */
void sim_compact(sim *, caller);
void sim_compact_if_wasteful(sim *, caller);

/* local.c */
size_t sim_begin_region(sim *);
void sim_end_region(sim *, size_t depth);
void sim_join_region(sim *, size_t depth);
value sim_take_local(sim *, mlsize_t wosize, tag_t, reserved_t, caller);
value sim_copy_local(sim *, value block, caller);
bool sim_is_local(sim *, value);
void sim_refuse_local(sim *, value, const char *use, void *site);
void sim_check_global(sim *, value, const char *use, void *site);
void sim_check_barrier(sim *, caml_sim_cell *field, value, caller);
void sim_check_global_roots(sim *, caller);
void sim_reach_local(sim *, value, value block, mlsize_t field, caller);
bool sim_each_local_field(sim *, void (*visit)(sim *, value *, way *), way *);
void sim_forget_reached(sim *);
void sim_check_result(sim *, value);

/* mixed.c */
bool sim_is_mixed(header_t);
mlsize_t sim_scannable(header_t);
void sim_copy_fields(value to, value from);
void sim_note_field(sim *, value block, mlsize_t index);
void sim_refuse_flat(sim *, value, const char *use, void *site);
void sim_check_prefix(sim *, const void *field, caller);
void sim_check_flat_index(sim *, value block, mlsize_t index, void *site);

/* oxcaml.c */
extern const struct custom_operations caml_float32_ops;

/* roots.c */
typedef void (*visitor)(sim *, value *, const char *what, void *);
void sim_each_root(sim *, visitor, void *);
void sim_set_generational_root(sim *, value *root, value v);

/* frames.c */
void sim_refuse_dead_record(sim *);
void sim_forget_wrong_returns(sim *);

/* stack.c */
void sim_make_stack(ocaml_stack *);
void sim_free_stack(ocaml_stack *);
void sim_free_frametable(sim *);
void sim_push_link(sim *);
value *sim_push_call(sim *, size_t live);
void sim_push_allocation(sim *, value *registers);
void sim_each_slot(sim *, ocaml_stack, visitor, void *);

/* apply.c */
value sim_apply(sim *, void *primitive, const char *types, long n, value *args);

/* named_values.c */
void sim_name_value(sim *, const char *name, value);
void sim_free_names(sim *);

/* alloc.c: a point, then a block; the empty arrays of the caller, whose fields are nobody's. */
value sim_fresh(sim *, mlsize_t wosize, tag_t, caller);
value sim_empty_array(void);
bool sim_is_empty_array(value);

/* custom.c */
void sim_know_operations(const struct custom_operations *);
value sim_custom(sim *, const struct custom_operations *, uintnat size, caller);

/* weak.c: what to follow when all else has been, and what to forget when nothing more is to.  Each
   kind of collection has its own way to say what is alive, and where that is now. */
typedef struct {
  bool (*is_alive)(sim *, value);
  value (*now)(sim *, value);
} liveness;
bool sim_follow_ephemerons(
  sim *, const values *, const liveness *, value (*move)(sim *, value, void *), void *);
void sim_clear_ephemerons(sim *, values *, const liveness *);
value *sim_ephemeron_fields(value, mlsize_t *count);

/* fail.c */
void sim_raise(sim *, value exn, void *site) __attribute__((noreturn));
void sim_raise_out_of_memory(void) __attribute__((noreturn));
const char *sim_exception_name(value);
bool sim_is_predefined(value exn);
value sim_exception(const char *name);

/* fault.c */
void sim_fail(sim *, const char *rule, void *site, const char *format, ...)
  __attribute__((noreturn, format(printf, 4, 5)));
void sim_describe_remains(sim *, value);
void sim_describe_block(sim *, value);
value sim_holder(sim *, const void *field);
void sim_describe_holder(sim *, const void *field);
void *sim_site(void *return_address);
sim *sim_enter(caller);
void sim_watch_memory(void);

/* threads.c */
thread *sim_this_thread(sim *);
void sim_use(sim *);
bool sim_is_foreign(void);
bool sim_is_released(sim *);
void sim_yield(sim *);
int sim_start_thread(pthread_t *, const pthread_attr_t *, void *(*body)(void *), void *);
void sim_await_threads(sim *);
void sim_make_main(sim *);
void sim_call_last(sim *);
sim *sim_called_last(void);
bool sim_is_alone(sim *);
void sim_stop(sim *) __attribute__((noreturn));
bool sim_claim_fault(sim *);
void sim_refuse_thread(caller) __attribute__((noreturn));
sim *sim_here(caller);

/* handlers.c */
void sim_note_mask(sim *);
bool sim_in_handler(sim *);

/* actions.c */
value sim_poll(sim *, value kept, caller);
value sim_poll_and_raise(sim *, value kept, caller);

/* failing.c */
bool sim_runs_out(sim *);
bool sim_c_runs_out(void);
void sim_take_memory(sim *, caller);
void sim_begin_library_calls(sim *);
bool sim_call_fails(caller, int error);

/* host.c */
value sim_held(sim *, long number);
bool sim_is_on_stack(const void *);

/* callback.c */
value sim_callback(sim *, value closure, value argument, caller);
value sim_closure(int function, int arity, value environment);

/* marshal.c */
void sim_forget_marshalling(void);

/* hooks.c */
void sim_call_hook(CAML__HOOK *);
void sim_forget_hooks(void);
void sim_each_root_of_hooks(sim *, visitor, void *);

/* resources.c */
void sim_note_resource(resource_kind, uintptr_t key, size_t bytes, caller);
resource sim_drop_resource(resource_kind, uintptr_t key);
void sim_give_away(resource_kind, uintptr_t key);
void sim_each_resource(sim *, void (*visit)(sim *, resource *, void *), void *);
extent sim_extent(const resource *);
void sim_forget_resources(sim *);

/* copies.c */
void sim_note_abstract_field(sim *, value block);
void sim_note_removed_root(sim *, value *root);
void sim_begin_watching(sim *);
void sim_find_copies(sim *, bool raised);
void sim_forget_statics(sim *);

/* leaks.c */
void sim_find_leaks(sim *);

/* contents.c */
void sim_check_contents(sim *, value block, void *by);
void sim_check_all_contents(sim *, chunk *list, caller);

/* lists.c */
void sim_push_value(values *, value);
void sim_push_address(addresses *, value *);
bool sim_drop_address(addresses *, value *);
void sim_push_frame(open_frames *, open_frame);
void sim_push_weight(weights *, weight);
void sim_push_marked(mark_stack *, marked_block);

/* --- what is done often --- */

/* A young block, if there is room for it and nothing has to be looked at; else 0. */
static inline value sim_bump(sim *s, mlsize_t wosize, tag_t tag)
{
  intnat room = (char *) s->young_ptr - (char *) s->young_limit;
  if (room < (intnat) Bsize_wsize(Whsize_wosize(wosize)) || s->running == NULL || s->noalloc ||
      s->operation != NULL)
    return 0;
  s->young_ptr -= Whsize_wosize(wosize);
  *s->young_ptr = (value) Make_header(wosize, tag, 0);
  return (value) (s->young_ptr + 1);
}

/* What comes after the end of a block shows that it was none of a function. */
static inline void sim_check_records(sim *s)
{
  if (s->dead_record != NULL) sim_refuse_dead_record(s);
}

/* Under the generational policy. */
static inline bool sim_is_in_minor_heap(sim *s, const void *address)
{
  return (const value *) address >= s->young_start && (const value *) address < s->young_end;
}

/* OxCaml's null is a value, the others' NULL is none. */
static inline bool sim_is_null(sim *s, value v)
{
  return v == 0 && s->oxcaml;
}

#define HERE(function) ((caller){ (function), SITE })
#define ENTER(function) sim_enter(HERE(function))

#endif
