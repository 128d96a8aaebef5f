/* Structural comparison.

   What is still to be compared is on a stack of our own: values are deeper than C's. */
#include "sim.h"

#include <caml/fail.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS(block) ((value *) (block))
#define HEADER(block) (((header_t *) (block))[-1])

/* Any other number is an order too: a difference of tags, what a function of the stubs' returned. */
enum { LESS = -1, EQUAL = 0, GREATER = 1, UNORDERED = INT_MIN };

typedef struct {
  sim *s;
  caller by;
  bool total; /* NaN is equal to itself and less than all else, and a block is equal to itself */
  values left;
} comparison;

CAMLnoret static void refuse(comparison *c, const char *why)
{
  free(c->left.items);
  caml_invalid_argument(why);
}

static int order(double a, double b, bool total)
{
  if (a < b) return LESS;
  if (a > b) return GREATER;
  if (a == b) return EQUAL;
  if (!total) return UNORDERED;
  return a == a ? GREATER : b == b ? LESS : EQUAL;
}

static int order_strings(value a, value b)
{
  mlsize_t la = caml_string_length(a), lb = caml_string_length(b);
  int r = memcmp((char *) a, (char *) b, la < lb ? la : lb);
  return r != 0 ? r : (la > lb) - (la < lb);
}

static int order_floats(value a, value b, bool total)
{
  mlsize_t na = Wosize_hd(HEADER(a)), nb = Wosize_hd(HEADER(b));
  if (na != nb) return na < nb ? LESS : GREATER;
  for (mlsize_t i = 0; i < na; i++) {
    int r = order(((double *) a)[i], ((double *) b)[i], total);
    if (r != EQUAL) return r;
  }
  return EQUAL;
}

/* The block's own function compares, and may not use the runtime. */
static int ask(comparison *c, int (*compare)(value, value), value a, value b)
{
  if (compare == NULL) refuse(c, "compare: abstract value");
  sim *s = c->s;
  const char *before = s->operation;
  s->operation = "compared";
  s->compare_unordered = 0;
  int r = compare(a, b);
  s->operation = before;
  return s->compare_unordered && !c->total ? UNORDERED : r;
}

static const struct custom_operations *ops_of(value v)
{
  return (const struct custom_operations *) FIELDS(v)[0];
}

static int order_custom(comparison *c, value a, value b)
{
  const struct custom_operations *of_a = ops_of(a), *of_b = ops_of(b);
  if (of_a->compare != of_b->compare)
    return strcmp(of_a->identifier, of_b->identifier) < 0 ? LESS : GREATER;
  return ask(c, of_a->compare, a, b);
}

/* The tag of a block that may be looked into, -1 for a pointer that only has an address. */
static int tag_of(comparison *c, value v)
{
  chunk *in = sim_live(c->s, v, "a block is compared", c->by.site);
  if (in == NULL && c->s->version < 50000 && Color_hd(HEADER(v)) != NOT_MARKABLE) return -1;
  return (int) Tag_hd(HEADER(v));
}

/* An immediate and a block. */
static int order_mixed(comparison *c, value immediate, value block, bool first)
{
  int tag = tag_of(c, block);
  if (tag == Custom_tag && ops_of(block)->compare_ext != NULL)
    return ask(c, ops_of(block)->compare_ext, first ? immediate : block, first ? block : immediate);
  return first ? LESS : GREATER;
}

static void push_fields(comparison *c, value a, value b, mlsize_t n)
{
  while (n-- > 0) {
    sim_push_value(&c->left, FIELDS(b)[n]);
    sim_push_value(&c->left, FIELDS(a)[n]);
  }
}

static int order_blocks(comparison *c, value a, value b)
{
  int ta = tag_of(c, a), tb = tag_of(c, b);
  if (ta == Forward_tag || tb == Forward_tag) {
    sim_push_value(&c->left, tb == Forward_tag ? FIELDS(b)[0] : b);
    sim_push_value(&c->left, ta == Forward_tag ? FIELDS(a)[0] : a);
    return EQUAL;
  }
  if (ta < 0 || tb < 0) return (a > b) - (a < b);
  if (ta == Infix_tag) ta = Closure_tag;
  if (tb == Infix_tag) tb = Closure_tag;
  if (ta != tb) return ta - tb;
  mlsize_t na = Wosize_hd(HEADER(a)), nb = Wosize_hd(HEADER(b));
  switch (ta) {
  case String_tag: return order_strings(a, b);
  case Double_tag: return order(*(double *) a, *(double *) b, c->total);
  case Double_array_tag: return order_floats(a, b, c->total);
  case Abstract_tag: refuse(c, "compare: abstract value");
  case Closure_tag: refuse(c, "compare: functional value");
  case Object_tag: return (FIELDS(a)[1] > FIELDS(b)[1]) - (FIELDS(a)[1] < FIELDS(b)[1]);
  case Custom_tag: return order_custom(c, a, b);
  case Cont_tag:
    if (c->s->version >= 50000) refuse(c, "compare: continuation value");
  }
  if (sim_is_mixed(HEADER(a)) || sim_is_mixed(HEADER(b))) refuse(c, "compare: mixed block value");
  if (na != nb) return na < nb ? LESS : GREATER;
  push_fields(c, a, b, na);
  return EQUAL;
}

static int order_values(comparison *c, value a, value b)
{
  if (a == b && (c->total || Is_long(a))) return EQUAL;
  if (sim_is_null(c->s, a) || sim_is_null(c->s, b)) return (a != 0) - (b != 0);
  if (Is_long(a) && Is_long(b)) return a < b ? LESS : GREATER;
  for (int forwards = 0; Is_long(a) != Is_long(b) && forwards < 1000; forwards++) {
    value *block = Is_long(a) ? &b : &a;
    if (tag_of(c, *block) != Forward_tag) return order_mixed(c, Is_long(a) ? a : b, *block, Is_long(a));
    *block = FIELDS(*block)[0];
  }
  if (Is_long(a)) return (a > b) - (a < b);
  return order_blocks(c, a, b);
}

static int compared(value a, value b, bool total, caller by)
{
  sim *s = sim_enter(by);
  if (s->version >= 50100) {
    /* Since 5.1 a comparison polls. */
    value both[] = { a, b };
    struct caml__roots_block roots = { s->local_roots, 1, 2, { both } };
    s->local_roots = &roots;
    sim_poll_and_raise(s, Val_unit, by);
    s->local_roots = roots.next;
    a = both[0], b = both[1];
  }
  comparison c = { s, by, total, { NULL, 0, 0 } };
  int r = order_values(&c, a, b);
  while (r == EQUAL && c.left.count > 0) {
    value x = c.left.items[--c.left.count], y = c.left.items[--c.left.count];
    r = order_values(&c, x, y);
  }
  free(c.left.items);
  return r;
}

SIM_EXPORT value caml_compare(value a, value b)
{
  int r = compared(a, b, true, HERE("caml_compare"));
  return Val_int((r > 0) - (r < 0));
}

SIM_EXPORT value caml_equal(value a, value b)
{
  return Val_bool(compared(a, b, false, HERE("caml_equal")) == EQUAL);
}

SIM_EXPORT value caml_notequal(value a, value b)
{
  return Val_bool(compared(a, b, false, HERE("caml_notequal")) != EQUAL);
}

SIM_EXPORT value caml_lessthan(value a, value b)
{
  int r = compared(a, b, false, HERE("caml_lessthan"));
  return Val_bool(r < 0 && r != UNORDERED);
}

SIM_EXPORT value caml_lessequal(value a, value b)
{
  int r = compared(a, b, false, HERE("caml_lessequal"));
  return Val_bool(r <= 0 && r != UNORDERED);
}

SIM_EXPORT value caml_greaterthan(value a, value b)
{
  return Val_bool(compared(a, b, false, HERE("caml_greaterthan")) > 0);
}

SIM_EXPORT value caml_greaterequal(value a, value b)
{
  return Val_bool(compared(a, b, false, HERE("caml_greaterequal")) >= 0);
}

/* --- strings --- */

SIM_EXPORT value caml_string_compare(value a, value b)
{
  ENTER("caml_string_compare");
  int r = order_strings((value) caml_sim_bytes(a), (value) caml_sim_bytes(b));
  return Val_int((r > 0) - (r < 0));
}

SIM_EXPORT value caml_string_equal(value a, value b)
{
  ENTER("caml_string_equal");
  return Val_bool(order_strings((value) caml_sim_bytes(a), (value) caml_sim_bytes(b)) == 0);
}

SIM_EXPORT value caml_string_notequal(value a, value b)
{
  ENTER("caml_string_notequal");
  return Val_bool(order_strings((value) caml_sim_bytes(a), (value) caml_sim_bytes(b)) != 0);
}
