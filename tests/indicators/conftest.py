"""Each test draws facts and figures into folders of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> Path:
    """The folder that holds those of this test's facts and figures."""
    settings.FACTS_DIR = tmp_path / "facts"
    settings.FIGURES_DIR = tmp_path / "figures"
    return tmp_path
