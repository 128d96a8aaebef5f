"""Names that need no declaration: types, predefined macros, and what the OCaml headers define."""

from __future__ import annotations

from functools import cache

from analyzer.cfront.words import name_set
from runtime_sim.model.api import load_api
from runtime_sim.model.api.row import Kind
from runtime_sim.model.profile import Profile

TYPE_NAMES = name_set(
    """
    value intnat uintnat mlsize_t asize_t tag_t header_t reserved_t color_t code_t opcode_t
    caml_result caml_root caml_generational_global_root caml_domain_state caml_thread_action
    int8 uint8 int16 uint16 int32 uint32 int64 uint64
    size_t ssize_t ptrdiff_t intptr_t uintptr_t intmax_t uintmax_t wchar_t wint_t max_align_t
    int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t
    int_fast8_t int_fast16_t int_fast32_t int_fast64_t
    uint_fast8_t uint_fast16_t uint_fast32_t uint_fast64_t
    int_least8_t int_least16_t int_least32_t int_least64_t
    uint_least8_t uint_least16_t uint_least32_t uint_least64_t
    bool va_list __builtin_va_list __auto_type __gnuc_va_list
    FILE DIR fpos_t off_t off64_t loff_t pid_t uid_t gid_t id_t mode_t dev_t ino_t nlink_t
    blksize_t blkcnt_t time_t clock_t clockid_t timer_t suseconds_t useconds_t fd_set nfds_t
    socklen_t sa_family_t in_addr_t in_port_t sigset_t sighandler_t jmp_buf sigjmp_buf
    pthread_t pthread_attr_t pthread_mutex_t pthread_mutexattr_t pthread_cond_t pthread_key_t
    pthread_once_t pthread_rwlock_t sem_t locale_t regex_t regmatch_t div_t ldiv_t lldiv_t
    u_char u_short u_int u_long uint ushort ulong key_t
    BOOL BYTE WORD DWORD UINT ULONG LONG WCHAR TCHAR HANDLE HWND HMODULE HINSTANCE HRESULT
    SOCKET LPVOID LPCSTR LPSTR LPCWSTR LPWSTR FARPROC LPDWORD ULONGLONG LONGLONG LARGE_INTEGER
    """
)
"""Type names of OCaml's headers, ISO C, POSIX and Windows."""

KNOWN_UNDEFINED = name_set(
    """
    __cplusplus __STDC_NO_ATOMICS__ __STDC_NO_COMPLEX__ __STDC_NO_THREADS__ __STDC_NO_VLA__
    CAML_INTERNALS CAML_INTERNALS_NO_PRIM_DECLARATIONS
    """
)
"""Macros that are undefined in every configuration unless the project defines them."""


def predefined_macros(profile: Profile) -> tuple[tuple[str, str], ...]:
    """Object-like macros that the OCaml headers of a 64-bit platform always define."""
    version = profile.ocaml_version
    major, minor = version // 10000, version // 100 % 100
    return (
        ("OCAML_VERSION", str(version)),
        ("OCAML_VERSION_MAJOR", str(major)),
        ("OCAML_VERSION_MINOR", str(minor)),
        ("OCAML_VERSION_PATCHLEVEL", str(version % 100)),
        ("OCAML_VERSION_STRING", f'"{major}.{minor:02}.{version % 100}"'),
        ("ARCH_SIXTYFOUR", "1"),
        ("ARCH_INT64_TYPE", "long"),
        ("ARCH_UINT64_TYPE", "unsigned long"),
        ("ARCH_INT64_PRINTF_FORMAT", '"l"'),
        ("ARCH_INTNAT_PRINTF_FORMAT", '"l"'),
        ("ARCH_INT32_TYPE", "int"),
        ("ARCH_UINT32_TYPE", "unsigned int"),
        ("SIZEOF_INT", "4"),
        ("SIZEOF_LONG", "8"),
        ("SIZEOF_LONGLONG", "8"),
        ("SIZEOF_SHORT", "2"),
        ("SIZEOF_PTR", "8"),
        ("Caml_inline", "static inline"),
        ("CAML_STATEMENT_EXPRESSIONS", ""),
        ("__STDC__", "1"),
        ("__STDC_VERSION__", "201710L"),
        ("__FILE__", '"file"'),
        ("__DATE__", '"date"'),
        ("__TIME__", '"time"'),
        ("__LINE__", "0"),
        ("__COUNTER__", "0"),
    )


@cache
def header_names(profile: Profile) -> frozenset[str]:
    """The names that the OCaml headers of a profile declare or define.

    A project's own macro of such a name stands in for an older OCaml: the name keeps its meaning.
    The unprefixed names of compatibility.h are not among them: they are used for other things too.
    """
    api = load_api(profile)
    return frozenset(
        name
        for name in api.names()
        if api.exists(name) and (row := api.get(name)) is not None and row.kind is not Kind.LEGACY
    )


@cache
def header_macros(profile: Profile) -> frozenset[str]:
    """Those that are macros there, for which `#ifdef` is true."""
    api = load_api(profile)
    return frozenset(
        name
        for name in header_names(profile)
        if (row := api.get(name)) is not None and row.kind is Kind.MACRO and not row.internal
    )


OCAML_HEADERS = name_set(
    """
    address_class alloc backtrace backtrace_prim bigarray bigstring callback camlatomic codefrag
    compact compare compatibility config custom debugger domain domain_state domain_state.tbl
    dynlink eventlog exec fail fiber finalise fix_code freelist frame_descriptors gc gc_ctrl
    gc_stats globroots hash hooks instrtrace instruct int64_emul int64_format int64_native interp
    intext io jumptbl lf_skiplist m major_gc md5 memory memprof minor_gc misc mlvalues opnames
    osdeps platform prims printexc reverse roots roots_nat runtime_events s shared_heap signals
    signals_osdep skiplist socketaddr spacetime stack stacks startup startup_aux startup_events
    startup_nat sync sys threads tsan ui unixsupport version weak winsupport simd float32
    """
)
"""Headers of OCaml, without `.h`; they are not read even where a project has them."""
