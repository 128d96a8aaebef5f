/* Blocks, and the accessors' questions about them. */
#include "sim.h"

#include <string.h>

/* --- names of makers, as small numbers --- */

#define MAX_NAMES 512
#define KNOWN 0x8000
static const char *names[MAX_NAMES] = { "nobody" };
static uint32_t nnames = 1;

const char *sim_name(uint32_t number)
{
  number &= ~(uint32_t) KNOWN;
  return number < nnames ? names[number] : names[0];
}

uint32_t sim_number(const char *name)
{
  /* The names are literals of ours: few, and mostly the same pointer. */
  for (uint32_t i = 0; i < nnames; i++)
    if (names[i] == name || strcmp(names[i], name) == 0) return i;
  if (nnames == MAX_NAMES) return 0;
  names[nnames] = name;
  return nnames++;
}

/* --- blocks --- */

#define META(block) (((uintnat *) (block))[-2])
#define HEADER(block) (((header_t *) (block))[-1])
#define FIELDS(block) ((value *) (block))

/* The number of a word in its chunk. */
size_t sim_word(chunk *c, const void *address)
{
  return (size_t) ((const char *) address - c->start) / sizeof(value);
}

void sim_mark_start(chunk *c, value block)
{
  if (c->starts == NULL) return;
  size_t word = sim_word(c, (void *) block);
  c->starts[word / 64] |= (uint64_t) 1 << word % 64;
}

bool sim_is_start(chunk *c, value block)
{
  if (block % (intnat) sizeof(value) != 0 || (char *) block >= c->top) return false;
  if (c->starts == NULL) return true;
  size_t word = sim_word(c, (void *) block);
  return c->starts[word / 64] >> word % 64 & 1;
}

/* Whether a block was there whose memory was given back, and not used again since. */
bool sim_was_freed(chunk *c, value v)
{
  if (c->makers == NULL || v % (intnat) sizeof(value) != 0) return false;
  return !sim_is_start(c, v) && c->makers[sim_word(c, (void *) v)] != 0;
}

/* Who made a block, in a word that is never 0. */
uintnat sim_meta(caller by)
{
  return (uintnat) by.site << 16 | KNOWN | sim_number(by.function);
}

uintnat sim_maker(chunk *c, value block)
{
  if (c->makers != NULL) return c->makers[sim_word(c, (void *) block)];
  return c->starts == NULL ? 0 : META(block);
}

bool sim_is_young(sim *s, value v)
{
  if (Is_long(v)) return false;
  chunk *c = sim_chunk_of(s, (void *) v);
  return c != NULL && c->state == CHUNK_YOUNG;
}

value sim_take(sim *s, mlsize_t wosize, tag_t tag, chunk_state state, caller by)
{
  sim_take_memory(s, by);
  if (s->policy == POLICY_GENERATIONAL && state != CHUNK_LOCAL)
    return sim_take_generational(s, wosize, tag, state, by);
  chunk **list = state == CHUNK_YOUNG ? &s->young : state == CHUNK_OLD ? &s->old : &s->local;
  size_t bytes = (wosize + 2) * sizeof(value);
  if (*list == NULL || (size_t) ((*list)->end - (*list)->top) < bytes) {
    chunk *c = sim_new_chunk(s, bytes, state);
    c->next = *list;
    *list = c;
  }
  chunk *c = *list;
  value block = (value) (c->top + 2 * sizeof(value));
  c->top += bytes;
  META(block) = sim_meta(by);
  HEADER(block) = Make_header(wosize, tag, 0);
  for (mlsize_t i = 0; i < wosize; i++) FIELDS(block)[i] = POISON;
  sim_mark_start(c, block);
  sim_note_fields(s, block);
  return block;
}

/* Where nothing is recorded the headers lead from one to the next. */
static void each_by_header(chunk *c, void (*visit)(sim *, value, void *), sim *s, void *with)
{
  char *at = c->state == CHUNK_YOUNG ? (char *) s->young_ptr : c->start;
  while (at < c->top) {
    value block = (value) (at + sizeof(value));
    at += Bhsize_hd(HEADER(block));
    bool is_free = c->state == CHUNK_OLD && Color_hd(HEADER(block)) == s->major.free;
    if (!is_free) visit(s, block, with);
  }
}

void sim_each_block(chunk *c, void (*visit)(sim *, value, void *), sim *s, void *with)
{
  if (c->starts == NULL) {
    each_by_header(c, visit, s, with);
    return;
  }
  size_t words = (size_t) (c->top - c->start) / sizeof(value);
  for (size_t i = 0; i < (words + 63) / 64; i++)
    for (uint64_t bits = c->starts[i]; bits != 0; bits &= bits - 1)
      visit(s, (value) (c->start + (64 * i + (size_t) __builtin_ctzll(bits)) * sizeof(value)), with);
}

/* The fields that the collector follows: of a closure, those from where its environment starts. */
field_range sim_scanned(value block, header_t header)
{
  mlsize_t end = sim_scannable(header);
  if (Tag_hd(header) >= No_scan_tag) return (field_range){ end, end };
  if (Tag_hd(header) != Closure_tag) return (field_range){ 0, end };
  /* OxCaml has another bit between this and the arity, which are all 0 elsewhere. */
  mlsize_t start = (mlsize_t) ((uintnat) FIELDS(block)[1] << 9 >> 10);
  return (field_range){ start < end ? start : end, end };
}

/* --- what an accessor is given --- */

/* The chunk of a block that may be read now; NULL for one outside the heap. */
chunk *sim_live(sim *s, value v, const char *use, void *site)
{
  if (sim_is_released(s))
    sim_fail(s, "value-access-without-lock", site, "%s with the runtime lock released", use);
  sim_refuse_flat(s, v, use, site);
  if (Is_long(v))
    sim_fail(s, "type-mismatch", site, "%s, and it is the immediate %ld", use, (long) (v >> 1));
  if (v == 0) sim_fail(s, "null-unchecked", site, "%s, and it is NULL", use);
  if (v == POISON)
    sim_fail(s, "uninitialised-block", site, "%s, and it comes from a field without a value", use);
  if (IS_UNSET(v))
    sim_fail(s, "uninitialised-root", site, "%s, and it is a variable without a value", use);
  if (sim_is_exception(s, v))
    sim_fail(s, "unchecked-exception-result", site, "%s, and it is an encoded exception", use);
  chunk *c = sim_chunk_of(s, (void *) v);
  if (c == NULL) {
    if ((char *) v >= s->region && (char *) v < s->region + REGION_BYTES)
      sim_fail(s, "unrooted-value", site, "%s, at an address that was left long ago", use);
    return NULL;
  }
  if (c->state == CHUNK_DEAD) {
    sim_describe_remains(s, v);
    if (c->local) sim_fail(s, "local-escape", site, "%s after its region has ended", use);
    sim_fail(s, "unrooted-value", site, "%s after it was moved", use);
  }
  if (sim_was_freed(c, v)) {
    sim_describe_remains(s, v);
    sim_fail(s, "unrooted-value", site, "%s after it was freed", use);
  }
  if (!sim_is_start(c, v))
    sim_fail(s, "interior-pointer", site, "%s, and it points into a block", use);
  return c;
}

/* Whether a word is an exception with the bit set, and not a pointer two bytes into something. */
bool sim_is_exception(sim *s, value v)
{
  if (!Is_exception_result(v)) return false;
  value exn = Extract_exception(v);
  chunk *c = sim_chunk_of(s, (void *) exn);
  if (c == NULL || c->state == CHUNK_DEAD) return true;
  return sim_is_start(c, exn) && (Tag_hd(HEADER(exn)) == 0 || Tag_hd(HEADER(exn)) == Object_tag);
}

/* Whether a pointer outside the heap may be a value: a block of C's own says so in its header. */
bool sim_is_static(sim *s, value v)
{
  if (s->version < 50000) return true;
  s->probing = true;
  header_t header = *(volatile header_t *) &HEADER(v);
  s->probing = false;
  return Color_hd(header) == NOT_MARKABLE;
}

/* A value that is stored, passed or raised must be one, whatever is done with it then. */
void sim_check_value(sim *s, value v, const char *use, void *site)
{
  if (Is_long(v) || sim_is_null(s, v)) return;
  sim_refuse_flat(s, v, use, site);
  if (sim_is_exception(s, v))
    sim_fail(s, "unchecked-exception-result", site, "an encoded exception is %s", use);
  if (v == 0) sim_fail(s, "uninitialised-root", site, "NULL is %s", use);
  if (IS_UNSET(v)) sim_fail(s, "uninitialised-root", site, "a variable without a value is %s", use);
  chunk *c = sim_chunk_of(s, (void *) v);
  if (c == NULL) {
    bool ours = (char *) v >= s->region && (char *) v < s->region + REGION_BYTES;
    if (ours) sim_fail(s, "unrooted-value", site, "a value that was moved long ago is %s", use);
    if (!sim_is_static(s, v))
      sim_fail(s, "naked-pointer", site, "a pointer outside the heap is %s", use);
    return;
  }
  if (c->state == CHUNK_DEAD) {
    sim_describe_remains(s, v);
    if (c->local)
      sim_fail(s, "local-escape", site, "a local value is %s after its region has ended", use);
    sim_fail(s, "unrooted-value", site, "a value is %s after it was moved", use);
  }
  if (sim_was_freed(c, v)) {
    sim_describe_remains(s, v);
    sim_fail(s, "unrooted-value", site, "a value is %s after it was freed", use);
  }
  if (!sim_is_start(c, v))
    sim_fail(s, "interior-pointer", site, "a pointer into a block is %s", use);
}

/* Of an array that the caller made too short nobody knows whose mistake it is. */
static void out_of_bounds(sim *s, value block, void *site, mlsize_t index, mlsize_t size)
{
  if (sim_chunk_of(s, (void *) block) != NULL) sim_describe_block(s, block);
  if (s->fault.made_by != NULL && strcmp(s->fault.made_by, SIM_ARRAY) == 0)
    sim_fail(s, "crash", site, "field %ld of an array of %ld that the caller made", (long) index,
             (long) size);
  sim_fail(s, "field-out-of-bounds", site, "field %ld of a block of %ld fields", (long) index,
           (long) size);
}

static header_t read_header(sim *s, value v, const char *use, void *site)
{
  sim_live(s, v, use, site);
  s->handouts[s->nhandouts++ % HANDOUTS] = (handout){ v, site };
  return HEADER(v);
}

SIM_EXPORT intnat caml_sim_long(value v)
{
  if (__builtin_expect(Is_long(v), true)) return v >> 1;
  sim *s = sim_current;
  if (v == 0) sim_fail(s, "null-unchecked", SITE, "NULL is read as an int");
  if (IS_UNSET(v))
    sim_fail(s, "uninitialised-root", SITE, "a variable without a value is read as an int");
  if (v == POISON)
    sim_fail(s, "uninitialised-block", SITE, "a field without a value is read as an int");
  value exn = Extract_exception(v);
  bool is_known = sim_chunk_of(s, (void *) exn) != NULL || sim_is_predefined(exn);
  if (is_known && sim_is_exception(s, v))
    sim_fail(s, "unchecked-exception-result", SITE, "an encoded exception is read as an int");
  /* Any other word may come from behind a block, where no type tells how long that is. */
  if (sim_chunk_of(s, (void *) v) == NULL) return v >> 1;
  sim_check_value(s, v, "read as an int", SITE);
  sim_fail(s, "type-mismatch", SITE, "a block is read as an int");
}

SIM_EXPORT caml_sim_cell *caml_sim_field(value block, mlsize_t index)
{
  sim *s = sim_current;
  /* Who takes the address of the first element may never use it. */
  if (sim_is_empty_array(block)) return (caml_sim_cell *) s->nowhere + index;
  header_t header = read_header(s, block, "a field is read or written", SITE);
  if (Tag_hd(header) >= No_scan_tag && Tag_hd(header) != Abstract_tag && Tag_hd(header) != Custom_tag)
    sim_fail(s, "bad-tag", SITE, "Field of a block of tag %d", (int) Tag_hd(header));
  if (index >= Wosize_hd(header)) out_of_bounds(s, block, SITE, index, Wosize_hd(header));
  if (Tag_hd(header) == Abstract_tag) sim_note_abstract_field(s, block);
  sim_note_field(s, block, index);
  return &((caml_sim_cell *) block)[index];
}

SIM_EXPORT header_t *caml_sim_header(value block)
{
  read_header(sim_current, block, "a header is read", SITE);
  return &HEADER(block);
}

SIM_EXPORT void *caml_sim_block(value block)
{
  read_header(sim_current, block, "the address of a block is taken", SITE);
  return (void *) block;
}

SIM_EXPORT char *caml_sim_bytes(value string)
{
  sim *s = sim_current;
  header_t header = read_header(s, string, "a string is read", SITE);
  if (Tag_hd(header) != String_tag)
    sim_fail(s, "type-mismatch", SITE, "a block of tag %d is read as a string", (int) Tag_hd(header));
  return (char *) string;
}

SIM_EXPORT double *caml_sim_double(value boxed)
{
  sim *s = sim_current;
  header_t header = read_header(s, boxed, "a float is read", SITE);
  if (Tag_hd(header) != Double_tag)
    sim_fail(s, "type-mismatch", SITE, "a block of tag %d is read as a float", (int) Tag_hd(header));
  return (double *) boxed;
}

SIM_EXPORT mlsize_t caml_sim_flat_index(value block, mlsize_t index)
{
  sim *s = sim_current;
  header_t header = read_header(s, block, "a flat float is read or written", SITE);
  if (s->oxcaml && sim_is_mixed(header)) sim_check_flat_index(s, block, index, SITE);
  else if (Tag_hd(header) != Double_array_tag)
    sim_fail(s, "bad-tag", SITE, "a block of tag %d holds no flat floats", (int) Tag_hd(header));
  if (index >= Wosize_hd(header)) out_of_bounds(s, block, SITE, index, Wosize_hd(header));
  return index;
}

SIM_EXPORT void *caml_sim_custom(value block, mlsize_t bytes)
{
  sim *s = sim_current;
  header_t header = read_header(s, block, "a custom block is read", SITE);
  if (Tag_hd(header) != Custom_tag)
    sim_fail(s, "type-mismatch", SITE, "a block of tag %d is read as a custom block",
             (int) Tag_hd(header));
  if (bytes > (Wosize_hd(header) - 1) * sizeof(value))
    sim_fail(s, "type-mismatch", SITE, "%ld bytes are read of a smaller custom block", (long) bytes);
  return &FIELDS(block)[1];
}
