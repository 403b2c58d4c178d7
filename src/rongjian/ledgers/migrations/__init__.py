"""Migrations of ledgers."""
