"""Walks through the product in a real browser."""
