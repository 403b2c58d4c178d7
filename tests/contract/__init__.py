"""Contracts: tests that run over the registers, so that a new thing is tested by existing."""
