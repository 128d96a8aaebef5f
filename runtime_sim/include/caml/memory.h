/* Roots, barriers, and memory outside the heap. */
#ifndef CAML_MEMORY_H
#define CAML_MEMORY_H

#include "misc.h"
#include "mlvalues.h"
#include "alloc.h"
#include "domain_state.h"

#ifdef __cplusplus
extern "C" {
#endif

extern value caml_alloc_shr(mlsize_t wosize, tag_t);
extern void caml_modify(caml_sim_cell *, value);
extern void caml_initialize(caml_sim_cell *, value);
extern value caml_check_urgent_gc(value);
extern void caml_adjust_gc_speed(mlsize_t, mlsize_t);
#ifdef CAML_SIM_OXCAML
/* These have the names of functions with other parameters. */
extern void caml_alloc_dependent_memory(value owner, mlsize_t bytes)
  __asm__("caml_sim_alloc_dependent_memory");
extern void caml_free_dependent_memory(value owner, mlsize_t bytes)
  __asm__("caml_sim_free_dependent_memory");
extern value caml_atomic_cas_field(value block, value field, value expected, value desired)
  __asm__("caml_sim_atomic_cas_field");
/* Blocks on the local stack, and regions of it. */
typedef intnat caml_region_t;
extern value caml_alloc_local(mlsize_t wosize, tag_t);
extern value caml_alloc_local_reserved(mlsize_t wosize, tag_t, reserved_t);
extern void caml_modify_local(value block, intnat field, value);
extern int caml_is_stack(value);
extern caml_region_t caml_region_begin(void);
extern void caml_region_end(caml_region_t);
#else
extern void caml_alloc_dependent_memory(mlsize_t bytes);
extern void caml_free_dependent_memory(mlsize_t bytes);
#endif
#if CAML_SIM_VERSION >= 50000
extern value caml_alloc_shr_noexc(mlsize_t wosize, tag_t);
extern value caml_alloc_shr_reserved(mlsize_t wosize, tag_t, reserved_t);
extern void caml_adjust_minor_gc_speed(mlsize_t, mlsize_t);
#ifndef CAML_SIM_OXCAML
extern int caml_atomic_cas_field(value block, intnat field, value expected, value desired);
#endif
#else
extern value caml_alloc_shr_no_track_noexc(mlsize_t wosize, tag_t);
extern value caml_alloc_shr_with_profinfo(mlsize_t wosize, tag_t, intnat);
extern value caml_alloc_shr_preserving_profinfo(mlsize_t wosize, tag_t, header_t);
#endif

typedef void *caml_stat_block;
typedef char *caml_stat_string;
extern void *caml_stat_alloc(asize_t);
extern void *caml_stat_alloc_aligned(asize_t, int modulo, caml_stat_block *);
extern void *caml_stat_alloc_aligned_noexc(asize_t, int modulo, caml_stat_block *);
extern void *caml_stat_alloc_noexc(asize_t);
extern void *caml_stat_calloc_noexc(asize_t, asize_t);
extern void *caml_stat_resize(void *, asize_t);
extern void *caml_stat_resize_noexc(void *, asize_t);
extern void caml_stat_free(void *);
extern char *caml_stat_strdup(const char *);
extern char *caml_stat_strdup_noexc(const char *);
extern char *caml_stat_strconcat(int n, ...);
extern wchar_t *caml_stat_wcsdup(const wchar_t *);
extern wchar_t *caml_stat_wcsconcat(int n, ...);
#ifdef CAML_SIM_OXCAML
extern caml_stat_string caml_stat_memdup(const char *, asize_t, asize_t *);
#endif

#ifdef CAML_INTERNALS
extern void caml_stat_create_pool(void);
extern void caml_stat_destroy_pool(void);
#define Alloc_small(result, wosize, tag, ...) ((result) = caml_alloc_small((wosize), (tag)))
#if CAML_SIM_VERSION < 50000
extern value caml_alloc_shr_for_minor_gc(mlsize_t wosize, tag_t, header_t);
extern char *caml_alloc_for_heap(asize_t);
extern void caml_free_for_heap(char *);
extern int caml_add_to_heap(char *);
extern color_t caml_allocation_color(void *);
#endif
#endif

extern void caml_register_global_root(value *);
extern void caml_remove_global_root(value *);
extern void caml_register_generational_global_root(value *);
extern void caml_remove_generational_global_root(value *);
extern void caml_modify_generational_global_root(value *, value);

#define Store_field(block, offset, val) \
  do { \
    mlsize_t caml__temp_offset = (offset); \
    value caml__temp_val = (val); \
    caml_modify(&Field((block), caml__temp_offset), caml__temp_val); \
  } while (0)

/* --- local roots --- */

struct caml__roots_block {
  struct caml__roots_block *next;
  intnat ntables;
  intnat nitems;
  value *tables[5];
#ifndef CAML_SIM_UNCHECKED
  void *caml__site; /* where it was put into the list */
#endif
};

#ifdef CAML_SIM_UNCHECKED
/* For the length of a function it is the same. */
extern struct caml__roots_block **caml_sim_local_roots(void) __attribute__((const));
#define caml_sim_open(variable) ((void) (variable), *caml_sim_local_roots())
#define caml_sim_close(variable) ((void) (*caml_sim_local_roots() = *(variable)))
#define caml_sim_push(roots) \
  ((void) ((roots)->next = *caml_sim_local_roots(), *caml_sim_local_roots() = (roots)))
#define CAML__DIES(function)
#else
extern struct caml__roots_block **caml_sim_local_roots(void);
/* The frame of a function: its opening and its end are noted, with who they are of. */
extern struct caml__roots_block *caml_sim_open(struct caml__roots_block **);
extern void caml_sim_close(struct caml__roots_block **);
extern void caml_sim_push(struct caml__roots_block *);
/* What the list leads to tells when it dies. */
#ifndef CAML__DIES
#define CAML__DIES(function) __attribute__((cleanup(function)))
#endif
extern void caml_sim_frame_dies(struct caml__roots_block **);
extern void caml_sim_root_dies(struct caml__roots_block *);
extern void caml_sim_begun_dies(struct caml__roots_block *);
#endif

/* The address of a variable that is a value. */
#if defined CAML_SIM_UNCHECKED || defined __cplusplus
#define CAML__ROOT(x) (&x)
#else
extern value *caml_sim_refuse_root(const char *variable);
#define CAML__ROOT(x) \
  __builtin_choose_expr( \
    __builtin_types_compatible_p(__typeof__(x), value), &x, caml_sim_refuse_root(#x))
#endif

#ifdef CAML_SIM_UNCHECKED
#define CAML__ROOTS(tables_, items, ...) { NULL, (tables_), (items), { __VA_ARGS__ } }
#else
#define CAML__ROOTS(tables_, items, ...) { NULL, (tables_), (items), { __VA_ARGS__ }, NULL }
#endif

#define CAML__LOCAL_ROOTS (*caml_sim_local_roots())
#if CAML_SIM_VERSION < 50000
#define caml_local_roots CAML__LOCAL_ROOTS
#else
#define CAML_LOCAL_ROOTS CAML__LOCAL_ROOTS
#endif

#define CAMLparam0() \
  struct caml__roots_block *caml__frame CAML__DIES(caml_sim_frame_dies) = \
    caml_sim_open(&caml__frame)

#define CAMLparam1(x) CAMLparam0(); CAMLxparam1(x)
#define CAMLparam2(x, y) CAMLparam0(); CAMLxparam2(x, y)
#define CAMLparam3(x, y, z) CAMLparam0(); CAMLxparam3(x, y, z)
#define CAMLparam4(x, y, z, t) CAMLparam0(); CAMLxparam4(x, y, z, t)
#define CAMLparam5(x, y, z, t, u) CAMLparam0(); CAMLxparam5(x, y, z, t, u)
#define CAMLparamN(x, size) CAMLparam0(); CAMLxparamN(x, (size))

#define CAML__XPARAM(name, tables_, items, ...) \
  struct caml__roots_block caml__roots_##name CAML__DIES(caml_sim_root_dies) = \
    CAML__ROOTS(tables_, items, __VA_ARGS__); \
  CAMLunused int caml__dummy_##name = \
    ((void) caml__frame, caml_sim_push(&caml__roots_##name), 0)

#define CAMLxparam1(x) CAML__XPARAM(x, 1, 1, CAML__ROOT(x))
#define CAMLxparam2(x, y) CAML__XPARAM(x, 2, 1, CAML__ROOT(x), CAML__ROOT(y))
#define CAMLxparam3(x, y, z) CAML__XPARAM(x, 3, 1, CAML__ROOT(x), CAML__ROOT(y), CAML__ROOT(z))
#define CAMLxparam4(x, y, z, t) \
  CAML__XPARAM(x, 4, 1, CAML__ROOT(x), CAML__ROOT(y), CAML__ROOT(z), CAML__ROOT(t))
#define CAMLxparam5(x, y, z, t, u) \
  CAML__XPARAM(x, 5, 1, CAML__ROOT(x), CAML__ROOT(y), CAML__ROOT(z), CAML__ROOT(t), CAML__ROOT(u))
#define CAMLxparamN(x, size) CAML__XPARAM(x, 1, (size), CAML__ROOT(x[0]))

#define CAMLlocal1(x) value x = Val_unit; CAMLxparam1(x)
#define CAMLlocal2(x, y) value x = Val_unit, y = Val_unit; CAMLxparam2(x, y)
#define CAMLlocal3(x, y, z) value x = Val_unit, y = Val_unit, z = Val_unit; CAMLxparam3(x, y, z)
#define CAMLlocal4(x, y, z, t) \
  value x = Val_unit, y = Val_unit, z = Val_unit, t = Val_unit; CAMLxparam4(x, y, z, t)
#define CAMLlocal5(x, y, z, t, u) \
  value x = Val_unit, y = Val_unit, z = Val_unit, t = Val_unit, u = Val_unit; \
  CAMLxparam5(x, y, z, t, u)
#define CAMLlocalN(x, size) \
  value x[(size)]; \
  CAMLunused int caml__init_##x = \
    ({ for (mlsize_t caml__i = 0; caml__i < (mlsize_t) (size); caml__i++) x[caml__i] = Val_unit; 0; }); \
  CAMLxparamN(x, (size))

#if CAML_SIM_VERSION >= 50300
#define CAMLxparamresult(x) CAML__XPARAM(x, 1, 1, &x.data)
#define CAMLlocalresult(x) caml_result x = Result_unit; CAMLxparamresult(x)
#endif

#define CAMLdrop caml_sim_close(&caml__frame)
/* Debugging information has the types of both variables: see returns.py. */
#define CAMLreturn0 do { CAMLunused char caml__temp_nothing; CAMLdrop; return; } while (0)
#define CAMLreturnT(type, result) \
  do { \
    type caml__temp_result = (result); \
    CAMLdrop; \
    return caml__temp_result; \
  } while (0)
#define CAMLreturn(result) CAMLreturnT(value, result)
#define CAMLnoreturn ((void) caml__frame)

#define Begin_roots1(r0) CAML__BEGIN(1, 1, &(r0))
#define Begin_roots2(r0, r1) CAML__BEGIN(2, 1, &(r0), &(r1))
#define Begin_roots3(r0, r1, r2) CAML__BEGIN(3, 1, &(r0), &(r1), &(r2))
#define Begin_roots4(r0, r1, r2, r3) CAML__BEGIN(4, 1, &(r0), &(r1), &(r2), &(r3))
#define Begin_roots5(r0, r1, r2, r3, r4) CAML__BEGIN(5, 1, &(r0), &(r1), &(r2), &(r3), &(r4))
#define Begin_roots_block(table, size) CAML__BEGIN(1, (size), (table))
#define Begin_root Begin_roots1
#define CAML__BEGIN(tables_, items, ...) \
  { \
    struct caml__roots_block caml__roots_block CAML__DIES(caml_sim_begun_dies) = \
      CAML__ROOTS(tables_, items, __VA_ARGS__); \
    (void) (caml_sim_push(&caml__roots_block), 0);
#define End_roots() CAML__LOCAL_ROOTS = caml__roots_block.next; }

#ifdef __cplusplus
}
#endif

#endif
