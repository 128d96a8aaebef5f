"""The adapter refuses a pycparser that it does not fit."""

from __future__ import annotations

import pycparser
import pytest

from analyzer.cfront.pycparser_adapter import check_version


def test_the_installed_version_fits() -> None:
    check_version()


def test_an_older_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pycparser, "__version__", "3.11")
    with pytest.raises(ImportError, match=r"pycparser >= 3\.12 is needed, and 3\.11 is installed"):
        check_version()
