"""Migrations of log."""
