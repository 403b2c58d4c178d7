"""Synchronous assessment of Party-building and casework."""
