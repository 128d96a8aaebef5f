"""What gcc says of a stub file with the OCaml headers installed here."""

from __future__ import annotations

import re
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from tools.corpus.process import Finished, run_measured

_ORIGIN = re.compile(
    r"^/\* (?P<path>.*):(?P<line>\d+):[NOI]F \*/ (?P<declaration>.*?);? /\*", re.MULTILINE
)
_NAME = re.compile(r"(?P<name>[A-Za-z_]\w*)\)* \(")


class GccError(Exception):
    """gcc or the OCaml headers are not installed."""


@cache
def ocaml_headers() -> Path:
    """The folder in which `caml/mlvalues.h` is."""
    try:
        command = ["ocamlc", "-where"]
        where = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise GccError(f"ocamlc is needed to find the OCaml headers: {error}") from error
    return Path(where)


@cache
def include_folders(package: Path) -> tuple[Path, ...]:
    """Where the files of a package look for headers: its root, and each folder named `include`."""
    found = sorted(path for path in package.rglob("include") if path.is_dir())
    return (package, *found)


def _command(corpus: Path, path: str) -> list[str]:
    file = corpus / path
    headers = ocaml_headers()
    package = corpus / Path(path).parts[0]
    folders = [headers, headers / "caml", file.parent, *include_folders(package)]
    return ["gcc", "-fsyntax-only", "-w", *(f"-I{folder}" for folder in folders)]


def check_syntax(corpus: Path, path: str) -> Finished:
    """Let gcc read a file: it accepts the file if the status is 0."""
    return run_measured([*_command(corpus, path), path], cwd=corpus, limit=60.0)


def parse_origins(text: str, path: str) -> dict[str, int]:
    """The functions defined in the file itself, with their lines, from the text of `-aux-info`."""
    functions = {}
    for origin in _ORIGIN.finditer(text):
        if origin["path"] == path and (name := _NAME.search(origin["declaration"])):
            functions[name["name"]] = int(origin["line"])
    return functions


def defined_functions(corpus: Path, path: str) -> dict[str, int] | None:
    """The functions that gcc finds in a file, macros expanded; None if it does not accept it."""
    with tempfile.TemporaryDirectory(prefix="corpus-gcc-") as folder:
        origins = Path(folder) / "origins"
        command = [*_command(corpus, path), "-aux-info", str(origins), path]
        if run_measured(command, cwd=corpus, limit=60.0).status:
            return None
        return parse_origins(origins.read_text(encoding="utf-8", errors="replace"), path)
