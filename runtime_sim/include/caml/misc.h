/* Types and attributes that the other headers use. */
#ifndef CAML_MISC_H
#define CAML_MISC_H

#include "config.h"
#include "sim_version.h"

#include <stdlib.h>
#include <stdarg.h>

typedef size_t asize_t;
typedef char *addr;
typedef char char_os;
#ifdef CAML_INTERNALS
#define T(x) x
#endif

#define CAMLexport
#define CAMLprim
#define CAMLextern extern
#define CAMLweakdef __attribute__((weak))
#define CAMLunused __attribute__((unused))
#define CAMLunused_start __attribute__((unused))
#define CAMLunused_end
#define CAMLnoreturn_start
#define CAMLnoreturn_end __attribute__((noreturn))
/* The headers' own declarations need it in every release. */
#ifdef __cplusplus
#define CAMLnoret [[noreturn]]
#else
#define CAMLnoret _Noreturn
#endif
#ifndef __cplusplus
#define Noreturn __attribute__((noreturn))
#endif
#define CAMLdeprecated_typedef(name, type) typedef type name __attribute__((deprecated))
#define CAMLalign(n) __attribute__((aligned(n)))
#define CAMLthread_local __thread
#define CAMLlikely(e) __builtin_expect(!!(e), 1)
#define CAMLunlikely(e) __builtin_expect(!!(e), 0)
#define CAMLassert(x) ((void) 0)

#define caml_stat_strdup_to_os caml_stat_strdup
#define caml_stat_strdup_of_os caml_stat_strdup
#define caml_stat_strdup_os caml_stat_strdup
#define caml_stat_strdup_noexc_of_os caml_stat_strdup_noexc
#define caml_stat_strdup_noexc_os caml_stat_strdup_noexc
#define caml_strdup caml_stat_strdup
#define caml_strconcat caml_stat_strconcat
#define caml_stat_strconcat_os caml_stat_strconcat
#define caml_copy_string_of_os caml_copy_string
#define access_os access
#define open_os open
#define stat_os stat
#define unlink_os unlink
#define rename_os rename
#define chdir_os chdir
#define mkdir_os mkdir
#define getcwd_os getcwd
#define system_os system
#define rmdir_os rmdir
#define putenv_os putenv
#define chmod_os chmod
#define execv_os execv
#define execve_os execve
#define execvp_os execvp
#define execvpe_os execvpe
#define strcmp_os strcmp
#define strlen_os strlen
#define sscanf_os sscanf
#define strcpy_os strcpy
#define mktemp_os mktemp
#define fopen_os fopen
#define clock_os clock

#ifdef __cplusplus
extern "C" {
#endif

Caml_inline int caml_uadd_overflow(uintnat a, uintnat b, uintnat *sum)
{
  return __builtin_add_overflow(a, b, sum);
}
Caml_inline int caml_usub_overflow(uintnat a, uintnat b, uintnat *difference)
{
  return __builtin_sub_overflow(a, b, difference);
}
Caml_inline int caml_umul_overflow(uintnat a, uintnat b, uintnat *product)
{
  return __builtin_mul_overflow(a, b, product);
}

CAMLnoret extern void caml_fatal_error(char *format, ...) __attribute__((format(printf, 1, 2)));

struct ext_table {
  int size;
  int capacity;
  void **contents;
};
extern void caml_ext_table_init(struct ext_table *table, int capacity);
extern int caml_ext_table_add(struct ext_table *table, void *data);
extern void caml_ext_table_remove(struct ext_table *table, void *data);
extern void caml_ext_table_clear(struct ext_table *table, int free_entries);
extern void caml_ext_table_free(struct ext_table *table, int free_entries);
extern int caml_read_directory(char_os *directory, struct ext_table *contents);

#ifdef CAML_INTERNALS
extern void caml_gc_message(int level, char *format, ...);
typedef void (*caml_timing_hook)(void);
#if CAML_SIM_VERSION >= 50000 && !defined(__cplusplus)
#define CAML__HOOK _Atomic(caml_timing_hook)
#else
#define CAML__HOOK caml_timing_hook
#endif
extern CAML__HOOK caml_major_slice_begin_hook, caml_major_slice_end_hook;
extern CAML__HOOK caml_minor_gc_begin_hook, caml_minor_gc_end_hook;
extern CAML__HOOK caml_finalise_begin_hook, caml_finalise_end_hook;
#endif

#ifdef __cplusplus
}
#endif

#endif
