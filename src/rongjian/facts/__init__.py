"""Facts: records drawn into flat columnar files, by kind and month."""
