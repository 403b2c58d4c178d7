"""Indicators: declared figures over facts, and the records behind each."""
