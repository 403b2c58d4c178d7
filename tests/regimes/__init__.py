"""Tests of the regimes: what is owed, and what has become of it."""
