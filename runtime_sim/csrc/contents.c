/* What no stub may have changed: a look at the blocks before they are moved.

   Who writes behind a block may have been given a length that no type tells: it is a crash. */
#include "sim.h"

#define HEADER(block) (((header_t *) (block))[-1])
#define FIELDS(block) ((value *) (block))

/* The last byte of a string says how many are between it and the text, and those are zero. */
static bool is_padded(value string, mlsize_t wosize)
{
  const unsigned char *end = (const unsigned char *) &FIELDS(string)[wosize];
  unsigned padding = end[-1];
  if (padding >= sizeof(value)) return false;
  for (unsigned i = 1; i <= padding; i++)
    if (end[-1 - (int) i] != 0) return false;
  return true;
}

void sim_check_contents(sim *s, value block, void *with)
{
  const caller *by = with;
  mlsize_t wosize = Wosize_hd(HEADER(block));
  if (Tag_hd(HEADER(block)) == String_tag && FIELDS(block)[wosize - 1] != POISON &&
      !is_padded(block, wosize)) {
    sim_describe_block(s, block);
    sim_fail(s, "crash", by->site, "bytes are written behind the end of a string of %ld words",
             (long) wosize);
  }
  if (Tag_hd(HEADER(block)) == Custom_tag) {
    value ops = FIELDS(block)[0];
    if (ops == POISON || (ops != 0 && ops % (intnat) sizeof(value) == 0 &&
                          sim_chunk_of(s, (void *) ops) == NULL))
      return;
    sim_describe_block(s, block);
    sim_fail(s, "crash", by->site, "the first word of a custom block leads to no operations");
  }
}

void sim_check_all_contents(sim *s, chunk *list, caller by)
{
  for (chunk *c = list; c != NULL; c = c->next) sim_each_block(c, sim_check_contents, s, &by);
}
