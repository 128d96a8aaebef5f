/* Making blocks. */
#define _GNU_SOURCE
#include "sim.h"

#include <caml/alloc.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS(block) ((value *) (block))

/* A point, then a young block without contents; a large one is old. */
value sim_fresh(sim *s, mlsize_t wosize, tag_t tag, caller by)
{
  sim_point_for(s, wosize > Max_young_wosize ? 0 : Whsize_wosize(wosize), by);
  return sim_take(s, wosize, tag, wosize > Max_young_wosize ? CHUNK_OLD : CHUNK_YOUNG, by);
}

/* Fields that are scanned before the stub writes them must be values. */
static value filled(sim *s, mlsize_t wosize, tag_t tag, caller by)
{
  if (wosize == 0) return Atom(tag);
  value block = sim_fresh(s, wosize, tag, by);
  if (tag < No_scan_tag)
    for (mlsize_t i = 0; i < wosize; i++) FIELDS(block)[i] = Val_unit;
  sim_note_fields(s, block);
  return block;
}

SIM_EXPORT value caml_alloc(mlsize_t wosize, tag_t tag)
{
  return filled(ENTER("caml_alloc"), wosize, tag, HERE("caml_alloc"));
}

SIM_EXPORT value caml_alloc_tuple(mlsize_t wosize)
{
  return filled(ENTER("caml_alloc_tuple"), wosize, 0, HERE("caml_alloc_tuple"));
}

SIM_EXPORT value caml_alloc_small(mlsize_t wosize, tag_t tag)
{
  sim *s = sim_current;
  if (s != NULL && wosize - 1 < Max_young_wosize) {
    value block = sim_bump(s, wosize, tag);
    if (block != 0) return block;
  }
  s = ENTER("caml_alloc_small");
  if (wosize < 1 || wosize > Max_young_wosize)
    sim_fail(s, "alloc-small-size", SITE, "caml_alloc_small of %ld fields", (long) wosize);
  return sim_fresh(s, wosize, tag, HERE("caml_alloc_small"));
}

SIM_EXPORT value caml_alloc_shr(mlsize_t wosize, tag_t tag)
{
  sim *s = ENTER("caml_alloc_shr");
  return sim_take(s, wosize, tag, CHUNK_OLD, HERE("caml_alloc_shr"));
}

/* Its other forms: nothing is recorded of a block but who made it. */

SIM_EXPORT value caml_alloc_shr_noexc(mlsize_t wosize, tag_t tag)
{
  sim *s = ENTER("caml_alloc_shr_noexc");
  if (sim_runs_out(s)) return 0;
  return sim_take(s, wosize, tag, CHUNK_OLD, HERE("caml_alloc_shr_noexc"));
}

SIM_EXPORT value caml_alloc_shr_no_track_noexc(mlsize_t wosize, tag_t tag)
{
  sim *s = ENTER("caml_alloc_shr_no_track_noexc");
  if (sim_runs_out(s)) return 0;
  return sim_take(s, wosize, tag, CHUNK_OLD, HERE("caml_alloc_shr_no_track_noexc"));
}

SIM_EXPORT value caml_alloc_shr_with_profinfo(mlsize_t wosize, tag_t tag, intnat unused)
{
  (void) unused;
  return sim_take(ENTER("caml_alloc_shr_with_profinfo"), wosize, tag, CHUNK_OLD, HERE("caml_alloc_shr_with_profinfo"));
}

SIM_EXPORT value caml_alloc_shr_preserving_profinfo(mlsize_t wosize, tag_t tag, header_t unused)
{
  (void) unused;
  return sim_take(ENTER("caml_alloc_shr_preserving_profinfo"), wosize, tag, CHUNK_OLD, HERE("caml_alloc_shr_preserving_profinfo"));
}

SIM_EXPORT value caml_alloc_shr_for_minor_gc(mlsize_t wosize, tag_t tag, header_t unused)
{
  (void) unused;
  return sim_take(ENTER("caml_alloc_shr_for_minor_gc"), wosize, tag, CHUNK_OLD, HERE("caml_alloc_shr_for_minor_gc"));
}

SIM_EXPORT value caml_alloc_shr_check_gc(mlsize_t wosize, tag_t tag)
{
  caller by = HERE("caml_alloc_shr_check_gc");
  sim *s = sim_enter(by);
  sim_point(s, by);
  value block = sim_take(s, wosize, tag, CHUNK_OLD, by);
  if (tag < No_scan_tag)
    for (mlsize_t i = 0; i < wosize; i++) FIELDS(block)[i] = Val_unit;
  return block;
}

/* The arguments are roots while the block is made. */
static value made_of(sim *s, tag_t tag, int n, value *args, caller by)
{
  struct caml__roots_block roots = { s->local_roots, 1, n, { args } };
  for (int i = 0; i < n; i++) sim_check_global(s, args[i], "stored in a block", by.site);
  s->local_roots = &roots;
  value block = sim_fresh(s, (mlsize_t) n, tag, by);
  s->local_roots = roots.next;
  for (int i = 0; i < n; i++) FIELDS(block)[i] = args[i];
  return block;
}

SIM_EXPORT value caml_alloc_1(tag_t tag, value a)
{
  return made_of(ENTER("caml_alloc_1"), tag, 1, (value[]){ a }, HERE("caml_alloc_1"));
}

SIM_EXPORT value caml_alloc_2(tag_t tag, value a, value b)
{
  return made_of(ENTER("caml_alloc_2"), tag, 2, (value[]){ a, b }, HERE("caml_alloc_2"));
}

SIM_EXPORT value caml_alloc_3(tag_t tag, value a, value b, value c)
{
  return made_of(ENTER("caml_alloc_3"), tag, 3, (value[]){ a, b, c }, HERE("caml_alloc_3"));
}

SIM_EXPORT value caml_alloc_4(tag_t tag, value a, value b, value c, value d)
{
  return made_of(ENTER("caml_alloc_4"), tag, 4, (value[]){ a, b, c, d }, HERE("caml_alloc_4"));
}

SIM_EXPORT value caml_alloc_5(
  tag_t tag, value a, value b, value c, value d, value e)
{
  value args[] = { a, b, c, d, e };
  return made_of(ENTER("caml_alloc_5"), tag, 5, args, HERE("caml_alloc_5"));
}

SIM_EXPORT value caml_alloc_6(
  tag_t tag, value a, value b, value c, value d, value e, value f)
{
  value args[] = { a, b, c, d, e, f };
  return made_of(ENTER("caml_alloc_6"), tag, 6, args, HERE("caml_alloc_6"));
}

SIM_EXPORT value caml_alloc_7(
  tag_t tag, value a, value b, value c, value d, value e, value f, value g)
{
  value args[] = { a, b, c, d, e, f, g };
  return made_of(ENTER("caml_alloc_7"), tag, 7, args, HERE("caml_alloc_7"));
}

SIM_EXPORT value caml_alloc_8(
  tag_t tag, value a, value b, value c, value d, value e, value f, value g, value h)
{
  value args[] = { a, b, c, d, e, f, g, h };
  return made_of(ENTER("caml_alloc_8"), tag, 8, args, HERE("caml_alloc_8"));
}

SIM_EXPORT value caml_alloc_9(
  tag_t tag, value a, value b, value c, value d, value e, value f, value g, value h, value i)
{
  value args[] = { a, b, c, d, e, f, g, h, i };
  return made_of(ENTER("caml_alloc_9"), tag, 9, args, HERE("caml_alloc_9"));
}

SIM_EXPORT value caml_alloc_some(value v)
{
  return made_of(ENTER("caml_alloc_some"), Tag_some, 1, (value[]){ v }, HERE("caml_alloc_some"));
}

/* --- strings --- */

/* A negative length goes round the end of the numbers, and no block is long enough for others. */
static value string_of(sim *s, mlsize_t length, caller by)
{
  if (length > (mlsize_t) -1 - sizeof(value))
    sim_fail(s, "crash", by.site, "%s is given the negative length %ld", by.function, (long) length);
  if (length / sizeof(value) >= Max_wosize) sim_raise_out_of_memory();
  mlsize_t wosize = (length + sizeof(value)) / sizeof(value);
  value block = sim_fresh(s, wosize, String_tag, by);
  FIELDS(block)[wosize - 1] = 0;
  mlsize_t last = Bsize_wsize(wosize) - 1;
  ((unsigned char *) block)[last] = (unsigned char) (last - length);
  return block;
}

SIM_EXPORT value caml_alloc_string(mlsize_t length)
{
  return string_of(ENTER("caml_alloc_string"), length, HERE("caml_alloc_string"));
}

SIM_EXPORT value caml_alloc_initialized_string(mlsize_t length, const char *text)
{
  sim *s = ENTER("caml_alloc_initialized_string");
  value block = string_of(s, length, HERE("caml_alloc_initialized_string"));
  memcpy((char *) block, text, length);
  return block;
}

SIM_EXPORT value caml_copy_string(char const *text)
{
  sim *s = ENTER("caml_copy_string");
  mlsize_t length = strlen(text);
  value block = string_of(s, length, HERE("caml_copy_string"));
  memcpy((char *) block, text, length);
  return block;
}

SIM_EXPORT value caml_alloc_sprintf(const char *format, ...)
{
  sim *s = ENTER("caml_alloc_sprintf");
  va_list args;
  char *text = NULL;
  va_start(args, format);
  int length = vasprintf(&text, format, args);
  va_end(args);
  if (length < 0) abort();
  value block = string_of(s, (mlsize_t) length, HERE("caml_alloc_sprintf"));
  memcpy((char *) block, text, (size_t) length);
  free(text);
  return block;
}

SIM_EXPORT mlsize_t caml_string_length(value v)
{
  ENTER("caml_string_length");
  mlsize_t last = Bosize_hd(*caml_sim_header(v)) - 1;
  return last - ((unsigned char *) caml_sim_bytes(v))[last];
}

SIM_EXPORT int caml_string_is_c_safe(value v)
{
  return strlen(caml_sim_bytes(v)) == caml_string_length(v);
}

/* --- boxed numbers --- */

SIM_EXPORT value caml_copy_double(double d)
{
  value block = sim_fresh(ENTER("caml_copy_double"), 1, Double_tag, HERE("caml_copy_double"));
  *(double *) block = d;
  return block;
}

SIM_EXPORT double caml_Double_val(value v)
{
  return *caml_sim_double(v);
}

SIM_EXPORT void caml_Store_double_val(value v, double d)
{
  *caml_sim_double(v) = d;
}

SIM_EXPORT void caml_Store_double_array_field(value v, mlsize_t i, double d)
{
  sim *s = ENTER("caml_Store_double_array_field");
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &v } };
  s->local_roots = &roots;
  sim_point(s, HERE("caml_Store_double_array_field"));
  s->local_roots = roots.next;
  ((double *) v)[caml_sim_flat_index(v, i)] = d;
}

SIM_EXPORT value caml_alloc_float_array(mlsize_t length)
{
  sim *s = ENTER("caml_alloc_float_array");
  if (length == 0) return Atom(0);
  return sim_fresh(s, length, Double_array_tag, HERE("caml_alloc_float_array"));
}

/* --- arrays --- */

SIM_EXPORT value caml_alloc_array(value (*function)(char const *), char const **array)
{
  sim *s = ENTER("caml_alloc_array");
  mlsize_t n = 0;
  while (array[n] != NULL) n++;
  if (n == 0) return Atom(0);
  value result = filled(s, n, 0, HERE("caml_alloc_array"));
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &result } };
  s->local_roots = &roots;
  for (mlsize_t i = 0; i < n; i++) {
    value element = function(array[i]);
    caml_modify((caml_sim_cell *) &FIELDS(result)[i], element);
  }
  s->local_roots = roots.next;
  return result;
}

SIM_EXPORT value caml_copy_string_array(char const **array)
{
  return caml_alloc_array(caml_copy_string, array);
}

SIM_EXPORT mlsize_t caml_array_length(value array)
{
  return Wosize_hd(*caml_sim_header(array));
}

SIM_EXPORT int caml_is_double_array(value array)
{
  return Tag_hd(*caml_sim_header(array)) == Double_array_tag;
}

SIM_EXPORT int caml_convert_flag_list(value list, int *flags)
{
  int result = 0;
  while (list != Val_emptylist) {
    result |= flags[Int_val(*caml_sim_field(list, 0))];
    list = *caml_sim_field(list, 1);
  }
  return result;
}

/* --- atoms --- */

SIM_EXPORT value caml_atom(tag_t tag)
{
  static header_t headers[256 + 1];
  headers[tag] = Caml_out_of_heap_header(0, tag);
  return (value) &headers[tag + 1];
}

static header_t empty_array[] = { Caml_out_of_heap_header(0, 0), 0 };

value sim_empty_array(void)
{
  return (value) &empty_array[1];
}

bool sim_is_empty_array(value v)
{
  return v == (value) &empty_array[1];
}

SIM_EXPORT value caml_hash_variant(char const *tag)
{
  value hash = Val_int(0);
  for (; *tag != 0; tag++) hash = Val_int((int) (223 * (hash >> 1) + *(unsigned char const *) tag));
  return (value) (int32_t) hash | 1;
}
