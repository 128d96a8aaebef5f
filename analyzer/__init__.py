"""Finds memory errors in C stubs without running them.

`check_project` is loaded when it is first asked for: a run that finds everything in its cache has
no use for a C parser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.result import InternalFailure, ProjectResult

if TYPE_CHECKING:
    from analyzer.check import check_project

__all__ = ["InternalFailure", "ProjectResult", "check_project"]


def __getattr__(name: str) -> Any:
    if name == "check_project":
        from analyzer.check import check_project

        return check_project
    raise AttributeError(name)
