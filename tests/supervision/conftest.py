"""Fixtures of the tests of deployments."""

from __future__ import annotations

from tests.supervision.sent_house import staffed

__all__ = ["staffed"]
