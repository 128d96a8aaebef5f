"""The members of `ar` archives, which are what OCaml's libraries of native code are."""

from __future__ import annotations

from collections.abc import Iterator

from runtime_sim.frametable.errors import FrameTableError

MAGIC = b"!<arch>\n"
THIN_MAGIC = b"!<thin>\n"
_HEADER_BYTES = 60
_END_OF_HEADER = b"`\n"


def read_archive(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    """Name, offset and bytes of each member, in order; without symbol tables and long names.

    The format is GNU's and System V's, with BSD's long names as well. Raises `FrameTableError`.
    """
    if data.startswith(THIN_MAGIC):
        raise FrameTableError("a thin archive, whose members are files of their own: name those")
    long_names = b""
    place = len(MAGIC)
    while place < len(data):
        header = data[place : place + _HEADER_BYTES]
        if len(header) < _HEADER_BYTES or header[58:] != _END_OF_HEADER:
            raise FrameTableError("no header of an archive's member", place)
        size_field = header[48:58].strip()
        if not size_field.isdigit():
            raise FrameTableError("an archive's member without a size", place)
        start = place + _HEADER_BYTES
        size = int(size_field)
        if start + size > len(data):
            raise FrameTableError("an archive's member is cut off", place)
        content = data[start : start + size]
        name = header[:16].rstrip()
        if name == b"//":
            long_names = content
        elif name not in (b"/", b"/SYM64/", b"__.SYMDEF", b"__.SYMDEF SORTED"):
            skipped, text = _name(name, long_names, content)
            yield text, start + skipped, content[skipped:]
        place = start + size + size % 2


def _name(name: bytes, long_names: bytes, content: bytes) -> tuple[int, str]:
    """How many bytes of the content belong to the name, and the name."""
    skipped = 0
    if name.startswith(b"#1/") and name[3:].isdigit():
        skipped = int(name[3:])
        name = content[:skipped].rstrip(b"\0")
    elif name[:1] == b"/" and name[1:].isdigit():
        start = int(name[1:])
        name = long_names[start:].split(b"\n", 1)[0]
    return skipped, name.removesuffix(b"/").decode("utf-8", "replace")
