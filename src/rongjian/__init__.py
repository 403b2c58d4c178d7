"""融检: records of procuratorates entered once, and every figure open to the records behind it."""

from __future__ import annotations

__version__ = "0.1.0"
