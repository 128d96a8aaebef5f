/* The runtime's own variables, as far as stubs look at them. */
#ifndef CAML_DOMAIN_STATE_H
#define CAML_DOMAIN_STATE_H

#include "misc.h"
#include "mlvalues.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Unless the policy is the generational one the minor heap is no range of addresses: its bounds are
   all NULL, and nothing is within. */
#ifdef CAML_NAME_SPACE
#define CAML__IN_STATE(name) name
#else
/* The old names are macros, which must not change these. */
#define CAML__IN_STATE(name) _##name
#endif

#define CAML__DOMAIN_STATE \
  value *CAML__IN_STATE(young_ptr); \
  value *CAML__IN_STATE(young_limit); \
  value *CAML__IN_STATE(young_start); \
  value *CAML__IN_STATE(young_end); \
  value *CAML__IN_STATE(young_trigger); \
  value *CAML__IN_STATE(young_base); \
  value *CAML__IN_STATE(young_alloc_start); \
  value *CAML__IN_STATE(young_alloc_mid); \
  value *CAML__IN_STATE(young_alloc_end); \
  asize_t CAML__IN_STATE(minor_heap_wsz); \
  intnat CAML__IN_STATE(in_minor_collection); \
  intnat CAML__IN_STATE(action_pending); \
  double CAML__IN_STATE(extra_heap_resources_minor); \
  struct caml__roots_block *CAML__IN_STATE(local_roots); \
  intnat CAML__IN_STATE(backtrace_pos); \
  intnat CAML__IN_STATE(backtrace_active); \
  void *CAML__IN_STATE(backtrace_buffer); \
  value CAML__IN_STATE(backtrace_last_exn); \
  intnat CAML__IN_STATE(compare_unordered); \
  intnat CAML__IN_STATE(requested_major_slice); \
  intnat CAML__IN_STATE(requested_minor_gc); \
  double CAML__IN_STATE(stat_minor_words); \
  double CAML__IN_STATE(stat_promoted_words); \
  double CAML__IN_STATE(stat_major_words); \
  intnat CAML__IN_STATE(stat_minor_collections); \
  intnat CAML__IN_STATE(stat_major_collections); \
  intnat CAML__IN_STATE(stat_heap_wsz); \
  intnat CAML__IN_STATE(stat_top_heap_wsz); \
  uintnat CAML__IN_STATE(allocated_words); \
  int CAML__IN_STATE(id); \
  int CAML__IN_STATE(unique_id);

typedef struct caml_domain_state {
  CAML__DOMAIN_STATE
} caml_domain_state;

extern caml_domain_state *caml_get_domain_state(void);
#define Caml_state (caml_get_domain_state())
#ifdef CAML_NAME_SPACE
#define Caml_state_field(field) (Caml_state->field)
#else
#define Caml_state_field(field) (Caml_state->_##field)
#endif
#if CAML_SIM_VERSION >= 50000
/* NULL in a thread that does not hold the runtime lock. */
extern caml_domain_state *caml_sim_domain_state_opt(void);
CAMLnoret extern void caml_bad_caml_state(void);
#define Caml_state_opt (caml_sim_domain_state_opt())
#define Caml_check_caml_state() (Caml_state_opt == NULL ? caml_bad_caml_state() : (void) 0)
#endif

#ifdef __cplusplus
}
#endif

#endif
