"""Migrations of org."""
