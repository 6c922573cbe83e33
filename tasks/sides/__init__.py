"""One side of a comparison: what it is, and how it becomes a table."""
