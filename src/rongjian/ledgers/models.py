"""Finds every ledger: each module of this package declares one and registers itself."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

for _file in sorted(Path(__file__).parent.glob("*.py")):
    if _file.stem not in {"__init__", "models"}:
        import_module(f"rongjian.ledgers.{_file.stem}")
