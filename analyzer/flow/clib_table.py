"""What the functions of the C library do to memory, handles and functions they are given.

One function a line, then what it does; numbers count arguments from 0.  See `clib.ClibRow` for the
words.  Functions of the OCaml runtime are here for the C memory they give and take alone.
"""

from __future__ import annotations

TABLE = """
# memory
malloc              acquires=free failure=null sizes=0
calloc              acquires=free failure=null sizes=0,1
realloc             releases=0 acquires=free failure=null sizes=1
reallocarray        releases=0 acquires=free failure=null sizes=1,2
aligned_alloc       acquires=free failure=null
memalign            acquires=free failure=null
valloc              acquires=free failure=null
posix_memalign      acquires=free argument=0 failure=nonzero
free                releases=0
cfree               releases=0
strdup              acquires=free failure=null nul=0
strndup             acquires=free failure=null nul=0
wcsdup              acquires=free failure=null
asprintf            acquires=free argument=0 failure=negative nul=1
vasprintf           acquires=free argument=0 failure=negative nul=1
getline             acquires=free argument=0
getdelim            acquires=free argument=0
tempnam             acquires=free failure=null nul=0,1
backtrace_symbols   acquires=free failure=null
mmap                acquires=munmap failure=negative sizes=1 offsets=5
munmap              releases=0
alloca              sizes=0
caml_stat_alloc               acquires=caml_stat_free sizes=0
caml_stat_alloc_noexc         acquires=caml_stat_free failure=null sizes=0
caml_stat_alloc_aligned       acquires=caml_stat_free argument=2
caml_stat_alloc_aligned_noexc acquires=caml_stat_free argument=2 failure=null
caml_stat_calloc_noexc        acquires=caml_stat_free failure=null
caml_stat_resize              releases=0 acquires=caml_stat_free
caml_stat_resize_noexc        releases=0 acquires=caml_stat_free failure=null
caml_stat_strdup              acquires=caml_stat_free nul=0
caml_stat_strdup_noexc        acquires=caml_stat_free failure=null nul=0
caml_stat_strconcat           acquires=caml_stat_free
caml_stat_memdup              acquires=caml_stat_free
caml_stat_wcsdup              acquires=caml_stat_free
caml_stat_wcsconcat           acquires=caml_stat_free
caml_stat_strdup_to_os        acquires=caml_stat_free nul=0
caml_stat_strdup_of_os        acquires=caml_stat_free
caml_stat_strdup_os           acquires=caml_stat_free
caml_stat_strdup_to_utf16     acquires=caml_stat_free nul=0
caml_stat_strdup_of_utf16     acquires=caml_stat_free
caml_stat_free                releases=0
caml_format_exception         acquires=caml_stat_free failure=null
caml_output_value_to_malloc   acquires=caml_stat_free argument=2
caml_input_value_from_malloc  takes=0
caml_unix_cstringvect         acquires=caml_unix_cstringvect_free
caml_unix_cstringvect_free    releases=0
caml_ba_alloc                 takes=2
caml_ba_alloc_dims            takes=2
stat_alloc          acquires=caml_stat_free
stat_resize         releases=0 acquires=caml_stat_free
stat_free           releases=0
format_caml_exception         acquires=caml_stat_free failure=null
output_value_to_malloc        acquires=caml_stat_free argument=2
input_value_from_malloc       takes=0
cstringvect         acquires=cstringvect_free
cstringvect_free    releases=0
alloc_bigarray      takes=2
alloc_bigarray_dims takes=2

# streams and directories
fopen               acquires=fclose failure=null nul=0,1
fopen64             acquires=fclose failure=null nul=0,1
fdopen              acquires=fclose failure=null takes=0 nul=1
freopen             nul=0,1
tmpfile             acquires=fclose failure=null
fmemopen            acquires=fclose failure=null retains=0 nul=2
open_memstream      acquires=fclose failure=null
fclose              releases=0 number
popen               acquires=pclose failure=null nul=0,1
pclose              releases=0 number
opendir             acquires=closedir failure=null nul=0
fdopendir           acquires=closedir failure=null takes=0
closedir            releases=0
scandir             acquires=free argument=1 failure=negative calls=2,3 nul=0
fts_open            acquires=fts_close failure=null calls=2
fts_close           releases=0
setmntent           acquires=endmntent failure=null nul=0,1
endmntent           releases=0
setvbuf             retains=1
setbuf              retains=1
setbuffer           retains=1
fgets               writes=0 derives=0
gets                writes=0 derives=0
fread               writes=0 sizes=1,2 number
puts                nul=0
fputs               nul=0
perror              nul=0
printf              nul=0
fprintf             nul=1
dprintf             nul=1

# descriptors
open                acquires=close failure=negative nul=0 number
open64              acquires=close failure=negative nul=0
openat              acquires=close failure=negative nul=1
creat               acquires=close failure=negative nul=0
socket              acquires=close failure=negative number
accept              acquires=close failure=negative writes=1
accept4             acquires=close failure=negative writes=1
dup                 acquires=close failure=negative
epoll_create        acquires=close failure=negative
epoll_create1       acquires=close failure=negative
eventfd             acquires=close failure=negative
inotify_init        acquires=close failure=negative
inotify_init1       acquires=close failure=negative
signalfd            failure=negative
timerfd_create      acquires=close failure=negative
memfd_create        acquires=close failure=negative nul=0
kqueue              acquires=close failure=negative
posix_openpt        acquires=close failure=negative
mkstemp             acquires=close failure=negative writes=0 nul=0
mkostemp            acquires=close failure=negative writes=0 nul=0
mkstemps            acquires=close failure=negative writes=0 nul=0
shm_open            acquires=close failure=negative nul=0
close               releases=0 number
closesocket         releases=0
mq_open             acquires=mq_close failure=negative nul=0
mq_close            releases=0
sem_open            acquires=sem_close failure=null nul=0
sem_close           releases=0
read                writes=1 sizes=2 number
pread               writes=1 sizes=2 offsets=3
pread64             writes=1 sizes=2 offsets=3
recv                writes=1 sizes=2 number
recvfrom            writes=1 sizes=2
getsockname         writes=1
getpeername         writes=1
getsockopt          writes=3
getdents            writes=1
inotify_add_watch   nul=1

# other handles
dlopen              acquires=dlclose failure=null nul=0
dlclose             releases=0
dlsym               nul=1
dl_iterate_phdr     calls=0
iconv_open          acquires=iconv_close failure=negative nul=0,1
iconv_close         releases=0
getaddrinfo         acquires=freeaddrinfo argument=3 failure=nonzero nul=0,1
freeaddrinfo        releases=0
getifaddrs          acquires=freeifaddrs argument=0 failure=nonzero
freeifaddrs         releases=0
if_nameindex        acquires=if_freenameindex failure=null
if_freenameindex    releases=0
newlocale           acquires=freelocale failure=null nul=1
duplocale           acquires=freelocale failure=null
freelocale          releases=0
regcomp             acquires=regfree argument=0 holds failure=nonzero nul=1
regexec             nul=1
regfree             releases=0
glob                acquires=globfree argument=3 holds failure=nonzero calls=2 nul=0
globfree            releases=0
wordexp             acquires=wordfree argument=1 holds failure=nonzero nul=0
wordfree            releases=0

# locks and threads
pthread_mutex_lock       acquires=pthread_mutex_unlock argument=0 holds
pthread_mutex_unlock     releases=0
pthread_rwlock_rdlock    acquires=pthread_rwlock_unlock argument=0 holds
pthread_rwlock_wrlock    acquires=pthread_rwlock_unlock argument=0 holds
pthread_rwlock_unlock    releases=0
pthread_spin_lock        acquires=pthread_spin_unlock argument=0 holds
pthread_spin_unlock      releases=0
mtx_lock                 acquires=mtx_unlock argument=0 holds
mtx_unlock               releases=0
flockfile                acquires=funlockfile argument=0 holds
funlockfile              releases=0
pthread_create           thread=2 retains=3 takes=3
thrd_create              thread=1 retains=2 takes=2
pthread_once             calls=1
call_once                calls=1
pthread_setspecific      retains=1 takes=1
tss_set                  retains=1 takes=1

# signals and the end of the process
signal              handler=1
bsd_signal          handler=1
sysv_signal         handler=1
sigset              handler=1
sigaction           handler=1 writes=2
sigaltstack         retains=0
atexit              exit=0
at_quick_exit       exit=0
on_exit             exit=0 retains=1
exit                never
_exit               never
_Exit               never
quick_exit          never
abort               never
longjmp             never
_longjmp            never
siglongjmp          never
err                 never nul=1
errx                never nul=1
verr                never nul=1
verrx               never nul=1
pthread_exit        never
thrd_exit           never
__assert_fail       never
__assert            never
__assert_rtn        never
__builtin_trap      never
__builtin_abort     never
__builtin_unreachable  never
__stack_chk_fail    never

# blocks of bytes
memcpy              copies=0,1 writes=0 derives=0 sizes=2
memmove             copies=0,1 writes=0 derives=0 sizes=2
mempcpy             copies=0,1 writes=0 derives=0
memccpy             copies=0,1 writes=0 derives=0
bcopy               copies=1,0 writes=1
swab                copies=1,0 writes=1
memset              writes=0 derives=0 sizes=2
bzero               writes=0
explicit_bzero      writes=0
memset_explicit     writes=0
memchr              derives=0
memrchr             derives=0
rawmemchr           derives=0
memmem              derives=0
memcmp              sizes=2 number
bcmp
__builtin_memcpy    copies=0,1 writes=0 derives=0
__builtin_memmove   copies=0,1 writes=0 derives=0
__builtin_memset    writes=0 derives=0
getrandom           writes=0
getentropy          writes=0
arc4random_buf      writes=0
qsort               writes=0 calls=3
qsort_r             writes=0 calls=3
mergesort           writes=0 calls=3
bsearch             derives=1 calls=4
lfind               derives=1 calls=4
lsearch             writes=1 derives=1 calls=4
tsearch             retains=0 calls=2
tfind               calls=2
tdelete             calls=2
twalk               calls=1
ftw                 calls=1 nul=0
nftw                calls=1 nul=0

# strings
strlen              nul=0 number
strnlen             nul=0 number
strcmp              nul=0,1 number
strncmp             nul=0,1 number
strcasecmp          nul=0,1 number
strncasecmp         nul=0,1 number
strverscmp          nul=0,1
strcoll             nul=0,1
strxfrm             writes=0 nul=1
strcpy              writes=0 derives=0 nul=1
strncpy             writes=0 derives=0 nul=1 sizes=2
stpcpy              writes=0 derives=0 nul=1
stpncpy             writes=0 derives=0 nul=1
strlcpy             writes=0 nul=1
strcat              writes=0 derives=0 nul=0,1
strncat             writes=0 derives=0 nul=0,1
strlcat             writes=0 nul=0,1
strchr              derives=0 nul=0
strrchr             derives=0 nul=0
strchrnul           derives=0 nul=0
index               derives=0 nul=0
rindex              derives=0 nul=0
strstr              derives=0 nul=0,1
strcasestr          derives=0 nul=0,1
strpbrk             derives=0 nul=0,1
strspn              nul=0,1 number
strcspn             nul=0,1 number
strtok              writes=0 derives=0 nul=0,1
strtok_r            writes=0 derives=0 nul=0,1
strsep              derives=0 nul=1
basename            writes=0 derives=0 nul=0
dirname             writes=0 derives=0 nul=0
sprintf             writes=0 nul=1 number
snprintf            writes=0 nul=2 number
vsprintf            writes=0 nul=1
vsnprintf           writes=0 nul=2
sscanf              nul=0,1
atoi                nul=0 number
atol                nul=0 number
atoll               nul=0 number
atof                nul=0
strtol              nul=0 number
strtoul             nul=0 number
strtoll             nul=0 number
strtoull            nul=0 number
strtoimax           nul=0
strtoumax           nul=0
strtod              nul=0
strtof              nul=0
strtold             nul=0
wcstombs            writes=0
mbstowcs            writes=0 nul=1
fnmatch             nul=0,1
gettext             nul=0
crypt               nul=0,1

# files by name
unlink              nul=0
unlinkat            nul=1
remove              nul=0
rename              nul=0,1
renameat            nul=1,3
link                nul=0,1
linkat              nul=1,3
symlink             nul=0,1
symlinkat           nul=0,2
readlink            writes=1 nul=0
readlinkat          writes=2 nul=1
realpath            writes=1 derives=1 nul=0
stat                writes=1 nul=0
stat64              writes=1 nul=0
lstat               writes=1 nul=0
lstat64             writes=1 nul=0
fstat               writes=1
fstatat             writes=2 nul=1
statfs              writes=1 nul=0
statvfs             writes=1 nul=0
access              nul=0
eaccess             nul=0
euidaccess          nul=0
faccessat           nul=1
chmod               nul=0
fchmodat            nul=1
chown               nul=0
lchown              nul=0
fchownat            nul=1
truncate            nul=0 offsets=1
truncate64          nul=0 offsets=1
mkdir               nul=0
mkdirat             nul=1
rmdir               nul=0
chdir               nul=0
chroot              nul=0
mknod               nul=0
mkfifo              nul=0
mkfifoat            nul=1
mkdtemp             writes=0 derives=0 nul=0
mktemp              writes=0 derives=0 nul=0
utime               nul=0
utimes              nul=0
lutimes             nul=0
utimensat           nul=1
pathconf            nul=0
mount               nul=0,1,2
umount              nul=0
umount2             nul=0
shm_unlink          nul=0
sem_unlink          nul=0
mq_unlink           nul=0
setxattr            nul=0,1
lsetxattr           nul=0,1
fsetxattr           nul=1
getxattr            writes=2 nul=0,1
lgetxattr           writes=2 nul=0,1
fgetxattr           writes=2 nul=1
listxattr           writes=1 nul=0
llistxattr          writes=1 nul=0
flistxattr          writes=1
removexattr         nul=0,1
lremovexattr        nul=0,1
fremovexattr        nul=1
getcwd              writes=0 derives=0

# the process and the system
execl               nul=0,1
execlp              nul=0,1
execle              nul=0,1
execv               nul=0
execve              nul=0
execvp              nul=0
execvpe             nul=0
system              nul=0
getenv              nul=0
secure_getenv       nul=0
setenv              nul=0,1
unsetenv            nul=0
putenv              retains=0 takes=0 nul=0
setlocale           nul=1
openlog             retains=0 nul=0
syslog              nul=1
initgroups          nul=0
getpwnam            nul=0
getgrnam            nul=0
getspnam            nul=0
gethostbyname       nul=0
gethostbyname2      nul=0
getservbyname       nul=0,1
getprotobyname      nul=0
getnetbyname        nul=0
inet_addr           nul=0
inet_aton           writes=1 nul=0
inet_pton           writes=2 nul=1
inet_ntop           writes=2 derives=2
if_nametoindex      nul=0
if_indextoname      writes=1 derives=1
gethostname         writes=0
getdomainname       writes=0
getlogin_r          writes=0
ttyname_r           writes=1
strerror_r          writes=1 derives=1
initstate           retains=1
setstate            retains=0
getrlimit           writes=1
getrusage           writes=1
uname               writes=0

# time
strftime            writes=0 nul=2
strptime            derives=0 writes=2 nul=0,1
ctime_r             writes=1 derives=1
asctime_r           writes=1 derives=1
localtime_r         writes=1 derives=1
gmtime_r            writes=1 derives=1
# numbers of 64 bits
write               sizes=2 number
pwrite              sizes=2 offsets=3
pwrite64            sizes=2 offsets=3
ftruncate           offsets=1
ftruncate64         offsets=1
lseek               offsets=1 number
lseek64             offsets=1
fseek               offsets=1
fseeko              offsets=1
posix_fallocate     offsets=1,2
posix_fadvise       offsets=1,2
fwrite              sizes=1,2 number
send                sizes=2 number
sendto              sizes=2

# numbers
abs                 number
fflush              number
getgid              number
getpid              number
getppid             number
getuid              number
isalpha             number
isdigit             number
isspace             number
labs                number
rand                number
random              number
time                number
tolower             number
toupper             number
"""
