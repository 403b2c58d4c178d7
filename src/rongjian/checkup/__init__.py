"""Check-ups: what does not fit together, shown with both numbers."""
