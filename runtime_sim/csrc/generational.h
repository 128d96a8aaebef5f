/* The heap of the generational policy, which is that of OCaml itself.

   Young blocks are taken from one area, downwards.  A minor collection moves those that are alive
   to the major heap, where they stay until it is compacted.  The major heap is tiled with blocks and
   free pieces; it is marked and swept in slices, while the program runs.

   What must hold: a major field that points to a young block is recorded; all that was reachable
   when marking began is marked when it ends, whatever was overwritten since; a free piece has a
   colour that no block has. */
#ifndef SIM_GENERATIONAL_H
#define SIM_GENERATIONAL_H

/* Free pieces of 1 to 16 fields have a list for each size, larger ones one for each power of two. */
#define SMALL_CLASSES 16
#define SIZE_CLASSES 64

/* A young custom block, and what share of a major collection its memory outside is worth. */
typedef struct {
  value block;
  double share;
} weight;

typedef struct {
  weight *items;
  size_t count, capacity;
} weights;

typedef struct {
  addresses recorded; /* fields outside the minor heap that were given a young value */
  values touched;     /* ephemerons that were */
  weights weights;
  values unfollowed; /* blocks that were reached, and their fields were not yet looked at */
} minor_heap;

/* A block that is marked, and those of its fields that were not yet followed. */
typedef struct {
  value block;
  field_range left;
} marked_block;

typedef struct {
  marked_block *items;
  size_t count, capacity;
} mark_stack;

/* In OCaml 5 there is always a cycle in which to mark, once the first has begun. */
typedef enum { PHASE_IDLE, PHASE_MARK, PHASE_SWEEP } major_phase;

typedef struct {
  major_phase phase;
  /* In OCaml 5 the first three change places at the end of a cycle; before, garbage is unmarked. */
  color_t unmarked, marked, garbage, free;
  mark_stack stack;
  chunk *last;     /* of the heap, in the order of addresses */
  chunk *sweeping; /* NULL if all has been swept */
  char *swept_to;  /* in that chunk */
  value *free_before; /* the last piece that sweeping has made */
  caller sweeper;
  value *lists[SIZE_CLASSES];
  uint64_t filled; /* the lists that are not empty */
  size_t words, free_words;
  size_t direct_words; /* that were not promoted, since the last slice */
  size_t dependent, new_dependent; /* bytes outside the heap that die with blocks of it */
  double extra; /* the share of a collection that memory outside the heap asks for */
  double owed;  /* what earlier slices were asked for beyond the most that one does */
} major_heap;

typedef enum {
  COLLECT_MINOR,
  COLLECT_CYCLE,
  COLLECT_MAJOR,
  COLLECT_FULL_MAJOR,
  COLLECT_COMPACT,
} collection;

#endif
