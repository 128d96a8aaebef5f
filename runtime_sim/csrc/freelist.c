/* The free memory of the major heap, in pieces.

   A piece is a header of its own colour, and links to others of its size if it has fields for them.
   Larger pieces are linked both ways, and join what becomes free beside them.  Those of up to 16
   fields are linked one way.  In 4.14 they are forgotten when sweeping begins, and ahead of it they are
   in no list, so that they join others too; in OCaml 5 they keep their size. */
#include "sim.h"

#include <string.h>

#define MIN_GROWTH_WORDS (15 * Page_size / sizeof(value))
enum { NEXT = 1, PREVIOUS = 2 };

static unsigned class_of(mlsize_t wosize)
{
  if (wosize <= SMALL_CLASSES) return (unsigned) wosize;
  return SMALL_CLASSES + 60 - (unsigned) __builtin_clzl(wosize);
}

static bool will_be_joined(sim *s, const value *piece)
{
  bool unswept = s->major.sweeping != NULL && (const char *) piece >= s->major.swept_to;
  return unswept && s->version < 50000;
}

/* --- lists --- */

static void link_piece(sim *s, value *piece)
{
  mlsize_t wosize = Wosize_hd((header_t) piece[0]);
  if (wosize == 0 || (wosize <= SMALL_CLASSES && will_be_joined(s, piece))) return;
  unsigned class = class_of(wosize);
  value **list = &s->major.lists[class];
  piece[NEXT] = (value) *list;
  if (wosize > SMALL_CLASSES) {
    piece[PREVIOUS] = 0;
    if (*list != NULL) (*list)[PREVIOUS] = (value) piece;
  }
  *list = piece;
  s->major.filled |= (uint64_t) 1 << class;
}

static void unlink_piece(sim *s, unsigned class, value *piece)
{
  value **list = &s->major.lists[class];
  value *next = (value *) piece[NEXT];
  if (*list == piece) *list = next;
  else ((value *) piece[PREVIOUS])[NEXT] = (value) next;
  if (next != NULL && class > SMALL_CLASSES) next[PREVIOUS] = piece[PREVIOUS];
  if (*list == NULL) s->major.filled &= ~((uint64_t) 1 << class);
}

void sim_make_piece(sim *s, value *start, mlsize_t words)
{
  start[0] = (value) Make_header(Wosize_whsize(words), 0, s->major.free);
  s->major.free_words += words;
  link_piece(s, start);
}

/* Sweeping takes it, to join it to others, if it may. */
bool sim_drop_piece(sim *s, value *piece)
{
  mlsize_t wosize = Wosize_hd((header_t) piece[0]);
  if (s->version >= 50000 && wosize > 0 && wosize <= SMALL_CLASSES) return false;
  s->major.free_words -= Whsize_wosize(wosize);
  if (wosize > SMALL_CLASSES) unlink_piece(s, class_of(wosize), piece);
  return true;
}

void sim_forget_small_pieces(sim *s)
{
  if (s->version >= 50000) return;
  memset(s->major.lists, 0, (SMALL_CLASSES + 1) * sizeof *s->major.lists);
  s->major.filled &= ~(((uint64_t) 2 << SMALL_CLASSES) - 1);
}

void sim_forget_pieces(sim *s)
{
  memset(s->major.lists, 0, sizeof s->major.lists);
  s->major.filled = 0;
  s->major.free_words = 0;
  s->major.free_before = NULL;
}

/* --- growth --- */

/* By what is asked for, and by no less than 15 % of the heap. */
void sim_grow(sim *s, size_t words)
{
  major_heap *m = &s->major;
  size_t least = m->words / 100 * 15 > MIN_GROWTH_WORDS ? m->words / 100 * 15 : MIN_GROWTH_WORDS;
  chunk *c = sim_new_plain_chunk(s, words > least ? words : least, CHUNK_OLD);
  if (m->last == NULL) s->old = c;
  else m->last->next = c;
  m->last = c;
  size_t size = (size_t) (c->end - c->start) / sizeof(value);
  m->words += size;
  s->stat_heap_wsz = (intnat) m->words;
  if (s->stat_heap_wsz > s->stat_top_heap_wsz) s->stat_top_heap_wsz = s->stat_heap_wsz;
  sim_make_piece(s, (value *) c->start, size);
}

/* --- taking --- */

/* The smallest that is large enough, if it has a list of its own size; else one not much larger. */
static value *fitting_piece(sim *s, mlsize_t wosize)
{
  unsigned class = class_of(wosize);
  uint64_t larger = s->major.filled & ~(((uint64_t) 2 << class) - 1);
  value *piece = s->major.lists[class];
  while (piece != NULL && Wosize_hd((header_t) piece[0]) < wosize) piece = (value *) piece[NEXT];
  if (piece == NULL && larger != 0) piece = s->major.lists[__builtin_ctzll(larger)];
  return piece;
}

/* Memory for a block; what is left of the piece is in front of it. */
value *sim_take_piece(sim *s, mlsize_t wosize)
{
  value *piece = fitting_piece(s, wosize);
  if (piece == NULL) {
    sim_grow(s, Whsize_wosize(wosize));
    piece = fitting_piece(s, wosize);
  }
  mlsize_t has = Wosize_hd((header_t) piece[0]);
  unlink_piece(s, class_of(has), piece);
  s->major.free_words -= Whsize_wosize(has);
  if (has > wosize) sim_make_piece(s, piece, has - wosize);
  return piece + (has - wosize);
}
