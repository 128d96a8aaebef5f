/* OCaml's channels. */
#ifndef CAML_IO_H
#define CAML_IO_H

#ifdef CAML_INTERNALS

#include "misc.h"
#include "mlvalues.h"

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IO_BUFFER_SIZE 65536

typedef off_t file_offset;

struct channel {
  int fd;
  file_offset offset; /* of the end of the buffer when it is read, of its start when it is written */
  char *end;
  char *curr;
  char *max;
  void *mutex;
  struct channel *next, *prev;
  int refcount;
  int flags;
  char buff[IO_BUFFER_SIZE];
  char *name;
};

#define Channel(v) (*(struct channel **) Data_custom_val(v))
#define Val_file_offset(offset) caml_copy_int64(offset)
#define File_offset_val(v) ((file_offset) Int64_val(v))

extern struct channel *caml_open_descriptor_in(int fd);
extern struct channel *caml_open_descriptor_out(int fd);
extern value caml_ml_open_descriptor_in(value fd);
extern value caml_ml_open_descriptor_out(value fd);
extern value caml_alloc_channel(struct channel *);
extern void caml_close_channel(struct channel *);
extern void caml_flush(struct channel *);
extern int caml_flush_partial(struct channel *);
extern int caml_putblock(struct channel *, char *, intnat);
extern void caml_really_putblock(struct channel *, char *, intnat);
extern int caml_getblock(struct channel *, char *, intnat);
extern intnat caml_really_getblock(struct channel *, char *, intnat);

#ifdef __cplusplus
}
#endif

#endif

#endif
