/* What the system has, as OCaml's configuration found it on Linux. */
#ifndef CAML_S_H
#define CAML_S_H

#include "sim_version.h"

#define OCAML_OS_TYPE "Unix"
#define HAS_ACCEPT4 1
#define HAS_C99_FLOAT_OPS 1
#define HAS_DIRENT 1
#define HAS_DUP3 1
#define HAS_EXECVPE 1
#define HAS_FCHMOD 1
#define HAS_GETAUXVAL 1
#define HAS_GETCWD 1
#define HAS_GETGROUPS 1
#define HAS_GETHOSTNAME 1
#define HAS_GETRUSAGE 1
#define HAS_GETTIMEOFDAY 1
#define HAS_HUGE_PAGES 1
#define HAS_INET_ATON 1
#define HAS_INITGROUPS 1
#define HAS_IPV6 1
#define HAS_LOCALE 1
#define HAS_LOCALE_H 1
#define HAS_LOCKF 1
#define HAS_MKFIFO 1
#define HAS_MKSTEMP 1
#define HAS_MKTIME 1
#define HAS_MMAP 1
#define HAS_NANOSLEEP 1
#define HAS_NANOSECOND_STAT 1
#define HAS_NICE 1
#define HAS_PIPE2 1
#define HAS_POSIX_MONOTONIC_CLOCK 1
#define HAS_POSIX_SPAWN 1
#define HAS_PUTENV 1
#define HAS_PWRITE 1
#define HAS_REALPATH 1
#define HAS_REWINDDIR 1
#define HAS_SECURE_GETENV 1
#define HAS_SELECT 1
#define HAS_SETENV_UNSETENV 1
#define HAS_SETGROUPS 1
#define HAS_SETITIMER 1
#define HAS_SETSID 1
#define HAS_SHMAT 1
#define HAS_SIGWAIT 1
#define HAS_SOCKETS 1
#define HAS_SOCKLEN_T 1
#define HAS_STDINT_H 1
#define HAS_STRTOD_L 1
#define HAS_SYMLINK 1
#define HAS_SYSTEM 1
#define HAS_SYS_SELECT_H 1
#define HAS_SYS_SHM_H 1
#define HAS_TERMIOS 1
#define HAS_TIMES 1
#define HAS_TRUNCATE 1
#define HAS_UNAME 1
#define HAS_UNISTD 1
#define HAS_UTIME 1
#define HAS_UTIMES 1
#define HAS_WAIT4 1
#define HAS_WAITPID 1
#define HAS_WORKING_FMA 1
#define HAS_WORKING_ROUND 1
#define POSIX_SIGNALS 1
#define SUPPORT_DYNAMIC_LINKING 1
/* How many parameters they have. */
#define HAS_GETHOSTBYNAME_R 6
#define HAS_GETHOSTBYADDR_R 8
#define HUGE_PAGE_SIZE (4 * 1024 * 1024)

#if CAML_SIM_VERSION < 50000
#define HAS_FFS 1
#define HAS_STACK_OVERFLOW_DETECTION 1
#else
#define HAS_FULL_THREAD_VARIABLES 1
#define HAS_GETENTROPY 1
#define HAS_GNU_GETAFFINITY_NP 1
#define HAS_LINUX_FUTEX_H 1
#define HAS_SYS_MMAN_H 1
#define HAS_ZSTD 1
#define HAVE_LABELS_AS_VALUES 1
#define HAVE_MAX_ALIGN_T 1
#define HAVE_STRUCT_STAT_ST_ATIM_TV_NSEC 1
#endif

#endif
