"""The types that every program may name: the language's own, the standard library's and Unix's.

A type whose representation the compiler or the runtime fixes has no body here (`int`, `float
array`): `builtin_shapes` knows it by its key.  An abstract type of which C may know no more than
that it is a block has a kind that says so.  Representations that are no secret of C stubs are
given although the interface hides them: `Unix.inet_addr` is a string.

Sources: OCaml, typing/predef.ml, stdlib/*.mli, otherlibs/unix/unix.mli, runtime/bigarray.c (4.14
to 5.3, which agree on all that is here except for `Bigarray.kind`, that has grown); OxCaml,
typing/predef.ml.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from runtime_sim.model.kinds import IMMEDIATE, Kind, Separability
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Constructor,
    Extensible,
    Field,
    Record,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
)

__all__ = ["PREDEFINED", "VECTORS"]

_BLOCK = Kind(separability=Separability.NON_FLOAT)
_A, _B = TypeVar("a"), TypeVar("b")
_INT, _BOOL, _CHAR = Constr("int"), Constr("bool"), Constr("char")
_STRING, _FLOAT, _UNIT = Constr("string"), Constr("float"), Constr("unit")
_STRINGS = Constr("array", (_STRING,))

_definitions: dict[str, TypeDefinition] = {}


def _define(key: str, definition: TypeDefinition) -> None:
    assert key not in _definitions, key
    _definitions[key] = definition


def _own_name(key: str) -> str:
    return key.rpartition(".")[2]


def _abstract(keys: str, *params: str, kind: Kind | None = None) -> None:
    for key in keys.split():
        _define(key, TypeDefinition(_own_name(key), params, kind=kind))


def _alias(key: str, type: Type, *params: str) -> None:
    _define(key, TypeDefinition(_own_name(key), params, type))


def _constants(key: str, names: str, *params: str) -> None:
    """A variant of constant constructors."""
    body = Variant(tuple(Constructor(name) for name in names.split()))
    _define(key, TypeDefinition(_own_name(key), params, body))


def _variant(key: str, *constructors: tuple[str, *tuple[Type, ...]], params: str = "") -> None:
    """A variant; each constructor is its name and the types of its arguments."""
    body = Variant(
        tuple(
            Constructor(name, tuple(Field("", type) for type in types))
            for name, *types in constructors
        )
    )
    _define(key, TypeDefinition(_own_name(key), tuple(params.split()), body))


def _record(
    key: str, *fields: tuple[str, Type], params: str = "", mutable: bool | str = False
) -> None:
    """A record; each group of fields is their names and their type."""
    body = Record(
        tuple(
            Field(name, type, mutable if isinstance(mutable, bool) else name in mutable.split())
            for names, type in fields
            for name in names.split()
        )
    )
    _define(key, TypeDefinition(_own_name(key), tuple(params.split()), body))


# --- the language ------------------------------------------------------------------------------

_abstract("int char", kind=IMMEDIATE)
_abstract("int8 int16")
_abstract("string bytes int32 int64 nativeint floatarray extension_constructor float32")
_abstract("float")
_abstract("lazy_t array iarray or_null", "a")
_abstract("float# float32# int# int8# int16# int32# int64# nativeint# char# bool# unit#")
_abstract("idx_imm idx_mut", "a", "b")
VECTORS = tuple(
    tuple(
        f"{element}x{width // bits}"
        for element, bits in (
            ("int8", 8),
            ("int16", 16),
            ("int32", 32),
            ("int64", 64),
            ("float16", 16),
            ("float32", 32),
            ("float64", 64),
        )
    )
    for width in (128, 256, 512)
)
"""OxCaml's vector types of 128, 256 and 512 bits; each has an unboxed version too."""
for _vectors in VECTORS:
    for _vector in _vectors:
        _abstract(f"{_vector} {_vector}#")

_constants("unit", "()")
_constants("bool", "false true")
_variant("list", ("[]",), ("::", _A, Constr("list", (_A,))), params="a")
_variant("option", ("None",), ("Some", _A), params="a")
_define("exn", TypeDefinition("exn", (), Extensible()))
_FORMAT_PARAMS = tuple("abcdef")
_define(
    "format6",
    TypeDefinition(
        "format6",
        _FORMAT_PARAMS,
        Variant((Constructor("Format", (Field("", TypeVar("")), Field("", _STRING))),)),
    ),
)

# --- Stdlib ------------------------------------------------------------------------------------

_record("Stdlib.ref", ("contents", _A), params="a", mutable=True)
_variant("Stdlib.result", ("Ok", _A), ("Error", _B), params="a b")
_abstract("Stdlib.in_channel Stdlib.out_channel")
_constants("Stdlib.fpclass", "FP_normal FP_subnormal FP_zero FP_infinite FP_nan")
_constants(
    "Stdlib.open_flag",
    "Open_rdonly Open_wronly Open_append Open_creat Open_trunc Open_excl Open_binary Open_text "
    "Open_nonblock",
)


def _format(params: str, arguments: str) -> tuple[Type, tuple[str, ...]]:
    return Constr("format6", tuple(TypeVar(name) for name in arguments)), tuple(params)


for _key, _params, _arguments in (
    ("Stdlib.format6", "abcdef", "abcdef"),
    ("Stdlib.format4", "abcd", "abcccd"),
    ("Stdlib.format", "abc", "abcccc"),
):
    _body, _names_of_params = _format(_params, _arguments)
    _alias(_key, _body, *_names_of_params)

for _key, _name in {
    "Int.t": "int",
    "Int32.t": "int32",
    "Int64.t": "int64",
    "Nativeint.t": "nativeint",
    "String.t": "string",
    "Bytes.t": "bytes",
    "Char.t": "char",
    "Float.t": "float",
    "Float.fpclass": "Stdlib.fpclass",
    "Bool.t": "bool",
    "Unit.t": "unit",
    "Digest.t": "string",
    "Float.Array.t": "floatarray",
    "Printexc.t": "exn",
    "Printexc.raw_backtrace_entry": "int",
    "Obj.raw_data": "nativeint",
    "Obj.Extension_constructor.t": "extension_constructor",
    "In_channel.t": "Stdlib.in_channel",
    "Out_channel.t": "Stdlib.out_channel",
    "In_channel.open_flag": "Stdlib.open_flag",
    "Out_channel.open_flag": "Stdlib.open_flag",
    "Domain.id": "int",
}.items():
    _alias(_key, Constr(_name))
for _key, _name in {
    "List.t": "list",
    "Array.t": "array",
    "Option.t": "option",
    "Lazy.t": "lazy_t",
    "CamlinternalLazy.t": "lazy_t",
    "Iarray.t": "iarray",
}.items():
    _alias(_key, Constr(_name, (_A,)), "a")
_alias("Result.t", Constr("Stdlib.result", (_A, _B)), "a", "b")
_variant("Either.t", ("Left", _A), ("Right", _B), params="a b")
_alias("Seq.t", Arrow(_UNIT, Constr("Seq.node", (_A,))), "a")
_variant("Seq.node", ("Nil",), ("Cons", _A, Constr("Seq.t", (_A,))), params="a")
_record("Complex.t", ("re im", _FLOAT))
_record("Atomic.t", ("contents", _A), params="a", mutable=True)

_abstract("Uchar.t", kind=IMMEDIATE)
_abstract("Obj.t")
_abstract("Weak.t", "a")
_abstract("Buffer.t Random.State.t Gc.alarm Scanf.Scanning.in_channel Thread.t", kind=_BLOCK)
_abstract("Format.formatter Printexc.raw_backtrace Str.regexp Semaphore.Binary.t", kind=_BLOCK)
_abstract("Semaphore.Counting.t", kind=_BLOCK)
_abstract("Queue.t Stack.t Domain.t Event.channel Event.event", "a", kind=_BLOCK)
_abstract("Hashtbl.t", "a", "b", kind=_BLOCK)
_abstract("Mutex.t Condition.t")
_variant("Str.split_result", ("Text", _STRING), ("Delim", _STRING))

_record(
    "Gc.stat",
    ("minor_words promoted_words major_words", _FLOAT),
    (
        "minor_collections major_collections heap_words heap_chunks live_words live_blocks "
        "free_words free_blocks largest_free fragments compactions top_heap_words stack_size "
        "forced_major_collections",
        _INT,
    ),
)
_record(
    "Gc.control",
    (
        "minor_heap_size major_heap_increment space_overhead verbose max_overhead stack_limit "
        "allocation_policy window_size custom_major_ratio custom_minor_ratio "
        "custom_minor_max_size",
        _INT,
    ),
    mutable="minor_heap_size major_heap_increment space_overhead verbose max_overhead "
    "stack_limit allocation_policy",
)
_record("Lexing.position", ("pos_fname", _STRING), ("pos_lnum pos_bol pos_cnum", _INT))
_record("Printexc.location", ("filename", _STRING), ("line_number start_char end_char", _INT))
_record(
    "Hashtbl.statistics",
    ("num_bindings num_buckets max_bucket_length", _INT),
    ("bucket_histogram", Constr("array", (_INT,))),
)
_variant("Sys.backend_type", ("Native",), ("Bytecode",), ("Other", _STRING))
_variant(
    "Sys.signal_behavior",
    ("Signal_default",),
    ("Signal_ignore",),
    ("Signal_handle", Arrow(_INT, _UNIT)),
)

# --- Bigarray ----------------------------------------------------------------------------------

_BIGARRAY_ELEMENTS = {
    "float32": "Float32",
    "float64": "Float64",
    "int8_signed": "Int8_signed",
    "int8_unsigned": "Int8_unsigned",
    "int16_signed": "Int16_signed",
    "int16_unsigned": "Int16_unsigned",
    "int32": "Int32",
    "int64": "Int64",
    "int": "Int",
    "nativeint": "Nativeint",
    "complex32": "Complex32",
    "complex64": "Complex64",
    "char": "Char",
    "float16": "Float16",  # 5.2 and later
}
for _element, _name in _BIGARRAY_ELEMENTS.items():
    if _element != "char":
        _constants(f"Bigarray.{_element}_elt", f"{_name}_elt")
_constants("Bigarray.kind", " ".join(_BIGARRAY_ELEMENTS.values()), "a", "b")
_constants("Bigarray.c_layout", "C_layout_typ")
_constants("Bigarray.fortran_layout", "Fortran_layout_typ")
_constants("Bigarray.layout", "C_layout Fortran_layout", "a")
_abstract("Bigarray.Genarray.t", "a", "b", "c")
_abstract("Bigarray.Array0.t Bigarray.Array1.t", "a", "b", "c")
_abstract("Bigarray.Array2.t Bigarray.Array3.t", "a", "b", "c")

# --- Unix --------------------------------------------------------------------------------------

_UNIX_ERRORS = (
    "E2BIG EACCES EAGAIN EBADF EBUSY ECHILD EDEADLK EDOM EEXIST EFAULT EFBIG EINTR EINVAL EIO "
    "EISDIR EMFILE EMLINK ENAMETOOLONG ENFILE ENODEV ENOENT ENOEXEC ENOLCK ENOMEM ENOSPC ENOSYS "
    "ENOTDIR ENOTEMPTY ENOTTY ENXIO EPERM EPIPE ERANGE EROFS ESPIPE ESRCH EXDEV EWOULDBLOCK "
    "EINPROGRESS EALREADY ENOTSOCK EDESTADDRREQ EMSGSIZE EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT "
    "ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT EADDRINUSE EADDRNOTAVAIL ENETDOWN "
    "ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN ENOTCONN ESHUTDOWN "
    "ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH ELOOP EOVERFLOW"
)
_variant("Unix.error", *((_name,) for _name in _UNIX_ERRORS.split()), ("EUNKNOWNERR", _INT))

for _key, _names in {
    "wait_flag": "WNOHANG WUNTRACED",
    "open_flag": "O_RDONLY O_WRONLY O_RDWR O_NONBLOCK O_APPEND O_CREAT O_TRUNC O_EXCL O_NOCTTY "
    "O_DSYNC O_SYNC O_RSYNC O_SHARE_DELETE O_CLOEXEC O_KEEPEXEC",
    "seek_command": "SEEK_SET SEEK_CUR SEEK_END",
    "file_kind": "S_REG S_DIR S_CHR S_BLK S_LNK S_FIFO S_SOCK",
    "access_permission": "R_OK W_OK X_OK F_OK",
    "lock_command": "F_ULOCK F_LOCK F_TLOCK F_TEST F_RLOCK F_TRLOCK",
    "sigprocmask_command": "SIG_SETMASK SIG_BLOCK SIG_UNBLOCK",
    "interval_timer": "ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF",
    "socket_domain": "PF_UNIX PF_INET PF_INET6",
    "socket_type": "SOCK_STREAM SOCK_DGRAM SOCK_RAW SOCK_SEQPACKET",
    "shutdown_command": "SHUTDOWN_RECEIVE SHUTDOWN_SEND SHUTDOWN_ALL",
    "msg_flag": "MSG_OOB MSG_DONTROUTE MSG_PEEK",
    "socket_bool_option": "SO_DEBUG SO_BROADCAST SO_REUSEADDR SO_KEEPALIVE SO_DONTROUTE "
    "SO_OOBINLINE SO_ACCEPTCONN TCP_NODELAY IPV6_ONLY SO_REUSEPORT",
    "socket_int_option": "SO_SNDBUF SO_RCVBUF SO_ERROR SO_TYPE SO_RCVLOWAT SO_SNDLOWAT",
    "socket_optint_option": "SO_LINGER",
    "socket_float_option": "SO_RCVTIMEO SO_SNDTIMEO",
    "getnameinfo_option": "NI_NOFQDN NI_NUMERICHOST NI_NAMEREQD NI_NUMERICSERV NI_DGRAM",
    "setattr_when": "TCSANOW TCSADRAIN TCSAFLUSH",
    "flush_queue": "TCIFLUSH TCOFLUSH TCIOFLUSH",
    "flow_action": "TCOOFF TCOON TCIOFF TCION",
}.items():
    _constants(f"Unix.{_key}", _names)

# An int on Unix and a custom block on Windows, so nothing is certain.
_abstract("Unix.file_descr")
_abstract("Unix.dir_handle", kind=_BLOCK)
_alias("Unix.file_perm", _INT)
_alias("Unix.inet_addr", _STRING)
_variant("Unix.process_status", ("WEXITED", _INT), ("WSIGNALED", _INT), ("WSTOPPED", _INT))
_variant("Unix.sockaddr", ("ADDR_UNIX", _STRING), ("ADDR_INET", Constr("Unix.inet_addr"), _INT))
_variant(
    "Unix.getaddrinfo_option",
    ("AI_FAMILY", Constr("Unix.socket_domain")),
    ("AI_SOCKTYPE", Constr("Unix.socket_type")),
    ("AI_PROTOCOL", _INT),
    ("AI_NUMERICHOST",),
    ("AI_CANONNAME",),
    ("AI_PASSIVE",),
)
for _key, _size in {"Unix.stats": _INT, "Unix.LargeFile.stats": Constr("int64")}.items():
    _record(
        _key,
        ("st_dev st_ino", _INT),
        ("st_kind", Constr("Unix.file_kind")),
        ("st_perm", Constr("Unix.file_perm")),
        ("st_nlink st_uid st_gid st_rdev", _INT),
        ("st_size", _size),
        ("st_atime st_mtime st_ctime", _FLOAT),
    )
_record("Unix.process_times", ("tms_utime tms_stime tms_cutime tms_cstime", _FLOAT))
_record("Unix.interval_timer_status", ("it_interval it_value", _FLOAT))
_record(
    "Unix.tm",
    ("tm_sec tm_min tm_hour tm_mday tm_mon tm_year tm_wday tm_yday", _INT),
    ("tm_isdst", _BOOL),
)
_record(
    "Unix.passwd_entry",
    ("pw_name pw_passwd", _STRING),
    ("pw_uid pw_gid", _INT),
    ("pw_gecos pw_dir pw_shell", _STRING),
)
_record("Unix.group_entry", ("gr_name gr_passwd", _STRING), ("gr_gid", _INT), ("gr_mem", _STRINGS))
_record(
    "Unix.host_entry",
    ("h_name", _STRING),
    ("h_aliases", _STRINGS),
    ("h_addrtype", Constr("Unix.socket_domain")),
    ("h_addr_list", Constr("array", (Constr("Unix.inet_addr"),))),
)
_record("Unix.protocol_entry", ("p_name", _STRING), ("p_aliases", _STRINGS), ("p_proto", _INT))
_record(
    "Unix.service_entry",
    ("s_name", _STRING),
    ("s_aliases", _STRINGS),
    ("s_port", _INT),
    ("s_proto", _STRING),
)
_record(
    "Unix.addr_info",
    ("ai_family", Constr("Unix.socket_domain")),
    ("ai_socktype", Constr("Unix.socket_type")),
    ("ai_protocol", _INT),
    ("ai_addr", Constr("Unix.sockaddr")),
    ("ai_canonname", _STRING),
)
_record("Unix.name_info", ("ni_hostname ni_service", _STRING))
_record(
    "Unix.terminal_io",
    (
        "c_ignbrk c_brkint c_ignpar c_parmrk c_inpck c_istrip c_inlcr c_igncr c_icrnl c_ixon "
        "c_ixoff c_opost",
        _BOOL,
    ),
    ("c_obaud c_ibaud c_csize c_cstopb", _INT),
    (
        "c_cread c_parenb c_parodd c_hupcl c_clocal c_isig c_icanon c_noflsh c_echo c_echoe "
        "c_echok c_echonl",
        _BOOL,
    ),
    ("c_vintr c_vquit c_verase c_vkill c_veof c_veol", _CHAR),
    ("c_vmin c_vtime", _INT),
    ("c_vstart c_vstop", _CHAR),
    mutable=True,
)

for _key in [each for each in _definitions if each.startswith("Unix.")]:
    _alias(_key.replace("Unix.", "UnixLabels.", 1), Constr(_key))

PREDEFINED: Mapping[str, TypeDefinition] = MappingProxyType(_definitions)
"""The definitions by key; the names in their bodies are keys too."""
