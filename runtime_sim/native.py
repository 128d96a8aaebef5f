"""The runtime's library, as Python calls it: declarations for cffi, and the dynamic linker."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

_DECLARATIONS = """
typedef long value;
typedef struct sim sim;
typedef struct {
  char rule[40];
  char message[512];
  void *site;
  const char *made_by;
  void *made_at;
  const char *moved_by;
  void *moved_at;
  long collection;
  const char *called;
  void *called_at;
  value moved;
  const char *keeper;
  void *keeper_at;
  void *given_at;
  const char *failed;
  void *failed_at;
  int depth;
  void *trace[32];
} fault;

typedef struct {
  int relative;
  unsigned long_marker;
  unsigned long hash_factor;
  int hash_shift;
} frame_layout;

sim *sim_make(int version);
int sim_free(sim *);
void sim_set_current(sim *);
void sim_set_policy(sim *, int chosen, long nth, unsigned long seed);
void sim_set_minor_heap(sim *, unsigned long words);
void sim_set_tracing(sim *, int on);
void sim_set_noalloc(sim *, int noalloc);
void sim_set_oxcaml(sim *, int oxcaml);
void sim_set_result(sim *, int local, int nullable, int external);
void sim_set_making_local(sim *, int local);
size_t sim_begin_region(sim *);
void sim_end_region(sim *, size_t depth);
value sim_held(sim *, long number);
void sim_let_go(sim *, long count);
long sim_count_held(sim *);
long sim_count_collections(sim *);
long sim_count_points(sim *);
void sim_set_failing(sim *, long allocation);
long sim_count_allocations(sim *);
void sim_set_failing_call(sim *, long call);
long sim_count_library_calls(sim *);
void sim_set_action(sim *, int chosen, long poll);
void sim_set_signal_handler(sim *, long held);
long sim_count_polls(sim *);
const fault *sim_fault(sim *);
size_t sim_fault_size(void);
const char *sim_exception_name(value);

long sim_hold(sim *, value);
long sim_new_long(sim *, long);
long sim_new_double(sim *, double);
long sim_new_string(sim *, const char *text, size_t length);
long sim_new_boxed(sim *, int kind, long);
long sim_new_floats(sim *, long n, const double *numbers);
long sim_new_bigarray(sim *, int kind, long n, const long *dimensions);
long sim_new_block(sim *, unsigned tag, long n, const long *held);
long sim_new_array(sim *, long n, const long *held);
long sim_new_mixed(sim *, unsigned tag, long n, const long *held,
                   const void *flat, long words);
long sim_new_list(sim *, long n, const long *held);
long sim_new_closure(sim *, int function, int arity, long held);
long sim_new_exception(sim *, const char *name);
void sim_register(sim *, const char *name, long held);
long sim_hold_field(sim *, long number, long index);
int sim_copy(sim *, void *to, const void *from, size_t bytes);
int sim_call(sim *, void *primitive, long n, const long *held);
int sim_after_call(sim *);
void sim_know_library(sim *, uintptr_t base);
void sim_know_wrong_return(sim *, uintptr_t base, uintptr_t start, uintptr_t end,
                           const char *given, const char *declared);
void sim_close_library(void *handle);
int sim_check(sim *, long (*counts)[2][2]);
int sim_call_native(sim *, void *primitive, const char *types, long n, const long *held);
int sim_set_frametable(
  sim *, const char *code, const char *table, size_t length, const frame_layout *);

typedef struct {
  const char *dli_fname;
  void *dli_fbase;
  const char *dli_sname;
  void *dli_saddr;
} Dl_info;
struct link_map {
  uintptr_t l_addr; /* and more, which is not used */
};
void *dlopen(const char *, int);
void *dlsym(void *, const char *);
char *dlerror(void);
int dladdr(const void *, Dl_info *);
"""


class CffiMissing(Exception):
    """cffi is not installed: it comes with an extra."""

    def __init__(self) -> None:
        super().__init__("running stubs needs cffi: pip install 'stubcheck[run]'")


class Native:
    """One runtime library in this process, its names visible to the libraries loaded later."""

    def __init__(self, library: Path) -> None:
        try:
            import cffi
        except ImportError:
            raise CffiMissing from None
        self.ffi: Any = cffi.FFI()
        self.ffi.cdef(_DECLARATIONS)
        self.system: Any = self.ffi.dlopen(None)
        # To look up a name of the linker's is a call of it, which forgets the last error.
        self.system.dlerror()
        self.now: int = self.ffi.RTLD_NOW
        self._handle: Any = self.system.dlopen(str(library).encode(), self.now)
        self.sim: Any = self.ffi.dlopen(str(library), self.ffi.RTLD_GLOBAL | self.now)
        assert self.sim.sim_fault_size() == self.ffi.sizeof("fault"), "'fault' has changed"

    def find(self, name: str) -> Any:
        """The address of a function of the runtime's, NULL if there is none of that name."""
        return self.system.dlsym(self._handle, name.encode())

    def text(self, pointer: Any) -> str:
        """A C string, empty for NULL."""
        return self.ffi.string(pointer).decode("utf-8", "replace") if pointer else ""


@functools.cache
def load_native(library: Path) -> Native:
    """The library, loaded once for the life of the process."""
    return Native(library)
