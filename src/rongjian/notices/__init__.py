"""Notices: one quiet digest a working day of what is near its limit or past it."""
