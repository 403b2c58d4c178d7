"""The interface for other machines: ledgers as JSON, for reading."""
