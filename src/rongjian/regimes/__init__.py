"""Regimes: rules that are expanded to dues for every body in scope."""
