"""Tests of 融检; the folders mirror `src/rongjian`."""

from __future__ import annotations
