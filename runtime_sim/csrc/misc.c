/* The rest: tables of C's, directories, messages, the program, the system's errors. */
#include "sim.h"

#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/fail.h>
#include <caml/sys.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- messages --- */

SIM_EXPORT void caml_fatal_error(char *format, ...)
{
  char text[300];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  fprintf(stderr, "Fatal error: %s\n", text);
  abort();
}

SIM_EXPORT void caml_gc_message(int level, char *format, ...)
{
  (void) level, (void) format;
}

/* --- tables --- */

SIM_EXPORT void caml_ext_table_init(struct ext_table *table, int capacity)
{
  table->size = 0;
  table->capacity = capacity;
  table->contents = caml_stat_alloc(sizeof(void *) * (size_t) (capacity == 0 ? 1 : capacity));
}

SIM_EXPORT int caml_ext_table_add(struct ext_table *table, void *data)
{
  if (table->size >= table->capacity) {
    table->capacity = 2 * table->capacity + 1;
    table->contents = caml_stat_resize(table->contents, sizeof(void *) * (size_t) table->capacity);
  }
  table->contents[table->size] = data;
  return table->size++;
}

SIM_EXPORT void caml_ext_table_remove(struct ext_table *table, void *data)
{
  for (int i = 0; i < table->size; i++) {
    if (table->contents[i] != data) continue;
    caml_stat_free(table->contents[i]);
    table->size--;
    memmove(&table->contents[i], &table->contents[i + 1],
            sizeof(void *) * (size_t) (table->size - i));
    return;
  }
}

SIM_EXPORT void caml_ext_table_clear(struct ext_table *table, int free_entries)
{
  for (int i = 0; free_entries && i < table->size; i++) caml_stat_free(table->contents[i]);
  table->size = 0;
}

SIM_EXPORT void caml_ext_table_free(struct ext_table *table, int free_entries)
{
  caml_ext_table_clear(table, free_entries);
  caml_stat_free(table->contents);
}

SIM_EXPORT int caml_read_directory(char_os *directory, struct ext_table *contents)
{
  DIR *d = opendir(directory);
  if (d == NULL) return -1;
  for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
    if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
      caml_ext_table_add(contents, caml_stat_strdup(e->d_name));
  closedir(d);
  return 0;
}

/* --- the system's errors --- */

SIM_EXPORT void caml_sys_error(value argument)
{
  ENTER("caml_sys_error");
  const char *why = strerror(errno);
  value text = argument == NO_ARG
                 ? caml_copy_string(why)
                 : caml_alloc_sprintf("%s: %s", (const char *) caml_sim_bytes(argument), why);
  caml_raise_sys_error(text);
}

SIM_EXPORT void caml_sys_io_error(value argument)
{
  if (errno == EAGAIN || errno == EWOULDBLOCK) caml_raise_sys_blocked_io();
  caml_sys_error(argument);
}

SIM_EXPORT char_os *caml_secure_getenv(char_os const *variable)
{
  return getenv(variable);
}

SIM_EXPORT char *caml_strerror(int code, char *buffer, size_t length)
{
  snprintf(buffer, length, "%s", strerror(code));
  return buffer;
}

SIM_EXPORT void caml_do_exit(int code)
{
  exit(code);
}

/* --- the program: it runs already --- */

SIM_EXPORT void caml_main(char_os **argv)
{
  (void) argv;
  sim_point(ENTER("caml_main"), HERE("caml_main"));
}

SIM_EXPORT void caml_startup(char_os **argv)
{
  (void) argv;
  sim_point(ENTER("caml_startup"), HERE("caml_startup"));
}

SIM_EXPORT value caml_startup_exn(char_os **argv)
{
  caml_startup(argv);
  return Val_unit;
}

SIM_EXPORT void caml_startup_pooled(char_os **argv)
{
  caml_startup(argv);
}

SIM_EXPORT value caml_startup_pooled_exn(char_os **argv)
{
  caml_startup(argv);
  return Val_unit;
}

SIM_EXPORT void caml_shutdown(void)
{
  sim_point(ENTER("caml_shutdown"), HERE("caml_shutdown"));
}
