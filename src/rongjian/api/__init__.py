"""The interface for other machines."""
