"""The log: append-only, hash-chained lines of who did what, with the images before and after."""
