"""Pages, asked through Django's test client."""
