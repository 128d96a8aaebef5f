"""Where the tests of a session find the simulated runtime compiled."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runtime_sim.build import BuildError, compiler


@pytest.fixture(scope="session")
def runtime_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the runtime, the same for all workers; skips what cannot be run here."""
    pytest.importorskip("cffi", reason="running stubs needs cffi")
    pytest.importorskip("elftools", reason="running stubs needs pyelftools")
    try:
        compiler()
    except BuildError as error:
        pytest.skip(error.message)
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "runtime"
