"""Tests of the pure Python the whole house stands on."""

from __future__ import annotations
