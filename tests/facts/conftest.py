"""Each test draws facts into a folder of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings


@pytest.fixture(autouse=True)
def facts_folder(settings: Settings, tmp_path: Path) -> Path:
    """The folder of this test's facts."""
    settings.FACTS_DIR = tmp_path / "facts"
    return tmp_path / "facts"
