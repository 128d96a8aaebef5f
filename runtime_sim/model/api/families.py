"""Which `caml_*` names the OCaml distribution keeps for itself."""

from __future__ import annotations

import functools

from runtime_sim.model.api._table import TABLE

# Of these primitives of the runtime and its libraries the table has no row.
_WITHOUT_ROWS = """
abs acos acosh asin asinh atan atan2 atanh backtrace blake2 blit bswap16 bytes cbrt ceil channel
classify condition continuation copysign cos cosh div domain dynlink ensure ephe eq erf erfc exp
exp2 expm1 fill floatarray floor fma fmod fresh frexp ge gt hexstring hypot install invoke lazy
ldexp le lex log log10 log1p log2 lt lxm marshal md5 memprof modf mul mutex natdynlink neg neq new
nextafter parse power raw realloc recommended reify reset restore round signbit sin sinh sqrt
static sub tan tanh terminfo trunc uniform wait
"""


def family(name: str) -> str:
    """The first two words of a name, which primitives of one kind share: `caml_md5`."""
    return "_".join(list(filter(None, name.split("_")))[:2])


def is_of_distribution(name: str) -> bool:
    """Whether a name may be one of the distribution's: it has others of the same family."""
    return family(name) in _families()


@functools.cache
def _families() -> frozenset[str]:
    rows = (line.partition("|")[0] for line in TABLE.splitlines())
    return frozenset(map(family, rows)) | {f"caml_{word}" for word in _WITHOUT_ROWS.split()}
