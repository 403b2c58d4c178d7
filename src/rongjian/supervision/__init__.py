"""Deployments and their follow-up: the second origin of dues."""
