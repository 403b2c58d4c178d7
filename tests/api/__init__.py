"""Tests of the interface for other machines."""
