/* Channels: buffers around a file descriptor. */
#include "sim.h"

#include <caml/alloc.h>
#include <caml/fail.h>
#include <caml/intext.h>
#include <caml/io.h>
#include <caml/signals.h>
#include <caml/sys.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct channel *opened(int fd, caller by)
{
  sim *s = sim_enter(by);
  sim_point(s, by);
  struct channel *c = calloc(1, sizeof *c);
  if (c == NULL) sim_raise_out_of_memory();
  off_t at = lseek(fd, 0, SEEK_CUR);
  c->fd = fd;
  c->offset = at == -1 ? 0 : at;
  c->curr = c->max = c->buff;
  c->end = c->buff + IO_BUFFER_SIZE;
  return c;
}

SIM_EXPORT struct channel *caml_open_descriptor_in(int fd)
{
  return opened(fd, HERE("caml_open_descriptor_in"));
}

/* Only channels that are written have no [max]. */
SIM_EXPORT struct channel *caml_open_descriptor_out(int fd)
{
  struct channel *c = opened(fd, HERE("caml_open_descriptor_out"));
  c->max = NULL;
  return c;
}

SIM_EXPORT void caml_close_channel(struct channel *c)
{
  ENTER("caml_close_channel");
  close(c->fd);
  if (c->refcount <= 0) free(c);
}

static void finalize(value v)
{
  struct channel *c = ((struct channel **) v)[1];
  if (--c->refcount <= 0) free(c);
}

static const struct custom_operations channel_ops = { .identifier = "_chan", .finalize = finalize };

SIM_EXPORT value caml_alloc_channel(struct channel *c)
{
  sim *s = ENTER("caml_alloc_channel");
  c->refcount++;
  value v = sim_custom(s, &channel_ops, sizeof c, HERE("caml_alloc_channel"));
  ((struct channel **) v)[1] = c;
  return v;
}

SIM_EXPORT value caml_ml_open_descriptor_in(value fd)
{
  ENTER("caml_ml_open_descriptor_in");
  return caml_alloc_channel(caml_open_descriptor_in(Int_val(fd)));
}

SIM_EXPORT value caml_ml_open_descriptor_out(value fd)
{
  ENTER("caml_ml_open_descriptor_out");
  return caml_alloc_channel(caml_open_descriptor_out(Int_val(fd)));
}

/* --- writing --- */

static ssize_t transfer(int fd, char *at, size_t n, bool out)
{
  caml_enter_blocking_section();
  ssize_t done = out ? write(fd, at, n) : read(fd, at, n);
  int saved = errno;
  caml_leave_blocking_section();
  errno = saved;
  if (done < 0) caml_sys_io_error(NO_ARG);
  return done;
}

SIM_EXPORT int caml_flush_partial(struct channel *c)
{
  ENTER("caml_flush_partial");
  size_t n = (size_t) (c->curr - c->buff);
  if (n == 0) return 1;
  size_t done = (size_t) transfer(c->fd, c->buff, n, true);
  memmove(c->buff, c->buff + done, n - done);
  c->offset += (file_offset) done;
  c->curr -= done;
  return c->curr == c->buff;
}

SIM_EXPORT void caml_flush(struct channel *c)
{
  while (!caml_flush_partial(c)) continue;
}

SIM_EXPORT int caml_putblock(struct channel *c, char *data, intnat length)
{
  ENTER("caml_putblock");
  intnat room = c->end - c->curr;
  intnat n = length < room ? length : room;
  memmove(c->curr, data, (size_t) n);
  c->curr += n;
  if (n == room) caml_flush_partial(c);
  return (int) n;
}

SIM_EXPORT void caml_really_putblock(struct channel *c, char *data, intnat length)
{
  while (length > 0) {
    int n = caml_putblock(c, data, length);
    data += n;
    length -= n;
  }
}

/* --- reading --- */

SIM_EXPORT int caml_getblock(struct channel *c, char *data, intnat length)
{
  ENTER("caml_getblock");
  if (c->curr == c->max) {
    ssize_t n = transfer(c->fd, c->buff, IO_BUFFER_SIZE, false);
    c->offset += n;
    c->curr = c->buff;
    c->max = c->buff + n;
  }
  intnat there = c->max - c->curr;
  intnat n = length < there ? length : there;
  memmove(data, c->curr, (size_t) n);
  c->curr += n;
  return (int) n;
}

SIM_EXPORT intnat caml_really_getblock(struct channel *c, char *data, intnat length)
{
  intnat done = 0;
  while (done < length) {
    int n = caml_getblock(c, data + done, length - done);
    if (n == 0) break;
    done += n;
  }
  return done;
}

/* --- values --- */

SIM_EXPORT value caml_output_value(value channel, value v, value flags)
{
  sim *s = ENTER("caml_output_value");
  char *bytes;
  intnat length;
  caml_output_value_to_malloc(v, flags, &bytes, &length);
  struct channel *c = Channel(channel);
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &channel } };
  s->local_roots = &roots;
  sim_point(s, HERE("caml_output_value"));
  caml_really_putblock(c, bytes, length);
  s->local_roots = roots.next;
  free(bytes);
  return Val_unit;
}

/* The header tells how much is to be read. */
SIM_EXPORT value caml_input_value(value channel)
{
  enum { HEADER_BYTES = 20 };
  sim *s = ENTER("caml_input_value");
  struct channel *c = Channel(channel);
  struct caml__roots_block roots = { s->local_roots, 1, 1, { &channel } };
  s->local_roots = &roots;
  unsigned char header[HEADER_BYTES];
  if (caml_really_getblock(c, (char *) header, HEADER_BYTES) < HEADER_BYTES) {
    s->local_roots = roots.next;
    caml_raise_end_of_file();
  }
  intnat length = 0;
  for (int i = 4; i < 8; i++) length = length << 8 | header[i];
  char *data = malloc((size_t) length + HEADER_BYTES);
  if (data == NULL) sim_raise_out_of_memory();
  memcpy(data, header, HEADER_BYTES);
  intnat done = caml_really_getblock(c, data + HEADER_BYTES, length);
  s->local_roots = roots.next;
  if (done < length) {
    free(data);
    caml_failwith("input_value: truncated object");
  }
  return caml_input_value_from_malloc(data, 0);
}
