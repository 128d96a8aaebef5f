/* The stack of the simulated OCaml code, and the frame table by which the collector reads it.

   The stack grows down.  A frame begins at its stack pointer; its last word is the address to which
   it returns.  Where C has called OCaml the stack goes on after a link, which says where the frames
   of before end.  Return addresses are those of the host's table: code that is never run. */
#define _GNU_SOURCE
#include "sim.h"

#include <caml/fail.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define STACK_BYTES ((size_t) 1 << 19)
#define WORD sizeof(value)
/* How far apart the return addresses of the table are. */
#define SITE_BYTES 16

/* --- the table --- */

enum { DEBUG = 1, ALLOCATES = 2, BOUNDARY = 0xFFFF };

/* What a descriptor says. */
typedef struct {
  uintptr_t return_address;
  bool boundary;
  size_t size, live;
  const char *slots;
  size_t slot_bytes; /* 2, in the long form 4 */
  const char *end;
} descriptor;

static uintptr_t number_at(const char *at, size_t bytes)
{
  uintptr_t number = 0;
  memcpy(&number, at, bytes);
  return number;
}

static const char *aligned(const char *at, size_t bytes)
{
  return (const char *) (((uintptr_t) at + bytes - 1) & -bytes);
}

/* Of what follows the slots only the size matters here. */
static const char *after_slots(const char *at, uintptr_t flags)
{
  size_t records = 1;
  if (flags & ALLOCATES) {
    records = (unsigned char) *at;
    at += 1 + records;
  }
  if (flags & DEBUG) at = aligned(at, 4) + 4 * records;
  return aligned(at, WORD);
}

static descriptor read_descriptor(const frametable *t, const char *at)
{
  descriptor d = { 0 };
  size_t bytes = t->layout.relative ? 4 : WORD;
  d.return_address = t->layout.relative ? (uintptr_t) (at + (int32_t) number_at(at, 4))
                                        : number_at(at, WORD);
  at += bytes;
  uintptr_t frame = number_at(at, 2);
  d.slot_bytes = 2;
  d.boundary = frame == BOUNDARY;
  if (frame == t->layout.long_marker && frame != 0) {
    at = aligned(at + 2, 4);
    d.slot_bytes = 4;
    frame = number_at(at, 4);
  }
  d.live = number_at(at + d.slot_bytes, d.slot_bytes);
  d.slots = at + 2 * d.slot_bytes;
  d.size = frame & ~(uintptr_t) (DEBUG | ALLOCATES);
  d.end = d.boundary ? aligned(d.slots, WORD)
                     : after_slots(d.slots + d.live * d.slot_bytes, frame);
  return d;
}

static size_t place_of(const frametable *t, uintptr_t return_address)
{
  return (return_address * t->layout.hash_factor >> t->layout.hash_shift) & t->mask;
}

/* The place of an address, or the free one where it is missing. */
static const char **find(const frametable *t, uintptr_t return_address)
{
  size_t place = place_of(t, return_address);
  while (t->places[place] != NULL &&
         read_descriptor(t, t->places[place]).return_address != return_address)
    place = (place + 1) & t->mask;
  return &t->places[place];
}

/* Takes a table that stays where it is, with the code that its return addresses are in; says
   whether all its descriptors are within its bytes. */
SIM_EXPORT int sim_set_frametable(
  sim *s, const char *code, const char *table, size_t length, const frame_layout *layout)
{
  frametable *t = &s->frametable;
  int64_t count = length < WORD ? -1 : (int64_t) number_at(table, WORD);
  if (count < 0 || (size_t) count > length / WORD) return 0;
  t->code = (uintptr_t) code;
  t->layout = *layout;
  size_t capacity = 4;
  while (capacity < 2 * (size_t) count) capacity *= 2;
  t->mask = capacity - 1;
  free((void *) t->places);
  t->places = calloc(capacity, sizeof *t->places);
  if (t->places == NULL) abort();
  const char *at = table + WORD;
  for (int64_t i = 0; i < count; i++) {
    /* No field that is read to know the end lies further than this. */
    const size_t most = 2 * WORD;
    if (at + most > table + length) return 0;
    descriptor d = read_descriptor(t, at);
    if (d.end > table + length) return 0;
    *find(t, d.return_address) = at;
    at = d.end;
  }
  return 1;
}

void sim_free_frametable(sim *s)
{
  free((void *) s->frametable.places);
}

/* --- the stack --- */

/* Between the frames that C was called from and those that it has called: where the former end. */
typedef ocaml_stack link;

static uintptr_t site(sim *s, size_t number)
{
  return s->frametable.code + SITE_BYTES * number;
}

static void reserve(sim *s, size_t bytes)
{
  if ((size_t) (s->stack.sp - s->stack.memory) < bytes) caml_raise_stack_overflow();
}

void sim_make_stack(ocaml_stack *stack)
{
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  stack->memory = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (stack->memory == MAP_FAILED) abort();
  stack->sp = stack->memory + STACK_BYTES;
  stack->returns_to = 0;
  stack->registers = NULL;
}

void sim_free_stack(ocaml_stack *stack)
{
  if (stack->memory != NULL) munmap(stack->memory, STACK_BYTES);
}

/* C calls OCaml: what is pushed now returns to C. */
void sim_push_link(sim *s)
{
  reserve(s, sizeof(link));
  link before = s->stack;
  s->stack.sp -= sizeof(link);
  *(link *) s->stack.sp = before;
  s->stack.returns_to = site(s, SITE_START);
  s->stack.registers = NULL;
}

/* A frame at a call, with so many live values; below them is one that is dead. */
value *sim_push_call(sim *s, size_t live)
{
  size_t size = ((live + 2) * WORD + 15) & ~(size_t) 15;
  reserve(s, size);
  ((uintptr_t *) s->stack.sp)[-1] = s->stack.returns_to;
  s->stack.sp -= size;
  s->stack.returns_to = site(s, SITE_CALL + live);
  value *slots = (value *) s->stack.sp;
  slots[0] = POISON;
  for (size_t i = 1; i <= live; i++) slots[i] = Val_unit;
  return slots + 1;
}

/* A frame that calls the collector for a pair, whose halves are in the first two registers. */
void sim_push_allocation(sim *s, value *registers)
{
  const size_t size = 2 * WORD;
  reserve(s, size);
  ((uintptr_t *) s->stack.sp)[-1] = s->stack.returns_to;
  s->stack.sp -= size;
  s->stack.returns_to = site(s, SITE_PAIR);
  s->stack.registers = registers;
}

/* --- what the collector finds there --- */

static void visit_frame(
  sim *s, const ocaml_stack *at, const descriptor *d, visitor visit, void *with)
{
  for (size_t i = 0; i < d->live; i++) {
    size_t slot = number_at(d->slots + i * d->slot_bytes, d->slot_bytes);
    if (slot & 1) {
      if (at->registers == NULL || slot / 2 >= SAVED_REGISTERS)
        sim_fail(s, "internal", NULL, "a frame has a live register, and none are saved");
      visit(s, &at->registers[slot / 2], "a register of the caller's", with);
    } else {
      if (slot + WORD > d->size)
        sim_fail(s, "internal", NULL, "a live slot lies outside of its frame");
      visit(s, (value *) (at->sp + slot), "a stack slot of the caller's", with);
    }
  }
}

void sim_each_slot(sim *s, ocaml_stack at, visitor visit, void *with)
{
  const char *end = at.memory + STACK_BYTES;
  while (at.returns_to != 0) {
    const char **found = s->frametable.places == NULL ? NULL : find(&s->frametable, at.returns_to);
    if (found == NULL || *found == NULL)
      sim_fail(s, "internal", NULL, "no frame is known for the return address %#lx", at.returns_to);
    descriptor d = read_descriptor(&s->frametable, *found);
    size_t size = d.boundary ? sizeof(link) : d.size;
    if (size < WORD || size > (size_t) (end - at.sp))
      sim_fail(s, "internal", NULL, "a frame of %zu bytes does not lie on the stack", size);
    if (d.boundary) {
      at = *(link *) at.sp;
      continue;
    }
    visit_frame(s, &at, &d, visit, with);
    at.sp += size;
    at.returns_to = ((uintptr_t *) at.sp)[-1];
    at.registers = NULL; /* who calls OCaml code keeps nothing in them */
  }
}
