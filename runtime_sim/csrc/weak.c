/* Ephemerons: their keys keep nothing alive, and their data only with all keys.

   An ephemeron is a block that is not scanned: a link, the data, the keys.  A collection asks here
   what to follow when all else has been, and what to forget when nothing more is to be followed. */
#include "sim.h"

#include <caml/alloc.h>
#include <caml/fail.h>

#include <string.h>

#define FIELDS(block) ((value *) (block))
#define HEADER(block) (((header_t *) (block))[-1])
enum { LINK, DATA, FIRST_KEY };

/* What is in a field that is empty: no value, and nobody else's address. */
static struct {
  header_t header;
  value field;
} empty = { Caml_out_of_heap_header(1, Abstract_tag), 0 };
#define NONE ((value) &empty.field)

/* --- in a collection --- */

/* Its own fields may be empty. */
static bool is_alive(sim *s, value v, const liveness *how)
{
  return v == NONE || Is_long(v) || how->is_alive(s, v);
}

static bool keys_are_alive(sim *s, value ephemeron, const liveness *how)
{
  for (mlsize_t i = FIRST_KEY; i < Wosize_hd(HEADER(ephemeron)); i++)
    if (!is_alive(s, FIELDS(ephemeron)[i], how)) return false;
  return true;
}

bool sim_follow_ephemerons(
  sim *s, const values *list, const liveness *how, value (*move)(sim *, value, void *), void *with)
{
  bool moved = false;
  for (size_t i = 0; i < list->count; i++) {
    value old = list->items[i];
    if (!how->is_alive(s, old)) continue;
    value now = how->now(s, old);
    if (is_alive(s, FIELDS(now)[DATA], how) || !keys_are_alive(s, now, how)) continue;
    move(s, FIELDS(now)[DATA], with);
    moved = true;
  }
  return moved;
}

static value now_or_none(sim *s, value v, const liveness *how)
{
  if (v == NONE || Is_long(v)) return v;
  return how->is_alive(s, v) ? how->now(s, v) : NONE;
}

void sim_clear_ephemerons(sim *s, values *list, const liveness *how)
{
  size_t kept = 0;
  for (size_t i = 0; i < list->count; i++) {
    value old = list->items[i];
    if (!how->is_alive(s, old)) continue;
    value now = how->now(s, old);
    if (!keys_are_alive(s, now, how)) FIELDS(now)[DATA] = NONE;
    for (mlsize_t j = DATA; j < Wosize_hd(HEADER(now)); j++)
      FIELDS(now)[j] = now_or_none(s, FIELDS(now)[j], how);
    list->items[kept++] = now;
  }
  list->count = kept;
}

/* The fields of one that may hold values, or NONE, which is outside the heap. */
value *sim_ephemeron_fields(value ephemeron, mlsize_t *count)
{
  *count = Wosize_hd(HEADER(ephemeron)) - DATA;
  return &FIELDS(ephemeron)[DATA];
}

/* --- for stubs --- */

SIM_EXPORT value caml_ephemeron_create(mlsize_t keys)
{
  caller by = HERE("caml_ephemeron_create");
  sim *s = sim_enter(by);
  value block = sim_take(s, keys + FIRST_KEY, Abstract_tag, CHUNK_OLD, by);
  for (mlsize_t i = LINK; i < keys + FIRST_KEY; i++) FIELDS(block)[i] = NONE;
  sim_push_value(&s->ephemerons, block);
  return block;
}

/* The field of an ephemeron, where the key is one of its keys. */
static value *field(value ephemeron, mlsize_t index, caller by)
{
  sim *s = sim_enter(by);
  sim_live(s, ephemeron, "an ephemeron is used", by.site);
  if (Tag_hd(HEADER(ephemeron)) != Abstract_tag)
    sim_fail(s, "type-mismatch", by.site, "%s is given no ephemeron", by.function);
  if (index >= Wosize_hd(HEADER(ephemeron)))
    sim_fail(s, "field-out-of-bounds", by.site, "%s is given no key of the ephemeron", by.function);
  return &FIELDS(ephemeron)[index];
}

static void set(value ephemeron, value *to, value v, const char *use, void *site)
{
  sim_check_global(sim_current, v, use, site);
  *to = v;
  sim_touch(sim_current, ephemeron, v);
}

SIM_EXPORT mlsize_t caml_ephemeron_num_keys(value ephemeron)
{
  field(ephemeron, DATA, HERE("caml_ephemeron_num_keys"));
  return Wosize_hd(HEADER(ephemeron)) - FIRST_KEY;
}

SIM_EXPORT int caml_ephemeron_key_is_set(value ephemeron, mlsize_t key)
{
  return *field(ephemeron, FIRST_KEY + key, HERE("caml_ephemeron_key_is_set")) != NONE;
}

SIM_EXPORT int caml_ephemeron_data_is_set(value ephemeron)
{
  return *field(ephemeron, DATA, HERE("caml_ephemeron_data_is_set")) != NONE;
}

SIM_EXPORT void caml_ephemeron_set_key(value ephemeron, mlsize_t key, value v)
{
  value *to = field(ephemeron, FIRST_KEY + key, HERE("caml_ephemeron_set_key"));
  set(ephemeron, to, v, "made a key", SITE);
}

SIM_EXPORT void caml_ephemeron_set_data(value ephemeron, value v)
{
  value *to = field(ephemeron, DATA, HERE("caml_ephemeron_set_data"));
  set(ephemeron, to, v, "made an ephemeron's data", SITE);
}

SIM_EXPORT void caml_ephemeron_unset_key(value ephemeron, mlsize_t key)
{
  *field(ephemeron, FIRST_KEY + key, HERE("caml_ephemeron_unset_key")) = NONE;
}

SIM_EXPORT void caml_ephemeron_unset_data(value ephemeron)
{
  *field(ephemeron, DATA, HERE("caml_ephemeron_unset_data")) = NONE;
}

/* What is only marked through its holder from now on is marked at once. */
static int got(const value *from, value *to)
{
  if (*from == NONE) return 0;
  *to = *from;
  sim_darken(sim_current, *to);
  return 1;
}

SIM_EXPORT int caml_ephemeron_get_key(value ephemeron, mlsize_t key, value *to)
{
  return got(field(ephemeron, FIRST_KEY + key, HERE("caml_ephemeron_get_key")), to);
}

SIM_EXPORT int caml_ephemeron_get_data(value ephemeron, value *to)
{
  return got(field(ephemeron, DATA, HERE("caml_ephemeron_get_data")), to);
}

/* A copy does not keep the original alive; the original may go while it is made. */
static int got_copy(value ephemeron, mlsize_t index, value *to, caller by)
{
  value v = *field(ephemeron, index, by);
  sim *s = sim_current;
  value both[] = { ephemeron, v == NONE ? Val_unit : v };
  struct caml__roots_block roots = { s->local_roots, 1, 2, { both } };
  s->local_roots = &roots;
  sim_point(s, by);
  s->local_roots = roots.next;
  if (v == NONE) return 0;
  v = both[1];
  *to = v;
  if (Is_long(v) || sim_chunk_of(s, (void *) v) == NULL) return 1;
  header_t header = HEADER(v);
  if (Tag_hd(header) == Custom_tag || Tag_hd(header) == Infix_tag || Tag_hd(header) == Closure_tag)
    return 1;
  mlsize_t wosize = Wosize_hd(header);
  *to = sim_take(s, wosize, Tag_hd(header), CHUNK_OLD, by);
  sim_copy_fields(*to, v);
  return 1;
}

SIM_EXPORT int caml_ephemeron_get_key_copy(value ephemeron, mlsize_t key, value *to)
{
  return got_copy(ephemeron, FIRST_KEY + key, to, HERE("caml_ephemeron_get_key_copy"));
}

SIM_EXPORT int caml_ephemeron_get_data_copy(value ephemeron, value *to)
{
  return got_copy(ephemeron, DATA, to, HERE("caml_ephemeron_get_data_copy"));
}

SIM_EXPORT void caml_ephemeron_blit_key(
  value from, mlsize_t first, value to, mlsize_t first_to, mlsize_t length)
{
  if (length == 0) return;
  caller by = HERE("caml_ephemeron_blit_key");
  field(from, FIRST_KEY + first + length - 1, by);
  field(to, FIRST_KEY + first_to + length - 1, by);
  memmove(&FIELDS(to)[FIRST_KEY + first_to], &FIELDS(from)[FIRST_KEY + first],
          length * sizeof(value));
  for (mlsize_t i = 0; i < length; i++)
    sim_touch(sim_current, to, FIELDS(to)[FIRST_KEY + first_to + i]);
}

SIM_EXPORT void caml_ephemeron_blit_data(value from, value to)
{
  caller by = HERE("caml_ephemeron_blit_data");
  *field(to, DATA, by) = *field(from, DATA, by);
  sim_touch(sim_current, to, FIELDS(to)[DATA]);
}
