"""Fixtures of the contract tests."""

from __future__ import annotations

from tests.contract.access_world import papers

__all__ = ["papers"]
