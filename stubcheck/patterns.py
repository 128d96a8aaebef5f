"""Patterns of paths, as in .gitignore."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence


def matcher(patterns: Sequence[str], base: str) -> Callable[[str], bool]:
    """Whether a path fits one of the patterns, which are relative to a folder."""
    import pathspec

    spec = pathspec.GitIgnoreSpec.from_lines(patterns)

    def matches(path: str) -> bool:
        relative = os.path.relpath(path, base or os.curdir)
        return spec.match_file(relative + "/" if path.endswith("/") else relative)

    return matches
